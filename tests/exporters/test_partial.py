import logging

import pytest

from tracemedic_exporters.answers import PartialSuccess
from tracemedic_exporters.partial import QUIET_S, PartialSuccessReport


def test_every_one_is_told_and_the_log_is_not_flooded(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    now_s = [0.0]
    told: list[tuple[int, str]] = []
    report = PartialSuccessReport(
        "acme:4318",
        on_partial_success=lambda rejected, message: told.append((rejected, message)),
        clock=lambda: now_s[0],
    )
    for number in range(10):
        now_s[0] = number * QUIET_S / 5
        report.note(PartialSuccess(number, "too\nold"))
    assert told == [(number, "too old") for number in range(10)]
    assert [record.getMessage() for record in caplog.records] == [
        "acme:4318 rejected 0 items of a request: too old",
        "acme:4318 rejected 5 items of a request: too old",
    ]


def test_full_success_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    PartialSuccessReport("acme:4318").note(None)
    assert caplog.records == []


def test_credentials_in_the_far_sides_words_are_hidden() -> None:
    secret = "sesame-" * 2
    told: list[str] = []
    report = PartialSuccessReport(
        "acme:4318", on_partial_success=lambda rejected, message: told.append(message), secrets=(secret,)
    )
    report.note(PartialSuccess(1, f"{secret} is nearly used up"))
    assert told == ["[hidden] is nearly used up"]
