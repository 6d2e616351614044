"""OTLP/JSON against the protobuf messages themselves."""

import base64
import contextlib
import json
import math
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracemedic_processor.errors import Malformed
from tracemedic_processor.receive.otlp_json import decode_json, memory_bytes
from tracemedic_processor.receive.signals import SIGNALS

HEX = {"traceId", "spanId", "parentSpanId"}
REQUESTS = {spec.signal: spec.request for spec in SIGNALS}

INT32, INT64 = st.integers(-(2**31), 2**31 - 1), st.integers(-(2**63), 2**63 - 1)
UINT32, UINT64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)
VALUES = {
    FieldDescriptor.TYPE_STRING: st.text(max_size=5) | st.just("long " * 40),
    FieldDescriptor.TYPE_BYTES: st.binary(max_size=16),
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_DOUBLE: st.floats(allow_nan=False),
    FieldDescriptor.TYPE_INT32: INT32,
    FieldDescriptor.TYPE_SINT32: INT32,
    FieldDescriptor.TYPE_INT64: INT64,
    FieldDescriptor.TYPE_SFIXED64: INT64,
    FieldDescriptor.TYPE_UINT32: UINT32,
    FieldDescriptor.TYPE_FIXED32: UINT32,
    FieldDescriptor.TYPE_UINT64: UINT64,
    FieldDescriptor.TYPE_FIXED64: UINT64,
}


@st.composite
def messages(draw, make: type[Message], depth: int = 0) -> Message:
    """Any message of the type, two of each repeated field at most."""
    message = make()
    oneofs = {oneof.name: draw(st.sampled_from(list(oneof.fields))).number for oneof in message.DESCRIPTOR.oneofs}
    for field in message.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        if (oneof and oneofs[oneof.name] != field.number) or draw(st.integers(0, 2)) == 0:
            continue
        fill(draw, message, field, depth)
    return message


def fill(draw, message: Message, field: FieldDescriptor, depth: int) -> None:
    if field.message_type:
        if depth > 9:
            return
        part = getattr(message, field.name)
        for _ in range(draw(st.integers(1, 2)) if field.is_repeated else 1):
            target = part.add() if field.is_repeated else part
            target.SetInParent()
            target.MergeFrom(draw(messages(type(target), depth + 1)))
        return
    values = (
        st.sampled_from([value.number for value in field.enum_type.values]) if field.enum_type else VALUES[field.type]
    )
    if field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(values, max_size=3)))
    else:
        setattr(message, field.name, draw(values))


def otlp_json(message: Message, **style: Any) -> Any:
    """The message as an OTLP/JSON sender writes it: protobuf's JSON, with ids in hexadecimal."""

    def with_hex(value: Any) -> Any:
        if isinstance(value, list):
            return [with_hex(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {key: base64.b64decode(item).hex() if key in HEX else with_hex(item) for key, item in value.items()}

    return with_hex(json_format.MessageToDict(message, **style))


@pytest.mark.parametrize("signal", REQUESTS)
@given(data=st.data(), names=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_written_as_json_is_read_back_as_the_same_message(signal, data, names):
    message = data.draw(messages(REQUESTS[signal]))
    body = json.dumps(otlp_json(message, use_integers_for_enums=not names)).encode()
    assert REQUESTS[signal].FromString(decode_json(signal, body)) == message


def span(fields: dict[str, Any]) -> Any:
    """The span that a request with this one span carries."""
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [fields]}]}]}).encode()
    return REQUESTS["traces"].FromString(decode_json("traces", body)).resource_spans[0].scope_spans[0].spans[0]


SPELLINGS = [
    ({"traceId": "AbCd"}, "trace_id", b"\xab\xcd"),
    ({"trace_id": "abcd"}, "trace_id", b"\xab\xcd"),
    ({"parentSpanId": ""}, "parent_span_id", b""),
    ({"startTimeUnixNano": "18446744073709551615"}, "start_time_unix_nano", 2**64 - 1),
    ({"startTimeUnixNano": 18446744073709551615}, "start_time_unix_nano", 2**64 - 1),
    ({"start_time_unix_nano": 1e18}, "start_time_unix_nano", 10**18),
    ({"kind": 3}, "kind", 3),
    ({"kind": "SPAN_KIND_CLIENT"}, "kind", 3),
    ({"kind": "3"}, "kind", 3),
    ({"kind": 77}, "kind", 77),
    ({"kind": "SPAN_KIND_OF_NEXT_YEAR"}, "kind", 0),
    ({"name": None}, "name", ""),
    ({"name": "a", "newField": {"deep": [1]}}, "name", "a"),
    ({"name": "half \ud83d emoji"}, "name", "half ? emoji"),
]


@pytest.mark.parametrize(("fields", "name", "value"), SPELLINGS)
def test_reads_every_spelling(fields, name, value):
    assert getattr(span(fields), name) == value


def attribute(value: Any) -> Any:
    return span({"attributes": [{"key": "k", "value": value}]}).attributes[0].value


ATTRIBUTES = [
    ({"stringValue": ""}, "string_value", ""),
    ({"boolValue": False}, "bool_value", False),
    ({"intValue": "-5"}, "int_value", -5),
    ({"intValue": -5}, "int_value", -5),
    ({"doubleValue": 3}, "double_value", 3.0),
    ({"doubleValue": "3.5e2"}, "double_value", 350.0),
    ({"doubleValue": "-Infinity"}, "double_value", -math.inf),
    ({"bytesValue": "-_8"}, "bytes_value", b"\xfb\xff"),
    ({"bytesValue": "+/8="}, "bytes_value", b"\xfb\xff"),
]


@pytest.mark.parametrize(("value", "kind", "expected"), ATTRIBUTES)
def test_reads_every_kind_of_attribute(value, kind, expected):
    assert attribute(value).WhichOneof("value") == kind
    assert getattr(attribute(value), kind) == expected


def test_reads_nan_as_string_and_bare():
    assert math.isnan(attribute({"doubleValue": "NaN"}).double_value)
    assert math.isnan(attribute({"doubleValue": math.nan}).double_value)


def test_a_byte_order_mark_is_no_harm():
    assert decode_json("logs", b"\xef\xbb\xbf{}") == b""


WRONG = [
    ([], "$: expected an object, got an array"),
    ({"resourceSpans": {}}, "$.resourceSpans: expected an array, got an object"),
    ({"resourceSpans": [None]}, "$.resourceSpans[0]: expected an object, got null"),
    ({"resourceSpans": [{"schemaUrl": 5}]}, "$.resourceSpans[0].schemaUrl: expected a string, got a number"),
    ({"resourceSpans": [{}, {"resource": "x"}]}, "$.resourceSpans[1].resource: expected an object, got 'x'"),
]


@pytest.mark.parametrize(("request_", "reason"), WRONG)
def test_names_the_place_of_what_does_not_fit(request_, reason):
    with pytest.raises(Malformed) as raised:
        decode_json("traces", json.dumps(request_).encode())
    assert str(raised.value) == reason


MISFITS = [
    {"traceId": "xyz1"},
    {"traceId": "abc"},
    {"traceId": "ab cd"},
    {"traceId": 5},
    {"traceId": "é"},
    {"startTimeUnixNano": -1},
    {"startTimeUnixNano": 2**64},
    {"startTimeUnixNano": 1.5},
    {"startTimeUnixNano": "1_0"},
    {"startTimeUnixNano": " 1"},
    {"startTimeUnixNano": True},
    {"startTimeUnixNano": "9" * 5000},
    {"kind": 1.5},
    {"kind": []},
    {"kind": 2**40},
    {"name": True},
    {"name": ["a"]},
    {"attributes": [{"value": {"boolValue": "true"}}]},
    {"attributes": [{"value": {"doubleValue": "1_0"}}]},
    {"attributes": [{"value": {"doubleValue": 10**400}}]},
    {"attributes": [{"value": {"doubleValue": {}}}]},
    {"attributes": [{"value": {"bytesValue": "a"}}]},
    {"attributes": [{"value": {"bytesValue": "€"}}]},
    {"attributes": [{"value": {"bytesValue": 5}}]},
]


@pytest.mark.parametrize("fields", MISFITS, ids=str)
def test_refuses_what_does_not_fit(fields):
    with pytest.raises(Malformed, match=r"^\$\.resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\.\w+.*: expected"):
        span(fields)


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"intValue": 1}
    for _ in range(levels):
        value = {"arrayValue": {"values": [value]}}
    return value


def test_nesting_is_read_as_deep_as_protobuf_itself_goes():
    assert attribute(nested(40)).WhichOneof("value") == "array_value"
    for levels in (60, 150):
        with pytest.raises(Malformed, match="nest"):
            attribute(nested(levels))


@pytest.mark.parametrize("body", [b"", b"{", b"nonsense", b"\xff\xfe", b'{"a":1}x', b"[" * 100_000, b'{"a":' * 100_000])
def test_what_is_no_json_is_malformed(body):
    with pytest.raises(Malformed):
        decode_json("traces", body)


@given(st.binary(max_size=100))
def test_any_bytes_whatever_are_read_or_malformed(body):
    with contextlib.suppress(Malformed):
        decode_json("metrics", body)


@pytest.mark.parametrize("body", [b"[[],[]]", b'[{"a":1},{"b":"c"}]', b"{}"])
def test_the_memory_estimate_is_above_the_size(body):
    assert memory_bytes(body) > len(body)
