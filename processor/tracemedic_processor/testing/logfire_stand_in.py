"""Logfire's ingest as `reference/logfire.md` section 1 describes it: header, encodings, limits, partial success."""

import re
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self, TypeVar

from google.protobuf.internal.containers import RepeatedCompositeFieldContainer
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tracemedic_processor.testing import http_faults, otlp_messages
from tracemedic_processor.testing.faults import Fault, FaultScript
from tracemedic_processor.testing.http_server import HOST, HttpReply, HttpRequest, HttpServer
from tracemedic_processor.testing.received import ExportRequest, Inbox, Received
from tracemedic_storage.records import Signal

REQUEST_BYTES_MAX = 100_000_000
OLDEST_NS = 24 * 3600 * 1_000_000_000
NEWEST_NS = 3600 * 1_000_000_000
"""Records must lie within a day before and an hour after their arrival; others are dropped."""

STAND_IN_TOKEN = "pylf_v1_" + "us_" + "standin"
"""A write token of the right form that opens nothing anywhere else."""

_SIGNALS: dict[str, Signal] = {"/v1/traces": "traces", "/v1/logs": "logs", "/v1/metrics": "metrics"}
_CONTENT_TYPES = re.compile(r"application/(x-protobuf|json)\s*(;|$)", re.IGNORECASE)


R = TypeVar("R", Span, LogRecord)


class LogfireStandIn:
    """Listens on 127.0.0.1 while used as a context manager, synchronous or asynchronous.

    Takes `token` and no other. `faults` misbehave before anything is checked. `now_ns` is its clock.
    """

    def __init__(
        self,
        *,
        token: str = STAND_IN_TOKEN,
        port: int = 0,
        faults: Iterable[Fault | None] = (),
        request_bytes_max: int = REQUEST_BYTES_MAX,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self.token = token
        self.inbox = Inbox()
        self.faults = FaultScript(faults)
        self._request_bytes_max = request_bytes_max
        self._now_ns = now_ns
        self._http = HttpServer(self._answer, port=port, body_bytes_max=request_bytes_max)

    @property
    def base_url(self) -> str:
        """What to set as `LOGFIRE_BASE_URL`."""
        return f"http://{HOST}:{self._http.port}"

    def spans(self) -> list[Span]:
        """Every span taken, in the order of arrival."""
        return self.inbox.spans()

    def logs(self) -> list[LogRecord]:
        """Every log record taken, in the order of arrival."""
        return self.inbox.logs()

    def wait_for(self, items: int, *, timeout_s: float = 10.0) -> None:
        """Return when that many spans, log records and metrics were taken. Raises `TimeoutError` with the count."""
        self.inbox.wait_for(items, timeout_s=timeout_s)

    def start(self) -> None:
        """Listen."""
        self._http.start()

    def stop(self) -> None:
        """Break every connection; what was taken stays readable."""
        self._http.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _answer(self, request: HttpRequest) -> HttpReply | None:
        signal = _SIGNALS.get(request.path)
        if signal is None:
            return HttpReply(status=404, body=b'{"detail":"Not Found"}', content_type="application/json")
        fault = self.faults.next()
        if fault and not fault.keeps:
            return await http_faults.played(fault, request, signal)
        reply = self._refusal(request) or self._taken(request, signal)
        return await http_faults.played(fault, request, signal) if fault and reply.status == 200 else reply

    def _refusal(self, request: HttpRequest) -> HttpReply | None:
        authorization = request.headers.get("authorization", "")
        if request.method != "POST":
            return otlp_messages.refusal(request, 405, "Method Not Allowed")
        if authorization != self.token:
            hint = "; the token stands alone, without Bearer" if authorization.startswith("Bearer ") else ""
            return otlp_messages.refusal(request, 401, f"Unknown or missing write token{hint}")
        if not _CONTENT_TYPES.match(request.headers.get("content-type", "")):
            return otlp_messages.refusal(request, 415, "Unsupported content type")
        if request.body is None:
            return otlp_messages.refusal(request, 413, f"larger than {self._request_bytes_max} bytes")
        return None

    def _taken(self, request: HttpRequest, signal: Signal) -> HttpReply:
        try:
            body = otlp_messages.decompressed(request)
            if len(body) > self._request_bytes_max:
                return otlp_messages.refusal(request, 413, f"larger than {self._request_bytes_max} bytes")
            message = otlp_messages.parsed(request, signal, body)
        except ValueError as error:
            return otlp_messages.refusal(request, 400, str(error))
        dropped = self._drop_out_of_time(message)
        kept = message.SerializeToString() if dropped or otlp_messages.is_json(request) else body
        self.inbox.put(Received(signal=signal, body=kept, transport="http", headers=request.headers))
        words = f"{dropped} records have timestamps more than a day ago or an hour ahead" if dropped else ""
        return otlp_messages.reply(request, otlp_messages.response(signal, rejected=dropped, message=words))

    def _drop_out_of_time(self, message: ExportRequest) -> int:
        """Metrics are not looked into."""
        now_ns = self._now_ns()

        def in_time(time_ns: int) -> bool:
            return now_ns - OLDEST_NS <= time_ns <= now_ns + NEWEST_NS

        match message:
            case ExportTraceServiceRequest():
                scopes = (scope for group in message.resource_spans for scope in group.scope_spans)
                return sum(_keep(scope.spans, lambda span: in_time(span.start_time_unix_nano)) for scope in scopes)
            case ExportLogsServiceRequest():
                scopes = (scope for group in message.resource_logs for scope in group.scope_logs)
                return sum(_keep(scope.log_records, lambda log: in_time(_logged_at_ns(log))) for scope in scopes)
            case ExportMetricsServiceRequest():
                return 0


def _keep(records: "RepeatedCompositeFieldContainer[R]", wanted: Callable[[R], bool]) -> int:
    """Take out the records that are not wanted; how many those were."""
    kept = [record for record in records if wanted(record)]
    dropped = len(records) - len(kept)
    if dropped:
        copies = [type(record).FromString(record.SerializeToString()) for record in kept]
        del records[:]
        records.extend(copies)
    return dropped


def _logged_at_ns(record: LogRecord) -> int:
    return record.time_unix_nano or record.observed_time_unix_nano
