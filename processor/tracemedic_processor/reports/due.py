"""Which reports are owed: by the clock, and by what happened to patterns."""

from zoneinfo import ZoneInfo

from tracemedic_processor.config import ReportSettings
from tracemedic_processor.kpis import FeedbackFigures
from tracemedic_processor.kpis.feedback import nobody_collects
from tracemedic_processor.reports.make import PATTERN_PERIOD_NS, Order, make_pattern_report, make_report
from tracemedic_processor.reports.periods import Period, PeriodKind, periods_due
from tracemedic_processor.reports.summary import Summarise
from tracemedic_storage import diagnostic_reports, queries
from tracemedic_storage.database import Database
from tracemedic_storage.diagnostic_report import DiagnosticReport, ReportTrigger
from tracemedic_storage.records import PatternChange
from tracemedic_storage.scope import Scope

_TO_CRITICAL = frozenset({"created", "escalated", "regressed"})
"""The changes by which a pattern becomes a critical one, or becomes one again."""


def due_reports(database: Database, settings: ReportSettings, now_ns: int) -> tuple[Period, ...]:
    """The days and weeks whose report is due and does not exist, the oldest first.

    Periods that were over before anything was recorded are left out; a missed one comes once, as far back as
    `periods.MADE_UP_MAX`. Raises `DatabaseUnavailable`.
    """
    earliest_ns = diagnostic_reports.earliest_data_ns(database)
    zone = ZoneInfo(settings.time_zone)
    wanted: tuple[tuple[PeriodKind, bool], ...] = (("daily", settings.daily), ("weekly", settings.weekly))
    periods = [
        period
        for kind, is_wanted in wanted
        if is_wanted and earliest_ns is not None
        for period in periods_due(kind, now_ns, zone, hour=settings.hour)
        if period.until_ns > earliest_ns
    ]
    known = diagnostic_reports.known(database, tuple(period.id for period in periods))
    return tuple(period for period in periods if period.id not in known)


def report_for_period(
    database: Database,
    period: Period,
    *,
    zone: ZoneInfo,
    now_ns: int,
    feedback: FeedbackFigures = nobody_collects,
    summarise: Summarise | None = None,
) -> DiagnosticReport:
    """Make the report of a period that is due; whoever comes second gets the first one's."""
    order = Order(
        id=period.id,
        kind=period.kind,
        scope=Scope(since_ns=period.since_ns, until_ns=period.until_ns),
        zone=zone,
        trigger="schedule",
    )
    return make_report(database, order, now_ns=now_ns, feedback=feedback, summarise=summarise)


def report_for_change(
    database: Database,
    change: PatternChange,
    *,
    zone: ZoneInfo,
    now_ns: int,
    feedback: FeedbackFigures = nobody_collects,
    summarise: Summarise | None = None,
) -> DiagnosticReport | None:
    """Make the report that a change asks for: the hundredth occurrence, or a pattern that is critical from now on.

    None when it asks for none, or the pattern is gone. Once for each change, however often this is called.
    """
    if change.kind != "alert" and change.kind not in _TO_CRITICAL:
        return None
    pattern = queries.get_pattern(database, change.pattern_id)
    if pattern is None or (change.kind != "alert" and pattern.severity != "critical"):
        return None
    trigger: ReportTrigger = "alert" if change.kind == "alert" else "critical"
    until_ns = max(now_ns, change.at_ns)
    order = Order(
        id=f"pattern:{change.pattern_id}:{change.kind}:{change.at_ns // 1_000}",
        kind="pattern",
        scope=Scope(since_ns=until_ns - PATTERN_PERIOD_NS, until_ns=until_ns),
        zone=zone,
        trigger=trigger,
    )
    return make_pattern_report(database, order, pattern, now_ns=now_ns, feedback=feedback, summarise=summarise)
