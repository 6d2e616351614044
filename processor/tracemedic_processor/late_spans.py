"""What is known only later: one `error_diagnosed` span in each recent trace of a pattern.

A span cannot be changed after it was sent, so a diagnosis goes into the same trace as a new span, a child of the
failing one: a log in Logfire's sense, without length, at the time of its sending, and without an `exception` event, so
that no exception is counted twice.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from tracemedic_processor.attributes import Scalar, key_value
from tracemedic_processor.enrich import enrichment_of, with_origin
from tracemedic_storage.pattern_facts import RecentEvent
from tracemedic_storage.records import Diagnosis, ErrorEvent, ErrorPattern

SPAN_NAME: Final = "error_diagnosed"
SCOPE_NAME: Final = "tracemedic"
LEVEL_NOTICE: Final = 10
"""`logfire.level_num` of a notice: the diagnosis is news, the error itself was told already."""
MESSAGE_CHARACTERS_MAX: Final = 160
_TRACE_ID_DIGITS: Final = 32


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
        ResourceSpans(
            resource=_resource(recent.event),
            scope_spans=[_scope(_span(pattern, diagnosis, recent, sent_at_ns, pattern_url))],
        )
        for recent in events
        if len(recent.event.trace_id) == _TRACE_ID_DIGITS
    ]
    return ExportTraceServiceRequest(resource_spans=requests).SerializeToString() if requests else None


def _scope(span: Span) -> ScopeSpans:
    scope = ScopeSpans(spans=[span])
    scope.scope.name = SCOPE_NAME
    return scope


def _span(
    pattern: ErrorPattern, diagnosis: Diagnosis, recent: RecentEvent, sent_at_ns: int, pattern_url: str | None
) -> Span:
    """The same diagnosis of the same event always gives the same span id: one sent twice can be told from two."""
    event = recent.event
    enrichment = enrichment_of(event, pattern, pattern_url=pattern_url)
    if recent.origin_id and recent.origin_span_id:
        enrichment = with_origin(enrichment, event, origin_id=recent.origin_id, origin_span_id=recent.origin_span_id)
    own: dict[str, Scalar] = {
        "logfire.span_type": "log",
        "logfire.level_num": LEVEL_NOTICE,
        "logfire.msg": _message(diagnosis),
        **enrichment.to_logfire_attributes(),
    }
    span = Span(
        trace_id=bytes.fromhex(event.trace_id),
        span_id=hashlib.sha256(f"{SPAN_NAME}:{diagnosis.id}:{event.id}".encode()).digest()[:8],
        parent_span_id=bytes.fromhex(event.innermost.span_id),
        name=SPAN_NAME,
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=sent_at_ns,
        end_time_unix_nano=sent_at_ns,
        attributes=[key_value(key, value) for key, value in own.items()],
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
