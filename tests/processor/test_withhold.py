"""The door that closes when everything else is broken."""

import pytest
from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from tests.processor import otlp
from tracemedic_processor.attributes import scalars
from tracemedic_processor.withhold import WITHHELD, withhold


def test_texts_of_exceptions_on_spans_go_and_everything_else_stays():
    kept = otlp.span(2, attributes={"a": "b"})
    body = otlp.traces(otlp.span(1, otlp.exception(), description="why"), kept)
    failed, other = otlp.items("traces", withhold("traces", body))
    assert scalars(failed.events[0].attributes) == {
        "exception.type": "shop.stock.OutOfStock",
        "exception.message": WITHHELD,
        "exception.stacktrace": WITHHELD,
    }
    assert (failed.status.code, failed.status.message) == (2, WITHHELD)
    assert other == kept


def test_texts_in_any_form_and_however_often_go():
    event = otlp.exception()
    value = AnyValue()
    value.kvlist_value.values.append(KeyValue(key="k", value=AnyValue(string_value="inner")))
    event.attributes.append(KeyValue(key="exception.message", value=value))
    body = withhold("traces", otlp.traces(otlp.span(1, event)))
    assert b"inner" not in body
    assert b"item 7" not in body


def test_the_words_of_a_log_go_only_where_it_has_an_exception():
    first, second = otlp.items(
        "logs", withhold("logs", otlp.logs(otlp.log(body="words"), otlp.log({"a": 1}, body="fine")))
    )
    assert (first.body.string_value, second.body.string_value) == (WITHHELD, "fine")
    assert scalars(first.attributes)["exception.stacktrace"] == WITHHELD


def test_metrics_pass():
    assert withhold("metrics", b"anything") == b"anything"


@pytest.mark.parametrize("signal", ["traces", "logs"])
def test_what_is_no_request_is_not_passed(signal):
    with pytest.raises(DecodeError):
        withhold(signal, b"\x0a\xff")
