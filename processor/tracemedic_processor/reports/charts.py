"""Charts as inline SVG that stretches to its place; the labels are HTML beside it, so that they never shrink.

Numbers only: no text from outside enters here but through Markup's own escaping.
"""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

HEIGHT: Final = 100.0
_STEP: Final = 10.0
"""Width of one stretch; the drawing is stretched anyway."""
_GAP: Final = 0.18
_SHORTEST: Final = 1.2
"""Of a hundred: a single error among thousands is still seen."""


def nice_top(highest: int) -> int:
    """The end of an axis that reaches `highest`: 1, 2, 4, 5 or 10 times a power of ten, so that its half is even."""
    top = 1
    while top < highest:
        for factor in (2, 4, 5, 10):
            if top * factor >= highest:
                return top * factor
        top *= 10
    return top if top > 1 else 2


def course_chart(counts: Sequence[int], before: Sequence[int], titles: Sequence[str]) -> Markup:
    """Bars for each stretch, and the period before as a line of steps."""
    top = nice_top(max((*counts, *before), default=0))
    width = _STEP * max(len(counts), 1)
    bars = Markup("").join(
        _bar(number, count, top, title) for number, (count, title) in enumerate(zip(counts, titles, strict=True))
    )
    grid = Markup("").join(
        Markup('<line class="grid" x1="0" x2="{}" y1="{}" y2="{}"/>').format(width, at, at) for at in (0.5, 50, 99.5)
    )
    line = Markup('<polyline class="before" points="{}"/>').format(_steps(before, top)) if any(before) else Markup("")
    return Markup(
        '<svg class="course" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}{}{}</svg>'
    ).format(width, HEIGHT, "Errors over time", grid, bars, line)


def sparkline(counts: Sequence[int]) -> Markup:
    """A few bars without axes: the course of one pattern."""
    top = max((*counts, 1))
    bars = Markup("").join(_bar(number, count, top, "") for number, count in enumerate(counts))
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(_STEP * max(len(counts), 1), HEIGHT, bars)


def share_bar(count: int, most: int, before: int) -> Markup:
    """One horizontal bar, a mark where the period before was."""
    mark = Markup('<rect class="mark" x="{}%" y="0" width="2" height="100%"/>').format(_percent(before, most, 99.5))
    return Markup(
        '<svg class="share" aria-hidden="true"><rect class="rail" width="100%" height="100%"/>'
        '<rect class="bar" width="{}%" height="100%"/>{}</svg>'
    ).format(_percent(count, most, 100), mark if 0 < before <= most else Markup(""))


def _bar(number: int, count: int, top: int, title: str) -> Markup:
    if not count:
        return Markup("")
    height = max(_SHORTEST, HEIGHT * count / top)
    return Markup('<rect class="bar" x="{}" y="{}" width="{}" height="{}">{}</rect>').format(
        _round(number * _STEP + _STEP * _GAP / 2),
        _round(HEIGHT - height),
        _round(_STEP * (1 - _GAP)),
        _round(height),
        Markup("<title>{}</title>").format(title) if title else Markup(""),
    )


def _steps(counts: Sequence[int], top: int) -> str:
    corners = [
        (x, HEIGHT - HEIGHT * count / top)
        for number, count in enumerate(counts)
        for x in (number * _STEP, (number + 1) * _STEP)
    ]
    return " ".join(f"{_round(x)},{_round(y)}" for x, y in corners)


def _percent(part: int, whole: int, most: float) -> float:
    return _round(min(most, 100 * part / whole)) if whole else 0


def _round(number: float) -> float:
    return round(number, 2)
