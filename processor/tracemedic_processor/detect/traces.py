"""Detection in traces: exception events, ERROR statuses without one, and the request counts."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tracemedic_processor.attributes import (
    ERROR_TYPE,
    EXCEPTION_MESSAGE,
    EXCEPTION_STACKTRACE,
    EXCEPTION_TYPE,
    GEN_AI_OPERATION,
    LOGFIRE_SPAN_TYPE,
    PATTERN_FINGERPRINT,
    Scalar,
    scalars,
    scalars_of,
)
from tracemedic_processor.detect.ancestry import Ancestry
from tracemedic_processor.detect.propagation import adopt_causes
from tracemedic_processor.detect.resources import read_resource
from tracemedic_processor.occurrence import Address, Detected, Occurrence, Resource
from tracemedic_processor.wire import UNREMARKABLE, Envelope, glance, marks
from tracemedic_storage.records import Place, RequestCount

NANOSECONDS_PER_MINUTE: Final = 60_000_000_000
_HARMLESS_STATUSES: Final = frozenset({b"", b"\x18\x00", b"\x18\x01"})
"""Unset and OK without a description: what almost every span carries."""
_INVOKE_AGENT: Final = b"invoke_agent"

_EVENTS_HINT: Final = b"exception"
"""In the name of every event that records an exception."""
_COUNTING: Final = frozenset({LOGFIRE_SPAN_TYPE, GEN_AI_OPERATION})

RequestKind = Literal["request", "agent_run"]
_CountKey = tuple[RequestKind, str, str, str, int]


def detect_traces(body: bytes, envelope: Envelope) -> Detected:
    """Occurrences and request counts of a traces request; `envelope` is the same body opened.

    Raises `google.protobuf.message.DecodeError` where a failing span cannot be decoded.
    """
    ancestry = Ancestry(body, envelope)
    counts = _Counts()
    occurrences: list[Occurrence] = []
    for address, raw in _remarkable(body, envelope):
        resource = read_resource(envelope.resources[address.resource].resource)
        counts.add(raw, resource)
        occurrences.extend(_occurrences(raw, address, resource, ancestry))
    return Detected(occurrences=tuple(adopt_causes(occurrences, ancestry)), requests=tuple(counts.request_counts()))


def _remarkable(body: bytes, envelope: Envelope) -> Iterator[tuple[Address, bytes]]:
    """The spans that failed, have events or count as requests, where they stand and as their bytes.

    Agents' runs are of no special kind, so a request that may hold some is looked through whole.
    """
    agents_possible = _INVOKE_AGENT in body
    for i, resource in enumerate(marks(body).resources):
        for j, scope in enumerate(resource.scopes):
            for k, mark in enumerate(scope.items):
                if mark not in UNREMARKABLE or agents_possible:
                    yield Address(resource=i, scope=j, item=k), envelope.resources[i].scopes[j].items[k]


def _occurrences(raw: bytes, address: Address, resource: Resource, ancestry: Ancestry) -> Iterator[Occurrence]:
    if _EVENTS_HINT not in raw and glance(raw).status in _HARMLESS_STATUSES:
        return
    span = Span.FromString(raw)
    attributes = scalars(span.attributes)
    if PATTERN_FINGERPRINT in attributes or attributes.get(LOGFIRE_SPAN_TYPE) == "pending_span":
        return
    place = Place(
        span_id=span.span_id.hex(),
        parent_span_id=span.parent_span_id.hex(),
        span_name=span.name,
        started_at_ns=span.start_time_unix_nano,
    )
    common = {
        "item": address,
        "trace_id": span.trace_id.hex(),
        "place": place,
        "resource": resource,
        "item_attributes": attributes,
        "span_kind": Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_") if span.kind in _KINDS else "",
        "description": span.status.message,
        "ancestors": lambda keys: ancestry.attributes_above(span.parent_span_id, keys),
    }
    found = False
    for index, event in enumerate(span.events):
        about = scalars(event.attributes) if is_exception_event(event) else {}
        if not (about.get(EXCEPTION_TYPE) or about.get(EXCEPTION_MESSAGE)):
            continue
        found = True
        yield Occurrence(
            carrier="event",
            event=index,
            error_type=str(about.get(EXCEPTION_TYPE, "")),
            message=str(about.get(EXCEPTION_MESSAGE, "")),
            stacktrace=str(about.get(EXCEPTION_STACKTRACE, "")),
            occurred_at_ns=event.time_unix_nano or span.end_time_unix_nano,
            attributes=about,
            **common,
        )
    if not found and span.status.code == Status.STATUS_CODE_ERROR:
        yield Occurrence(
            carrier="status",
            error_type=status_error_type(attributes),
            message=span.status.message,
            stacktrace="",
            occurred_at_ns=span.end_time_unix_nano,
            attributes={},
            **common,
        )


_KINDS: Final = frozenset(Span.SpanKind.values())


def is_exception_event(event: Span.Event) -> bool:
    """Whether a span event records an exception: by its name, whichever of the semantic conventions gave it."""
    return event.name == "exception" or event.name.endswith(".exception")


def status_error_type(attributes: dict[str, Scalar]) -> str:
    """The type of an error that came without an exception: `error.type`, else the protocol's status, else `Error`."""
    given = attributes.get(ERROR_TYPE)
    http = attributes.get("http.response.status_code", attributes.get("http.status_code"))
    if given not in {None, "", "_OTHER"} and str(given) != str(http):
        return str(given)
    if http is not None:
        return f"HTTP {http}"
    grpc = attributes.get("rpc.grpc.status_code", attributes.get("rpc.response.status_code"))
    return f"gRPC {grpc}" if grpc is not None else "Error"


class _Counts:
    """Request counts of one request, by service and minute."""

    def __init__(self) -> None:
        self._totals: Counter[_CountKey] = Counter()
        self._failed: Counter[_CountKey] = Counter()

    def add(self, raw: bytes, resource: Resource) -> None:
        """Count one span where it is a request or an agent's run; pending spans, which have no length, are none."""
        span = glance(raw)
        server = span.kind == Span.SPAN_KIND_SERVER
        agent = _INVOKE_AGENT in raw
        if not server and not agent:
            return
        pending = span.started_at_ns == span.ended_at_ns
        attributes = scalars_of(Span.FromString(raw).attributes, _COUNTING) if agent or pending else {}
        if attributes.get(LOGFIRE_SPAN_TYPE) == "pending_span":
            return
        kinds: list[RequestKind] = ["request"] if server else []
        if attributes.get(GEN_AI_OPERATION) == "invoke_agent":
            kinds.append("agent_run")
        for kind in kinds:
            key = (
                kind,
                resource.service,
                resource.environment or "",
                resource.version or "",
                span.ended_at_ns // NANOSECONDS_PER_MINUTE,
            )
            self._totals[key] += 1
            self._failed[key] += _is_error(span.status)

    def request_counts(self) -> Iterator[RequestCount]:
        """The counts as records."""
        for key, total in self._totals.items():
            kind, service, environment, version, minute = key
            yield RequestCount(
                kind=kind,
                service=service,
                environment=environment,
                service_version=version,
                minute=minute,
                total=total,
                failed=self._failed[key],
            )


def _is_error(status: bytes) -> bool:
    return status not in _HARMLESS_STATUSES and Status.FromString(status).code == Status.STATUS_CODE_ERROR
