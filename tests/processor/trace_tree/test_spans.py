"""The spans of one trace out of a request: chosen, redacted, short."""

import json

import msgspec
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.processor import otlp
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.trace_tree import LEFT_OUT, bounded, joined, redact_with, spans_of
from tracemedic_storage.records import TraceSpan

REDACT = redact_with(Redactor())
OTHER = bytes(range(1, 17))


def as_is(_key, text):
    return text


def read(*spans, **more):
    return spans_of(otlp.traces(*spans, **more), otlp.TRACE, REDACT)


def only(span):
    (found,) = read(span)
    return found


def test_a_span_is_read_with_its_service_kind_times_and_parent():
    assert only(otlp.span(2, parent=1, kind=Span.SPAN_KIND_CLIENT, name="GET /items")) == TraceSpan(
        span_id="0000000000000002",
        parent_span_id="0000000000000001",
        name="GET /items",
        service="shop",
        kind="client",
        started_at_ns=otlp.NOON_NS + 2,
        ended_at_ns=otlp.NOON_NS + 998,
    )


def test_only_the_trace_asked_for_is_read_though_others_link_to_it():
    other = otlp.span(5, trace_id=OTHER)
    other.links.add(trace_id=otlp.TRACE, span_id=otlp.ident(1))
    assert [span.span_id for span in read(otlp.span(1), other)] == ["0000000000000001"]


def test_a_sender_that_writes_its_fields_in_another_order_is_understood():
    raw = otlp.span(1).SerializeToString()
    head = b"\x0a\x10" + otlp.TRACE
    moved = raw.removeprefix(head) + head
    envelope = otlp.traces(otlp.span(1)).replace(raw, moved)
    assert len(spans_of(envelope, otlp.TRACE, as_is)) == 1


def test_links_within_the_trace_are_kept():
    span = otlp.span(2)
    span.links.add(trace_id=otlp.TRACE, span_id=otlp.ident(9))
    span.links.add(trace_id=OTHER, span_id=otlp.ident(8))
    assert only(span).links == ("0000000000000009",)


def test_a_failure_is_told_by_its_last_exception():
    first, last = otlp.exception("A", "one"), otlp.exception("B", "two")
    found = only(otlp.span(1, first, last))
    assert (found.failed, found.error) == (True, "B: two")


@pytest.mark.parametrize(
    ("span", "error"),
    [
        (otlp.span(1, error=True, description="no stock"), "no stock"),
        (otlp.span(1, error=True, attributes={"error.type": "500"}), "500"),
        (otlp.span(1, error=True), ""),
        (otlp.span(1, attributes={"error.type": "500"}), ""),
        (otlp.span(1, otlp.exception("A", None), error=False), "A"),
    ],
)
def test_a_failure_without_an_exception_is_told_by_its_status(span, error):
    assert only(span).error == error


def test_attributes_say_what_was_called_not_what_was_in_it():
    told = {
        "http.request.method": "GET",
        "http.response.status_code": 500,
        "url.path": "/items",
        "db.query.text": "SELECT 1",
        "rpc.system": "grpc",
        "messaging.destination.name": "orders",
        "gen_ai.request.model": "small",
        "peer.service": "stock",
        "error.type": "500",
    }
    untold = {
        "gen_ai.input.messages": "hello",
        "http.request.header.x": "y",
        "db.query.parameter.0": "Ada",
        "thread.id": 7,
        "diagnostic.error_id": "e",
    }
    assert only(otlp.span(1, attributes=told | untold)).attributes == {key: str(value) for key, value in told.items()}


def test_no_text_leaves_unredacted():
    secret = "AKIA" + "Z7Q2M4K8L5N3P6RT"
    found = only(
        otlp.span(
            1,
            otlp.exception("A", f"refused key {secret}"),
            name=f"call {secret}",
            attributes={"url.path": f"/x/{secret}", "db.statement": f"SELECT '{secret}'"},
        )
    )
    assert secret not in msgspec.json.encode(found).decode()
    assert "[redacted:" in found.name
    assert "[redacted:" in found.error


def test_texts_are_cut():
    long = "word " * 2_000
    found = only(otlp.span(1, otlp.exception("A", long), name=long, attributes={"url.path": long}))
    assert [len(found.name), len(found.error), len(found.attributes["url.path"])] == [120, 300, 160]
    assert found.name.endswith("…")


def test_a_span_has_a_bounded_number_of_attributes():
    found = only(otlp.span(1, attributes={f"http.x{number}": number for number in range(100)} | {"error.type": "E"}))
    assert len(found.attributes) == 12
    assert found.attributes["error.type"] == "E"


def test_pending_spans_of_logfire_are_left_out():
    pending = otlp.span(3, parent=1, attributes={"logfire.span_type": "pending_span"})
    named = otlp.span(4, parent=1, attributes={"url.path": "pending_span"})
    assert [span.span_id[-1] for span in read(otlp.span(1), pending, named)] == ["1", "4"]


def test_bytes_that_are_no_request_raise():
    with pytest.raises(DecodeError):
        spans_of(b"\x0a\xff", otlp.TRACE, as_is)


def test_ten_thousand_spans_keep_what_stands_around_the_failure_and_count_the_rest():
    """A root, a hundred calls below it, a hundred below each; one failed."""
    spans = [otlp.span(1, error=True)]
    for call in range(100):
        spans.append(otlp.span(1_000 * (call + 1), parent=1))
        spans += [otlp.span(1_000 * (call + 1) + n, parent=1_000 * (call + 1)) for n in range(1, 100)]
    failing = otlp.span(50_050, otlp.exception(), parent=50_000)
    spans[[each.span_id for each in spans].index(failing.span_id)].CopyFrom(failing)
    found = read(*spans)
    ids = {int(span.span_id, 16) for span in found if span.service}
    assert {1, 50_000, 50_048, 50_049, 50_050, 50_051, 50_052} <= ids
    assert len(ids) == 200
    left_out = [span for span in found if not span.service]
    assert sum(int(span.attributes[LEFT_OUT]) for span in left_out) == len(spans) - 200
    assert {span.parent_span_id for span in left_out} <= {span.span_id for span in found}


def test_a_trace_in_which_everything_failed_is_bounded_too():
    found = read(*(otlp.span(number, otlp.exception(), parent=number - 1) for number in range(1, 3_001)))
    assert len([span for span in found if span.service]) == 200
    assert found[0].span_id == "0000000000000001"


@pytest.mark.parametrize("bytes_max", [100, 1_000, 5_000, 64 << 10])
def test_a_bounded_trace_fits_and_counts_what_it_leaves_out(bytes_max):
    spans = read(*(otlp.span(n, *([otlp.exception()] if n == 77 else []), parent=n // 3) for n in range(1, 181)))
    kept = bounded(spans, bytes_max=bytes_max)
    assert len(msgspec.json.encode(kept)) <= bytes_max
    if bytes_max > 100:
        left_out = sum(int(span.attributes[LEFT_OUT]) for span in kept if not span.service)
        assert left_out + sum(1 for span in kept if span.service) == 180
        assert f"{77:016x}" in {span.span_id for span in kept}
    twice = bounded(bounded(spans, bytes_max=6_000), bytes_max=bytes_max)
    assert len(msgspec.json.encode(twice)) <= bytes_max


trace_spans = st.builds(
    TraceSpan,
    span_id=st.sampled_from("abcdef"),
    name=st.text(max_size=5),
    service=st.sampled_from(["", "shop", "stock"]),
    parent_span_id=st.sampled_from(["", *"abcdefgh"]),
    started_at_ns=st.integers(0, 5),
    ended_at_ns=st.integers(0, 5),
    failed=st.booleans(),
    error=st.text(max_size=5),
    attributes=st.dictionaries(st.sampled_from(["url.path", LEFT_OUT]), st.text(max_size=5), max_size=2),
)
parts = st.lists(st.lists(trace_spans, max_size=6), max_size=4)


@given(parts=parts, shuffled=st.randoms())
def test_parts_add_up_to_the_same_in_any_order_and_however_often(parts, shuffled):
    whole = joined(parts)
    assert len({span.span_id for span in whole}) == len(whole)
    other = [list(part) for part in parts] + parts[:1]
    shuffled.shuffle(other)
    assert joined(other) == whole
    assert joined([joined(parts[:2]), joined(parts[1:])]) == whole


@given(spans=st.lists(trace_spans, max_size=12), bytes_max=st.integers(0, 2_000))
def test_any_spans_can_be_bounded(spans, bytes_max):
    kept = bounded(spans, bytes_max=bytes_max)
    assert kept == () or len(msgspec.json.encode(kept)) <= bytes_max
    json.loads(msgspec.json.encode(kept))
