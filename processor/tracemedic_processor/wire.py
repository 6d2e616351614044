"""OTLP requests read only as deep as needed, by protobuf's own C parser over schemas of our own.

Two views of the same bytes, both made with `opentelemetry-proto`'s field numbers (trace.proto, logs.proto):

* the *envelope* view keeps every span or log record as the bytes that came. Replacing one of them and serialising
  leaves all others byte for byte as they were, whatever their encoder did: this is how a request is enriched.
* the *glance* view decodes of each span only what tells whether it failed and whether it counts as a request.

Unknown fields are kept by both. Measured on 512 spans of 450 bytes: envelope 13 us, glance 78 us, full parse 430 us.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message

_Field = tuple[str, int, int | str, bool]
_PROTO = descriptor_pb2.FieldDescriptorProto
_BYTES, _STRING, _ENUM, _FIXED64 = _PROTO.TYPE_BYTES, _PROTO.TYPE_STRING, _PROTO.TYPE_INT32, _PROTO.TYPE_FIXED64


def _messages(package: str, schema: Mapping[str, Sequence[_Field]]) -> dict[str, type[Message]]:
    """Message classes for `schema`: name, number, type (or another message's name) and whether repeated."""
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    for name, fields in schema.items():
        message = file.message_type.add(name=name)
        for field_name, number, kind, repeated in fields:
            label = _PROTO.LABEL_REPEATED if repeated else _PROTO.LABEL_OPTIONAL
            field = message.field.add(name=field_name, number=number, label=label)
            if isinstance(kind, str):
                field.type, field.type_name = _PROTO.TYPE_MESSAGE, f".{package}.{kind}"
            else:
                field.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}")) for name in schema}


def _request(item: int | str) -> dict[str, Sequence[_Field]]:
    """The nesting that traces and logs share: request, resource, scope, item."""
    return {
        "Request": (("resources", 1, "Resource", True),),
        "Resource": (("resource", 1, _BYTES, False), ("scopes", 2, "Scope", True), ("schema_url", 3, _STRING, False)),
        "Scope": (("scope", 1, _BYTES, False), ("items", 2, item, True), ("schema_url", 3, _STRING, False)),
    }


class EnvelopeScope(Protocol):
    """Spans or log records of one instrumentation scope, each as its bytes."""

    items: list[bytes]


class EnvelopeResource(Protocol):
    """What one resource sent."""

    resource: bytes
    scopes: Sequence[EnvelopeScope]


class Envelope(Protocol):
    """A traces or logs request; assign to `resources[i].scopes[j].items[k]` to replace one span or log record."""

    resources: Sequence[EnvelopeResource]

    def SerializeToString(self) -> bytes:  # noqa: N802 (protobuf's name)
        """The request's bytes with all untouched items as they came."""
        ...


class Glance(Protocol):
    """What a span shows at a glance; `status` is the serialised Status, empty when unset."""

    span_id: bytes
    parent_span_id: bytes
    kind: int
    started_at_ns: int
    ended_at_ns: int
    events: Sequence[bytes]
    status: bytes


class GlanceScope(Protocol):
    """Spans of one instrumentation scope."""

    items: Sequence[Glance]


class GlanceResource(Protocol):
    """What one resource sent."""

    scopes: Sequence[GlanceScope]


class GlanceRequest(Protocol):
    """A traces request at a glance."""

    resources: Sequence[GlanceResource]


_ENVELOPE = _messages("tracemedic.envelope", _request(_BYTES))["Request"]
_GLANCE = _messages(
    "tracemedic.glance",
    {
        **_request("Span"),
        "Span": (
            ("span_id", 2, _BYTES, False),
            ("parent_span_id", 4, _BYTES, False),
            ("kind", 6, _ENUM, False),
            ("started_at_ns", 7, _FIXED64, False),
            ("ended_at_ns", 8, _FIXED64, False),
            ("events", 11, _BYTES, True),
            ("status", 15, _BYTES, False),
        ),
    },
)["Request"]


def open_envelope(body: bytes) -> Envelope:
    """The envelope view of a traces or logs request. Raises `google.protobuf.message.DecodeError`."""
    return cast("Envelope", _ENVELOPE.FromString(body))


def glance(body: bytes) -> GlanceRequest:
    """The glance view of a traces request. Raises `google.protobuf.message.DecodeError`."""
    return cast("GlanceRequest", _GLANCE.FromString(body))
