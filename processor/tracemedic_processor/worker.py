"""The worker: what patterns ask for, in a process of its own.

It reads the changes that recording wrote down and puts jobs into their queues, works on the jobs, judges the origins of
cascades and looks after the life of patterns. What it tells traces leaves through a spool of its own.
"""

import asyncio
import contextlib
import logging
import os
import socket
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from zoneinfo import ZoneInfo

from tracemedic_processor.committer import Committer
from tracemedic_processor.config import Settings
from tracemedic_processor.diagnose import runbooks
from tracemedic_processor.diagnosing import asking_of, channels_of, gatherer_of
from tracemedic_processor.export import Destination
from tracemedic_processor.forward import Forward, consumer_of
from tracemedic_processor.jobs import diagnosis, notify, reporting, retaining, runtime
from tracemedic_processor.jobs.diagnoser import Diagnoser, LateSpans
from tracemedic_processor.jobs.dispatch import dispatch
from tracemedic_processor.jobs.notifier import Notifier
from tracemedic_processor.jobs.pause import Pause
from tracemedic_processor.jobs.review import review
from tracemedic_processor.jobs.takeover import BEAT_S, Takeover
from tracemedic_processor.kpis import gauges, kpis
from tracemedic_processor.metrics import Metrics, Reading
from tracemedic_processor.origin.sweep import sweep
from tracemedic_processor.parts import redactor_of
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.reports import due_reports, report_for_change, report_for_period
from tracemedic_processor.retention.places import places_of
from tracemedic_processor.retention.run import run
from tracemedic_processor.stores import budget_of, database_of, pattern_url_of, thresholds_of
from tracemedic_processor.supervision import stop_drains, supervised
from tracemedic_processor.telemetry import Telemetry
from tracemedic_storage.aside import Aside
from tracemedic_storage.calming import calm
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.records import PatternChange
from tracemedic_storage.scope import Scope
from tracemedic_storage.spool import Entry, open_spool

_log = logging.getLogger(__name__)

SPOOL: Final = "worker"
DISPATCH_S: Final = 0.5
"""How long a change may wait for its jobs to be queued."""
ORIGIN_S: Final = 2.0
CALM_S: Final = 60.0
REVIEW_S: Final = 600.0
REPORTS_S: Final = 60.0
RETENTION_S: Final = 300.0
KPIS_S: Final = 60.0
DAY_NS: Final = 86_400_000_000_000
RUNBOOKS_S: Final = 60.0
"""How long an edited runbook may wait to be found."""
RETRY_S_MAX: Final = 15.0
"""Longest pause between two attempts to reach a database that is away."""


class Worker:
    """The parts of a worker, and what a person should look at."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.telemetry = Telemetry()
        self.database = database_of(settings)
        self.channels = channels_of(settings)
        self.gather = gatherer_of(settings, self.database)
        self.executor_id = f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.pause = Pause(time.monotonic)
        self.takeover = Takeover(self.database, self.executor_id, time.time_ns)
        self.destinations = [Destination(name, exporter, self.metrics) for name, exporter in settings.exporters.items()]
        self.spool, _ = open_spool(
            settings.data_dir / "spool" / SPOOL,
            {consumer_of(name): "payload" for name in settings.exporters},
            bytes_max=settings.spool.bytes_max,
        )
        self.committer = Committer(self.spool, self.metrics)
        aside = Aside(settings.data_dir / "aside", bytes_max=settings.spool.aside_bytes_max)
        self.forwards = [
            Forward(destination, self.spool, self.committer, aside, self.metrics) for destination in self.destinations
        ]
        self._database_trouble: str | None = None
        self._kpis: Reading = {}
        self.metrics.observe("kpi", lambda: self._kpis)
        self._runbook_notes: tuple[str, ...] = ()
        self._redactor: Redactor | None = None

    def troubles(self) -> list[str]:
        """What a person should look at, a line each; empty when all is well."""
        return [trouble for trouble in self._troubles() if trouble]

    def _troubles(self) -> Iterator[str | None]:
        yield self.committer.trouble
        yield self._database_trouble
        yield self.pause.trouble
        for destination in self.destinations:
            yield destination.trouble

    async def send(self, body: bytes) -> None:
        """Keep a traces request of our own for all exporters; durable when this returns."""
        if not self.destinations:
            return
        entry = Entry(
            signal="traces", received_at_ns=time.time_ns(), digest=uuid.uuid4().bytes, payload=body, findings=None
        )
        await self.committer.keep(entry)
        self.metrics.add("late_spans_sent")

    def dispatch(self) -> None:
        """Put the jobs of owed changes into their queues."""
        count = dispatch(self.database, also=(notify.enqueue, reporting.enqueue), now_ns=time.time_ns)
        if count:
            self.metrics.add("changes_dispatched", count)

    def beat(self) -> None:
        """Say that this process lives; take over from those that do not."""
        taken = self.takeover.beat()
        if taken:
            self.metrics.add("jobs_taken_over", taken)

    def judge_origins(self) -> None:
        """Find the origins of the failures that came since the last time."""
        while sweep(self.database, now_ns=time.time_ns()).is_more:
            pass

    def calm(self) -> None:
        """Lower what has calmed down, wake what was ignored for long enough."""
        calm(self.database, thresholds_of(self.settings), time.time_ns())

    def review(self) -> None:
        """Have patterns diagnosed again whose evidence has changed much."""
        review(self.database, self.gather, now_ns=time.time_ns())

    def make_due_reports(self) -> None:
        """Make the daily and weekly reports whose hour has come; once each, over all replicas."""
        chosen = self.settings.reports
        for period in due_reports(self.database, chosen, time.time_ns()):
            zone = ZoneInfo(chosen.time_zone)
            report = report_for_period(self.database, period, zone=zone, now_ns=time.time_ns())
            self.telemetry.tell_report(report)

    def report_change(self, change: PatternChange) -> bool:
        """Make the report that a change asks for; whether it asked for one."""
        zone = ZoneInfo(self.settings.reports.time_zone)
        report = report_for_change(self.database, change, zone=zone, now_ns=time.time_ns())
        if report is not None:
            self.telemetry.tell_report(report)
        return report is not None

    def retain(self) -> int:
        """Move, archive and delete what is due; returns how many steps there were."""
        return len(run(places_of(self.settings, self.database), self.settings.retention, now_ns=time.time_ns()))

    def enqueue_retention(self) -> None:
        """See that today's run of retention is in its queue."""
        retaining.enqueue_if_due(time.time_ns(), hour=self.settings.retention.hour)

    def count_kpis(self) -> None:
        """Bring the gauges of the key figures to the last 24 hours."""
        now_ns = time.time_ns()
        found = kpis(self.database, Scope(since_ns=now_ns - DAY_NS, until_ns=now_ns))
        self._kpis = {(("figure", each.name),): each.value for each in gauges(found)}

    def index_runbooks(self) -> None:
        """Bring the index to what the folder of runbooks holds."""
        folder = self.settings.diagnosis.runbooks
        if folder is None:
            return
        indexed = runbooks.index(self.database, folder, redact=self._redact, now_ns=time.time_ns())
        if indexed.notes != self._runbook_notes:
            self._runbook_notes = indexed.notes
            for note in indexed.notes:
                _log.warning("runbooks: %s", note)

    def _redact(self, text: str) -> str:
        if self._redactor is None:
            self._redactor = redactor_of(self.settings)
        return self._redactor.redact(text).text

    async def every(self, seconds: float, task: Callable[[], object]) -> None:
        """Do `task` in a thread again and again; a database that is away is a trouble until it is back."""
        pause_s = seconds
        while True:
            try:
                await asyncio.to_thread(task)
            except DatabaseUnavailable as error:
                if self._database_trouble is None:
                    _log.warning("the database is away (%s); jobs wait", error)
                self._database_trouble = str(error)
                pause_s = min(max(1.0, pause_s * 2), RETRY_S_MAX)
            else:
                self._database_trouble = None
                pause_s = seconds
            await asyncio.sleep(pause_s)


@asynccontextmanager
async def working(settings: Settings) -> AsyncGenerator[Worker]:
    """A worker at work: inside the block jobs are done. Raises `SpoolBusy`, `ValueError` for an exporter that cannot be
    built or a model that cannot be named, `OSError` for a data folder that cannot be written."""
    worker = Worker(settings)
    async with AsyncExitStack() as stack:
        stack.enter_context(worker.telemetry.reporting(settings, worker.metrics))
        stack.callback(worker.database.close)
        for destination in worker.destinations:
            stack.push_async_callback(destination.exporter.close)
        worker.committer.start()
        stack.push_async_callback(worker.committer.close)
        drains = [asyncio.create_task(supervised(each.run)) for each in worker.forwards]
        stack.push_async_callback(stop_drains, drains, [each.drained for each in worker.forwards], settings.shutdown_s)
        jobs = asyncio.create_task(_jobs(worker), name="jobs")
        stack.push_async_callback(_cancelled, jobs)
        yield worker


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _jobs(worker: Worker) -> None:
    """Everything that needs the database, as soon as it is there."""
    await _until_migrated(worker)
    diagnosis.prepare(_diagnoser(worker, asyncio.get_running_loop()))
    notify.prepare(_notifier(worker))
    reporting.prepare(worker.report_change)
    retaining.prepare(worker.retain)
    with contextlib.ExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, runtime.launched(worker.settings, worker.executor_id))
        try:
            async with asyncio.TaskGroup() as tasks:
                for seconds, task in _periodic(worker):
                    tasks.create_task(supervised(lambda seconds=seconds, task=task: worker.every(seconds, task)))
        finally:
            await asyncio.to_thread(_leave, worker, stack)


def _leave(worker: Worker, stack: contextlib.ExitStack) -> None:
    stack.close()
    with contextlib.suppress(DatabaseUnavailable):
        worker.takeover.leave()


def _periodic(worker: Worker) -> Sequence[tuple[float, Callable[[], object]]]:
    return (
        (DISPATCH_S, worker.dispatch),
        (BEAT_S, worker.beat),
        (ORIGIN_S, worker.judge_origins),
        (CALM_S, worker.calm),
        (RUNBOOKS_S, worker.index_runbooks),
        (REVIEW_S, worker.review),
        (REPORTS_S, worker.make_due_reports),
        (RETENTION_S, worker.enqueue_retention),
        (KPIS_S, worker.count_kpis),
    )


async def _until_migrated(worker: Worker) -> None:
    done = asyncio.Event()

    def migrate() -> None:
        worker.database.migrate()
        asyncio.run_coroutine_threadsafe(_set(done), loop)

    loop = asyncio.get_running_loop()
    trying = asyncio.create_task(worker.every(1.0, migrate))
    await done.wait()
    trying.cancel()


async def _set(event: asyncio.Event) -> None:
    event.set()


def _diagnoser(worker: Worker, loop: asyncio.AbstractEventLoop) -> Diagnoser:
    settings = worker.settings

    async def send(body: bytes) -> None:
        """Jobs run in a loop of DBOS's own; the committer lives in ours."""
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(worker.send(body), loop))

    return Diagnoser(
        database=worker.database,
        gather=worker.gather,
        asking=asking_of(settings, worker.telemetry.tracer_provider),
        budget=budget_of(settings),
        late=LateSpans(
            per_pattern=settings.diagnosis.late_spans_per_pattern, per_hour=settings.diagnosis.late_spans_per_hour
        ),
        send=send,
        pattern_url=pattern_url_of(settings),
        executor_id=worker.executor_id,
        pause=worker.pause,
        now_ns=time.time_ns,
    )


def _notifier(worker: Worker) -> Notifier:
    return Notifier(
        worker.channels,
        database=worker.database,
        pattern_url=pattern_url_of(worker.settings),
        now_ns=time.time_ns,
    )
