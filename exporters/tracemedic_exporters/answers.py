"""What backends say: partial success and `google.rpc.Status`, in protobuf or JSON. Odd bytes say nothing."""

import json
from typing import cast

import msgspec
from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tracemedic_exporters.exporter import Signal

RETRY_AFTER_S_MAX = 3600.0
"""Longer waits are not believed: a backend's wrong clock must not silence us for a year."""


class PartialSuccess(msgspec.Struct, frozen=True):
    """The far side took the request but not all of it. Never sent again (OTLP specification, "Partial Success").

    `rejected` counts spans, log records or data points; zero with a message is a warning.
    """

    rejected: int
    message: str


def partial_success(signal: Signal, body: bytes) -> PartialSuccess | None:
    """Read a protobuf `Export...ServiceResponse`."""
    try:
        match signal:
            case "traces":
                traces = ExportTraceServiceResponse.FromString(body).partial_success
                rejected, message = traces.rejected_spans, traces.error_message
            case "logs":
                logs = ExportLogsServiceResponse.FromString(body).partial_success
                rejected, message = logs.rejected_log_records, logs.error_message
            case "metrics":
                metrics = ExportMetricsServiceResponse.FromString(body).partial_success
                rejected, message = metrics.rejected_data_points, metrics.error_message
    except DecodeError:
        return None
    return PartialSuccess(max(rejected, 0), message) if rejected > 0 or message else None


def partial_success_json(body: bytes) -> PartialSuccess | None:
    """Read the same in OTLP/JSON, which some backends answer whatever was sent."""
    partial = _member(_json(body), "partialSuccess")
    message = _member(partial, "errorMessage")
    counts = (_member(partial, key) for key in ("rejectedSpans", "rejectedLogRecords", "rejectedDataPoints"))
    rejected = max((_count(count) for count in counts), default=0)
    text = message if isinstance(message, str) else ""
    return PartialSuccess(rejected, text) if rejected or text else None


def status(body: bytes) -> Status | None:
    """Read a protobuf `google.rpc.Status`."""
    try:
        return Status.FromString(body)
    except DecodeError:
        return None


def status_message_json(body: bytes) -> str | None:
    """Read the message of a `google.rpc.Status` in JSON, or of the shapes usual elsewhere."""
    decoded = _json(body)
    for key in ("message", "error", "detail", "title"):
        found = _member(decoded, key)
        found = _member(found, "message") or found
        if isinstance(found, str) and found:
            return found
    return None


def retry_delay_s(answer: Status | None) -> float | None:
    """The delay of the `RetryInfo` among the details, in seconds, bounded."""
    for detail in answer.details if answer else ():
        info = _retry_info(detail)
        if info is not None and info.HasField("retry_delay"):
            delay_s = info.retry_delay.seconds + info.retry_delay.nanos / 1e9
            return min(max(delay_s, 0.0), RETRY_AFTER_S_MAX)
    return None


def _retry_info(detail: Any) -> RetryInfo | None:
    info = RetryInfo()
    try:
        return info if detail.Unpack(info) else None
    except DecodeError:
        return None


def _json(body: bytes) -> object:
    try:
        return cast("object", json.loads(body))
    except (ValueError, RecursionError):
        return None


def _member(holder: object, key: str) -> object:
    return cast("dict[str, object]", holder).get(key) if isinstance(holder, dict) else None


def _count(value: object) -> int:
    """Protobuf's JSON writes 64-bit integers as strings."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return 0
    try:
        return max(int(value), 0)
    except ValueError:
        return 0
