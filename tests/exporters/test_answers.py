import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_exporters import answers
from tracemedic_exporters.exporter import Signal

SIGNALS: list[Signal] = ["traces", "logs", "metrics"]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["partialSuccess", "rejectedSpans", "errorMessage", "message", "error", "detail"]), inner
        )
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from(SIGNALS))
def test_any_bytes_are_read_without_raising(body: bytes, signal: Signal) -> None:
    partial = answers.partial_success(signal, body)
    assert partial is None or partial.rejected >= 0
    answers.retry_delay_s(answers.status(body))
    answers.partial_success_json(body)
    answers.status_message_json(body)


@settings(deadline=None)
@given(JSON)
def test_any_json_is_read_without_raising(value: object) -> None:
    body = json.dumps(value).encode()
    partial = answers.partial_success_json(body)
    assert partial is None or partial.rejected >= 0
    assert isinstance(answers.status_message_json(body), str | None)


@pytest.mark.parametrize("signal", SIGNALS)
def test_an_empty_answer_is_full_success(signal: Signal) -> None:
    assert answers.partial_success(signal, b"") is None


@pytest.mark.parametrize(
    ("partial", "rejected", "message"),
    [
        ({"rejectedSpans": "7"}, 7, ""),
        ({"rejectedLogRecords": 7}, 7, ""),
        ({"rejectedDataPoints": 7, "errorMessage": "late"}, 7, "late"),
        ({"errorMessage": "a warning"}, 0, "a warning"),
        ({"rejectedSpans": -4, "errorMessage": "odd"}, 0, "odd"),
    ],
)
def test_partial_success_in_json(partial: dict[str, object], rejected: int, message: str) -> None:
    body = json.dumps({"partialSuccess": partial}).encode()
    assert answers.partial_success_json(body) == answers.PartialSuccess(rejected, message)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"partialSuccess": {}}', b'{"partialSuccess": null}', b"[]"])
def test_full_success_in_json(body: bytes) -> None:
    assert answers.partial_success_json(body) is None
