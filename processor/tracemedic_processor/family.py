"""Several receiving processes on one machine: one parent that starts them, watches them and speaks for them.

They share the ports (SO_REUSEPORT: the kernel spreads connections) and nothing else: each has its own spool and its own
drains, and the database makes their counts one. The parent holds the web port and reads what each child writes about
itself every second.
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
from typing import Final

import msgspec

from tracemedic_processor.config import Settings
from tracemedic_processor.metrics import CounterName, GaugeName, Labels, Reading
from tracemedic_processor.service import Running
from tracemedic_storage.records import Record

_log = logging.getLogger(__name__)

REPORT_INTERVAL_S: Final = 1.0
SILENT_S_MAX: Final = 10.0
"""A child that has not written for so long is reported as a trouble."""
RESTART_S: Final = 1.0
START_S_MAX: Final = 60.0
"""Longest time a child may take to be ready."""
READY: Final = b"ready\n"


class Report(Record, frozen=True, kw_only=True):
    """What a child says about itself."""

    at_ns: int
    troubles: tuple[str, ...]
    counters: tuple[tuple[CounterName, Labels, float], ...]
    gauges: tuple[tuple[GaugeName, tuple[tuple[Labels, float], ...]], ...]


_REPORT: Final = msgspec.json.Decoder(Report)


class ChildFailed(Exception):
    """A child could not start; it has said why on standard error."""


def report_file(settings: Settings, index: int) -> Path:
    """Where child `index` writes its report."""
    return settings.data_dir / "run" / f"{index}.json"


async def keep_reporting(parts: Running, file: Path) -> None:
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

    def __init__(self, settings: Settings, command: Sequence[str]) -> None:
        """`command` starts a child when its index is appended."""
        self._settings = settings
        self._command = command
        self._children: dict[int, asyncio.subprocess.Process] = {}
        self._stopping = False

    @asynccontextmanager
    async def living(self) -> AsyncGenerator[None]:
        """Inside the block all children serve, and one that dies is started again. Raises `ChildFailed`."""
        indexes = range(self._settings.ingest.processes)
        for index in indexes:
            report_file(self._settings, index).unlink(missing_ok=True)
        try:
            await asyncio.gather(*(self._start(index) for index in indexes))
            watchers = [asyncio.create_task(self._watch(index)) for index in indexes]
            yield
        finally:
            self._stopping = True
            await self._stop()
        for watcher in watchers:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher

    async def _start(self, index: int) -> None:
        child = await asyncio.create_subprocess_exec(
            sys.executable, *self._command, str(index), stdout=asyncio.subprocess.PIPE, env={**os.environ}
        )
        self._children[index] = child
        assert child.stdout is not None  # noqa: S101 it was asked for one line above
        async with asyncio.timeout(START_S_MAX):
            line = await child.stdout.readline()
        if line != READY:
            await child.wait()
            message = f"receiving process {index} could not start"
            raise ChildFailed(message)

    async def _watch(self, index: int) -> None:
        while not self._stopping:
            code = await self._children[index].wait()
            if self._stopping:
                return
            _log.error(
                "receiving process %d ended with code %s and is started again; its spool keeps what it had", index, code
            )
            await asyncio.sleep(RESTART_S)
            try:
                await self._start(index)
            except (ChildFailed, TimeoutError) as error:
                _log.error("%s; trying again", error)

    async def _stop(self) -> None:
        for child in self._children.values():
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        await asyncio.gather(*(child.wait() for child in self._children.values()))

    def troubles(self) -> list[str]:
        """Of all children, and of children that are silent."""
        found: list[str] = []
        for index in range(self._settings.ingest.processes):
            report = self._report(index)
            if report is None or time.time_ns() - report.at_ns > SILENT_S_MAX * 1e9:
                found.append(f"receiving process {index} is silent")
            else:
                found += [f"receiving process {index}: {trouble}" for trouble in report.troubles]
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
        for index, report in self._reports():
            for name, reading in report.gauges:
                for labels, value in reading:
                    merged.setdefault(name, {})[(*labels, ("process", str(index)))] = value
        yield from merged.items()

    def _reports(self) -> Iterator[tuple[int, Report]]:
        for index in range(self._settings.ingest.processes):
            report = self._report(index)
            if report is not None:
                yield index, report

    def _report(self, index: int) -> Report | None:
        try:
            return _REPORT.decode(report_file(self._settings, index).read_bytes())
        except (OSError, msgspec.MsgspecError):
            return None
