"""Tee placement: the originals are out of reach, so spans of our own carry the diagnosis."""

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.processor import otlp
from tracemedic_processor.attributes import scalars
from tracemedic_processor.capture import Capturer
from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_processor.metrics import Metrics
from tracemedic_processor.pipeline import Pipeline
from tracemedic_processor.redaction import Redactor

NOW_NS = otlp.NOON_NS + 10**9


@pytest.fixture
def tee():
    return Pipeline(Capturer(Redactor()), KnownPatterns(), Metrics(), tee=True)


def own_spans(processed):
    request = ExportTraceServiceRequest.FromString(processed.body)
    return [(rs, span) for rs in request.resource_spans for ss in rs.scope_spans for span in ss.spans]


def test_one_span_of_our_own_goes_on_for_an_error_that_crossed_two_spans(tee):
    body = otlp.traces(otlp.span(1, otlp.exception()), otlp.span(2, otlp.exception(), parent=1), otlp.span(3, parent=1))
    processed = tee.process("traces", body, received_at_ns=NOW_NS)
    ((resource, span),) = own_spans(processed)
    (event,) = processed.findings.events
    attributes = scalars(span.attributes)
    assert (span.name, span.trace_id.hex(), span.parent_span_id.hex()) == (
        "error_captured",
        event.trace_id,
        event.innermost.span_id,
    )
    assert span.start_time_unix_nano == span.end_time_unix_nano == NOW_NS
    assert attributes["logfire.span_type"] == "log"
    assert attributes["diagnostic.error_type"] == "shop.stock.OutOfStock"
    assert attributes["diagnostic.pattern_fingerprint"] == event.fingerprint
    assert scalars(resource.resource.attributes)["service.name"] == event.service
    assert not span.events


def test_the_same_request_gives_the_same_span(tee):
    body = otlp.traces(otlp.span(1, otlp.exception()))
    first, second = (tee.process("traces", body, received_at_ns=NOW_NS) for _ in range(2))
    assert first.body == second.body


@pytest.mark.parametrize("signal", ["traces", "metrics"])
def test_a_request_without_errors_sends_nothing(tee, signal):
    body = otlp.traces(otlp.span(1)) if signal == "traces" else b""
    assert tee.process(signal, body, received_at_ns=NOW_NS).body is None


def test_our_own_span_coming_back_is_not_processed_again(tee):
    processed = tee.process("traces", otlp.traces(otlp.span(1, otlp.exception())), received_at_ns=NOW_NS)
    again = tee.process("traces", processed.body, received_at_ns=NOW_NS)
    assert again.body is None
    assert again.findings is None
