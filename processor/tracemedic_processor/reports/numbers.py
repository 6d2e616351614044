"""Figures as people read them."""

from datetime import tzinfo
from typing import Final

from tracemedic_processor.reports.periods import HOUR_NS, day_of, local, midnight_ns
from tracemedic_storage.diagnostic_report import Figure
from tracemedic_storage.kpi import Kpi, Unit

NO_DATA: Final = "no data"
_NAME_CHARS_MAX: Final = 72
_SAME: Final = 0.5
"""Per cent of change that is none."""


def amount(count: float) -> str:
    """1234567 as `1,234,567`."""
    return f"{count:,.0f}"


def value_text(value: float | None, unit: Unit) -> str:
    """A value with its unit; `no data` for None."""
    if value is None:
        return NO_DATA
    return {"%": f"{_digits(value)} %", "h": f"{_digits(value)} h", "of 5": f"{value:.1f} of 5", "": amount(value)}[
        unit
    ]


def target_text(kpi: Kpi) -> str:
    """`< 1 %`."""
    return f"{'<' if kpi.better == 'lower' else '>'} {kpi.target:g} {kpi.unit}"


def change_text(count: float, before: float) -> str:
    """How much more or less than before, in per cent: `+12 %`, `−5 %`, `×8`, `as before`, `none before`."""
    if not before:
        return "as before" if not count else "none before"
    percent = 100 * (count - before) / before
    if abs(percent) < _SAME:
        return "as before"
    if percent >= 900:
        return f"×{count / before:,.0f}"
    return f"{'+' if percent > 0 else '−'}{abs(percent):.0f} %"


def figure_change(figure: Figure) -> str:
    """The change of a figure of health: percentages in points, numbers in per cent; empty without data."""
    if figure.value is None or figure.before is None:
        return ""
    if figure.unit != "%":
        return change_text(figure.value, figure.before)
    points = figure.value - figure.before
    return "as before" if abs(points) < 0.005 else f"{'+' if points > 0 else '−'}{_digits(abs(points))} points"


def is_worse(figure: Figure) -> bool | None:
    """Whether the figure went the wrong way; None when it did not move or is not known."""
    if figure.value is None or figure.before is None or figure_change(figure) == "as before":
        return None
    return (figure.value > figure.before) == (figure.better == "lower")


def share_text(part: float, whole: float) -> str:
    """A share in per cent."""
    return f"{100 * part / whole:.0f} %" if whole else NO_DATA


def shortened(name: str) -> str:
    """A name short enough to stand in a sentence."""
    return name if len(name) <= _NAME_CHARS_MAX else name[: _NAME_CHARS_MAX - 1].rstrip(" :,.") + "…"


def day_text(at_ns: int, zone: tzinfo) -> str:
    """`16 March 2026`."""
    day = day_of(at_ns, zone)
    return f"{day.day} {day:%B %Y}"


def moment_text(at_ns: int, zone: tzinfo) -> str:
    """`16 Mar 2026 14:05`."""
    at = local(at_ns, zone)
    return f"{at.day} {at:%b %Y %H:%M}"


def period_text(since_ns: int, until_ns: int, zone: tzinfo) -> str:
    """`16 March 2026`, `16 to 22 March 2026`, or both moments where it is not whole days."""
    whole = all(midnight_ns(day_of(at_ns, zone), zone) == at_ns for at_ns in (since_ns, until_ns))
    if not whole or until_ns <= since_ns:
        return f"{moment_text(since_ns, zone)} to {moment_text(until_ns, zone)}"
    first, last = day_of(since_ns, zone), day_of(until_ns - 1, zone)
    if first == last:
        return day_text(since_ns, zone)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day_text(until_ns - 1, zone)}"
    begin = f"{first.day} {first:%B}" if first.year == last.year else day_text(since_ns, zone)
    return f"{begin} to {day_text(until_ns - 1, zone)}"


def stretch_text(since_ns: int, until_ns: int, zone: tzinfo) -> str:
    """A stretch of a chart: `14:00` for an hour, `16 Mar` for what begins with a day, otherwise `16 Mar 14:00`."""
    at = local(since_ns, zone)
    if until_ns - since_ns <= HOUR_NS:
        return f"{at:%H:%M}"
    return f"{at.day} {at:%b}" if (at.hour, at.minute) == (0, 0) else f"{at.day} {at:%b %H:%M}"


def _digits(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
