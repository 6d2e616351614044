"""Requests as real senders make them, in few words."""

from collections.abc import Mapping, Sequence

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tracemedic_processor.attributes import Scalar, key_value
from tracemedic_storage.records import Signal

NOON_NS = 1_767_268_800_000_000_000
TRACE = bytes(range(16))
STACK = """Traceback (most recent call last):
  File "/app/shop/cart.py", line 12, in add
    check(item)
  File "/app/shop/stock.py", line 7, in check
    raise OutOfStock(item)
shop.stock.OutOfStock: item 7 is gone
"""


def ident(number: int) -> bytes:
    """A span id."""
    return number.to_bytes(8, "big")


def exception(
    kind: str | None = "shop.stock.OutOfStock",
    message: str | None = "item 7 is gone",
    stacktrace: str | None = STACK,
    *,
    name: str = "exception",
    **more: Scalar,
) -> Span.Event:
    """An exception event."""
    given = {"exception.type": kind, "exception.message": message, "exception.stacktrace": stacktrace, **more}
    event = Span.Event(name=name, time_unix_nano=NOON_NS + 500)
    event.attributes.extend(key_value(key, value) for key, value in given.items() if value is not None)
    return event


def span(
    number: int = 1,
    *events: Span.Event,
    parent: int = 0,
    error: bool | None = None,
    description: str = "",
    attributes: Mapping[str, Scalar] | None = None,
    kind: int = Span.SPAN_KIND_INTERNAL,
    name: str = "work",
    trace_id: bytes = TRACE,
) -> Span:
    """A span; it failed when it has events, unless `error` says otherwise."""
    made = Span(
        trace_id=trace_id,
        span_id=ident(number),
        parent_span_id=ident(parent) if parent else b"",
        name=name,
        kind=kind,
        start_time_unix_nano=NOON_NS + number,
        end_time_unix_nano=NOON_NS + 1000 - number,
        events=events,
    )
    made.attributes.extend(key_value(key, value) for key, value in (attributes or {}).items())
    if bool(events) if error is None else error:
        made.status.code = Status.STATUS_CODE_ERROR
        made.status.message = description
    return made


def traces(*spans: Span, service: str = "shop", resource: Mapping[str, Scalar] | None = None) -> bytes:
    """A traces request of one resource and one scope."""
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add(schema_url="https://opentelemetry.io/schemas/1.44.0")
    group.resource.attributes.extend(
        key_value(key, value) for key, value in ({"service.name": service} | dict(resource or {})).items()
    )
    group.scope_spans.add().spans.extend(spans)
    return request.SerializeToString()


def log(
    attributes: Mapping[str, Scalar] | None = None,
    *,
    event_name: str = "",
    body: str = "",
    number: int = 1,
    trace_id: bytes = TRACE,
) -> LogRecord:
    """A log record, of an exception unless `attributes` say otherwise."""
    if attributes is None:
        attributes = {pair.key: pair.value.string_value for pair in exception().attributes}
    record = LogRecord(
        time_unix_nano=NOON_NS + 700,
        trace_id=trace_id,
        span_id=ident(number),
        event_name=event_name,
        severity_number=17,
    )
    record.attributes.extend(key_value(key, value) for key, value in attributes.items())
    if body:
        record.body.string_value = body
    return record


def logs(*records: LogRecord, service: str = "shop") -> bytes:
    """A logs request of one resource and one scope."""
    request = ExportLogsServiceRequest()
    group = request.resource_logs.add()
    group.resource.attributes.append(key_value("service.name", service))
    group.scope_logs.add().log_records.extend(records)
    return request.SerializeToString()


def items(signal: Signal, body: bytes) -> Sequence[Span] | Sequence[LogRecord]:
    """The spans or log records of a request."""
    if signal == "traces":
        groups = ExportTraceServiceRequest.FromString(body).resource_spans
        return [each for group in groups for scope in group.scope_spans for each in scope.spans]
    groups = ExportLogsServiceRequest.FromString(body).resource_logs
    return [each for group in groups for scope in group.scope_logs for each in scope.log_records]
