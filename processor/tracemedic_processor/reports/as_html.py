"""A report as one HTML file: no script, nothing from outside, good on a phone, on paper, by day and by night."""

from functools import cache, partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup

from tracemedic_processor.diagnose.visible import one_line
from tracemedic_processor.reports import charts, numbers, words
from tracemedic_processor.reports.words import FEEDBACK_KPIS
from tracemedic_storage.diagnostic_report import DiagnosticReport

_FOLDER: Final = Path(__file__).parent
_TEMPLATE: Final = "report.html.j2"
_LABELS_MAX: Final = 8
"""On a phone every second one is left out."""
_STYLE: Final = "report.css"


def as_html(report: DiagnosticReport) -> str:
    """The whole report; sections without content are left out. Every text is escaped where it is put in."""
    content, zone = report.content, ZoneInfo(report.content.time_zone)
    labels = [numbers.stretch_text(one.since_ns, one.until_ns, zone) for one in content.course]
    counts, before = [one.count for one in content.course], [one.before for one in content.course]
    titles = [f"{label}: {numbers.amount(count)} errors" for label, count in zip(labels, counts, strict=True)]
    return _template().render(
        numbers=numbers,
        words=words,
        charts=charts,
        report=report,
        content=content,
        period=numbers.period_text(report.period_from_ns, report.period_to_ns, zone),
        before=numbers.period_text(content.before.since_ns, content.before.until_ns, zone),
        moment=partial(numbers.moment_text, zone=zone),
        chart=charts.course_chart(counts, before, titles),
        chart_top=charts.nice_top(max((*counts, *before), default=0)),
        chart_labels=_thinned(labels),
        feedback=[kpi for kpi in content.kpis if kpi.name in FEEDBACK_KPIS and kpi.value is not None],
        style=Markup((_FOLDER / _STYLE).read_text(encoding="utf-8")),  # noqa: S704 our own file
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(_TEMPLATE)


def _shown(value: object) -> object:
    """What cannot be seen, or turns the direction of reading, does not enter the page."""
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _thinned(labels: list[str]) -> list[tuple[str, float]]:
    """As many as fit below a chart, with their places in per cent of its width."""
    step = -(-len(labels) // _LABELS_MAX)
    return [
        (labels[number], round(100 * (number + 0.5) / len(labels), 2)) for number in range(0, len(labels), step or 1)
    ]
