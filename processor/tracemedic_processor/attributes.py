"""OTLP attribute lists as plain values, and the attribute keys tracemedic reads and writes."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from tracemedic_processor.wire import named_attributes

Scalar = str | int | float | bool

PATTERN_FINGERPRINT: Final = "diagnostic.pattern_fingerprint"
"""Our mark: a span that carries it has been here."""
CUSTOM_FINGERPRINT: Final = "diagnostic.fingerprint"
"""Set by a service that groups its errors itself."""
EXCEPTION_TYPE: Final = "exception.type"
EXCEPTION_MESSAGE: Final = "exception.message"
EXCEPTION_STACKTRACE: Final = "exception.stacktrace"
ERROR_TYPE: Final = "error.type"
LOGFIRE_SPAN_TYPE: Final = "logfire.span_type"
"""`pending_span` marks the zero-length copy that Logfire's SDK sends when a span starts."""
LOGFIRE_FINGERPRINT: Final = "logfire.exception.fingerprint"
GEN_AI_OPERATION: Final = "gen_ai.operation.name"

NESTED_CHARACTERS_MAX: Final = 4096
"""A list or map attribute is read as JSON of at most this length: it is context for people, not data."""
NESTING_MAX: Final = 16
"""Deeper values read as `...`."""


def scalars(pairs: Iterable[KeyValue]) -> dict[str, Scalar]:
    """Attributes by key; lists, maps and bytes as JSON text. The last of a doubled key wins, empty values are out."""
    found: dict[str, Scalar] = {}
    for pair in pairs:
        given = pair.value
        value = given.string_value or scalar(given)  # nearly all are strings
        if value is not None:
            found[pair.key] = value
    return found


EXCEPTION_TEXTS: Final = frozenset({EXCEPTION_TYPE, EXCEPTION_MESSAGE, EXCEPTION_STACKTRACE})
"""The attributes that carry an exception's words."""


def tells_exception(attributes: Mapping[str, Scalar]) -> bool:
    """Whether any of an exception's words is there."""
    return any(attributes.get(key) for key in EXCEPTION_TEXTS)


def has_odd_texts(pairs: Iterable[KeyValue]) -> bool:
    """Whether an exception's words are anything but plain strings, each given once."""
    seen: set[str] = set()
    for pair in pairs:
        key = pair.key
        if key in EXCEPTION_TEXTS:
            if key in seen or not pair.value.HasField("string_value"):
                return True
            seen.add(key)
    return False


def named_scalars(span: bytes, keys: frozenset[str]) -> dict[str, Scalar]:
    """Only the attributes named in `keys`, from the bytes of a span: reading all of them is what costs."""
    found = ((key, scalar(value)) for key, value in named_attributes(span, keys))
    return {key: value for key, value in found if value is not None}


def scalar(value: AnyValue) -> Scalar | None:
    """One attribute value as a plain one, None when it is empty."""
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value
        case "int_value":
            return value.int_value
        case "bool_value":
            return value.bool_value
        case "double_value":
            return value.double_value
        case None:
            return None
        case _:
            return msgspec.json.encode(_plain(value, NESTING_MAX)).decode()[:NESTED_CHARACTERS_MAX]


def _plain(value: AnyValue, depth: int) -> object:
    if depth == 0:
        return "..."
    match value.WhichOneof("value"):
        case "array_value":
            return [_plain(item, depth - 1) for item in value.array_value.values]
        case "kvlist_value":
            return {pair.key: _plain(pair.value, depth - 1) for pair in value.kvlist_value.values}
        case "bytes_value":
            return value.bytes_value
        case _:
            return scalar(value)


def key_value(key: str, value: Scalar) -> KeyValue:
    """One OTLP attribute."""
    match value:
        case bool():
            return KeyValue(key=key, value=AnyValue(bool_value=value))
        case int():
            return KeyValue(key=key, value=AnyValue(int_value=value))
        case float():
            return KeyValue(key=key, value=AnyValue(double_value=value))
        case str():
            return KeyValue(key=key, value=AnyValue(string_value=value))
