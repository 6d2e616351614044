"""Group commit: requests that arrive together share one synced write of the spool."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tracemedic_processor.errors import Overloaded
from tracemedic_processor.metrics import Metrics
from tracemedic_storage.spool import Entry, Spool, SpoolBroken, SpoolError

GROUP_BYTES_MAX: Final = 8 << 20
"""One commit writes at most this much (or one larger request), so that no group waits long for its disk."""
POSITIONS_DELAY_S: Final = 0.05
"""Positions wait this long for a commit of requests to ride on. A kill in between repeats what was sent meanwhile."""
GATHER_S: Final = 0.002
"""The first request of a group waits this long for others: at 500 groups a second syncing costs more than waiting."""
RETRY_AFTER_S: Final = 5.0
"""What refused senders are told: about the time one retry of a Collector takes."""


class Committer:
    """The one task that writes to the spool. `start` and `close` inside the same running loop."""

    def __init__(self, spool: Spool, metrics: Metrics) -> None:
        self._spool = spool
        self._metrics = metrics
        self._waiting: deque[tuple[Entry, asyncio.Future[None]]] = deque()
        self._under_way: dict[bytes, asyncio.Future[None]] = {}
        self._work = asyncio.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")
        self._task: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[], None]] = []
        self.trouble: str | None = None
        """Why the last commit failed, for `/readyz`; None while all is well."""

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call `listener` in the loop after each commit of requests."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="committer")

    async def keep(self, entry: Entry) -> None:
        """Return when `entry` is durable. Raises `Overloaded` when it could not be kept.

        One of the same digest that is on its way already is waited for and not kept twice: its sender lost patience.
        """
        future = self._under_way.get(entry.digest)
        if future is None:
            future = self._under_way[entry.digest] = asyncio.get_running_loop().create_future()
            self._waiting.append((entry, future))
            self._work.set()
        await asyncio.shield(future)  # a sender that goes away takes nobody else's answer with it

    def advance(self, consumer: str, seq: int) -> None:
        """`consumer` is done up to `seq`; stored with the next commit, soon."""
        self._spool.advance(consumer, seq)
        self._work.set()

    async def close(self) -> None:
        """Write what waits, store the positions, and close the spool."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        while self._waiting:
            await self._commit()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._spool.close)
        self._thread.shutdown()

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            if self._waiting:
                await asyncio.sleep(GATHER_S)
            else:
                await self._wait_for_company()
            await asyncio.shield(self._commit())
            if self._waiting:
                self._work.set()

    async def _wait_for_company(self) -> None:
        try:
            async with asyncio.timeout(POSITIONS_DELAY_S):  # `wait_for` of Python 3.11 swallows a cancellation here
                await self._work.wait()
        except TimeoutError:
            return
        self._work.clear()

    async def _commit(self) -> None:
        group = self._take_group()
        if not group and not self._spool.dirty:
            return
        entries = [entry for entry, _ in group]
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._spool.commit, entries)
        except SpoolError as error:
            self._refuse(group, error)
            return
        except Exception as error:  # noqa: BLE001 the senders must learn it, and the task must live
            self._refuse(group, SpoolBroken(f"unexpected: {error!r}"))
            return
        self.trouble = None
        for entry, future in group:
            del self._under_way[entry.digest]
            future.set_result(None)
        if group:
            self._metrics.add("spool_commits")
            for listener in self._listeners:
                listener()

    def _take_group(self) -> list[tuple[Entry, asyncio.Future[None]]]:
        group: list[tuple[Entry, asyncio.Future[None]]] = []
        size = 0
        while self._waiting and (not group or size < GROUP_BYTES_MAX):
            entry, future = self._waiting.popleft()
            group.append((entry, future))
            size += len(entry.payload or b"")
        return group

    def _refuse(self, group: list[tuple[Entry, asyncio.Future[None]]], error: SpoolError) -> None:
        self.trouble = str(error)
        asyncio.get_running_loop().call_later(RETRY_AFTER_S, self._work.set)  # positions have no sender who comes back
        for entry, future in group:
            del self._under_way[entry.digest]
            future.set_exception(Overloaded(str(error), retry_after_s=RETRY_AFTER_S))
