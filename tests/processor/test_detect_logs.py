"""Detection in logs: records that carry an exception, however they say so."""

import pytest

from tests.processor import otlp
from tracemedic_processor.detect import detect_logs
from tracemedic_processor.wire import open_envelope

BOTH = {"exception.type": "E", "exception.message": "m"}


def detected(*records):
    return detect_logs(open_envelope(otlp.logs(*records)))


@pytest.mark.parametrize(
    "event_name", ["", "exception", "http.server.request.exception", "db.client.operation.exception"]
)
@pytest.mark.parametrize("attributes", [BOTH, {"exception.type": "E"}, {"exception.message": "m"}])
def test_exceptions_are_found_by_their_attributes_with_any_event_name(event_name, attributes):
    (occurrence,) = detected(otlp.log(attributes, event_name=event_name)).occurrences
    assert occurrence.carrier == "log"
    assert occurrence.error_type == attributes.get("exception.type", "")
    assert occurrence.message == attributes.get("exception.message", "")


@pytest.mark.parametrize(
    "record",
    [
        otlp.log({}, body="an exception. was thrown"),
        otlp.log({"exception.type": ""}),
        otlp.log({"exception.escaped": True}),
        otlp.log(BOTH | {"diagnostic.pattern_fingerprint": "f" * 64}),
    ],
    ids=["words only", "an empty type", "something else", "our own mark"],
)
def test_what_is_no_error(record):
    assert detected(record).occurrences == ()


def test_a_record_tells_its_trace_and_span():
    (occurrence,) = detected(otlp.log(BOTH, number=5)).occurrences
    assert occurrence.trace_id == otlp.TRACE.hex()
    assert occurrence.place.span_id == otlp.ident(5).hex()
    assert occurrence.occurred_at_ns == otlp.NOON_NS + 700


def test_a_record_without_a_time_of_its_own_has_that_of_its_observation():
    record = otlp.log(BOTH)
    record.time_unix_nano, record.observed_time_unix_nano = 0, 17
    (occurrence,) = detected(record).occurrences
    assert occurrence.occurred_at_ns == 17


def test_records_outside_any_trace_are_failures_of_their_own_and_the_same_when_delivered_again():
    one, other = otlp.log(BOTH, trace_id=b""), otlp.log(BOTH, trace_id=b"", body="another")
    ids = [each.trace_id for each in detected(one, other, one).occurrences]
    assert len(set(ids)) == 2
    assert ids[0] == ids[2]
    assert all(ids)


def test_only_records_with_an_exception_are_found_among_others():
    found = detected(otlp.log({}), otlp.log(BOTH), otlp.log({"exception": "word"}), otlp.log(BOTH)).occurrences
    assert [occurrence.item.item for occurrence in found] == [1, 3]
