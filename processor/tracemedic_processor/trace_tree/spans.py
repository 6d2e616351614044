"""The spans of one trace out of a request's bytes."""

from collections import defaultdict
from collections.abc import Mapping, Set
from typing import Final

from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tracemedic_processor.attributes import LOGFIRE_SPAN_TYPE, PATTERN_FINGERPRINT, named_scalars, scalars
from tracemedic_processor.trace_tree.choice import SPANS_MAX, Outline, chosen, stand_ins
from tracemedic_processor.trace_tree.texts import NAME_CHARACTERS_MAX, Redact, error_of, short, telling_attributes
from tracemedic_processor.wire import glance, open_envelope
from tracemedic_storage.records import SpanKind, TraceSpan

LINKS_MAX: Final = 8

_KINDS: Final[dict[int, SpanKind]] = {
    Span.SPAN_KIND_SERVER: "server",
    Span.SPAN_KIND_CLIENT: "client",
    Span.SPAN_KIND_PRODUCER: "producer",
    Span.SPAN_KIND_CONSUMER: "consumer",
}
_TRACE_ID_FIELD: Final = b"\x0a\x10"
_OUR_MARK: Final = PATTERN_FINGERPRINT.encode()
_PENDING: Final = "pending_span"
_Raw = tuple[bytes, bytes]
"""The bytes of a span and of its resource."""


def spans_of(payload: bytes, trace_id: bytes, redact: Redact, *, spans_max: int = SPANS_MAX) -> tuple[TraceSpan, ...]:
    """The spans of the trace (16 bytes) in a traces request, with what they say redacted and short.

    Of more than `spans_max` the failing ones and those around them stay, and stand-ins (`choice.LEFT_OUT`) count the
    others. Logfire's pending spans are left out. Raises `google.protobuf.message.DecodeError` for bytes that are no
    request, and what `redact` raises.
    """
    return spans_by_trace(payload, {trace_id}, redact, spans_max=spans_max).get(trace_id, ())


def spans_by_trace(
    payload: bytes, trace_ids: Set[bytes], redact: Redact, *, spans_max: int = SPANS_MAX
) -> dict[bytes, tuple[TraceSpan, ...]]:
    """Like `spans_of` for several traces at once; those of which the request has no span are not in the result."""
    raws: dict[bytes, dict[str, _Raw]] = defaultdict(dict)
    for resource in open_envelope(payload).resources:
        about = b"".join(resource.resource)
        for scope in resource.scopes:
            for raw in scope.items:
                trace_id = _trace_id(raw)
                if trace_id in trace_ids and not _is_pending(raw):
                    raws[trace_id][glance(raw).span_id.hex()] = raw, about
    return {trace_id: _told(found, redact, spans_max) for trace_id, found in raws.items()}


def _trace_id(raw: bytes) -> bytes:
    # Encoders write the first field first; whoever does not is understood too, only later.
    return raw[2:18] if raw.startswith(_TRACE_ID_FIELD) else Span.FromString(raw).trace_id


def _told(raws: Mapping[str, _Raw], redact: Redact, spans_max: int) -> tuple[TraceSpan, ...]:
    outlines = [_outline(span_id, raw) for span_id, (raw, _) in raws.items()]
    kept = chosen(outlines, spans_max)
    services: dict[bytes, str] = {}
    spans = [_span(raw, _service(about, services, redact), redact) for raw, about in (raws[each] for each in kept)]
    spans.sort(key=lambda span: (span.started_at_ns, span.span_id))
    return (*spans, *stand_ins(outlines, kept))


def _is_pending(raw: bytes) -> bool:
    return _PENDING.encode() in raw and _PENDING in named_scalars(raw, frozenset({LOGFIRE_SPAN_TYPE})).values()


def _outline(span_id: str, raw: bytes) -> Outline:
    seen = glance(raw)
    failed = _OUR_MARK in raw or (bool(seen.status) and _has_failed(Status.FromString(seen.status)))
    return Outline(
        span_id=span_id,
        parent_span_id=seen.parent_span_id.hex(),
        failed=failed,
        started_at_ns=seen.started_at_ns,
        ended_at_ns=seen.ended_at_ns,
    )


def _has_failed(status: Status) -> bool:
    return status.code == Status.STATUS_CODE_ERROR


def _service(resource: bytes, known: dict[bytes, str], redact: Redact) -> str:
    if resource not in known:
        name = str(scalars(Resource.FromString(resource).attributes).get("service.name", "")) or "unknown_service"
        known[resource] = short(redact, "", name, NAME_CHARACTERS_MAX)
    return known[resource]


def _span(raw: bytes, service: str, redact: Redact) -> TraceSpan:
    span = Span.FromString(raw)
    links = (link.span_id.hex() for link in span.links if link.trace_id == span.trace_id)
    return TraceSpan(
        span_id=span.span_id.hex(),
        parent_span_id=span.parent_span_id.hex(),
        name=short(redact, "", span.name, NAME_CHARACTERS_MAX),
        service=service,
        kind=_KINDS.get(span.kind, "internal"),
        started_at_ns=span.start_time_unix_nano,
        ended_at_ns=span.end_time_unix_nano,
        failed=_has_failed(span.status),
        error=error_of(span, redact),
        attributes=telling_attributes(scalars(span.attributes), redact),
        links=tuple(sorted(set(links)))[:LINKS_MAX],
    )
