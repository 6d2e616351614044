"""What detection finds: one exception as recorded at one place, still in the sender's own words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from tracemedic_processor.attributes import Scalar
from tracemedic_storage.records import Place, Record, Redacted, RequestCount

Attributes = Mapping[str, Scalar]


class Resource(Record, frozen=True, kw_only=True):
    """Who sent it, by OpenTelemetry's resource attributes, old spellings included."""

    service: str
    namespace: str | None = None
    version: str | None = None
    instance: str | None = None
    environment: str | None = None
    host: str | None = None
    language: str | None = None
    attributes: dict[str, Scalar] = {}


class Address(Record, frozen=True, kw_only=True):
    """Where an item stands in its request: resource, scope and item by position."""

    resource: int
    scope: int
    item: int


class Occurrence(Record, frozen=True, kw_only=True):
    """One exception as recorded at one place. Nothing in it has been redacted yet.

    `carrier` tells what recorded it: an exception event of a span, a log record, or a span's ERROR status alone.
    `item` addresses the span or log record in the request, `event` the span event in it.
    `description` is the status description of a span, the body of a log record.
    `odd_texts`: some text of the exception is not one plain string (a list, a doubled key), so that what was read may
    not be all that is there; it has to be replaced by what was read.
    `ancestors` gives the attributes of the asked-for keys of the spans above, nearest first, as far as the same request
    holds them.
    """

    carrier: Literal["event", "log", "status"]
    item: Address
    event: int | None = None
    trace_id: str
    place: Place
    error_type: str
    message: str
    stacktrace: str
    occurred_at_ns: int
    resource: Resource
    attributes: dict[str, Scalar]
    item_attributes: dict[str, Scalar]
    span_kind: str = ""
    description: str = ""
    odd_texts: bool = False
    ancestors: Callable[[frozenset[str]], Iterable[Attributes]]


class Detected(Record, frozen=True, kw_only=True):
    """What one request holds for us."""

    occurrences: tuple[Occurrence, ...] = ()
    requests: tuple[RequestCount, ...] = ()


class Texts(Record, frozen=True, kw_only=True):
    """Redacted texts of one exception; None where the sender's stands."""

    error_type: Redacted | None = None
    message: Redacted | None = None
    stacktrace: Redacted | None = None
    description: Redacted | None = None

    def __bool__(self) -> bool:
        return any(text is not None for text in (self.error_type, self.message, self.stacktrace, self.description))
