"""Several processes on one machine: one parent that starts its children, watches them and speaks for them.

Receiving processes share the ports (SO_REUSEPORT: the kernel spreads connections) and nothing else: each has its own
spool and its own drains, and the database makes their counts one. The worker is a child as well, so that neither its
memory nor its work weighs on receiving. The parent holds the web port and reads what each child writes about itself
every second. A child ends with its parent, however that ended.
"""

import asyncio
import contextlib
import logging
import os
import sys
import time
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Protocol

import msgspec

from tracemedic_processor.config import Settings
from tracemedic_processor.metrics import CounterName, GaugeName, Labels, Readable, Reading
from tracemedic_storage.records import Record

_log = logging.getLogger(__name__)

REPORT_INTERVAL_S: Final = 1.0
SILENT_S_MAX: Final = 10.0
"""A child that has not written for so long is reported as a trouble."""
RESTART_S: Final = 1.0
START_S_MAX: Final = 60.0
"""Longest time a child may take to be ready."""
READY: Final = b"ready\n"
ORPHAN_POLL_S: Final = 0.5
"""A child sees so often whether its parent still lives: soon enough for the next start to find its spool free."""


class Report(Record, frozen=True, kw_only=True):
    """What a child says about itself."""

    at_ns: int
    troubles: tuple[str, ...]
    counters: tuple[tuple[CounterName, Labels, float], ...]
    gauges: tuple[tuple[GaugeName, tuple[tuple[Labels, float], ...]], ...]


_REPORT: Final = msgspec.json.Decoder(Report)


class ChildFailed(Exception):
    """A child could not start; it has said why on standard error."""


class Speaking(Protocol):
    """What a child can say about itself."""

    @property
    def metrics(self) -> Readable:
        """What it counts."""
        ...

    def troubles(self) -> Sequence[str]:
        """What a person should look at."""
        ...


def report_file(settings: Settings, name: str) -> Path:
    """Where the child of this name writes its report."""
    return settings.data_dir / "run" / f"{name}.json"


async def until_orphaned() -> None:
    """Return when the parent of this process has ended, in whatever way."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 there is no event for it that every system has
        await asyncio.sleep(ORPHAN_POLL_S)


async def keep_reporting(parts: Speaking, file: Path) -> None:
    """Write the report of this process every second; cancel it to stop."""
    file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        report = Report(
            at_ns=time.time_ns(),
            troubles=tuple(parts.troubles()),
            counters=tuple((name, labels, amount) for (name, labels), amount in parts.metrics.counters().items()),
            gauges=tuple((name, tuple(reading.items())) for name, reading in parts.metrics.gauges()),
        )
        fresh = file.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(report))
        fresh.replace(file)
        await asyncio.sleep(REPORT_INTERVAL_S)


class Family:
    """The children, as the parent sees them."""

    def __init__(self, settings: Settings, children: Mapping[str, Sequence[str]], *, waited_for: Sequence[str]) -> None:
        """`children` gives the arguments of Python that start each; those `waited_for` must start for us to start."""
        self._settings = settings
        self._commands = dict(children)
        self._waited_for = tuple(waited_for)
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._began_ns = time.time_ns()
        self._stopping = False

    @asynccontextmanager
    async def living(self) -> AsyncGenerator[None]:
        """Inside the block all children serve, and one that dies is started again. Raises `ChildFailed`."""
        self._began_ns = time.time_ns()
        for name in self._commands:
            report_file(self._settings, name).unlink(missing_ok=True)
        watchers: list[asyncio.Task[None]] = []
        try:
            await asyncio.gather(*(self._start(name) for name in self._waited_for))
            watchers = [asyncio.create_task(self._watch(name)) for name in self._commands]
            yield
        finally:
            self._stopping = True
            await self._stop()
        for watcher in watchers:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher

    async def _start(self, name: str) -> None:
        child = await asyncio.create_subprocess_exec(
            sys.executable, *self._commands[name], stdout=asyncio.subprocess.PIPE, env={**os.environ}
        )
        self._children[name] = child
        assert child.stdout is not None  # noqa: S101 it was asked for one line above
        async with asyncio.timeout(START_S_MAX):
            line = await child.stdout.readline()
        if line != READY and not self._stopping:
            await child.wait()
            message = f"the process {name} could not start"
            raise ChildFailed(message)

    async def _watch(self, name: str) -> None:
        while not self._stopping:
            try:
                if name not in self._children:
                    await self._start(name)
                code = await self._children[name].wait()
            except (ChildFailed, TimeoutError) as error:
                _log.error("%s; trying again", error)
            else:
                if self._stopping:
                    return
                _log.error("the process %s ended with code %s and is started again; nothing it had is lost", name, code)
            self._children.pop(name, None)
            await asyncio.sleep(RESTART_S)

    async def _stop(self) -> None:
        for child in self._children.values():
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        await asyncio.gather(*(child.wait() for child in self._children.values()))

    def troubles(self) -> list[str]:
        """Of all children, and of children that are silent."""
        found: list[str] = []
        for name in self._commands:
            report = self._report(name)
            spoke_at_ns, patience_s = (self._began_ns, START_S_MAX) if report is None else (report.at_ns, SILENT_S_MAX)
            if time.time_ns() - spoke_at_ns > patience_s * 1e9:
                found.append(f"the process {name} is silent: see standard error for why")
            elif report is not None:
                found += [f"the process {name}: {trouble}" for trouble in report.troubles]
        return found

    def counters(self) -> Mapping[tuple[CounterName, Labels], float]:
        """The sum over all children."""
        totals: dict[tuple[CounterName, Labels], float] = {}
        for _, report in self._reports():
            for name, labels, amount in report.counters:
                totals[name, labels] = totals.get((name, labels), 0) + amount
        return totals

    def gauges(self) -> Iterator[tuple[GaugeName, Reading]]:
        """Of each child, under the label `process`."""
        merged: dict[GaugeName, dict[Labels, float]] = {}
        for process, report in self._reports():
            for name, reading in report.gauges:
                for labels, value in reading:
                    merged.setdefault(name, {})[(*labels, ("process", process))] = value
        yield from merged.items()

    def _reports(self) -> Iterator[tuple[str, Report]]:
        for name in self._commands:
            report = self._report(name)
            if report is not None:
                yield name, report

    def _report(self, name: str) -> Report | None:
        try:
            return _REPORT.decode(report_file(self._settings, name).read_bytes())
        except (OSError, msgspec.MsgspecError):
            return None
