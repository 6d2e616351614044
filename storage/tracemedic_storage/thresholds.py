"""When an error is a pattern, when it escalates, when it alerts: pure functions of the times of distinct traces.

A trace is an interval: from the first to the last time the error was seen in it (nearly always one instant). It lies
in a window when the two touch. A closed window is used: two traces exactly 24 hours apart are both within 24 hours.

That a trace is an interval and not its earliest instant makes the answer the same however events are ordered:
a late arrival can only widen an interval, so what was once reached stays reached. With the earliest instant alone,
a late, earlier sighting would move a trace out of a window that had already made a pattern.
"""

from collections.abc import Iterable

from tracemedic_storage.records import SEVERITIES, Record, Severity

Interval = tuple[int, int]
"""First and last sighting of an error in one trace, nanoseconds of the sender's clock."""

_SECOND_NS = 1_000_000_000
FUTURE_MAX_NS = 3_600 * _SECOND_NS
"""How far a sender's clock may be ahead of ours before it cannot be right."""
_CLOCK_SET_NS = 946_684_800 * _SECOND_NS
"""2000-01-01: a sender whose clock says less has no clock."""


class Thresholds(Record, frozen=True, kw_only=True):
    """The mission's three: 3 traces in 24 hours, 10 in an hour, 100 in all. All counts are at least 1.

    An escalated pattern that had no `escalate_traces` in a window for `calm_s` is lowered again. Alerts come at
    `alert_traces` and at each tenfold of it, never two within `alert_cooldown_s`: a step that is passed meanwhile is
    told with the first trace after it. (At each further 100 a steady error would alert every day for ever.)
    """

    create_traces: int = 3
    create_window_s: int = 24 * 3_600
    escalate_traces: int = 10
    escalate_window_s: int = 3_600
    alert_traces: int = 100
    calm_s: int = 6 * 3_600
    alert_cooldown_s: int = 24 * 3_600

    @property
    def create_window_ns(self) -> int:
        """The window of `create_traces`."""
        return self.create_window_s * _SECOND_NS

    @property
    def escalate_window_ns(self) -> int:
        """The window of `escalate_traces`."""
        return self.escalate_window_s * _SECOND_NS

    @property
    def calm_ns(self) -> int:
        """How long it must have been quiet."""
        return self.calm_s * _SECOND_NS

    @property
    def alert_cooldown_ns(self) -> int:
        """Shortest time between two alerts of one pattern."""
        return self.alert_cooldown_s * _SECOND_NS

    def alert_step(self, traces: int) -> int:
        """The highest count that alerts and is reached by `traces`: 100, 1,000, 10,000 and so on; 0 for none."""
        step = 0
        following = self.alert_traces
        while following <= traces:
            step, following = following, following * 10
        return step


def reaches(intervals: Iterable[Interval], count: int, window_ns: int) -> bool:
    """Whether any closed window of `window_ns` touches at least `count` of the intervals.

    A window beginning at s touches [first, last] for every s in [first - window_ns, last]; so the question is how many
    of these overlap in one point: a sweep over their sorted ends.
    """
    known = list(intervals)
    if len(known) < count:
        return False
    starts = sorted(first - window_ns for first, _ in known)
    ends = sorted(last for _, last in known)
    passed = 0
    for opened, start in enumerate(starts, start=1):
        while ends[passed] < start:
            passed += 1
        if opened - passed >= count:
            return True
    return False


def bridged(sightings: Iterable[tuple[str, Interval]], window_ns: int) -> list[Interval]:
    """What `reaches` takes of traces that were sighted several times, each with the id of its trace.

    A trace lies in a window that touches any of its sightings, and counts there once: sightings that some window
    touches together are one interval. (The hull of all would need all sightings of a trace, however far away.)
    """
    by_trace: dict[str, list[Interval]] = {}
    for trace_id, interval in sightings:
        by_trace.setdefault(trace_id, []).append(interval)
    return [piece for intervals in by_trace.values() for piece in _pieces(sorted(intervals), window_ns)]


def _pieces(intervals: list[Interval], window_ns: int) -> list[Interval]:
    pieces = intervals[:1]
    for first, last in intervals[1:]:
        known_first, known_last = pieces[-1]
        if first - window_ns <= known_last:
            pieces[-1] = known_first, max(known_last, last)
        else:
            pieces.append((first, last))
    return pieces


def counted_at(occurred_at_ns: int, received_at_ns: int) -> int:
    """The time that windows use: the sender's, or ours when the sender's clock cannot be right.

    Not right is more than one hour after arrival (Logfire draws the same line) or before the year 2000.
    """
    if _CLOCK_SET_NS <= occurred_at_ns <= received_at_ns + FUTURE_MAX_NS:
        return occurred_at_ns
    return received_at_ns


def raised(severity: Severity) -> Severity:
    """One step more severe; critical stays."""
    return SEVERITIES[min(SEVERITIES.index(severity) + 1, len(SEVERITIES) - 1)]


def severity_of(worst: Severity, *, escalated: bool) -> Severity:
    """The severity of a pattern whose worst event is `worst`, as long as nobody has set another by hand."""
    return raised(worst) if escalated else worst


def highest(one: Severity, other: Severity) -> Severity:
    """The more severe of two."""
    return one if SEVERITIES.index(one) >= SEVERITIES.index(other) else other
