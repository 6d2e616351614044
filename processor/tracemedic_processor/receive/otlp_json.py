"""OTLP/JSON read into the bytes of the same request in protobuf (OTLP specification, "JSON Protobuf Encoding")."""

import json
from typing import NoReturn, cast

import msgspec
from google.protobuf.descriptor import Descriptor

from tracemedic_processor.errors import Malformed
from tracemedic_processor.receive.json_plan import WrongShape, compile_message
from tracemedic_processor.receive.json_scalars import Json
from tracemedic_processor.receive.signals import SIGNALS
from tracemedic_storage.records import Signal

_OBJECT_BYTES = 200
_ARRAY_BYTES = 80
_VALUE_BYTES = 64
"""What CPython 3.11 takes for a small dict, a list and a short string or number, each with its slot."""

_MESSAGES = {spec.signal: compile_message(cast("Descriptor", spec.request.DESCRIPTOR)) for spec in SIGNALS}


def decode_json(signal: Signal, body: bytes) -> bytes:
    """The serialised `Export{Trace,Logs,Metrics}ServiceRequest` that `body` says in JSON.

    Unknown fields and unknown enum names are left out, nulls are absent fields. Raises `Malformed` for anything but
    such a request, naming the place by its path, such as `$.resourceSpans[0].schemaUrl`.
    """
    try:
        return _MESSAGES[signal](_parse(body), 0)
    except WrongShape as error:
        raise Malformed(str(error)) from None
    except RecursionError:
        raise Malformed("the JSON is nested too deeply") from None


def memory_bytes(body: bytes) -> int:
    """How much memory decoding takes at most, about: `[[],[],...` becomes 27 times its size."""
    objects, arrays = body.count(b"{"), body.count(b"[")
    values = objects + arrays + body.count(b",")
    return objects * _OBJECT_BYTES + arrays * _ARRAY_BYTES + values * _VALUE_BYTES + len(body)


def _parse(body: bytes) -> Json:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError):
        return _parse_leniently(body)


def _parse_leniently(body: bytes) -> Json:
    """Strings cut within an emoji (JavaScript does that), bare NaN and a byte order mark are no reason to lose data."""
    try:
        return json.loads(body)
    except ValueError as error:
        _refuse(error)


def _refuse(error: ValueError) -> NoReturn:
    raise Malformed(f"the body is not JSON: {error}") from None
