"""JSON strings, numbers and booleans as the content of protobuf fields."""

import base64
import binascii
import re
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

Json = Any
"""A decoded JSON value."""

_HEX_FIELDS = frozenset({"trace_id", "span_id", "parent_span_id"})
_INTEGER_TEXT = re.compile(r"-?[0-9]{1,20}")
_NUMBER_TEXT = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,4})?")
_NOT_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_URL_SAFE = str.maketrans("-_", "+/")
_TEXT_CHARS_SHOWN = 40

_VARINT, _FIXED64, _LENGTH_DELIMITED, _FIXED32 = 0, 1, 2, 5


class Scalar(NamedTuple):
    """How values of one field type are written: the wire type, and the content without tag and length."""

    wire_type: int
    write: Callable[[Json], bytes]


class WrongShape(Exception):
    """A JSON value that does not fit its place. The path grows from inside out."""

    def __init__(self, expected: str, value: object) -> None:
        super().__init__(expected)
        self._reason = f"expected {expected}, got {_shown(value)}"
        self._path: list[str] = []

    def within(self, step: str) -> None:
        """Note that the place lies behind `step`, `.key` or `[index]`."""
        self._path.append(step)

    def __str__(self) -> str:
        return f"${''.join(reversed(self._path))}: {self._reason}"


def scalar_of(field: FieldDescriptor) -> Scalar:
    """The writer for a field that is no message. KeyError for a type that OTLP does not use (float, groups)."""
    if field.enum_type:
        return Scalar(_VARINT, _enum_writer(field.enum_type))
    if field.name in _HEX_FIELDS:
        return Scalar(_LENGTH_DELIMITED, _hex_bytes)
    return _SCALARS[field.type]


def varint(value: int) -> bytes:
    """An unsigned number in base 128, lowest digits first."""
    if value < 0x80:
        return _SHORT_VARINTS[value]
    digits = bytearray()
    while value >= 0x80:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)


_SHORT_VARINTS = [bytes([value]) for value in range(0x80)]


def odd_text(value: Json) -> bytes:
    """The content for what does not simply encode: half an emoji becomes a question mark, no string is refused."""
    if type(value) is not str:
        raise WrongShape("a string", value)
    return value.encode("utf-8", "replace")


def _hex_bytes(value: Json) -> bytes:
    try:
        return binascii.unhexlify(value)
    except (ValueError, TypeError):
        raise WrongShape("an id in hexadecimal digits", value) from None


def _base64_bytes(value: Json) -> bytes:
    if type(value) is not str:
        raise WrongShape("a string in base64", value)
    standard = value.translate(_URL_SAFE).rstrip("=")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except ValueError:
        raise WrongShape("a string in base64", value) from None


def _boolean(value: Json) -> bytes:
    if type(value) is not bool:
        raise WrongShape("true or false", value)
    return b"\x01" if value else b"\x00"


def _integer(value: Json, low: int, high: int) -> int:
    """64-bit numbers come as strings, because JavaScript's numbers are exact to 53 bits only; either is read."""
    number = value
    if (type(value) is str and _INTEGER_TEXT.fullmatch(value)) or (type(value) is float and value.is_integer()):
        number = int(value)
    if type(number) is not int or not low <= number <= high:
        raise WrongShape(f"an integer from {low} to {high}", value)
    return number


def _varint_writer(low: int, high: int) -> Callable[[Json], bytes]:
    def write(value: Json) -> bytes:
        return varint(_integer(value, low, high) & 0xFFFF_FFFF_FFFF_FFFF)

    return write


def _zigzag(value: Json) -> bytes:
    number = _integer(value, -(2**31), 2**31 - 1)
    return varint(number << 1 if number >= 0 else ~(number << 1))


def _fixed_writer(layout: str, low: int, high: int) -> Callable[[Json], bytes]:
    pack = struct.Struct(layout).pack

    def write(value: Json) -> bytes:
        return pack(_integer(value, low, high))

    return write


_pack_double = struct.Struct("<d").pack


def _double(value: Json) -> bytes:
    number = value
    if type(value) is str:
        number = _NOT_FINITE.get(value)
        if number is None and _NUMBER_TEXT.fullmatch(value):
            number = float(value)
    if type(number) not in (float, int):
        raise WrongShape("a number", value)
    try:
        return _pack_double(number)
    except (OverflowError, struct.error):
        raise WrongShape("a number", value) from None


def _enum_writer(enum: EnumDescriptor) -> Callable[[Json], bytes]:
    """Numbers and names. A name of a later version is left out like an unknown field."""
    by_name = {value.name: varint(value.number) for value in enum.values}
    write_number = _varint_writer(-(2**31), 2**31 - 1)

    def write(value: Json) -> bytes:
        if type(value) is str and not _INTEGER_TEXT.fullmatch(value):
            return by_name.get(value, b"")
        return write_number(value)

    return write


def _shown(value: object) -> str:
    """A value in an error text: senders' data is not repeated beyond what helps to find it."""
    if isinstance(value, str):
        return repr(value[:_TEXT_CHARS_SHOWN])
    kinds = {"dict": "an object", "list": "an array", "bool": "a boolean", "int": "a number", "float": "a number"}
    return kinds.get(type(value).__name__, "null")


_SCALARS: dict[int, Scalar] = {
    FieldDescriptor.TYPE_STRING: Scalar(_LENGTH_DELIMITED, odd_text),
    FieldDescriptor.TYPE_BYTES: Scalar(_LENGTH_DELIMITED, _base64_bytes),
    FieldDescriptor.TYPE_BOOL: Scalar(_VARINT, _boolean),
    FieldDescriptor.TYPE_INT32: Scalar(_VARINT, _varint_writer(-(2**31), 2**31 - 1)),
    FieldDescriptor.TYPE_INT64: Scalar(_VARINT, _varint_writer(-(2**63), 2**63 - 1)),
    FieldDescriptor.TYPE_UINT32: Scalar(_VARINT, _varint_writer(0, 2**32 - 1)),
    FieldDescriptor.TYPE_UINT64: Scalar(_VARINT, _varint_writer(0, 2**64 - 1)),
    FieldDescriptor.TYPE_SINT32: Scalar(_VARINT, _zigzag),
    FieldDescriptor.TYPE_FIXED32: Scalar(_FIXED32, _fixed_writer("<I", 0, 2**32 - 1)),
    FieldDescriptor.TYPE_FIXED64: Scalar(_FIXED64, _fixed_writer("<Q", 0, 2**64 - 1)),
    FieldDescriptor.TYPE_SFIXED64: Scalar(_FIXED64, _fixed_writer("<q", -(2**63), 2**63 - 1)),
    FieldDescriptor.TYPE_DOUBLE: Scalar(_FIXED64, _double),
}
