"""Writes on spans what is known of their failure: the `diagnostic.*` attributes, and redacted texts.

Attributes are appended to the bytes of the span, which protobuf reads as more elements of the same repeated field
(encoding specification, "Last One Wins" and repeated fields); nothing of the span is decoded or written again unless
a text of it was redacted.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, TypeVar

import msgspec
from google.protobuf.message import Message
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tracemedic_processor.attributes import EXCEPTION_MESSAGE, EXCEPTION_STACKTRACE, EXCEPTION_TYPE, Scalar, key_value
from tracemedic_processor.occurrence import Texts
from tracemedic_storage.records import (
    SEVERITIES,
    Category,
    ErrorEvent,
    ErrorPattern,
    PatternStatus,
    Record,
    Severity,
)

MESSAGE_CHARACTERS_MAX: Final = 200
ENRICHMENT_BYTES_MAX: Final = 1024
"""All attributes of one span together, keys included: Logfire bills and shows records, not essays."""
TEXT_BYTES_MIN: Final = 48
"""A diagnosis cut shorter than this says nothing and is left out."""


class LogfireErrorEnrichment(Record, frozen=True, kw_only=True):
    """The diagnosis as attributes of the failing span; fields that are None are left out."""

    error_type: str
    error_message: str
    error_category: Category
    error_severity: Severity
    pattern_fingerprint: str | None = None
    error_id: str | None = None
    pattern_id: str | None = None
    pattern_name: str | None = None
    pattern_status: PatternStatus | None = None
    pattern_occurrences: int | None = None
    is_origin: bool | None = None
    origin_span_id: str | None = None
    agent_run_id: str | None = None
    sprint_id: str | None = None
    request_id: str | None = None
    url: str | None = None
    confidence: float | None = None
    diagnosed_by: str | None = None
    root_cause: str | None = None
    suggested_fix: str | None = None

    def to_logfire_attributes(self) -> dict[str, Scalar]:
        """The `diagnostic.*` attributes, under `ENRICHMENT_BYTES_MAX` bytes together, the most needed first."""
        attributes: dict[str, Scalar] = {}
        room = ENRICHMENT_BYTES_MAX
        for name, key, bytes_max in _FIELDS:
            value: Scalar | None = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, str):
                value = _cut(value, min(self._left(name, room) - len(key), bytes_max))
            size = len(key) + len(str(value).encode())
            if (value == "" and name not in _REQUIRED) or size > room:
                continue
            attributes[key] = value
            room -= size
        return attributes

    def _left(self, name: str, room: int) -> int:
        """What of `room` one text may take: a cause is worth little without its fix, and a name less than either."""
        if name == "root_cause" and self.suggested_fix:
            return (room - len(_FIX_KEY)) // 2
        return _NAME_ROOM if name == "pattern_name" and self.root_cause else room


_FIX_KEY: Final = "diagnostic.suggested_fix"
_NAME_ROOM: Final = 88
"""For key and value of the pattern's name beside a diagnosis: it begins with what the error's type and message say."""
_REQUIRED: Final = frozenset({"error_type", "error_message"})
_BYTES_MAX: Final[Mapping[str, int]] = {
    "error_type": 100,
    "error_message": MESSAGE_CHARACTERS_MAX,
    "pattern_name": 100,
    "agent_run_id": 64,
    "sprint_id": 64,
    "request_id": 64,
    "url": 120,
    "root_cause": 240,
    "suggested_fix": 240,
}


_FIELDS: Final = tuple(
    (name, f"diagnostic.{name}", _BYTES_MAX.get(name, ENRICHMENT_BYTES_MAX))
    for name in LogfireErrorEnrichment.__struct_fields__
)
"""Name, attribute key and most bytes of each field, in their order."""

_OF_ONE_EVENT: Final = frozenset({"diagnostic.error_message", "diagnostic.error_id", "diagnostic.request_id"})
"""The attributes whose values hardly ever come twice; the others are a pattern's and come with each of its errors."""
ATTRIBUTES_CACHED: Final = 4096
"""Encoded attributes remembered: about ten for a pattern."""


def _cut(text: str, bytes_max: int) -> str:
    """`text` in at most `bytes_max` bytes of UTF-8, whole characters only."""
    raw = text.encode(errors="replace")
    if len(raw) <= bytes_max:
        return text
    if bytes_max < TEXT_BYTES_MIN:
        return ""
    return raw[: bytes_max - 3].decode(errors="ignore") + "…"


def enrichment_of(
    event: ErrorEvent, pattern: ErrorPattern | None, *, pattern_url: str | None
) -> LogfireErrorEnrichment:
    """What is known at this moment of `event` and its pattern; `pattern_url` is the template of the pattern's page."""
    enrichment = LogfireErrorEnrichment(
        error_type=event.error_type,
        error_message=event.message[:MESSAGE_CHARACTERS_MAX],
        error_category=event.category,
        error_severity=event.severity,
        pattern_fingerprint=event.fingerprint,
        error_id=event.id,
        agent_run_id=event.context.agent_run_id,
        sprint_id=event.context.sprint_id,
        request_id=event.context.request_id,
    )
    return enrichment if pattern is None else _with_pattern(enrichment, pattern, pattern_url)


def with_origin(
    enrichment: LogfireErrorEnrichment, event: ErrorEvent, *, origin_id: str, origin_span_id: str
) -> LogfireErrorEnrichment:
    """The same with what is known of the event that caused `event`; an origin has its own id."""
    return msgspec.structs.replace(
        enrichment, is_origin=origin_id == event.id, origin_span_id=None if origin_id == event.id else origin_span_id
    )


def _with_pattern(
    enrichment: LogfireErrorEnrichment, pattern: ErrorPattern, pattern_url: str | None
) -> LogfireErrorEnrichment:
    return msgspec.structs.replace(
        enrichment,
        error_severity=max(enrichment.error_severity, pattern.severity, key=SEVERITIES.index),
        pattern_id=pattern.id,
        pattern_name=pattern.name,
        pattern_status=pattern.status,
        pattern_occurrences=pattern.total_occurrences,
        root_cause=pattern.ai_root_cause,
        suggested_fix=pattern.ai_suggested_fix,
        confidence=pattern.ai_confidence,
        diagnosed_by=pattern.diagnosed_by,
        url=None if pattern_url is None else pattern_url.format(id=pattern.id),
    )


def enrich_span(raw: bytes, attributes: Mapping[str, Scalar]) -> bytes:
    """The span with more attributes; everything else byte for byte."""
    return raw + b"".join([_encoded(Span, key, value) for key, value in attributes.items()])


def enrich_log(raw: bytes, attributes: Mapping[str, Scalar]) -> bytes:
    """The log record with more attributes; everything else byte for byte."""
    return raw + b"".join([_encoded(LogRecord, key, value) for key, value in attributes.items()])


def _encoded(kind: type[Span | LogRecord], key: str, value: Scalar) -> bytes:
    """One attribute as an element of the repeated field of a span or log record."""
    return _encode(kind, key, value) if key in _OF_ONE_EVENT else _encode_once(kind, key, value)


def _encode(kind: type[Span | LogRecord], key: str, value: Scalar) -> bytes:
    return kind(attributes=[key_value(key, value)]).SerializeToString()


_encode_once = lru_cache(maxsize=ATTRIBUTES_CACHED, typed=True)(_encode)
"""Encoding one takes 2 microseconds, finding it 0.2. Typed, because True and 1 are equal and not the same."""


def replace_span_texts(raw: bytes, texts: Mapping[int | None, Texts]) -> bytes:
    """The span with redacted texts in its events, by event position, and in its status description."""

    def change(span: Span) -> None:
        for event, changed in texts.items():
            if event is not None:
                _set_texts(span.events[event], changed)
            if changed.description is not None:
                span.status.message = changed.description

    return _changed(Span, raw, change)


def replace_log_texts(raw: bytes, texts: Texts) -> bytes:
    """The log record with redacted texts instead of the sender's; the description is its body."""

    def change(record: LogRecord) -> None:
        _set_texts(record, texts)
        if texts.description is not None:
            record.body.string_value = texts.description

    return _changed(LogRecord, raw, change)


M = TypeVar("M", bound=Message)


def _changed(kind: type[M], raw: bytes, change: Callable[[M], None]) -> bytes:
    message = kind.FromString(raw)
    change(message)
    return message.SerializeToString()


def _set_texts(carrier: Span.Event | LogRecord, texts: Texts) -> None:
    by_key = {
        EXCEPTION_TYPE: texts.error_type,
        EXCEPTION_MESSAGE: texts.message,
        EXCEPTION_STACKTRACE: texts.stacktrace,
    }
    for pair in carrier.attributes:
        text = by_key.get(pair.key)
        if text is not None:
            pair.value.string_value = text
