"""A view of export requests that opens the envelopes only: resources, scopes and items stay bytes.

The schema is OTLP's with the inner messages declared as `bytes`. All three signals number these fields alike, so one
view serves them all. Whatever is not opened is kept to the byte, fields unknown here included, and the work is done
by protobuf's C code. Envelopes are declared repeated, because a message field that appears twice is merged by
protobuf while a `bytes` field would keep the last one only.
"""

from collections.abc import MutableSequence
from typing import Protocol, Self, cast

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

FRAME_BYTES_MAX = 6
"""Tag and length that protobuf puts before an embedded message, at most."""

POINTS_FIELDS = ("gauge", "sum", "histogram", "exponential_histogram", "summary")
"""Where a metric keeps its data points; one of them is set."""


class Message(Protocol):
    """The little we use of a protobuf message."""

    @classmethod
    def FromString(cls, s: bytes) -> Self: ...  # noqa: D102, N802  # protobuf gives the name
    def SerializeToString(self) -> bytes: ...  # noqa: D102, N802
    def ByteSize(self) -> int: ...  # noqa: D102, N802


class ScopeView(Message, Protocol):
    """`ScopeSpans`, `ScopeLogs` or `ScopeMetrics`."""

    scope: MutableSequence[bytes]
    items: MutableSequence[bytes]
    schema_url: bytes


class GroupView(Message, Protocol):
    """`ResourceSpans`, `ResourceLogs` or `ResourceMetrics`."""

    resource: MutableSequence[bytes]
    scopes: MutableSequence[ScopeView]
    schema_url: bytes


class RequestView(Message, Protocol):
    """`ExportTraceServiceRequest` and its two sisters."""

    groups: MutableSequence[GroupView]


class PointsView(Message, Protocol):
    """`Gauge`, `Sum` and their sisters; temporality and the like are unknown here, and kept."""

    points: MutableSequence[bytes]


class MetricView(Message, Protocol):
    """`Metric`; name, unit and the like are unknown here, and kept."""

    gauge: MutableSequence[PointsView]
    sum: MutableSequence[PointsView]
    histogram: MutableSequence[PointsView]
    exponential_histogram: MutableSequence[PointsView]
    summary: MutableSequence[PointsView]


_BYTES = FieldDescriptorProto.TYPE_BYTES
_MESSAGE = FieldDescriptorProto.TYPE_MESSAGE

_SCHEMA: dict[str, tuple[tuple[str, int, bool, str | None], ...]] = {
    # name: (field, number, repeated, message or None for bytes)
    "Request": (("groups", 1, True, "Group"),),
    "Group": (("resource", 1, True, None), ("scopes", 2, True, "Scope"), ("schema_url", 3, False, None)),
    "Scope": (("scope", 1, True, None), ("items", 2, True, None), ("schema_url", 3, False, None)),
    "Metric": tuple(
        (name, number, True, "Points") for name, number in zip(POINTS_FIELDS, (5, 7, 9, 10, 11), strict=True)
    ),
    "Points": (("points", 1, True, None),),
}


def _pool() -> DescriptorPool:
    file = FileDescriptorProto(name="tracemedic/skim.proto", package="tracemedic.skim", syntax="proto3")
    for name, fields in _SCHEMA.items():
        file.message_type.append(DescriptorProto(name=name, field=[_field(*field) for field in fields]))
    pool = DescriptorPool()
    pool.Add(file)
    return pool


def _field(name: str, number: int, repeated: bool, message: str | None) -> FieldDescriptorProto:
    return FieldDescriptorProto(
        name=name,
        number=number,
        label=FieldDescriptorProto.LABEL_REPEATED if repeated else FieldDescriptorProto.LABEL_OPTIONAL,
        type=_MESSAGE if message else _BYTES,
        type_name=f".tracemedic.skim.{message}" if message else None,
    )


def _message(name: str) -> object:
    return GetMessageClass(_POOL.FindMessageTypeByName(f"tracemedic.skim.{name}"))


_POOL = _pool()

Request = cast("type[RequestView]", _message("Request"))
Metric = cast("type[MetricView]", _message("Metric"))
