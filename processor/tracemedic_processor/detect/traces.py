"""Detection in traces: exception events, ERROR statuses without one, and the request counts."""

from collections.abc import Iterator
from typing import Final, Literal

import msgspec
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
    has_odd_texts,
    named_scalars,
    scalars,
    tells_exception,
)
from tracemedic_processor.detect.ancestry import Ancestry
from tracemedic_processor.detect.propagation import adopt_causes
from tracemedic_processor.detect.resources import read_resource
from tracemedic_processor.occurrence import Address, Attributes, Detected, Occurrence, Resource
from tracemedic_processor.wire import QUIET_REQUESTS, UNREMARKABLE, Envelope, glance, marks
from tracemedic_storage.records import Place, RequestCount

NANOSECONDS_PER_MINUTE: Final = 60_000_000_000
_HARMLESS_STATUSES: Final = frozenset({b"", b"\x18\x00", b"\x18\x01"})
"""Unset and OK without a description: what almost every span carries."""
_INVOKE_AGENT: Final = b"invoke_agent"
_OPERATION: Final = b"\x0a\x15" + GEN_AI_OPERATION.encode()
"""The attribute's key as protobuf writes it. A longer needle is found faster: 50 us in 230 KB, 80 for the value."""

_COUNTING: Final = frozenset({LOGFIRE_SPAN_TYPE, GEN_AI_OPERATION})

RequestKind = Literal["request", "agent_run"]


def detect_traces(body: bytes, envelope: Envelope) -> Detected:
    """Occurrences and request counts of a traces request; `envelope` is the same body opened.

    Raises `google.protobuf.message.DecodeError` where a failing span cannot be decoded.
    """
    ancestry = Ancestry(body, envelope)
    occurrences: list[Occurrence] = []
    counts: list[RequestCount] = []
    agents_possible = _OPERATION in body and _INVOKE_AGENT in body
    for i, marked in enumerate(marks(body).resources):
        sent = envelope.resources[i]
        counted = _Counts(agents_possible=agents_possible)
        for j, scope in enumerate(marked.scopes):
            items = sent.scopes[j].items
            for k, mark in enumerate(scope.items):
                if mark in UNREMARKABLE and not (agents_possible and _INVOKE_AGENT in items[k]):
                    continue
                raw = items[k]
                if mark in QUIET_REQUESTS and not agents_possible:
                    counted.add_quiet_request(raw)
                    continue
                counted.add(raw)
                if mark not in QUIET_REQUESTS and mark not in UNREMARKABLE:
                    address = Address(resource=i, scope=j, item=k)
                    occurrences.extend(_occurrences(raw, address, read_resource(b"".join(sent.resource)), ancestry))
        if counted:
            counts.extend(counted.records(read_resource(b"".join(sent.resource))))
    return Detected(occurrences=tuple(adopt_causes(occurrences, ancestry)), requests=tuple(_summed(counts)))


def _occurrences(raw: bytes, address: Address, resource: Resource, ancestry: Ancestry) -> Iterator[Occurrence]:
    """What one suspicious span records: it failed, or has events, which need not be exceptions."""
    span = Span.FromString(raw)
    failed = span.status.code == Status.STATUS_CODE_ERROR
    if not span.events and not failed:
        return
    attributes = scalars(span.attributes)
    if PATTERN_FINGERPRINT in attributes or attributes.get(LOGFIRE_SPAN_TYPE) == "pending_span":
        return
    bare = _bare_occurrence(span, address, resource, attributes, ancestry)
    found = False
    for index, event in enumerate(span.events):
        about = scalars(event.attributes) if is_exception_event(event) else {}
        if tells_exception(about):
            found = True
            yield _with_exception(bare, index, event, about)
    if not found and failed:
        yield bare


def _bare_occurrence(
    span: Span, address: Address, resource: Resource, attributes: dict[str, Scalar], ancestry: Ancestry
) -> Occurrence:
    """A span's failure as far as its status tells."""
    place = Place(
        span_id=span.span_id.hex(),
        parent_span_id=span.parent_span_id.hex(),
        span_name=span.name,
        started_at_ns=span.start_time_unix_nano,
    )

    def ancestors(keys: frozenset[str]) -> Iterator[Attributes]:
        return ancestry.attributes_above(span.parent_span_id, keys)

    return Occurrence(
        carrier="status",
        item=address,
        trace_id=span.trace_id.hex(),
        place=place,
        error_type=status_error_type(attributes),
        message=span.status.message,
        stacktrace="",
        occurred_at_ns=span.end_time_unix_nano,
        resource=resource,
        attributes={},
        item_attributes=attributes,
        span_kind=_KINDS.get(span.kind, ""),
        description=span.status.message,
        ancestors=ancestors,
    )


def _with_exception(bare: Occurrence, index: int, event: Span.Event, about: dict[str, Scalar]) -> Occurrence:
    return msgspec.structs.replace(
        bare,
        carrier="event",
        event=index,
        error_type=str(about.get(EXCEPTION_TYPE, "")),
        message=str(about.get(EXCEPTION_MESSAGE, "")),
        stacktrace=str(about.get(EXCEPTION_STACKTRACE, "")),
        occurred_at_ns=event.time_unix_nano or bare.occurred_at_ns,
        attributes=about,
        odd_texts=has_odd_texts(event.attributes),
    )


_KINDS: Final = {number: name.removeprefix("SPAN_KIND_") for name, number in Span.SpanKind.items()}


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
    """The request counts of one resource, by minute."""

    def __init__(self, *, agents_possible: bool) -> None:
        self._agents_possible = agents_possible
        self._found: dict[tuple[RequestKind, int], list[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add_quiet_request(self, raw: bytes) -> None:
        """Like `add`, of a SERVER span that did not fail and is no agent's: only its times are read."""
        span = glance(raw)
        ended_at_ns = span.ended_at_ns
        if span.started_at_ns == ended_at_ns:
            self.add(raw)
        else:
            self._count("request", ended_at_ns // NANOSECONDS_PER_MINUTE, failed=False)

    def add(self, raw: bytes) -> None:
        """Count one span where it is a request or an agent's run; pending spans, which have no length, are none."""
        span = glance(raw)
        agent = self._agents_possible and _INVOKE_AGENT in raw
        server = span.kind == Span.SPAN_KIND_SERVER
        if not server and not agent:
            return
        ended_at_ns = span.ended_at_ns
        if agent or span.started_at_ns == ended_at_ns:
            attributes = named_scalars(raw, _COUNTING)
            if attributes.get(LOGFIRE_SPAN_TYPE) == "pending_span":
                return
            agent = attributes.get(GEN_AI_OPERATION) == "invoke_agent"
        failed = _is_error(span.status)
        minute = ended_at_ns // NANOSECONDS_PER_MINUTE
        if server:
            self._count("request", minute, failed=failed)
        if agent:
            self._count("agent_run", minute, failed=failed)

    def _count(self, kind: RequestKind, minute: int, *, failed: bool) -> None:
        count = self._found.get((kind, minute))
        if count is None:
            count = self._found[kind, minute] = [0, 0]
        count[0] += 1
        count[1] += failed

    def records(self, resource: Resource) -> Iterator[RequestCount]:
        """The counts of `resource`."""
        for (kind, minute), (total, failed) in self._found.items():
            yield RequestCount(
                kind=kind,
                service=resource.service,
                environment=resource.environment or "",
                service_version=resource.version or "",
                minute=minute,
                total=total,
                failed=failed,
            )


def _is_error(status: bytes) -> bool:
    return status not in _HARMLESS_STATUSES and Status.FromString(status).code == Status.STATUS_CODE_ERROR


def _summed(counts: list[RequestCount]) -> Iterator[RequestCount]:
    """One count a service and minute: senders may spread one service over many resources."""
    sums: dict[tuple[str, str, str, str, int], RequestCount] = {}
    for count in counts:
        key = (count.kind, count.service, count.environment, count.service_version, count.minute)
        known = sums.get(key)
        sums[key] = count if known is None else _sum(known, count)
    return iter(sums.values())


def _sum(one: RequestCount, other: RequestCount) -> RequestCount:
    return msgspec.structs.replace(one, total=one.total + other.total, failed=one.failed + other.failed)
