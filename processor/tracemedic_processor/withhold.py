"""The door that closes when the pipeline breaks: the trace goes on, the texts of its exceptions do not.

Shares nothing with detection and redaction but protobuf, because one of them has just failed.
"""

from collections.abc import Iterable
from typing import Final

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from tracemedic_storage.records import Signal

WITHHELD: Final = "[withheld: tracemedic could not redact this text]"
_TEXTS: Final = frozenset({"exception.message", "exception.stacktrace"})


def withhold(signal: Signal, body: bytes) -> bytes:
    """The request with every exception's message, stack trace and status description replaced.

    Raises `google.protobuf.message.DecodeError` when `body` is no such request.
    """
    match signal:
        case "traces":
            return _withhold_traces(body)
        case "logs":
            return _withhold_logs(body)
        case "metrics":
            return body


def _withhold_traces(body: bytes) -> bytes:
    request = ExportTraceServiceRequest.FromString(body)
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                for event in span.events:
                    _replace(event.attributes)
                if span.status.message:
                    span.status.message = WITHHELD
    return request.SerializeToString()


def _withhold_logs(body: bytes) -> bytes:
    request = ExportLogsServiceRequest.FromString(body)
    for resource_logs in request.resource_logs:
        for scope_logs in resource_logs.scope_logs:
            for record in scope_logs.log_records:
                if _replace(record.attributes):
                    record.body.string_value = WITHHELD
    return request.SerializeToString()


def _replace(attributes: Iterable[KeyValue]) -> bool:
    replaced = False
    for pair in attributes:
        if pair.key in _TEXTS:
            pair.value.string_value = WITHHELD
            replaced = True
    return replaced
