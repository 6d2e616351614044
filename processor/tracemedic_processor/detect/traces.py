"""Detection in traces: exception events, ERROR statuses without one, and the request counts."""

from collections import Counter
from collections.abc import Iterable, Iterator
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
)
from tracemedic_processor.detect.ancestry import Ancestry
from tracemedic_processor.detect.propagation import adopt_causes
from tracemedic_processor.detect.resources import read_resource
from tracemedic_processor.occurrence import Address, Detected, Occurrence, Resource
from tracemedic_processor.wire import Envelope, Glance, glance
from tracemedic_storage.records import Place, RequestCount

NANOSECONDS_PER_MINUTE: Final = 60_000_000_000
_HARMLESS_STATUSES: Final = frozenset({b"", b"\x18\x00", b"\x18\x01"})
"""Unset and OK without a description: what almost every span carries."""
_INVOKE_AGENT: Final = b"invoke_agent"

_CountKey = tuple[Literal["request", "agent_run"], str, str, str, int]


def detect_traces(body: bytes, envelope: Envelope) -> Detected:
    """Occurrences and request counts of a traces request; `envelope` is the same body opened.

    Raises `google.protobuf.message.DecodeError` where a failing span cannot be decoded.
    """
    view = glance(body)
    ancestry = Ancestry(view, envelope)
    agents_possible = _INVOKE_AGENT in body
    occurrences: list[Occurrence] = []
    totals: Counter[_CountKey] = Counter()
    failed: Counter[_CountKey] = Counter()
    for i, resource_spans in enumerate(view.resources):
        for j, scope_spans in enumerate(resource_spans.scopes):
            for k, span in enumerate(scope_spans.items):
                status, kind = span.status, span.kind
                suspicious = status not in _HARMLESS_STATUSES or len(span.events) > 0
                counts = kind == Span.SPAN_KIND_SERVER or agents_possible
                if not suspicious and not counts:
                    continue
                resource = read_resource(envelope.resources[i].resource)
                address = Address(resource=i, scope=j, item=k)
                if suspicious:
                    occurrences.extend(_occurrences(envelope, address, resource, ancestry))
                if counts:
                    raw = envelope.resources[i].scopes[j].items[k]
                    for key in _counted(span, raw, resource, agents_possible=agents_possible):
                        totals[key] += 1
                        failed[key] += _is_error(status)
    return Detected(
        occurrences=tuple(adopt_causes(occurrences, ancestry)), requests=tuple(_request_counts(totals, failed))
    )


def _is_error(status: bytes) -> bool:
    return status not in _HARMLESS_STATUSES and Status.FromString(status).code == Status.STATUS_CODE_ERROR


def _occurrences(
    envelope: Envelope, address: Address, resource: Resource, ancestry: Ancestry
) -> Iterator[Occurrence]:
    span = Span.FromString(envelope.resources[address.resource].scopes[address.scope].items[address.item])
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
        "ancestors": lambda: ancestry.attributes_above(span.parent_span_id),
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


def _counted(span: Glance, raw: bytes, resource: Resource, *, agents_possible: bool) -> Iterator[_CountKey]:
    """The counters one span moves. A pending span has no length and is recognised before it is decoded."""
    server = span.kind == Span.SPAN_KIND_SERVER
    agent = agents_possible and _INVOKE_AGENT in raw
    if not server and not agent:
        return
    pending = span.started_at_ns == span.ended_at_ns
    attributes = scalars(Span.FromString(raw).attributes) if agent or pending else {}
    if attributes.get(LOGFIRE_SPAN_TYPE) == "pending_span":
        return
    who = (resource.service, resource.environment or "", resource.version or "")
    minute = span.ended_at_ns // NANOSECONDS_PER_MINUTE
    if server:
        yield ("request", *who, minute)
    if attributes.get(GEN_AI_OPERATION) == "invoke_agent":
        yield ("agent_run", *who, minute)


def _request_counts(totals: Counter[_CountKey], failed: Counter[_CountKey]) -> Iterable[RequestCount]:
    for key, total in totals.items():
        kind, service, environment, version, minute = key
        yield RequestCount(
            kind=kind,
            service=service,
            environment=environment,
            service_version=version,
            minute=minute,
            total=total,
            failed=failed[key],
        )
