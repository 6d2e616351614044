import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_exporters.answers import RETRY_AFTER_S_MAX
from tracemedic_exporters.exporter import ExportError, PermanentError, RetryableError
from tracemedic_exporters.failures import DoubtfulError, MisconfiguredError, TooLargeError, UnauthorizedError
from tracemedic_exporters.http_failures import failure, retry_after_s

NOW_S = 784_111_777.0  # Sun, 06 Nov 1994 08:49:37 GMT


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [
        ([400, 404, 405, 406, 409, 410, 415, 422, 431, 501, 505], PermanentError),
        ([413], TooLargeError),
        ([408, 429, 502, 503, 504], RetryableError),
        ([500, 507, 520, 524, 529], DoubtfulError),
        ([401, 402, 403, 407], UnauthorizedError),
        ([301, 302, 303, 304, 307, 308], MisconfiguredError),
        ([100, 199, 600, 999], PermanentError),
    ],
)
def test_every_status_has_its_meaning(statuses: list[int], kind: type[ExportError]) -> None:
    for status in statuses:
        assert type(failure(status, "x", retry_after_s=None, setting="y")) is kind, status


@pytest.mark.parametrize("status", [429, 503, 500])
def test_the_named_delay_goes_with_the_error(status: int) -> None:
    error = failure(status, "x", retry_after_s=9.0, setting="y")
    assert isinstance(error, RetryableError)
    assert error.retry_after_s == 9


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        (None, None),
        ("", None),
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 06 Nov 1994 08:50:37 GMT", 60),
        ("Sunday, 06-Nov-94 08:50:37 GMT", 60),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
        ("Sun, 06 Nov 2094 08:50:37 GMT", RETRY_AFTER_S_MAX),
        ("99999999999999999999999999", RETRY_AFTER_S_MAX),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("Sun, 99 Nov 1994 99:50:37 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, wait_s: float | None) -> None:
    assert retry_after_s(header, now=lambda: NOW_S) == wait_s


@settings(deadline=None)
@given(st.text())
def test_no_retry_after_raises_or_exceeds_the_bound(header: str) -> None:
    wait_s = retry_after_s(header, now=lambda: NOW_S)
    assert wait_s is None or 0 <= wait_s <= RETRY_AFTER_S_MAX
