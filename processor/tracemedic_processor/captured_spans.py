"""Tee placement: the originals go their own way and cannot be changed, so spans of our own carry the diagnosis.

One `error_captured` span per error event, a child of the failing span, of the failing service. It is a log in Logfire's
sense (`logfire.span_type`), has no length, carries the time of its sending and no `exception` event, so that Logfire
counts the exception once.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from tracemedic_processor.attributes import Scalar, key_value
from tracemedic_processor.enrich import LogfireErrorEnrichment
from tracemedic_storage.records import ErrorEvent

SPAN_NAME: Final = "error_captured"
SCOPE_NAME: Final = "tracemedic"
LEVEL_ERROR: Final = 17
"""`logfire.level_num` of an error."""
MESSAGE_CHARACTERS_MAX: Final = 160
_TRACE_ID_DIGITS: Final = 32


def captured_spans(
    found: Iterable[tuple[bytes, ErrorEvent, LogfireErrorEnrichment]], *, sent_at_ns: int
) -> bytes | None:
    """A traces request with one span for each event of a real trace, None when there is none.

    `found` gives the serialised resource, the event and what is known of it.
    """
    spans: dict[bytes, list[Span]] = {}
    for resource, event, enrichment in found:
        if len(event.trace_id) == _TRACE_ID_DIGITS:
            spans.setdefault(resource, []).append(_span(event, enrichment, sent_at_ns))
    if not spans:
        return None
    return ExportTraceServiceRequest(
        resource_spans=[_resource_spans(resource, own) for resource, own in spans.items()]
    ).SerializeToString()


def _resource_spans(resource: bytes, spans: Sequence[Span]) -> ResourceSpans:
    scope = ScopeSpans(spans=spans)
    scope.scope.name = SCOPE_NAME
    return ResourceSpans(resource=Resource.FromString(resource), scope_spans=[scope])


def _span(event: ErrorEvent, enrichment: LogfireErrorEnrichment, sent_at_ns: int) -> Span:
    """The same event always gives the same span id: one that is sent twice can be told from two."""
    own: dict[str, Scalar] = {
        "logfire.span_type": "log",
        "logfire.level_num": LEVEL_ERROR,
        "logfire.msg": f"{event.error_type}: {event.message}"[:MESSAGE_CHARACTERS_MAX],
        **enrichment.to_logfire_attributes(),
    }
    return Span(
        trace_id=bytes.fromhex(event.trace_id),
        span_id=hashlib.sha256(f"{SPAN_NAME}:{event.id}".encode()).digest()[:8],
        parent_span_id=bytes.fromhex(event.innermost.span_id),
        name=SPAN_NAME,
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=sent_at_ns,
        end_time_unix_nano=sent_at_ns,
        attributes=[key_value(key, value) for key, value in own.items()],
    )
