"""The whole of the stages on requests: open for traces, closed for secrets, faithful to the byte."""

import pytest
from dirty_equals import IsHash, IsPartialDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from tests.processor import otlp
from tracemedic_processor.attributes import key_value, scalars
from tracemedic_processor.capture import Capturer
from tracemedic_processor.errors import Malformed
from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_processor.metrics import Metrics
from tracemedic_processor.pipeline import Pipeline
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.wire import open_envelope
from tracemedic_processor.withhold import WITHHELD
from tracemedic_storage.records import ErrorPattern, Redacted

SECRET = "hunter" + "2x9"
ADDRESS = f"postgresql://shop:{SECRET}@db/orders"
UNKNOWN_FIELD = b"\xfa\x3f\x04kept"


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def known():
    return KnownPatterns()


@pytest.fixture
def pipeline(known, metrics):
    return Pipeline(Capturer(Redactor()), known, metrics, pattern_url="https://errors.example/patterns/{id}")


class BrokenCapturer(Capturer):
    """Fails on exceptions whose type has `Odd` in it."""

    def capture(self, occurrence, *, received_at_ns):
        if "Odd" in occurrence.error_type:
            raise RuntimeError("nobody foresaw this")
        return super().capture(occurrence, received_at_ns=received_at_ns)


@pytest.fixture
def breaking(known, metrics):
    return Pipeline(BrokenCapturer(Redactor()), known, metrics)


def process(pipeline, body, signal="traces"):
    return pipeline.process(signal, body, received_at_ns=otlp.NOON_NS + 10**9)


def spans(processed):
    return otlp.items("traces", processed.body)


def diagnosis(item):
    return {key: value for key, value in scalars(item.attributes).items() if key.startswith("diagnostic.")}


@pytest.mark.parametrize(
    ("signal", "body"),
    [
        ("traces", b""),
        ("traces", otlp.traces()),
        ("traces", otlp.traces(otlp.span())),
        ("traces", otlp.traces(otlp.span(1, Span.Event(name="note"), error=False))),
        ("logs", otlp.logs(otlp.log({}, body="all is well"))),
        ("metrics", b""),
    ],
)
def test_what_did_not_fail_goes_on_as_the_bytes_that_came(pipeline, signal, body):
    processed = process(pipeline, body, signal)
    assert processed.body is body
    assert processed.findings is None


@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
@pytest.mark.parametrize("body", [b"\x0a\xff", b"garbage", b"\x0a\x03\x12\x01\xff"])
def test_what_is_no_request_is_malformed(pipeline, signal, body):
    with pytest.raises(Malformed, match="the body is no Export"):
        process(pipeline, body, signal)


def test_a_failing_span_is_diagnosed(pipeline):
    processed = process(pipeline, otlp.traces(otlp.span(1, otlp.exception())))
    (event,) = processed.findings.events
    (span,) = spans(processed)
    assert diagnosis(span) == {
        "diagnostic.error_type": "shop.stock.OutOfStock",
        "diagnostic.error_message": "item 7 is gone",
        "diagnostic.error_category": event.category,
        "diagnostic.error_severity": event.severity,
        "diagnostic.pattern_fingerprint": IsHash("sha-256"),
        "diagnostic.error_id": event.id,
    }
    assert (event.source, event.trace_id) == ("shop.stock:check", otlp.TRACE.hex())
    assert event.received_at_ns == otlp.NOON_NS + 10**9
    assert event.occurred_at_ns == otlp.NOON_NS + 500
    assert [stack.hash for stack in processed.findings.stacks] == [event.stack_hash]


def test_the_same_failure_on_three_spans_is_one_event_with_three_places(pipeline):
    body = otlp.traces(*(otlp.span(number, otlp.exception(), parent=number - 1) for number in (1, 2, 3)))
    (event,) = process(pipeline, body).findings.events
    assert [place.span_id for place in event.places] == [otlp.ident(number).hex() for number in (1, 2, 3)]
    assert event.innermost.span_id == otlp.ident(3).hex()


def test_the_same_exception_twice_on_one_span_is_one_place(pipeline):
    (event,) = process(pipeline, otlp.traces(otlp.span(1, otlp.exception(), otlp.exception()))).findings.events
    assert event.occurrences == 1


def test_different_exceptions_on_one_span_are_events_of_their_own_and_the_first_is_the_diagnosis(pipeline):
    processed = process(
        pipeline, otlp.traces(otlp.span(1, otlp.exception(), otlp.exception("KeyError", "'sku'", None)))
    )
    assert {event.error_type for event in processed.findings.events} == {"shop.stock.OutOfStock", "KeyError"}
    assert diagnosis(spans(processed)[0])["diagnostic.error_type"] == "shop.stock.OutOfStock"


def test_event_and_log_of_one_exception_have_the_same_id(pipeline):
    (of_span,) = process(pipeline, otlp.traces(otlp.span(1, otlp.exception()))).findings.events
    (of_log,) = process(pipeline, otlp.logs(otlp.log()), "logs").findings.events
    assert of_log.id == of_span.id
    assert of_log.places[0].span_id == of_span.places[0].span_id


def test_a_known_pattern_is_written_on_the_span(pipeline, known):
    body = otlp.traces(otlp.span(1, otlp.exception()))
    (event,) = process(pipeline, body).findings.events
    known.update([pattern(event)])
    assert diagnosis(spans(process(pipeline, body))[0]) == IsPartialDict(
        {
            "diagnostic.pattern_id": "p1",
            "diagnostic.pattern_name": "OutOfStock in check",
            "diagnostic.pattern_status": "acknowledged",
            "diagnostic.pattern_occurrences": 12,
            "diagnostic.error_severity": "critical",
            "diagnostic.root_cause": "nobody restocks",
            "diagnostic.url": "https://errors.example/patterns/p1",
        }
    )


def pattern(event):
    return ErrorPattern(
        id="p1",
        fingerprint=event.fingerprint,
        fingerprint_version=event.fingerprint_version,
        name="OutOfStock in check",
        status="acknowledged",
        error_type=event.error_type,
        source=event.source,
        sample_message=event.message,
        category=event.category,
        severity="critical",
        escalated=True,
        total_occurrences=12,
        first_seen_ns=1,
        last_seen_ns=2,
        created_at_ns=3,
        updated_at_ns=4,
        ai_root_cause="nobody restocks",
    )


def secret_spans():
    """Every place of a span where an exception's words stand."""
    stack = f'Traceback (most recent call last):\n  File "/a.py", line 1, in f\n    g()\nE: {ADDRESS}\n'
    yield "message", otlp.span(1, otlp.exception(message=f"no {ADDRESS}"))
    yield "stack trace", otlp.span(1, otlp.exception("E", "no", stack))
    yield "message and stack trace", otlp.span(1, otlp.exception("E", ADDRESS, stack))
    yield "type", otlp.span(1, otlp.exception(kind=f"E {ADDRESS}"))
    yield "description of the status", otlp.span(1, otlp.exception(), description=f"E: {ADDRESS}")
    yield "status alone", otlp.span(1, error=True, description=f"failed: {ADDRESS}")
    yield "second event", otlp.span(1, otlp.exception(), otlp.exception("E", ADDRESS, None))
    yield "stack trace alone", otlp.span(1, otlp.exception(None, None, stack))
    yield "first of doubled keys", doubled()
    yield "a list", listed("")
    yield "far behind in a list", listed("x" * 5000)


def doubled():
    event = otlp.exception("E", ADDRESS, None)
    event.attributes.append(key_value("exception.message", "innocent"))
    return otlp.span(1, event)


def listed(padding):
    event = otlp.exception("E", None, None)
    value = AnyValue()
    value.array_value.values.extend([AnyValue(string_value=padding), AnyValue(string_value=ADDRESS)])
    event.attributes.append(KeyValue(key="exception.message", value=value))
    return otlp.span(1, event)


@pytest.mark.parametrize("span", [pytest.param(span, id=name) for name, span in secret_spans()])
def test_no_secret_of_an_exception_leaves_or_is_found(pipeline, span):
    processed = process(pipeline, otlp.traces(span))
    assert SECRET.encode() not in processed.body
    assert SECRET not in repr(processed.findings)


@pytest.mark.parametrize(
    "record",
    [
        otlp.log({"exception.type": "E", "exception.message": ADDRESS}),
        otlp.log(body=f"failed: {ADDRESS}"),
        otlp.log({"exception.type": "E", "exception.message": "m", "exception.stacktrace": f"E: {ADDRESS}"}),
    ],
    ids=["message", "body", "stack trace"],
)
def test_no_secret_of_a_logged_exception_leaves_or_is_found(pipeline, record):
    processed = process(pipeline, otlp.logs(record), "logs")
    assert SECRET.encode() not in processed.body
    assert SECRET not in repr(processed.findings)


def test_when_capturing_fails_the_texts_are_withheld_and_the_neighbours_diagnosed(breaking, metrics):
    odd = otlp.span(1, otlp.exception("OddError", ADDRESS, f"OddError: {ADDRESS}"), description=ADDRESS)
    processed = process(breaking, otlp.traces(odd, otlp.span(2, otlp.exception())))
    first, second = spans(processed)
    assert scalars(first.events[0].attributes) == {
        "exception.type": "OddError",
        "exception.message": WITHHELD,
        "exception.stacktrace": WITHHELD,
    }
    assert (first.status.code, first.status.message) == (Status.STATUS_CODE_ERROR, WITHHELD)
    assert diagnosis(first) == {}
    assert diagnosis(second)["diagnostic.error_type"] == "shop.stock.OutOfStock"
    assert len(processed.findings.events) == 1
    assert metrics.value("capture_failures") == 1
    assert metrics.value("errors_detected", carrier="event") == 2


def test_when_capturing_a_log_fails_its_texts_are_withheld(breaking):
    record = otlp.log({"exception.type": "Odd", "exception.message": ADDRESS}, body=ADDRESS)
    (left,) = otlp.items("logs", process(breaking, otlp.logs(record), "logs").body)
    assert scalars(left.attributes)["exception.message"] == WITHHELD
    assert left.body.string_value == WITHHELD


class Unhelpful(KnownPatterns):
    """Breaks the pipeline behind the capturing."""

    def get(self, fingerprint):
        raise RuntimeError("nobody foresaw this either")


@pytest.mark.parametrize("signal", ["traces", "logs"])
def test_when_the_pipeline_fails_the_trace_goes_on_without_the_texts(metrics, signal):
    pipeline = Pipeline(Capturer(Redactor()), Unhelpful(), metrics)
    span = otlp.span(1, otlp.exception("E", ADDRESS), description=ADDRESS)
    record = otlp.log({"exception.type": "E", "exception.message": ADDRESS}, body=ADDRESS)
    body = otlp.traces(otlp.span(2), span) if signal == "traces" else otlp.logs(record)
    processed = process(pipeline, body, signal)
    assert processed.findings is None
    assert SECRET.encode() not in processed.body
    assert len(otlp.items(signal, processed.body)) == len(otlp.items(signal, body))
    assert metrics.value("pipeline_failures") == 1


def _array(items):
    value = AnyValue()
    value.array_value.values.extend(items)
    return value


keys = st.text(max_size=8)
values = st.recursive(
    st.one_of(
        st.builds(AnyValue),
        st.builds(lambda value: AnyValue(string_value=value), st.text(max_size=20)),
        st.builds(lambda value: AnyValue(int_value=value), st.integers(-(2**63), 2**63 - 1)),
        st.builds(lambda value: AnyValue(bytes_value=value), st.binary(max_size=8)),
    ),
    lambda inner: st.lists(inner, max_size=3).map(_array),
    max_leaves=4,
)


attributes = st.lists(st.builds(lambda key, value: KeyValue(key=key, value=value), keys, values), max_size=4)
events = st.one_of(
    st.builds(lambda name, about: Span.Event(name=name, attributes=about), st.text(max_size=9), attributes),
    st.builds(otlp.exception, st.text(max_size=9), st.text(max_size=9)),
)
raw_spans = st.builds(
    lambda about, happened, parent, kind, status, trace_state, tail: (
        Span(
            trace_id=otlp.TRACE,
            span_id=otlp.ident(len(happened) + 1),
            parent_span_id=parent,
            kind=kind,
            attributes=about,
            events=happened,
            status=Status(code=status),
            trace_state=trace_state,
            dropped_events_count=3,
        ).SerializeToString()
        + tail
    ),
    attributes,
    st.lists(events, max_size=3),
    st.binary(max_size=8),
    st.integers(0, 7),
    st.integers(0, 3),
    st.text(max_size=5),
    st.sampled_from([b"", UNKNOWN_FIELD]),
)


@settings(max_examples=150, deadline=None)
@given(groups=st.lists(st.lists(raw_spans, max_size=4), max_size=3))
def test_every_span_keeps_its_bytes_and_only_diagnosis_is_added(groups):
    pipeline = Pipeline(Capturer(Redactor()), KnownPatterns(), Metrics())
    request = ExportTraceServiceRequest()
    for _ in groups:
        request.resource_spans.add(schema_url="s").scope_spans.add(schema_url="t")
    envelope = open_envelope(request.SerializeToString() + UNKNOWN_FIELD)
    for group, raws in zip(envelope.resources, groups, strict=True):
        group.scopes[0].items.extend(raws)
    body = envelope.SerializeToString()
    processed = process(pipeline, body)
    after = open_envelope(processed.body)
    assert [len(group.scopes[0].items) for group in after.resources] == [len(raws) for raws in groups]
    for group, raws in zip(after.resources, groups, strict=True):
        for left, raw in zip(group.scopes[0].items, raws, strict=True):
            assert left.startswith(raw)
            added = Span.FromString(left[len(raw) :])
            assert all(pair.key.startswith("diagnostic.") for pair in added.attributes)
    if processed.findings is None or not processed.findings.events:
        assert processed.body == body
    assert UNKNOWN_FIELD in processed.body


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=200), signal=st.sampled_from(["traces", "logs", "metrics"]))
def test_any_bytes_are_processed_or_malformed(body, signal):
    pipeline = Pipeline(Capturer(Redactor()), KnownPatterns(), Metrics())
    try:
        process(pipeline, body, signal)
    except Malformed:
        return


@settings(max_examples=60, deadline=None)
@given(message=st.text(max_size=60), kind=st.text(max_size=20), stack=st.text(max_size=200))
def test_odd_texts_never_break_the_pipeline(message, kind, stack):
    metrics = Metrics()
    pipeline = Pipeline(Capturer(Redactor()), KnownPatterns(), metrics)
    process(pipeline, otlp.traces(otlp.span(1, otlp.exception(kind, message, stack))))
    assert metrics.value("pipeline_failures") + metrics.value("capture_failures") == 0


def test_what_left_is_left_alone_when_it_comes_again(pipeline):
    first = process(pipeline, otlp.traces(otlp.span(1, otlp.exception(), kind=Span.SPAN_KIND_SERVER)))
    again = process(pipeline, first.body)
    assert again.body == first.body
    assert again.findings is None or not again.findings.events


def test_a_log_that_left_is_left_alone_when_it_comes_again(pipeline):
    first = process(pipeline, otlp.logs(otlp.log()), "logs")
    again = process(pipeline, first.body, "logs")
    assert again.body == first.body
    assert again.findings is None


def test_logs_keep_their_bytes_and_get_a_diagnosis(pipeline):
    record = otlp.log(event_name="exception")
    body = otlp.logs(otlp.log({}, body="well"), record)
    processed = process(pipeline, body, "logs")
    first, second = open_envelope(processed.body).resources[0].scopes[0].items
    assert first == otlp.log({}, body="well").SerializeToString()
    assert second.startswith(record.SerializeToString())
    assert ExportLogsServiceRequest.FromString(processed.body)


def test_redacted_words_are_marked_as_such(pipeline):
    (event,) = process(pipeline, otlp.traces(otlp.span(1, otlp.exception("E", ADDRESS, None)))).findings.events
    assert event.message == Redacted("postgresql://shop:[redacted:password]@db/orders")


def test_a_resource_given_in_two_parts_is_read_and_kept_whole(pipeline):
    first = Resource(attributes=[key_value("service.name", "shop")])
    second = Resource(attributes=[key_value("service.version", "7")])
    failing = ScopeSpans(spans=[otlp.span(1, otlp.exception())])
    parts = [ResourceSpans(resource=first), ResourceSpans(resource=second, scope_spans=[failing])]
    joined = b"".join(part.SerializeToString() for part in parts)
    body = b"\x0a" + encoded_varint(len(joined)) + joined
    processed = process(pipeline, body)
    (event,) = processed.findings.events
    assert (event.service, event.service_version) == ("shop", "7")
    (resource_spans,) = ExportTraceServiceRequest.FromString(processed.body).resource_spans
    assert [pair.key for pair in resource_spans.resource.attributes] == ["service.name", "service.version"]


def encoded_varint(number):
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + encoded_varint(rest) if rest else bytes([low])
