"""Spans of our own about an error, in its trace: children of the failing span, of the failing service.

Each is a log in Logfire's sense (`logfire.span_type`), has no length, carries the time of its sending and no
`exception` event, so that Logfire counts the exception once.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from tracemedic_processor.attributes import Scalar, key_value
from tracemedic_processor.enrich import LogfireErrorEnrichment
from tracemedic_storage.records import ErrorEvent

SCOPE_NAME: Final = "tracemedic"
MESSAGE_CHARACTERS_MAX: Final = 160
_TRACE_ID_DIGITS: Final = 32


def has_trace(event: ErrorEvent) -> bool:
    """Whether an event belongs to a real trace."""
    return len(event.trace_id) == _TRACE_ID_DIGITS


def own_span(
    event: ErrorEvent,
    enrichment: LogfireErrorEnrichment,
    *,
    name: str,
    about: str,
    level: int,
    message: str,
    sent_at_ns: int,
) -> Span:
    """One span. The same `name` and `about` always give the same id, so that one sent twice can be told from two."""
    own: dict[str, Scalar] = {
        "logfire.span_type": "log",
        "logfire.level_num": level,
        "logfire.msg": message[:MESSAGE_CHARACTERS_MAX],
        **enrichment.to_logfire_attributes(),
    }
    return Span(
        trace_id=bytes.fromhex(event.trace_id),
        span_id=hashlib.sha256(f"{name}:{about}".encode()).digest()[:8],
        parent_span_id=bytes.fromhex(event.innermost.span_id),
        name=name,
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=sent_at_ns,
        end_time_unix_nano=sent_at_ns,
        attributes=[key_value(key, value) for key, value in own.items()],
    )


def resource_spans(resource: Resource, spans: Sequence[Span]) -> ResourceSpans:
    """Spans of our own under one resource."""
    scope = ScopeSpans(spans=spans)
    scope.scope.name = SCOPE_NAME
    return ResourceSpans(resource=resource, scope_spans=[scope])
