"""The real service between real neighbours: in front of it whoever sends, behind it two backends at once."""

import contextlib
import dataclasses
import subprocess
import sys
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.service import Service, wait_until
from tracemedic_processor.attributes import scalars
from tracemedic_processor.testing.logfire_stand_in import LogfireStandIn
from tracemedic_processor.testing.otlp_sink import OtlpSink
from tracemedic_processor.testing.received import Inbox
from tracemedic_storage import queries
from tracemedic_storage.records import ErrorPattern

APPS = Path(__file__).parent / "apps"


@dataclasses.dataclass(frozen=True)
class Site:
    """A service that sends to Logfire and to another backend side by side."""

    service: Service
    logfire: LogfireStandIn
    sink: OtlpSink

    def spans(self, service: str) -> list[Span]:
        """What Logfire has of one traced service."""
        return spans_from(self.logfire.inbox, service)

    def errors(self, service: str) -> list[dict[str, Any]]:
        """The error events of one traced service, the oldest first, with their context and pattern."""
        self.service.wait_recorded()
        with self.service.database() as database:
            chosen = queries.ErrorFilter(service=service)
            return [_row(known) for known in queries.list_errors(database, chosen, limit=1000).errors[::-1]]

    def patterns(self, service: str) -> list[ErrorPattern]:
        """The patterns that nothing but one traced service has."""
        self.service.wait_recorded()
        with self.service.database() as database:
            found = queries.list_patterns(database, limit=1000).patterns
        return [pattern for pattern in found if pattern.services == (service,)]

    def wait_for_spans(self, service: str, count: int) -> list[Span]:
        """The spans of one traced service, as soon as Logfire has so many."""
        wait_until(lambda: len(self.spans(service)) >= count, what=f"{count} spans of {service}")
        return self.spans(service)


@contextlib.contextmanager
def standing(folder: Path, database_url: str | None = None) -> Generator[Site]:
    """A site at work."""
    with LogfireStandIn() as logfire, OtlpSink() as sink:
        exporters = {"logfire": to_logfire(logfire), "sink": to_sink(sink)}
        service = Service(folder, exporters=exporters, database_url=database_url)
        with service:
            yield Site(service, logfire, sink)


def _row(known: queries.KnownError) -> dict[str, Any]:
    more = {
        "pattern_id": known.pattern_id,
        "occurrences": known.event.occurrences,
        "span_id": known.event.innermost.span_id,
    }
    return msgspec.structs.asdict(known.event.context) | msgspec.structs.asdict(known.event) | more


def to_logfire(logfire: LogfireStandIn, **more: object) -> dict[str, object]:
    """The settings of an exporter to the stand-in."""
    return {"type": "logfire", "token": logfire.token, "base_url": logfire.base_url, **more}


def to_sink(sink: OtlpSink, **more: object) -> dict[str, object]:
    """The settings of an exporter to the sink, over gRPC."""
    return {"type": "otlp_grpc", "endpoint": sink.grpc_endpoint, **more}


class App:
    """A program of `apps/` that does a thing per line it is told."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(APPS / f"{name}.py")],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, line: str) -> str:
        """Returns the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def spans_from(inbox: Inbox, service: str) -> list[Span]:
    """The spans of one traced service, in the order of arrival."""
    found: list[Span] = []
    for body in inbox.bodies("traces"):
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            if scalars(group.resource.attributes).get("service.name") == service:
                found.extend(span for scope in group.scope_spans for span in scope.spans)
    return found


def plain(span: Span) -> dict[str, Any]:
    """A whole span as plain values, for comparison; what is empty is left out."""
    whole = {
        "name": span.name,
        "kind": Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        "trace_id": span.trace_id.hex(),
        "span_id": span.span_id.hex(),
        "parent_span_id": span.parent_span_id.hex(),
        "status": (span.status.code, span.status.message),
        "attributes": scalars(span.attributes),
        "events": [{"name": event.name, **scalars(event.attributes)} for event in span.events],
        "links": len(span.links),
        "flags": span.flags,
    }
    return {key: value for key, value in whole.items() if value}


def diagnostic(span: Span) -> dict[str, Any]:
    """What we wrote on a span, without the prefix."""
    return {
        key.removeprefix("diagnostic."): value
        for key, value in scalars(span.attributes).items()
        if key.startswith("diagnostic.")
    }


def without_diagnosis(span: Span) -> Span:
    """The span as it was before we wrote on it."""
    bare = Span.FromString(span.SerializeToString())
    kept = [pair for pair in bare.attributes if not pair.key.startswith("diagnostic.")]
    copies = [KeyValue.FromString(pair.SerializeToString()) for pair in kept]
    del bare.attributes[:]
    bare.attributes.extend(copies)
    return bare
