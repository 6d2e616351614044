"""The OpenTelemetry SDK's own exporters as senders."""

import grpc
import pytest
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk.metrics.export import MetricExportResult, MetricsData
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tracemedic_processor.errors import Malformed, Overloaded
from tracemedic_processor.receive.signals import SIGNALS

REQUESTS = {spec.signal: spec.request for spec in SIGNALS}


@pytest.fixture(params=["http", "http-gzip", "http-deflate", "grpc", "grpc-gzip", "grpc-deflate"])
def make(request, shared):
    """Constructs an exporter of either protocol, with or without compression."""
    protocol, _, compression = request.param.partition("-")

    def make(http, over_grpc, path):
        if protocol == "http":
            kind = Compression(compression or "none")
            return http(endpoint=f"http://127.0.0.1:{shared.port}{path}", compression=kind)
        kind = {"": None, "gzip": grpc.Compression.Gzip, "deflate": grpc.Compression.Deflate}[compression]
        return over_grpc(endpoint=f"http://127.0.0.1:{shared.grpc_port}", compression=kind)

    return make


@pytest.fixture(scope="module")
def spans():
    """One span with an exception, as the SDK records it."""
    memory = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    with pytest.raises(ValueError, match="boom"), provider.get_tracer("t").start_as_current_span("failing"):
        raise ValueError("boom")
    return memory.get_finished_spans()


def test_spans_arrive(make, intake, spans):
    exporter = make(HttpSpanExporter, GrpcSpanExporter, "/v1/traces")
    assert exporter.export(spans) == SpanExportResult.SUCCESS
    exporter.shutdown()
    ((signal, body),) = intake.accepted
    span = REQUESTS[signal].FromString(body).resource_spans[0].scope_spans[0].spans[0]
    assert (signal, span.name, span.events[0].name) == ("traces", "failing", "exception")


def test_empty_exports_of_every_signal_are_successes(make, intake):
    spans = make(HttpSpanExporter, GrpcSpanExporter, "/v1/traces")
    assert spans.export([]) == SpanExportResult.SUCCESS
    logs = make(HttpLogExporter, GrpcLogExporter, "/v1/logs")
    assert logs.export([]).name == "SUCCESS"
    metrics = make(HttpMetricExporter, GrpcMetricExporter, "/v1/metrics")
    assert metrics.export(MetricsData(resource_metrics=[])) == MetricExportResult.SUCCESS
    for exporter in (spans, logs, metrics):
        exporter.shutdown()


def test_the_sdk_drops_what_we_call_its_fault(make, intake, spans):
    intake.failure = Malformed("not for us")
    exporter = make(HttpSpanExporter, GrpcSpanExporter, "/v1/traces")
    assert exporter.export(spans) == SpanExportResult.FAILURE
    exporter.shutdown()
    assert intake.accepted == []


def test_the_sdk_comes_back_when_we_are_overloaded(make, intake, spans):
    intake.failures = [Overloaded("full", retry_after_s=0.01)]
    exporter = make(HttpSpanExporter, GrpcSpanExporter, "/v1/traces")
    assert exporter.export(spans) == SpanExportResult.SUCCESS
    exporter.shutdown()
    assert len(intake.accepted) == 1
