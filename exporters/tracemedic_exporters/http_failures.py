"""What an HTTP status that is not 2xx means for the parcel.

OTLP names 429, 502, 503 and 504 retryable and nothing else (specification, "OTLP/HTTP Response"). Where we differ:

- 401, 402, 403 and 407: a wrong token throws nothing away. The bytes are good, the setting is not.
- 3xx: as above, the address is wrong. A redirect is not followed, because it would carry the token to a stranger.
- 408: the server or a proxy waited too long; the specification of HTTP itself says it may be repeated.
- 500 and the 5xx codes of proxies: a backend in an incident answers 500 as readily as 503, and what is dropped then is
  gone for good, while a request sent twice is at worst stored twice. Since 500 may also be the fault of these very
  bytes, the error is its own type, `DoubtfulError`, and `Retry` takes a bound for it.
- 404 stays permanent though the address may be wrong: a backend that knows traces but no logs answers it for every
  log, and retrying those would hold up the traces behind them.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tracemedic_exporters.answers import RETRY_AFTER_S_MAX
from tracemedic_exporters.exporter import ExportError, PermanentError, RetryableError
from tracemedic_exporters.failures import DoubtfulError, MisconfiguredError, TooLargeError, UnauthorizedError

UNAUTHORIZED = frozenset({401, 402, 403, 407})
RETRYABLE = frozenset({408, 429, 502, 503, 504})
NEVER = frozenset({501, 505})
"""The server does not know the method or the protocol; no later moment changes that."""


def failure(status: int, reason: str, *, retry_after_s: float | None, setting: str) -> ExportError:
    """The error to raise for `status`. `setting` names what a person has to correct when credentials are refused."""
    if status in UNAUTHORIZED:
        return UnauthorizedError(f"{reason}. Telemetry waits; correct {setting}")
    if status in RETRYABLE:
        return RetryableError(reason, retry_after_s=retry_after_s)
    if status == 413:
        return TooLargeError(reason)
    if 500 <= status < 600 and status not in NEVER:
        return DoubtfulError(reason, retry_after_s=retry_after_s)
    if 300 <= status < 400:
        return MisconfiguredError(f"{reason}. Telemetry waits; redirects are not followed, correct the endpoint")
    return PermanentError(reason)


def retry_after_s(header: str | None, *, now: Callable[[], float]) -> float | None:
    """Read `Retry-After` (RFC 9110 section 10.2.3): seconds or a date, bounded to `RETRY_AFTER_S_MAX`.

    `now` gives seconds since the Unix epoch. None when the header is missing or says nothing readable.
    """
    if not header:
        return None
    wait_s = _seconds(header)
    if wait_s is None:
        until = _date(header)
        wait_s = until.timestamp() - now() if until else None
    if wait_s is None:
        return None
    return min(max(wait_s, 0.0), RETRY_AFTER_S_MAX)


def _seconds(header: str) -> float | None:
    text = header.strip()
    return float(text[:12]) if text.isascii() and text.isdigit() else None


def _date(header: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
