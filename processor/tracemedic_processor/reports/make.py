"""Making reports: gather, summarise, keep."""

from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from tracemedic_processor.diagnose.visible import one_line
from tracemedic_processor.kpis import FeedbackFigures
from tracemedic_processor.kpis.feedback import nobody_collects
from tracemedic_processor.reports.contents import content, pattern_content
from tracemedic_processor.reports.numbers import period_text
from tracemedic_processor.reports.periods import DAY_NS
from tracemedic_processor.reports.summary import (
    SUMMARY_CHARS_MAX,
    Summarise,
    Summary,
    composed,
    composed_of_pattern,
)
from tracemedic_storage import diagnostic_reports
from tracemedic_storage.database import Database
from tracemedic_storage.diagnostic_report import Content, DiagnosticReport, ReportKind, ReportTrigger
from tracemedic_storage.records import OURSELVES, ErrorPattern, Record
from tracemedic_storage.scope import Scope

PATTERN_PERIOD_NS: Final = 7 * DAY_NS
"""A report about a pattern looks back so far: a week shows whether it comes with a day or a release."""
_TITLES: Final[dict[ReportKind, str]] = {
    "daily": "Daily health report",
    "weekly": "Weekly health report",
    "manual": "Diagnostic report",
    "pattern": "Pattern report",
}
_NAME_CHARS_MAX: Final = 120


class Order(Record, frozen=True, kw_only=True):
    """What report is wanted: its id, what about, why and by whom."""

    id: str
    kind: ReportKind
    scope: Scope
    zone: ZoneInfo
    trigger: ReportTrigger = "manual"
    author: str = OURSELVES


def make_report(
    database: Database,
    order: Order,
    *,
    now_ns: int,
    feedback: FeedbackFigures = nobody_collects,
    summarise: Summarise | None = None,
) -> DiagnosticReport:
    """Make a health report and keep it; the one that is kept under this id already, if there is one.

    It is durable when this returns. Raises `DatabaseUnavailable`.
    """
    known = diagnostic_reports.get(database, order.id)
    if known is not None:
        return known
    found = content(database, order.scope, order.zone, feedback)
    return _kept(database, _report(order, found, now_ns, None), composed(found), summarise)


def make_pattern_report(
    database: Database,
    order: Order,
    pattern: ErrorPattern,
    *,
    now_ns: int,
    feedback: FeedbackFigures = nobody_collects,
    summarise: Summarise | None = None,
) -> DiagnosticReport:
    """The same for a report about one pattern."""
    known = diagnostic_reports.get(database, order.id)
    if known is not None:
        return known
    found = pattern_content(database, pattern, order.scope, order.zone, feedback)
    return _kept(database, _report(order, found, now_ns, pattern), composed_of_pattern(found), summarise)


def _report(order: Order, found: Content, now_ns: int, pattern: ErrorPattern | None) -> DiagnosticReport:
    about = period_text(order.scope.since_ns, order.scope.until_ns, order.zone)
    title = f"{_TITLES[order.kind]}: {one_line(pattern.name)[:_NAME_CHARS_MAX] if pattern else about}"
    return DiagnosticReport(
        id=order.id,
        kind=order.kind,
        title=title,
        trigger=order.trigger,
        author=order.author,
        period_from_ns=order.scope.since_ns,
        period_to_ns=order.scope.until_ns,
        created_at_ns=now_ns,
        summary="",
        content=found,
        pattern_id=pattern.id if pattern else None,
    )


def _kept(
    database: Database, report: DiagnosticReport, composed: Summary, summarise: Summarise | None
) -> DiagnosticReport:
    summary = (summarise(report) if summarise else None) or composed
    text = summary.text[:SUMMARY_CHARS_MAX]
    return diagnostic_reports.store(database, msgspec.structs.replace(report, summary=text, summary_by=summary.by))
