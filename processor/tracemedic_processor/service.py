"""Builds every part from the configuration and ties their lives together: downstream starts first and stops last."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from tracemedic_processor.committer import Committer
from tracemedic_processor.config import Settings
from tracemedic_processor.exemplar_keeper import ExemplarKeeper
from tracemedic_processor.exemplars import Exemplars
from tracemedic_processor.export import Destination
from tracemedic_processor.forward import Forward, consumer_of
from tracemedic_processor.ingest import Ingest
from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_processor.metrics import Metrics, PrometheusCollector, Readable
from tracemedic_processor.parts import capturer_of, redactor_of
from tracemedic_processor.pipeline import Pipeline
from tracemedic_processor.receive import GrpcReceiver, HttpReceiver
from tracemedic_processor.record import CONSUMER, Recorder
from tracemedic_processor.refresh import Refresher
from tracemedic_processor.stores import database_of, pattern_url_of, thresholds_of
from tracemedic_processor.supervision import stop_drains, supervised
from tracemedic_processor.telemetry import Telemetry
from tracemedic_processor.trace_tree import redact_with
from tracemedic_processor.web.app import build_app
from tracemedic_processor.web.server import WebServer
from tracemedic_storage.aside import Aside
from tracemedic_storage.records import PatternChange
from tracemedic_storage.spool import Part, Spool, open_spool

_log = logging.getLogger(__name__)

GRACE_S: Final = 5.0
"""Requests under way when a stop begins get this long to be answered."""


class Lane:
    """One spool and everything that empties it."""

    def __init__(self, settings: Settings, index: int, shared: "Shared") -> None:
        self.spool, self.broken_spool = _open_spool(settings, index)
        self.committer = Committer(self.spool, shared.metrics)
        aside = Aside(settings.data_dir / "aside", bytes_max=settings.spool.aside_bytes_max)
        self.recorder = Recorder(
            database=shared.database,
            spool=self.spool,
            committer=self.committer,
            aside=aside,
            known=shared.known,
            metrics=shared.metrics,
            thresholds=thresholds_of(settings),
            now_ns=time.time_ns,
            on_changes=shared.on_changes,
        )
        self.exemplars = Exemplars(
            shared.database,
            self.spool,
            redact_with(redactor_of(settings)),
            per_pattern=settings.diagnosis.exemplars_per_pattern,
            now_ns=time.time_ns,
        )
        self.forwards = [
            Forward(destination, self.spool, self.committer, aside, shared.metrics)
            for destination in shared.destinations
        ]

    @property
    def drains(self) -> Sequence[Recorder | Forward]:
        """All that read the spool."""
        return [self.recorder, *self.forwards]

    def troubles(self) -> Iterator[str | None]:
        """What a person should look at."""
        yield self.committer.trouble
        yield self.recorder.trouble
        if self.broken_spool is not None:
            yield f"the spool was broken at the start; what it held was not sent and lies in {self.broken_spool}"


class Shared:
    """What all lanes of a process use."""

    def __init__(self, settings: Settings) -> None:
        self.metrics = Metrics()
        self.known = KnownPatterns()
        self.telemetry = Telemetry()
        self.database = database_of(settings)
        self.destinations = [Destination(name, exporter, self.metrics) for name, exporter in settings.exporters.items()]
        self._listeners: list[Callable[[Sequence[PatternChange]], None]] = [self.telemetry.tell_changes]

    def listen(self, listener: Callable[[Sequence[PatternChange]], None]) -> None:
        """Call `listener` in the loop with the changes of each recorded batch."""
        self._listeners.append(listener)

    def on_changes(self, changes: Sequence[PatternChange]) -> None:
        """Patterns have changed."""
        for listener in self._listeners:
            listener(changes)


class Running:
    """A receiving process at work: its parts, for health, metrics and tests."""

    def __init__(self, settings: Settings, *, index: int, reuse_port: bool) -> None:
        self.settings = settings
        self.shared = Shared(settings)
        self.metrics = self.shared.metrics
        self.lane = Lane(settings, index, self.shared)
        leftover = _leftover_spools(settings) if index == 0 else []
        self.leftovers = [Lane(settings, each, self.shared) for each in leftover]
        self.keeper = ExemplarKeeper([lane.exemplars for lane in self.lanes], self.shared.database, time.time_ns)
        self.shared.listen(self.keeper.note)
        pipeline = Pipeline(
            capturer_of(settings),
            self.shared.known,
            self.metrics,
            pattern_url=pattern_url_of(settings),
            tee=settings.placement == "tee",
        )
        ingest = Ingest(
            pipeline,
            self.lane.spool,
            self.lane.committer,
            self.metrics,
            now_ns=time.time_ns,
            forwarding=bool(self.shared.destinations),
            recent=settings.spool.recent_bytes_max > 0,
        )
        self.grpc = GrpcReceiver(settings.receive, ingest, reuse_port=reuse_port)
        self.http = HttpReceiver(settings.receive, ingest, reuse_port=reuse_port)
        self.refresher = Refresher(self.shared.database, self.shared.known)
        self._observe()

    @property
    def lanes(self) -> Sequence[Lane]:
        """The lane that receives, and those left over from when there were more processes."""
        return [self.lane, *self.leftovers]

    def troubles(self) -> list[str]:
        """What a person should look at, a line each; empty when all is well."""
        found = [trouble for lane in self.lanes for trouble in lane.troubles()]
        found += [destination.trouble for destination in self.shared.destinations]
        return [trouble for trouble in found if trouble]

    def _observe(self) -> None:
        spool, known = self.lane.spool, self.shared.known
        waiting = [forward.consumer for forward in self.lane.forwards]
        self.metrics.observe("spool_bytes", lambda: {(): spool.used_bytes()})
        self.metrics.observe("patterns_known", lambda: {(): len(known)})
        self.metrics.observe(
            "spool_items", lambda: {(("consumer", name),): spool.backlog(name) for name in (CONSUMER, *waiting)}
        )
        self.metrics.observe(
            "spool_oldest_seconds", lambda: {(("consumer", name),): _age_s(spool, name) for name in waiting}
        )


@asynccontextmanager
async def running(settings: Settings, *, index: int = 0, reuse_port: bool = False) -> AsyncGenerator[Running]:
    """A receiving process: inside the block it is serving; leaving it stops upstream first and drains.

    Raises `ConfigError`, `StartError` of the receivers, `SpoolBusy`, `ValueError` for an exporter that cannot be built,
    `OSError` for a data folder that cannot be written.
    """
    parts = Running(settings, index=index, reuse_port=reuse_port)
    async with AsyncExitStack() as stack:
        stack.enter_context(parts.shared.telemetry.reporting(settings, parts.metrics))
        stack.callback(parts.shared.database.close)
        for destination in parts.shared.destinations:
            stack.push_async_callback(destination.exporter.close)
        for lane in parts.lanes:
            lane.committer.start()
            stack.push_async_callback(lane.committer.close)
        drains = [drain for lane in parts.lanes for drain in lane.drains]
        tasks = [asyncio.create_task(supervised(drain.run)) for drain in (*drains, parts.refresher, parts.keeper)]
        stack.push_async_callback(stop_drains, tasks, [drain.drained for drain in drains], settings.shutdown_s)
        for receiver in (parts.grpc, parts.http):
            stack.push_async_callback(receiver.stop, GRACE_S)
            await receiver.start()
        yield parts


def spool_folder(settings: Settings, index: int) -> Path:
    """Where the spool of receiving process `index` lies."""
    return settings.data_dir / "spool" / str(index)


def _leftover_spools(settings: Settings) -> list[int]:
    """Spools of processes that a smaller `ingest.processes` no longer has; what they hold must still go on."""
    folders = (settings.data_dir / "spool").glob("[0-9]*")
    indexes = sorted(int(folder.name) for folder in folders if folder.name.isdigit())
    return [index for index in indexes if index >= settings.ingest.processes]


def _open_spool(settings: Settings, index: int) -> tuple[Spool, Path | None]:
    consumers: dict[str, Part] = {CONSUMER: "findings"}
    for name in settings.exporters:
        consumers[consumer_of(name)] = "payload"
    spool, broken = open_spool(
        spool_folder(settings, index),
        consumers,
        bytes_max=settings.spool.bytes_max,
        recent_bytes_max=settings.spool.recent_bytes_max,
    )
    if broken is not None:
        _log.error("the spool was broken; it was set aside as %s and a new one begun", broken)
    return spool, broken


def _age_s(spool: Spool, consumer: str) -> float:
    oldest = spool.oldest_received_at_ns(consumer)
    return 0.0 if oldest is None else max(0.0, (time.time_ns() - oldest) / 1e9)


@asynccontextmanager
async def web_server(
    settings: Settings, *, troubles: Callable[[], Sequence[str]], metrics: Readable
) -> AsyncGenerator[WebServer]:
    """The web application for whatever `troubles` and `metrics` tell. Raises `StartError`."""
    app = build_app(troubles=troubles, collector=PrometheusCollector(metrics))
    server = WebServer(app, settings.web.address)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
