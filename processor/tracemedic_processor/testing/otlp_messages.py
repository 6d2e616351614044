"""Requests and answers of OTLP, as a backend reads and writes them."""

import base64
import gzip
import json
import zlib
from typing import cast

from google.protobuf import json_format
from google.protobuf.message import DecodeError
from google.rpc.code_pb2 import INVALID_ARGUMENT
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tracemedic_processor.testing.http_server import HttpReply, HttpRequest
from tracemedic_processor.testing.received import EXPORT_REQUESTS, ExportRequest
from tracemedic_storage.records import Signal

ExportResponse = ExportTraceServiceResponse | ExportLogsServiceResponse | ExportMetricsServiceResponse


def response(signal: Signal, *, rejected: int = 0, message: str = "") -> ExportResponse:
    """The answer to a taken request; partial success when something was rejected or there is a message."""
    match signal:
        case "traces":
            traces = ExportTraceServiceResponse()
            if rejected or message:
                traces.partial_success.rejected_spans = rejected
                traces.partial_success.error_message = message
            return traces
        case "logs":
            logs = ExportLogsServiceResponse()
            if rejected or message:
                logs.partial_success.rejected_log_records = rejected
                logs.partial_success.error_message = message
            return logs
        case "metrics":
            metrics = ExportMetricsServiceResponse()
            if rejected or message:
                metrics.partial_success.rejected_data_points = rejected
                metrics.partial_success.error_message = message
            return metrics


def is_json(request: HttpRequest) -> bool:
    """Whether the request says it is JSON; the answer is in the same encoding."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def reply(request: HttpRequest, message: ExportResponse | Status, *, status: int = 200) -> HttpReply:
    """`message` in the encoding of the request."""
    if is_json(request):
        return HttpReply(
            status=status, body=json_format.MessageToJson(message).encode(), content_type="application/json"
        )
    return HttpReply(status=status, body=message.SerializeToString())


def refusal(request: HttpRequest, status: int, message: str) -> HttpReply:
    """A failure with a `google.rpc.Status` as body."""
    return reply(request, Status(code=INVALID_ARGUMENT, message=message), status=status)


def decompressed(request: HttpRequest) -> bytes:
    """The body without its `Content-Encoding`. Raises `ValueError` when it is not what it says."""
    body = request.body or b""
    match request.headers.get("content-encoding", "identity").lower():
        case "identity" | "":
            return body
        case "gzip":
            try:
                return gzip.decompress(body)
            except (OSError, EOFError, zlib.error) as error:
                raise ValueError(f"the body is no gzip: {error}") from error
        case other:
            raise ValueError(f"unknown Content-Encoding {other}")


def parsed(request: HttpRequest, signal: Signal, body: bytes) -> ExportRequest:
    """Read protobuf or OTLP/JSON. Raises `ValueError` for anything else."""
    try:
        return _parsed(request, EXPORT_REQUESTS[signal](), body)
    except (DecodeError, json_format.ParseError, AttributeError) as error:
        raise ValueError(f"the body is no export request: {error}") from error


def _parsed(request: HttpRequest, message: ExportRequest, body: bytes) -> ExportRequest:
    if is_json(request):
        return json_format.ParseDict(
            cast("_Json", _ids_as_base64(json.loads(body))), message, ignore_unknown_fields=True
        )
    message.ParseFromString(body)
    return message


def _ids_as_base64(value: object) -> object:
    """OTLP/JSON writes ids in hex where protobuf's JSON expects base64."""
    if isinstance(value, list):
        return [_ids_as_base64(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    return {key: _id(item) if key in _IDS else _ids_as_base64(item) for key, item in cast("_Json", value).items()}


_Json = dict[str, object]
_IDS = frozenset({"traceId", "spanId", "parentSpanId"})


def _id(value: object) -> str:
    return base64.b64encode(bytes.fromhex(str(value))).decode()
