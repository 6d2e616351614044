"""Days, weeks and stretches of them as a time zone has them: pure.

A day lasts from midnight to midnight of the zone, which is 23 or 25 hours when the clocks change.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

from tracemedic_storage.records import Record

PeriodKind = Literal["daily", "weekly"]
SECOND_NS: Final = 1_000_000_000
HOUR_NS: Final = 3_600 * SECOND_NS
DAY_NS: Final = 24 * HOUR_NS
MADE_UP_MAX: Final[dict[PeriodKind, int]] = {"daily": 7, "weekly": 4}
"""So many periods back a missed report is made up: older ones nobody waits for, and their errors are leaving."""
_STRETCHES_MAX: Final = 100
_DAYS: Final[dict[PeriodKind, int]] = {"daily": 1, "weekly": 7}


class Period(Record, frozen=True, kw_only=True):
    """A day, or a week from Monday on, in a time zone; its report is due at `due_at_ns`."""

    kind: PeriodKind
    first: date
    since_ns: int
    until_ns: int
    due_at_ns: int

    @property
    def id(self) -> str:
        """The id of its report: the same for everybody who makes it, also after the time zone was set anew."""
        return f"{self.kind}:{self.first.isoformat()}"


def period_at(kind: PeriodKind, day: date, zone: tzinfo, *, hour: int = 0) -> Period:
    """The period in which a day lies; its report is due at `hour` of the day after its last."""
    first = day - timedelta(days=day.weekday()) if kind == "weekly" else day
    after = first + timedelta(days=_DAYS[kind])
    return Period(
        kind=kind,
        first=first,
        since_ns=midnight_ns(first, zone),
        until_ns=midnight_ns(after, zone),
        # An hour that the clocks skip is the hour after it; one they repeat is its first.
        due_at_ns=_nanoseconds(datetime.combine(after, time(hour), zone)),
    )


def periods_due(kind: PeriodKind, now_ns: int, zone: tzinfo, *, hour: int) -> tuple[Period, ...]:
    """The periods whose reports are due, the oldest first, as far back as missed ones are made up."""
    today = day_of(now_ns, zone)
    back = range(MADE_UP_MAX[kind] + 1, -1, -1)
    periods = [period_at(kind, today - timedelta(days=_DAYS[kind] * number), zone, hour=hour) for number in back]
    return tuple(period for period in periods if period.due_at_ns <= now_ns)[-MADE_UP_MAX[kind] :]


def preceding(since_ns: int, until_ns: int, zone: tzinfo) -> tuple[int, int]:
    """The period before, to compare with.

    What begins at a midnight is compared with as many days earlier, to the same time of day: a week that is not over
    with the same part of the week before. Anything else is compared with what came just before, as long.
    """
    first = day_of(since_ns, zone)
    if midnight_ns(first, zone) != since_ns or until_ns <= since_ns:
        return since_ns - (until_ns - since_ns), since_ns
    end = local(until_ns, zone)
    days = (end.date() - first).days + (end.time() > time())
    end_before = end.replace(tzinfo=None) - timedelta(days=days)
    return midnight_ns(first - timedelta(days=days), zone), _nanoseconds(end_before.replace(tzinfo=zone))


def edges(since_ns: int, until_ns: int, zone: tzinfo) -> tuple[int, ...]:
    """Where a chart of the period is cut: hours up to two days, days up to a hundred, otherwise equal parts."""
    if until_ns - since_ns <= 3 * HOUR_NS:
        inner = _steps(since_ns, until_ns, max(HOUR_NS // 12, 1))
    elif until_ns - since_ns <= 2 * DAY_NS:
        inner = _steps(since_ns, until_ns, HOUR_NS)
    elif until_ns - since_ns <= (_STRETCHES_MAX - 1) * DAY_NS:
        inner = _midnights(since_ns, until_ns, zone)
    else:
        inner = _steps(since_ns, until_ns, (until_ns - since_ns) // _STRETCHES_MAX + 1)
    return (since_ns, *inner, until_ns)


def day_of(at_ns: int, zone: tzinfo) -> date:
    """The day of a time."""
    return local(at_ns, zone).date()


def local(at_ns: int, zone: tzinfo) -> datetime:
    """A time as the clocks of the zone show it, without the part of a second."""
    return datetime.fromtimestamp(at_ns // SECOND_NS, UTC).astimezone(zone)


def midnight_ns(day: date, zone: tzinfo) -> int:
    """When a day begins."""
    return _nanoseconds(datetime.combine(day, time(), zone))


def _nanoseconds(at: datetime) -> int:
    return round(at.timestamp()) * SECOND_NS


def _steps(since_ns: int, until_ns: int, step_ns: int) -> tuple[int, ...]:
    return tuple(range(since_ns + step_ns, until_ns, step_ns))


def _midnights(since_ns: int, until_ns: int, zone: tzinfo) -> tuple[int, ...]:
    first, days = day_of(since_ns, zone), (until_ns - since_ns) // DAY_NS + 2
    midnights = (midnight_ns(first + timedelta(days=number), zone) for number in range(1, days + 1))
    return tuple(at_ns for at_ns in midnights if since_ns < at_ns < until_ns)
