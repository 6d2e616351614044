"""What a stand-in has taken, for those who wait for it."""

import threading
import time

import msgspec
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tracemedic_storage.records import Signal

ExportRequest = ExportTraceServiceRequest | ExportLogsServiceRequest | ExportMetricsServiceRequest

EXPORT_REQUESTS: dict[Signal, type[ExportRequest]] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it came, decompressed; `transport` is how."""

    signal: Signal
    body: bytes
    transport: str
    headers: dict[str, str]


class Inbox:
    """Keeps what arrives, in order; may be used from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._received: list[Received] = []
        self._counted = 0
        self._items = 0

    def put(self, received: Received) -> None:
        """Keep one request and wake those who wait."""
        with self._changed:
            self._received.append(received)
            self._changed.notify_all()

    def all(self, signal: Signal | None = None) -> list[Received]:
        """Everything so far, or of one signal."""
        with self._changed:
            return [received for received in self._received if signal in (None, received.signal)]

    def bodies(self, signal: Signal) -> list[bytes]:
        """The bodies of one signal."""
        return [received.body for received in self.all(signal)]

    def spans(self) -> list[Span]:
        """Every span, in the order of arrival."""
        requests = (ExportTraceServiceRequest.FromString(body) for body in self.bodies("traces"))
        return [span for request in requests for span in spans_of(request)]

    def logs(self) -> list[LogRecord]:
        """Every log record, in the order of arrival."""
        requests = (ExportLogsServiceRequest.FromString(body) for body in self.bodies("logs"))
        return [record for request in requests for record in logs_of(request)]

    def wait_for(self, items: int, *, timeout_s: float = 10.0) -> None:
        """Return when that many spans, log records and metrics are here. Raises `TimeoutError` with the count."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while self._count() < items:
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    raise TimeoutError(f"{self._items} of {items} items arrived within {timeout_s:g} s")
                self._changed.wait(left_s)

    def clear(self) -> None:
        """Forget everything."""
        with self._changed:
            self._received.clear()
            self._counted = self._items = 0

    def _count(self) -> int:
        """Only those who wait pay for the counting."""
        for received in self._received[self._counted :]:
            self._items += _items_of(EXPORT_REQUESTS[received.signal].FromString(received.body))
        self._counted = len(self._received)
        return self._items


def spans_of(request: ExportTraceServiceRequest) -> list[Span]:
    """The spans of one request."""
    return [span for group in request.resource_spans for scope in group.scope_spans for span in scope.spans]


def logs_of(request: ExportLogsServiceRequest) -> list[LogRecord]:
    """The log records of one request."""
    return [record for group in request.resource_logs for scope in group.scope_logs for record in scope.log_records]


def _items_of(request: ExportRequest) -> int:
    if isinstance(request, ExportTraceServiceRequest):
        return len(spans_of(request))
    if isinstance(request, ExportLogsServiceRequest):
        return len(logs_of(request))
    return sum(len(scope.metrics) for group in request.resource_metrics for scope in group.scope_metrics)
