"""What is written on failing spans: little, the most needed first."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.processor import otlp
from tracemedic_processor.attributes import scalars
from tracemedic_processor.enrich import (
    ENRICHMENT_BYTES_MAX,
    LogfireErrorEnrichment,
    enrich_log,
    enrich_span,
    replace_log_texts,
    replace_span_texts,
)
from tracemedic_processor.occurrence import Texts
from tracemedic_storage.records import CATEGORIES, SEVERITIES, Redacted

REQUIRED = ["error_type", "error_message", "error_category", "error_severity", "pattern_fingerprint"]
FULL = LogfireErrorEnrichment(
    error_type="E" * 300,
    error_message="m" * 300,
    error_category="database",
    error_severity="high",
    pattern_fingerprint="f" * 64,
    error_id="e" * 32,
    pattern_id="p" * 32,
    pattern_name="n" * 300,
    pattern_status="active",
    pattern_occurrences=10**12,
    is_origin=False,
    origin_span_id="0" * 16,
    agent_run_id="a" * 128,
    sprint_id="s" * 128,
    request_id="r" * 128,
    url="https://errors.example/" + "u" * 300,
    confidence=0.123456789,
    diagnosed_by="rules",
    root_cause="c" * 1000,
    suggested_fix="x" * 1000,
)


def test_the_missions_example():
    enrichment = LogfireErrorEnrichment(
        error_type="ValueError", error_message="no", error_category="validation", error_severity="low"
    )
    assert enrichment.to_logfire_attributes() == {
        "diagnostic.error_type": "ValueError",
        "diagnostic.error_message": "no",
        "diagnostic.error_category": "validation",
        "diagnostic.error_severity": "low",
    }


def size(attributes):
    return sum(len(key) + len(str(value).encode()) for key, value in attributes.items())


def test_the_fullest_diagnosis_stays_under_a_kilobyte_with_the_required_first():
    attributes = FULL.to_logfire_attributes()
    assert size(attributes) <= ENRICHMENT_BYTES_MAX
    assert list(attributes)[:5] == [f"diagnostic.{name}" for name in REQUIRED]
    assert attributes["diagnostic.pattern_id"] == "p" * 32
    assert len(attributes["diagnostic.error_message"]) <= 200


text = st.text(max_size=400)
maybe = st.none() | text
enrichments = st.builds(
    LogfireErrorEnrichment,
    error_type=text,
    error_message=text,
    error_category=st.sampled_from(CATEGORIES),
    error_severity=st.sampled_from(SEVERITIES),
    pattern_fingerprint=st.none() | st.just("f" * 64),
    error_id=st.none() | st.just("e" * 32),
    pattern_id=st.none() | st.just("p" * 32),
    pattern_name=maybe,
    pattern_status=st.none() | st.just("regressed"),
    pattern_occurrences=st.none() | st.integers(0, 2**63),
    is_origin=st.none() | st.booleans(),
    origin_span_id=st.none() | st.just("0" * 16),
    agent_run_id=maybe,
    sprint_id=maybe,
    request_id=maybe,
    url=maybe,
    confidence=st.none() | st.floats(0, 1),
    diagnosed_by=maybe,
    root_cause=maybe,
    suggested_fix=maybe,
)


@given(enrichments)
def test_any_diagnosis_stays_under_a_kilobyte_and_keeps_the_required(enrichment):
    attributes = enrichment.to_logfire_attributes()
    assert size(attributes) <= ENRICHMENT_BYTES_MAX
    assert {f"diagnostic.{name}" for name in REQUIRED[:4]} <= attributes.keys()
    assert None not in attributes.values()
    assert all(value != "" for key, value in attributes.items() if key.removeprefix("diagnostic.") not in REQUIRED)


def test_characters_are_cut_whole():
    enrichment = LogfireErrorEnrichment(
        error_type="ß" * 200, error_message="日" * 200, error_category="unknown", error_severity="low"
    )
    for value in enrichment.to_logfire_attributes().values():
        assert "\ufffd" not in str(value)


def test_a_span_is_its_bytes_and_more_attributes():
    raw = otlp.span(1, otlp.exception(), attributes={"a": 1}).SerializeToString()
    enriched = enrich_span(raw, {"diagnostic.error_type": "E", "diagnostic.is_origin": True})
    assert enriched.startswith(raw)
    assert scalars(Span.FromString(enriched).attributes) == {
        "a": 1,
        "diagnostic.error_type": "E",
        "diagnostic.is_origin": True,
    }


def test_a_log_record_is_its_bytes_and_more_attributes():
    raw = otlp.log({"a": 1}).SerializeToString()
    enriched = enrich_log(raw, {"diagnostic.confidence": 0.5})
    assert enriched.startswith(raw)
    assert scalars(LogRecord.FromString(enriched).attributes) == {"a": 1, "diagnostic.confidence": 0.5}


def test_equal_values_of_different_types_are_written_as_what_they_are():
    for value in (1, True, 1.0):
        enriched = Span.FromString(enrich_span(b"", {"diagnostic.confidence": value}))
        assert type(scalars(enriched.attributes)["diagnostic.confidence"]) is type(value)


def test_what_a_span_and_a_log_record_have_in_common_is_written_for_each():
    attributes = {"diagnostic.error_type": "E", "diagnostic.error_message": "m"}
    assert scalars(Span.FromString(enrich_span(b"", attributes)).attributes) == attributes
    assert scalars(LogRecord.FromString(enrich_log(b"", attributes)).attributes) == attributes


TEXTS = Texts(message=Redacted("M"), stacktrace=Redacted("S"), description=Redacted("D"))


def test_only_the_named_event_gets_other_texts():
    raw = otlp.span(1, otlp.exception("A"), otlp.exception("B"), description="d").SerializeToString()
    span = Span.FromString(replace_span_texts(raw, {1: TEXTS}))
    first, second = (scalars(event.attributes) for event in span.events)
    assert (first["exception.message"], second["exception.message"]) == ("item 7 is gone", "M")
    assert (second["exception.type"], second["exception.stacktrace"], span.status.message) == ("B", "S", "D")


def test_texts_that_stand_are_left():
    raw = otlp.span(1, otlp.exception("A", "m", "s"), description="d").SerializeToString()
    span = Span.FromString(replace_span_texts(raw, {0: Texts(stacktrace=Redacted("S"))}))
    assert scalars(span.events[0].attributes) == {
        "exception.type": "A",
        "exception.message": "m",
        "exception.stacktrace": "S",
    }
    assert span.status.message == "d"


@pytest.mark.parametrize("body", ["", "words"])
def test_texts_of_a_log_are_replaced(body):
    record = LogRecord.FromString(replace_log_texts(otlp.log(body=body).SerializeToString(), TEXTS))
    assert scalars(record.attributes)["exception.message"] == "M"
    assert record.body.string_value == "D"


def test_root_cause_and_fix_share_what_room_is_left() -> None:
    short = msgspec.structs.replace(
        FULL, url=None, sprint_id=None, request_id=None, agent_run_id=None, origin_span_id=None
    )
    both = short.to_logfire_attributes()
    assert len(str(both["diagnostic.root_cause"])) >= 48
    assert len(str(both["diagnostic.suggested_fix"])) >= 48
