"""Failing spans as they leave for Logfire, told from the attributes they carry and from nothing else."""

from collections.abc import Iterator
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tracemedic_processor.attributes import Scalar, scalars
from tracemedic_processor.testing.logfire_stand_in import LogfireStandIn

_PREFIX = "diagnostic."


class Departure(NamedTuple):
    """One enriched span: where it comes from, and its `diagnostic.*` attributes without the prefix."""

    service: str
    span_name: str
    diagnostic: dict[str, Scalar]

    def text(self, name: str) -> str:
        """One of the attributes as text, empty where it is not known (yet)."""
        return str(self.diagnostic.get(name, ""))


class Departures:
    """Looks at what the stand-in has received, each request once."""

    def __init__(self, logfire: LogfireStandIn) -> None:
        self._logfire = logfire
        self._read = 0

    def new(self) -> Iterator[Departure]:
        """The enriched spans that have left since the last call."""
        bodies = self._logfire.inbox.bodies("traces")
        fresh, self._read = bodies[self._read :], len(bodies)
        for body in fresh:
            yield from _departures(ExportTraceServiceRequest.FromString(body))


def _departures(request: ExportTraceServiceRequest) -> Iterator[Departure]:
    for sent in request.resource_spans:
        service = str(scalars(sent.resource.attributes).get("service.name", ""))
        for span in (span for scope in sent.scope_spans for span in scope.spans):
            about = scalars(span.attributes)
            known = {key.removeprefix(_PREFIX): value for key, value in about.items() if key.startswith(_PREFIX)}
            if known:
                yield Departure(service, span.name, known)
