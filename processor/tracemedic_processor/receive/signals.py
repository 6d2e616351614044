"""The three signals: where each is received and which messages it speaks."""

from typing import Any

import msgspec
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as trace

from tracemedic_storage.records import Signal


class SignalSpec(msgspec.Struct, frozen=True, kw_only=True):
    """How one signal is addressed and answered (OTLP specification, "OTLP/gRPC" and "OTLP/HTTP")."""

    signal: Signal
    service: str
    path: str
    request: type[Message]
    response: type[Any]


SIGNALS: tuple[SignalSpec, ...] = (
    SignalSpec(
        signal="traces",
        service="opentelemetry.proto.collector.trace.v1.TraceService",
        path="/v1/traces",
        request=trace.ExportTraceServiceRequest,
        response=trace.ExportTraceServiceResponse,
    ),
    SignalSpec(
        signal="logs",
        service="opentelemetry.proto.collector.logs.v1.LogsService",
        path="/v1/logs",
        request=logs.ExportLogsServiceRequest,
        response=logs.ExportLogsServiceResponse,
    ),
    SignalSpec(
        signal="metrics",
        service="opentelemetry.proto.collector.metrics.v1.MetricsService",
        path="/v1/metrics",
        request=metrics.ExportMetricsServiceRequest,
        response=metrics.ExportMetricsServiceResponse,
    ),
)


def warning_response(spec: SignalSpec, warning: str) -> bytes:
    """A serialised response that tells `warning` and that nothing was rejected."""
    response = spec.response()
    response.partial_success.error_message = warning
    return response.SerializeToString()
