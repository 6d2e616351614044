import asyncio
import contextlib
import logging

import pytest

from tracemedic_exporters.announce import Announce
from tracemedic_exporters.exporter import ExportError, Parcel, PermanentError, RetryableError
from tracemedic_exporters.failures import UnauthorizedError
from tracemedic_processor.testing.recording_exporter import RecordingExporter

PARCEL = Parcel(signal="traces", body=b"", received_at_ns=1)


def lines(caplog: pytest.LogCaptureFixture, outcomes: list[ExportError | None]) -> list[tuple[int, str]]:
    """What is logged when the outcomes come a minute apart."""
    caplog.set_level(logging.INFO)
    now_s = [0.0]
    exporter = Announce(RecordingExporter(outcomes), name="acme", again_s=600, clock=lambda: now_s[0])
    for _ in outcomes:
        now_s[0] += 60
        with contextlib.suppress(ExportError):
            asyncio.run(exporter.export(PARCEL))
    return [(record.levelno, record.getMessage()) for record in caplog.records if "acme" in record.getMessage()]


def test_success_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    assert lines(caplog, [None, None]) == []


def test_an_outage_is_told_at_its_beginning_and_its_end(caplog: pytest.LogCaptureFixture) -> None:
    away = RetryableError("answered 503")
    assert lines(caplog, [None, away, away, away, None, None]) == [
        (logging.WARNING, "exporter acme: answered 503"),
        (logging.INFO, "exporter acme works again after 180 s"),
    ]


def test_another_kind_of_trouble_is_told_and_what_needs_a_person_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    away, refused = RetryableError("answered 503"), UnauthorizedError("correct TOKEN")
    assert lines(caplog, [away, refused, refused]) == [
        (logging.WARNING, "exporter acme: answered 503"),
        (logging.ERROR, "exporter acme: correct TOKEN"),
    ]


def test_a_long_outage_is_told_again_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    assert len(lines(caplog, [RetryableError("answered 503")] * 21)) == 3


def test_permanent_errors_are_the_callers_to_tell(caplog: pytest.LogCaptureFixture) -> None:
    assert lines(caplog, [PermanentError("bad"), PermanentError("bad")]) == []
