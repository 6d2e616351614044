"""What is known only later: one `error_diagnosed` span in each recent trace of a pattern.

A span cannot be changed after it was sent, so a diagnosis goes into the same trace as a span of our own.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tracemedic_processor.attributes import key_value
from tracemedic_processor.enrich import enrichment_of, with_origin
from tracemedic_processor.own_spans import MESSAGE_CHARACTERS_MAX, has_trace, own_span, resource_spans
from tracemedic_storage.pattern_facts import RecentEvent
from tracemedic_storage.records import Diagnosis, ErrorEvent, ErrorPattern

SPAN_NAME: Final = "error_diagnosed"
LEVEL_NOTICE: Final = 10
"""`logfire.level_num` of a notice: the diagnosis is news, the error itself was told already."""


def late_spans(
    pattern: ErrorPattern,
    diagnosis: Diagnosis,
    events: Iterable[RecentEvent],
    *,
    sent_at_ns: int,
    pattern_url: str | None = None,
) -> bytes | None:
    """A traces request with one span for each event that belongs to a real trace; None when there is none."""
    requests = [
        resource_spans(_resource(recent.event), [_span(pattern, diagnosis, recent, sent_at_ns, pattern_url)])
        for recent in events
        if has_trace(recent.event)
    ]
    return ExportTraceServiceRequest(resource_spans=requests).SerializeToString() if requests else None


def _span(
    pattern: ErrorPattern, diagnosis: Diagnosis, recent: RecentEvent, sent_at_ns: int, pattern_url: str | None
) -> Span:
    event = recent.event
    enrichment = enrichment_of(event, pattern, pattern_url=pattern_url)
    if recent.origin_id and recent.origin_span_id:
        enrichment = with_origin(enrichment, event, origin_id=recent.origin_id, origin_span_id=recent.origin_span_id)
    span = own_span(
        event,
        enrichment,
        name=SPAN_NAME,
        about=f"{diagnosis.id}:{event.id}",
        level=LEVEL_NOTICE,
        message=_message(diagnosis),
        sent_at_ns=sent_at_ns,
    )
    if diagnosis.run_trace_id and diagnosis.run_span_id:
        span.links.append(
            Span.Link(
                trace_id=bytes.fromhex(diagnosis.run_trace_id),
                span_id=bytes.fromhex(diagnosis.run_span_id),
                attributes=[key_value("tracemedic.link", "the run that made this diagnosis")],
            )
        )
    return span


def _message(diagnosis: Diagnosis) -> str:
    text = f"{diagnosis.category}: {diagnosis.summary}"
    return text if len(text) <= MESSAGE_CHARACTERS_MAX else text[: MESSAGE_CHARACTERS_MAX - 1].rstrip() + "…"


def _resource(event: ErrorEvent) -> Resource:
    known: Mapping[str, str | None] = {
        "service.name": event.service,
        "service.namespace": event.service_namespace,
        "service.version": event.service_version,
        "service.instance.id": event.service_instance,
        "deployment.environment.name": event.environment,
        "host.name": event.host,
        "telemetry.sdk.language": event.language,
    }
    return Resource(attributes=[key_value(key, value) for key, value in known.items() if value])
