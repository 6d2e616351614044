"""A sender that takes every acknowledgement as an obligation, and remembers what it sent to the byte."""

import dataclasses
import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.service import Service
from tracemedic_exporters.otlp_grpc import METHODS
from tracemedic_processor.attributes import key_value
from tracemedic_processor.wire import open_envelope
from tracemedic_storage.records import Signal

SERVICE = "obliged"
KINDS = ("CartLost", "PriceMissing", "StockNegative", "LabelTorn", "BoxTooSmall")
UNKNOWN_FIELD = b"\xfa\x3f\x04kept"
"""Field 1023 of a span: what a newer protocol may send."""
AGAIN = 5
"""Every so many requests one is delivered twice."""
ATTEMPT_S_MAX = 30.0
"""Longer than any answer takes: an attempt ends by its answer or by the death of the service."""

Ident = tuple[Signal, bytes]
"""A span by its id, a log record by its body."""


@dataclasses.dataclass(frozen=True)
class Request:
    """One request and how it travels."""

    signal: Signal
    body: bytes
    transport: str


@dataclasses.dataclass
class Expected:
    """What the world must look like when everything has arrived."""

    items: dict[Ident, bytes] = dataclasses.field(default_factory=dict)
    places: Counter[bytes] = dataclasses.field(default_factory=Counter)
    """How many spans the failure of a trace crossed, by trace id."""
    traces: Counter[str] = dataclasses.field(default_factory=Counter)
    """Failing traces by the kind of their exception."""
    requests: int = 0
    failed: int = 0


def plan(traces: int, seed: int) -> tuple[list[Request], Expected]:
    """Requests of `traces` traces, a third of them failing, and what must come of them; the same for the same seed.

    A failure is recorded on an inner span, on the server span above it in another request, and as a log in a third.
    """
    chance = random.Random(seed)
    expected = Expected()
    requests: list[Request] = []
    for number in range(traces):
        made = list(_trace(number, chance, expected))
        for signal, body in made:
            requests.append(Request(signal, body, chance.choice(("grpc", "http"))))
            expected.items.update(identified(signal, body))
    return requests, expected


def _trace(number: int, chance: random.Random, expected: Expected) -> Iterator[tuple[Signal, bytes]]:
    trace_id = chance.randbytes(16)
    kind = chance.choice(KINDS) if number % 3 == 0 else None
    server = _span(trace_id, chance, kind=Span.SPAN_KIND_SERVER)
    inner = _span(trace_id, chance, parent=server)
    leaves = [_span(trace_id, chance, parent=inner) for _ in range(chance.randrange(4))]
    expected.requests += 1
    if kind is not None:
        expected.failed += 1
        expected.traces[kind] += 1
        expected.places[trace_id] += 2
        for span in (inner, server):
            _fail(span, kind, number)
        yield "logs", _log(inner)
    yield "traces", _traces([inner, *leaves])
    yield "traces", _traces([server])


def _span(trace_id: bytes, chance: random.Random, *, parent: Span | None = None, kind: int = 1) -> Span:
    now_ns = time.time_ns()
    span = Span(trace_id=trace_id, span_id=chance.randbytes(8), name="work", kind=kind, flags=0x101)
    span.parent_span_id = parent.span_id if parent else b""
    span.start_time_unix_nano = parent.start_time_unix_nano + 1000 if parent else now_ns
    span.end_time_unix_nano = now_ns + 1_000_000
    span.attributes.append(key_value("payload", chance.randbytes(60).hex()))
    return span


def _fail(span: Span, kind: str, number: int) -> None:
    span.status.code = Status.STATUS_CODE_ERROR
    event = span.events.add(name="exception", time_unix_nano=span.end_time_unix_nano)
    event.attributes.extend(_exception(kind, number))


def _exception(kind: str, number: int) -> list[KeyValue]:
    stack = f'Traceback (most recent call last):\n  File "/app/shop/{kind}.py", line {number}, in check\n    raise it\n'
    return [
        key_value("exception.type", f"shop.{kind}"),
        key_value("exception.message", f"order {number} failed"),
        key_value("exception.stacktrace", f"{stack}shop.{kind}: order {number} failed\n"),
    ]


def _traces(spans: list[Span]) -> bytes:
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.append(key_value("service.name", SERVICE))
    resource.scope_spans.add()
    envelope = open_envelope(request.SerializeToString())
    envelope.resources[0].scopes[0].items.extend(span.SerializeToString() + UNKNOWN_FIELD for span in spans)
    return envelope.SerializeToString()


def _log(span: Span) -> bytes:
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    resource.resource.attributes.append(key_value("service.name", SERVICE))
    record = resource.scope_logs.add().log_records.add(trace_id=span.trace_id, span_id=span.span_id, severity_number=17)
    record.time_unix_nano = span.end_time_unix_nano
    record.attributes.extend(span.events[0].attributes)
    return request.SerializeToString()


def identified(signal: Signal, body: bytes) -> Iterator[tuple[Ident, bytes]]:
    """The spans or log records of a request as their bytes, by what identifies them."""
    for resource in open_envelope(body).resources:
        for scope in resource.scopes:
            for raw in scope.items:
                yield (signal, Span.FromString(raw).span_id if signal == "traces" else raw[:_LOG_IDENT_BYTES]), raw


_LOG_IDENT_BYTES = 9
"""A log record begins with its time, which is its span's and unique here."""


class Sender(threading.Thread):
    """Sends its requests one after the other, each again and again until the service, wherever it is by then, takes it.

    `answers` counts them by what they were; anything but success and the codes that ask for patience is a failure.
    """

    def __init__(self, service: Service, requests: list[Request]) -> None:
        super().__init__(daemon=True)
        self.acknowledged = 0
        self.answers: Counter[str] = Counter()
        self.stopped = threading.Event()
        self._service = service
        self._requests = requests
        self._channel: tuple[str, grpc.Channel] | None = None

    def run(self) -> None:
        """Send everything, unless `stopped`; every `AGAIN`th twice, as one who missed the answer does."""
        for number, request in enumerate(self._requests):
            self._deliver(request)
            if number % AGAIN == 0:
                self._deliver(request)
            self.acknowledged += 1

    def _deliver(self, request: Request) -> None:
        while not self.stopped.is_set():
            answer = self._attempt(request)
            self.answers[answer] += 1
            if answer == "taken":
                return
            time.sleep(0.2)

    def _attempt(self, request: Request) -> str:
        return self._over_http(request) if request.transport == "http" else self._over_grpc(request)

    def _over_grpc(self, request: Request) -> str:
        address = self._service.grpc
        if self._channel is None or self._channel[0] != address:
            self._channel = address, grpc.insecure_channel(address)
        try:
            self._channel[1].unary_unary(METHODS[request.signal])(request.body, timeout=ATTEMPT_S_MAX)
        except grpc.RpcError as error:
            return str(error.code())
        return "taken"

    def _over_http(self, request: Request) -> str:
        connection = http.client.HTTPConnection(self._service.http, timeout=ATTEMPT_S_MAX)
        try:
            connection.request(
                "POST", f"/v1/{request.signal}", request.body, {"content-type": "application/x-protobuf"}
            )
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return "connection lost"
        finally:
            connection.close()
        return "taken" if status == 200 else str(status)
