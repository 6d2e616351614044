"""The senders that people use, sending to the real service: what arrives at Logfire, what the command line tells."""

import os
import subprocess
import sys
import uuid

import grpc
import pytest
from dirty_equals import IsHash, IsPartialDict, IsStr
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricExportResult
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.path.site import APPS, App, diagnostic, plain, without_diagnosis
from tests.service import wait_until

TRANSPORTS = ("grpc", "grpc-gzip", "http", "http-gzip", "http-deflate")
PASSWORD = "hunter" + "2x9"

pytestmark = pytest.mark.xdist_group("path_senders")


@pytest.fixture
def name():
    """A traced service of this test's own."""
    return f"service-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def exporter(site, request):
    """Constructs the SDK's exporters of one transport."""
    made = []

    def exporter(over_grpc, over_http, signal, transport):
        protocol, _, compression = transport.partition("-")
        if protocol == "grpc":
            kind = grpc.Compression.Gzip if compression else grpc.Compression.NoCompression
            made.append(over_grpc(endpoint=f"http://{site.service.grpc}", insecure=True, compression=kind))
        else:
            kind = Compression(compression or "none")
            made.append(over_http(endpoint=f"http://{site.service.http}/v1/{signal}", compression=kind))
        return made[-1]

    yield exporter
    for each in made:
        each.shutdown()


class Traced:
    """A service with the SDK, whose spans wait in memory until a test sends them."""

    def __init__(self, name):
        self.memory = InMemorySpanExporter()
        self._provider = TracerProvider(resource=Resource({"service.name": name}))
        self._provider.add_span_processor(SimpleSpanProcessor(self.memory))
        self.tracer = self._provider.get_tracer("work", "1.2")

    def spans(self):
        found = self.memory.get_finished_spans()
        self.memory.clear()
        return found


class ShelfEmpty(LookupError):
    """Raised by one test only, whose pattern it makes."""


def fail(tracer, depth=3, message="the shelf {} is empty", number=1, kind=LookupError):
    """One failure that leaves `depth` spans."""
    with tracer.start_as_current_span(f"level {depth}"):
        if depth == 1:
            raise kind(message.format(number))
        fail(tracer, depth - 1, message, number, kind)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_what_did_not_fail_arrives_byte_for_byte(site, exporter, name, transport):
    traced = Traced(name)
    with traced.tracer.start_as_current_span("outer", attributes={"list": ["a", "ß"], "pi": 3.14}) as span:
        span.add_event("note", {"seen": True})
    spans = traced.spans()
    sender = exporter(GrpcSpanExporter, HttpSpanExporter, "traces", transport)
    assert sender.export(spans) == SpanExportResult.SUCCESS
    body = encode_spans(spans).SerializeToString()
    wait_until(lambda: body in site.sink.inbox.bodies("traces") and body in site.logfire.inbox.bodies("traces"))


@pytest.mark.parametrize("transport", ["grpc-gzip", "http"])
def test_metrics_pass_byte_for_byte(site, exporter, name, transport):
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], resource=Resource({"service.name": name}))
    provider.get_meter("work").create_counter("sold").add(3, {"colour": "red"})
    provider.get_meter("work").create_histogram("took").record(0.3)
    data = reader.get_metrics_data()
    sender = exporter(GrpcMetricExporter, HttpMetricExporter, "metrics", transport)
    assert sender.export(data) == MetricExportResult.SUCCESS
    body = encode_metrics(data).SerializeToString()
    wait_until(lambda: body in site.sink.inbox.bodies("metrics") and body in site.logfire.inbox.bodies("metrics"))
    provider.shutdown()


@pytest.mark.parametrize("transport", ["grpc", "http-gzip"])
def test_one_failure_on_three_spans_is_one_error(site, exporter, name, transport):
    traced = Traced(name)
    with pytest.raises(LookupError):
        fail(traced.tracer)
    sender = exporter(GrpcSpanExporter, HttpSpanExporter, "traces", transport)
    spans = traced.spans()
    assert sender.export(spans) == SpanExportResult.SUCCESS
    (error,) = site.errors(name)
    assert error == IsPartialDict(
        error_type="LookupError",
        message="the shelf 1 is empty",
        occurrences=3,
        span_id=f"{spans[0].context.span_id:016x}",
        trace_id=f"{spans[0].context.trace_id:032x}",
        source=IsStr(regex=r".*test_real_senders:fail"),
        category="programming_error",
        pattern_id=None,
    )


def test_the_enriched_span_is_the_span_as_sent_and_a_diagnosis(site, exporter, name):
    traced = Traced(name)
    with pytest.raises(LookupError):
        fail(traced.tracer, depth=1)
    (span,) = spans = traced.spans()
    sender = exporter(GrpcSpanExporter, HttpSpanExporter, "traces", "grpc")
    sender.export(spans)
    (arrived,) = site.wait_for_spans(name, 1)
    (error,) = site.errors(name)
    assert plain(arrived) == {
        "name": "level 1",
        "kind": "INTERNAL",
        "trace_id": f"{span.context.trace_id:032x}",
        "span_id": f"{span.context.span_id:016x}",
        "status": (2, "LookupError: the shelf 1 is empty"),
        "flags": 256,
        "attributes": {
            "diagnostic.error_type": "LookupError",
            "diagnostic.error_message": "the shelf 1 is empty",
            "diagnostic.error_category": "programming_error",
            "diagnostic.error_severity": "medium",
            "diagnostic.pattern_fingerprint": IsHash("sha-256"),
            "diagnostic.error_id": error["id"],
        },
        "events": [
            {
                "name": "exception",
                "exception.type": "LookupError",
                "exception.message": "the shelf 1 is empty",
                "exception.stacktrace": IsStr(regex=r"(?s)Traceback .*LookupError: the shelf 1 is empty\n"),
                "exception.escaped": "False",
            }
        ],
    }
    sent = encode_spans(spans).resource_spans[0].scope_spans[0].spans[0]
    assert without_diagnosis(arrived) == sent
    assert diagnostic(arrived)["pattern_fingerprint"] == error["fingerprint"]


def test_the_third_trace_makes_the_pattern_and_the_fourth_carries_it(site, exporter, name):
    traced = Traced(name)
    sender = exporter(GrpcSpanExporter, HttpSpanExporter, "traces", "http")
    for number, expected in ((1, []), (2, []), (3, [3]), (4, [4])):
        with pytest.raises(ShelfEmpty):
            fail(traced.tracer, number=number, kind=ShelfEmpty)
        sender.export(traced.spans())
        assert [pattern.total_occurrences for pattern in site.patterns(name)] == expected
    (pattern,) = site.patterns(name)
    known = [diagnostic(span).get("pattern_id") for span in site.wait_for_spans(name, 12)]
    assert known == [None] * 9 + [pattern.id] * 3
    assert diagnostic(site.spans(name)[-1]) == IsPartialDict(
        pattern_name=pattern.name, pattern_status="active", pattern_occurrences=3
    )
    assert [error["pattern_id"] for error in site.errors(name)] == [pattern.id] * 4


def test_a_request_delivered_twice_is_counted_and_sent_once(site, exporter, name):
    traced = Traced(name)
    with pytest.raises(LookupError):
        fail(traced.tracer)
    spans = traced.spans()
    for transport in ("http", "grpc"):
        sender = exporter(GrpcSpanExporter, HttpSpanExporter, "traces", transport)
        assert sender.export(spans) == SpanExportResult.SUCCESS
    (error,) = site.errors(name)
    assert error["occurrences"] == 3
    assert len(site.wait_for_spans(name, 3)) == 3


@pytest.mark.parametrize("event_name", ["exception", "http.server.request.exception", None])
def test_the_same_exception_as_span_event_and_as_log_is_one_error(site, exporter, name, event_name):
    """What OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN=logs/dup makes instrumentations send."""
    traced = Traced(name)
    memory = InMemoryLogRecordExporter()
    logs = LoggerProvider(resource=Resource({"service.name": name}))
    logs.add_log_record_processor(SimpleLogRecordProcessor(memory))
    try:
        fail(traced.tracer, depth=1)
    except LookupError as error:
        spans = traced.spans()
        attributes = {key: str(value) for key, value in spans[0].events[0].attributes.items() if "escaped" not in key}
        logs.get_logger("work").emit(
            LogRecord(
                timestamp=spans[0].end_time,
                trace_id=spans[0].context.trace_id,
                span_id=spans[0].context.span_id,
                severity_number=SeverityNumber.ERROR,
                body=str(error),
                event_name=event_name,
                attributes=attributes,
            )
        )
    records = memory.get_finished_logs()
    exporter(GrpcLogExporter, HttpLogExporter, "logs", "http").export(records)
    exporter(GrpcSpanExporter, HttpSpanExporter, "traces", "grpc").export(spans)
    (error,) = site.errors(name)
    assert error == IsPartialDict(error_type="LookupError", occurrences=1, span_id=f"{spans[0].context.span_id:016x}")
    sent = encode_logs(records).resource_logs[0].scope_logs[0].log_records[0]
    wait_until(lambda: any(log.span_id == sent.span_id for log in site.logfire.logs()))
    (arrived,) = (log for log in site.logfire.logs() if log.span_id == sent.span_id)
    added = [pair.key for pair in arrived.attributes][len(sent.attributes) :]
    assert "diagnostic.pattern_fingerprint" in added
    logs.shutdown()


def test_secrets_leave_neither_on_spans_nor_into_the_database_nor_on_the_command_line(site, exporter, name):
    traced = Traced(name)
    with pytest.raises(LookupError):
        fail(traced.tracer, message=f"cannot reach postgresql://shop:{PASSWORD}@db.internal/orders, shelf {{}}")
    assert exporter(GrpcSpanExporter, HttpSpanExporter, "traces", "grpc").export(traced.spans())
    spans = site.wait_for_spans(name, 3)
    for body in (*site.logfire.inbox.bodies("traces"), *site.sink.inbox.bodies("traces")):
        assert PASSWORD.encode() not in body
    assert all("shop:[redacted:password]@db.internal" in diagnostic(span)["error_message"] for span in spans)
    (error,) = site.errors(name)
    assert PASSWORD not in str(error)
    listed = site.service.run("errors", "--service", name)
    assert PASSWORD not in listed.stdout + listed.stderr + site.service.stderr()
    assert "[redacted:password]" in listed.stdout
    everything = b"".join(
        file.read_bytes() for file in site.service.data.rglob("*") if file.is_file() and file.suffix != ".lock"
    )
    assert PASSWORD.encode() not in everything


def test_an_instrumented_web_service_that_fails_has_one_error_per_request(site, name):
    environment = os.environ | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{site.service.grpc}",
        "OTEL_SERVICE_NAME": name,
    }
    with App("shop", environment) as shop:
        assert [shop.tell(f"get /orders/{number}") for number in (1, 1001, 1002, 1003)] == ["200", "500", "500", "500"]
        assert shop.tell("flush") == "True"
        site.service.wait_recorded()
        (pattern,) = [row for row in site.service.rows("patterns") if row["error_type"].endswith("OrderMissing")]
        assert shop.tell("get /orders/1004") == "500"
        assert shop.tell("flush") == "True"
    failures = [error for error in site.errors(name) if error["error_type"].endswith("OrderMissing")]
    assert [error["message"] for error in failures] == [
        f"order {number} is not in postgresql://shop:[redacted:password]@db.internal/orders"
        for number in (1001, 1002, 1003, 1004)
    ]
    assert all(error == IsPartialDict(http_route="/orders/{number}", pattern_id=pattern["id"]) for error in failures)
    servers = [span for span in site.spans(name) if span.kind == span.SPAN_KIND_SERVER]
    assert [diagnostic(span).get("pattern_id") for span in servers] == [None, None, None, None, pattern["id"]]
    assert [error["error_type"] for error in site.errors(name)] == [failures[0]["error_type"]] * 4, (
        "the ASGI instrumentation's bare ERROR status on `http send` is the same failure"
    )


def test_the_logfire_sdk_finds_logfire_behind_us(site):
    token = site.logfire.token
    arguments = [sys.executable, "-W", "ignore", str(APPS / "notebook.py"), f"http://{site.service.http}", token]
    subprocess.run(arguments, check=True, capture_output=True, timeout=60)
    errors = site.errors("notebook")
    assert [(error["message"], error["occurrences"]) for error in errors] == [
        (f"page {number} of 300 is torn", 2) for number in (7, 8, 9)
    ]
    assert [pattern.total_occurrences for pattern in site.patterns("notebook")] == [3]
    wait_until(lambda: len(_failed(site.spans("notebook"))) == 6)
    pending = [span for span in site.spans("notebook") if _span_type(span) == "pending_span"]
    assert pending
    assert [diagnostic(span) for span in pending] == [{}] * len(pending)
    for span in _failed(site.spans("notebook")):
        assert diagnostic(span) == IsPartialDict(error_type="__main__.PageTorn", error_category=IsStr)
    wait_until(lambda: any(b"notebook.pages" in body for body in site.logfire.inbox.bodies("metrics")))


def _failed(spans):
    return [span for span in spans if span.status.code == span.status.STATUS_CODE_ERROR]


def _span_type(span):
    return plain(span)["attributes"]["logfire.span_type"]
