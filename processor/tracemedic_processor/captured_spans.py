"""Tee placement: the originals go their own way and cannot be changed, so spans of our own carry the diagnosis.

One `error_captured` span per error event.
"""

from collections.abc import Iterable
from typing import Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tracemedic_processor.enrich import LogfireErrorEnrichment
from tracemedic_processor.own_spans import has_trace, own_span, resource_spans
from tracemedic_storage.records import ErrorEvent

SPAN_NAME: Final = "error_captured"
LEVEL_ERROR: Final = 17
"""`logfire.level_num` of an error."""


def captured_spans(
    found: Iterable[tuple[bytes, ErrorEvent, LogfireErrorEnrichment]], *, sent_at_ns: int
) -> bytes | None:
    """A traces request with one span for each event of a real trace, None when there is none.

    `found` gives the serialised resource, the event and what is known of it.
    """
    spans: dict[bytes, list[Span]] = {}
    for resource, event, enrichment in found:
        if has_trace(event):
            spans.setdefault(resource, []).append(_span(event, enrichment, sent_at_ns))
    if not spans:
        return None
    requests = [resource_spans(Resource.FromString(resource), own) for resource, own in spans.items()]
    return ExportTraceServiceRequest(resource_spans=requests).SerializeToString()


def _span(event: ErrorEvent, enrichment: LogfireErrorEnrichment, sent_at_ns: int) -> Span:
    return own_span(
        event,
        enrichment,
        name=SPAN_NAME,
        about=event.id,
        level=LEVEL_ERROR,
        message=f"{event.error_type}: {event.message}",
        sent_at_ns=sent_at_ns,
    )
