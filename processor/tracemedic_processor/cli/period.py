"""Periods as people write them on the command line."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from tracemedic_processor.cli.failure import Failure

_SECONDS: Final = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
_AGO: Final = re.compile(r"(\d{1,4})([mhdw])")
_SECOND_NS: Final = 1_000_000_000
_LATEST_YEAR: Final = 2200
"""Times are kept as 64-bit nanoseconds, which end in 2262."""


def period_of(
    since: str | None, until: str | None, *, now_ns: int, default_s: int, zone: tzinfo = UTC
) -> tuple[int, int]:
    """From and to in nanoseconds; without `until` to now, without `since` the `default_s` before. Raises `Failure`."""
    until_ns = now_ns if until is None else moment_of(until, now_ns=now_ns, zone=zone)
    since_ns = until_ns - default_s * _SECOND_NS if since is None else moment_of(since, now_ns=now_ns, zone=zone)
    if since_ns >= until_ns:
        raise Failure("the period is empty: --from has to be before --to")
    return since_ns, until_ns


def moment_of(text: str, *, now_ns: int, zone: tzinfo = UTC) -> int:
    """`2026-12-24`, `2026-12-24T18:00` (in `zone` unless it says otherwise), `90m`, `12h`, `7d`, `2w` ago, `now`.

    Raises `Failure`.
    """
    wanted = text.strip()
    if wanted == "now":
        return now_ns
    ago = _AGO.fullmatch(wanted)
    if ago is not None:
        return now_ns - int(ago[1]) * _SECONDS[ago[2]] * _SECOND_NS
    try:
        at = datetime.fromisoformat(wanted)
    except ValueError:
        at = None
    if at is None or not 1970 < at.year < _LATEST_YEAR:
        message = f"{text!r} is no time; say 2026-12-24, 2026-12-24T18:00Z, now, or 90m, 12h, 7d, 2w for so long ago"
        raise Failure(message)
    aware = at.replace(tzinfo=zone) if at.tzinfo is None else at
    return round(aware.timestamp()) * _SECOND_NS
