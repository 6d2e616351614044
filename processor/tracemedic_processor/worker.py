"""The worker: what patterns ask for, in a process of its own.

It reads the changes that recording wrote down and puts jobs into their queues, works on the jobs, and does the chores.
What it tells traces leaves through a spool of its own.
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

from tracemedic_processor.chores import Chores
from tracemedic_processor.committer import Committer
from tracemedic_processor.config import Settings
from tracemedic_processor.diagnosing import asking_of, channels_of, gatherer_of
from tracemedic_processor.export import Destination
from tracemedic_processor.forward import Forward, consumer_of
from tracemedic_processor.jobs import diagnosis, notify, reporting, retaining, runtime
from tracemedic_processor.jobs.diagnoser import Diagnoser, LateSpans
from tracemedic_processor.jobs.dispatch import dispatch
from tracemedic_processor.jobs.notifier import Notifier
from tracemedic_processor.jobs.pause import Pause
from tracemedic_processor.jobs.takeover import BEAT_S, Takeover
from tracemedic_processor.metrics import Metrics
from tracemedic_processor.stores import budget_of, database_of, pattern_url_of
from tracemedic_processor.supervision import stop_drains, supervised
from tracemedic_processor.telemetry import Telemetry
from tracemedic_storage.aside import Aside
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.spool import Entry, open_spool

_log = logging.getLogger(__name__)

SPOOL: Final = "worker"
DISPATCH_S: Final = 0.5
"""How long a change may wait for its jobs to be queued."""
MIGRATE_S: Final = 1.0
"""Between two attempts to reach a database that is away at the start."""
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
        self.spool, self._broken_spool = open_spool(
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
        self.chores = Chores(settings, self.database, self.gather, self.telemetry, self.metrics)

    def troubles(self) -> list[str]:
        """What a person should look at, a line each; empty when all is well."""
        return [trouble for trouble in self._troubles() if trouble]

    def _troubles(self) -> Iterator[str | None]:
        yield self.committer.trouble
        yield self._database_trouble
        yield self.pause.trouble
        if self._broken_spool is not None:
            yield f"the spool was broken at the start; what it held was not sent and lies in {self._broken_spool}"
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

    async def every(self, seconds: float, task: Callable[[], object]) -> None:
        """Do `task` in a thread again and again, rarer while the database is away."""
        pause_s = seconds
        while True:
            is_done = await self.attempt(task)
            pause_s = seconds if is_done else min(max(1.0, pause_s * 2), RETRY_S_MAX)
            await asyncio.sleep(pause_s)

    async def attempt(self, task: Callable[[], object]) -> bool:
        """Do `task` in a thread; False when the database is away, which is a trouble until it is back."""
        try:
            await asyncio.to_thread(task)
        except DatabaseUnavailable as error:
            if self._database_trouble is None:
                _log.warning("the database is away (%s); jobs wait", error)
            self._database_trouble = str(error)
            return False
        self._database_trouble = None
        return True


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
    while not await worker.attempt(worker.database.migrate):  # noqa: ASYNC110 asking is the only way to learn it
        await asyncio.sleep(MIGRATE_S)
    diagnosis.prepare(_diagnoser(worker, asyncio.get_running_loop()))
    notify.prepare(_notifier(worker))
    reporting.prepare(worker.chores.report_change)
    retaining.prepare(worker.chores.retain)
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
    return ((DISPATCH_S, worker.dispatch), (BEAT_S, worker.beat), *worker.chores.periodic())


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
