"""What a worker does by the clock: origins, calming, runbooks, reviews, reports, retention, key figures."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from tracemedic_processor.config import Settings
from tracemedic_processor.diagnose import runbooks
from tracemedic_processor.gather import Gatherer
from tracemedic_processor.jobs import retaining
from tracemedic_processor.jobs.review import review
from tracemedic_processor.kpis import gauges, kpis
from tracemedic_processor.metrics import Metrics, Reading
from tracemedic_processor.origin.sweep import sweep
from tracemedic_processor.parts import redactor_of
from tracemedic_processor.reports import due_reports, report_for_change, report_for_period
from tracemedic_processor.retention.places import places_of
from tracemedic_processor.retention.run import run
from tracemedic_processor.stores import thresholds_of
from tracemedic_processor.telemetry import Telemetry
from tracemedic_storage.calming import calm
from tracemedic_storage.database import Database
from tracemedic_storage.records import PatternChange
from tracemedic_storage.scope import Scope

_log = logging.getLogger(__name__)

ORIGIN_S: Final = 2.0
CALM_S: Final = 60.0
RUNBOOKS_S: Final = 60.0
"""How long an edited runbook may wait to be found."""
REVIEW_S: Final = 600.0
REPORTS_S: Final = 60.0
RETENTION_S: Final = 300.0
KPIS_S: Final = 60.0
DAY_NS: Final = 86_400_000_000_000


class Chores:
    """Each chore may be done by several workers at once, and again after a crash. All raise `DatabaseUnavailable`."""

    def __init__(
        self, settings: Settings, database: Database, gather: Gatherer, telemetry: Telemetry, metrics: Metrics
    ) -> None:
        self._settings = settings
        self._database = database
        self._gather = gather
        self._telemetry = telemetry
        self._zone = ZoneInfo(settings.reports.time_zone)
        self._runbook_notes: tuple[str, ...] = ()
        self._kpis: Reading = {}
        metrics.observe("kpi", lambda: self._kpis)

    def periodic(self) -> Sequence[tuple[float, Callable[[], object]]]:
        """Seconds between two times, and what to do."""
        return (
            (ORIGIN_S, self.judge_origins),
            (CALM_S, self.calm),
            (RUNBOOKS_S, self.index_runbooks),
            (REVIEW_S, self.review),
            (REPORTS_S, self.make_due_reports),
            (RETENTION_S, self.enqueue_retention),
            (KPIS_S, self.count_kpis),
        )

    def judge_origins(self) -> None:
        """Find the origins of the failures that came since the last time."""
        while sweep(self._database, now_ns=time.time_ns()).is_more:
            pass

    def calm(self) -> None:
        """Lower what has calmed down, wake what was ignored for long enough."""
        calm(self._database, thresholds_of(self._settings), time.time_ns())

    def index_runbooks(self) -> None:
        """Bring the index to what the folder of runbooks holds."""
        folder = self._settings.diagnosis.runbooks
        if folder is None:
            return
        indexed = runbooks.index(self._database, folder, redact=self._redact, now_ns=time.time_ns())
        if indexed.notes != self._runbook_notes:
            self._runbook_notes = indexed.notes
            for note in indexed.notes:
                _log.warning("runbooks: %s", note)

    def _redact(self, text: str) -> str:
        return redactor_of(self._settings).redact(text).text

    def review(self) -> None:
        """Have patterns diagnosed again whose evidence has changed much."""
        review(self._database, self._gather, now_ns=time.time_ns())

    def make_due_reports(self) -> None:
        """Make the daily and weekly reports whose hour has come; once each, over all replicas."""
        for period in due_reports(self._database, self._settings.reports, time.time_ns()):
            report = report_for_period(self._database, period, zone=self._zone, now_ns=time.time_ns())
            self._telemetry.tell_report(report)

    def report_change(self, change: PatternChange) -> bool:
        """Make the report that a change asks for; whether it asked for one."""
        report = report_for_change(self._database, change, zone=self._zone, now_ns=time.time_ns())
        if report is not None:
            self._telemetry.tell_report(report)
        return report is not None

    def enqueue_retention(self) -> None:
        """See that today's run of retention is in its queue."""
        retaining.enqueue_if_due(time.time_ns(), hour=self._settings.retention.hour)

    def retain(self) -> int:
        """Move, archive and delete what is due; returns how many steps there were."""
        return len(run(places_of(self._settings, self._database), self._settings.retention, now_ns=time.time_ns()))

    def count_kpis(self) -> None:
        """Bring the gauges of the key figures to the last 24 hours."""
        now_ns = time.time_ns()
        found = kpis(self._database, Scope(since_ns=now_ns - DAY_NS, until_ns=now_ns))
        self._kpis = {(("figure", each.name),): each.value for each in gauges(found)}
