"""The drain that sends on: from one exporter's position in the spool to its far side, for ever."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

import xxhash

from tracemedic_exporters.batch import group, join
from tracemedic_exporters.exporter import Parcel, PermanentError
from tracemedic_exporters.failures import UndeliveredError
from tracemedic_processor.committer import Committer
from tracemedic_processor.export import Destination
from tracemedic_processor.metrics import Metrics
from tracemedic_storage.aside import Aside
from tracemedic_storage.spool import Item, Spool

_log = logging.getLogger(__name__)

WINDOW_ITEMS_MAX: Final = 512
WINDOW_BYTES_MAX: Final = 8 << 20
"""Read and under way at once, per exporter; what is repeated after a crash."""
GATHER_S: Final = 0.02
"""Pause between windows, so that a far side gets fifty requests a second at the most, and larger ones."""
PARCEL_BYTES_MAX: Final = 2 << 20
"""Requests are joined up to this: the upper end of what the Collector's documentation advises for batches, and half of
gRPC's default limit for a message."""


class Forward:
    """Sends everything in the spool through one exporter, which retries by itself what can be retried."""

    def __init__(
        self, destination: Destination, spool: Spool, committer: Committer, aside: Aside, metrics: Metrics
    ) -> None:
        self.consumer = consumer_of(destination.name)
        self._labels = (("exporter", destination.name),)
        self._destination = destination
        self._spool = spool
        self._committer = committer
        self._aside = aside
        self._metrics = metrics
        self._wake = asyncio.Event()
        committer.on_commit(self._wake.set)

    async def run(self) -> None:
        """Never returns; cancel it to stop. What was not delivered stays in the spool."""
        while True:
            self._wake.clear()
            last_seq = self._spool.last_seq  # before reading: what is committed meanwhile has not been looked for
            items = self._spool.read(self.consumer, items_max=WINDOW_ITEMS_MAX, bytes_max=WINDOW_BYTES_MAX)
            if items:
                await self._send_window(items)
                self._committer.advance(self.consumer, items[-1].seq)
                await asyncio.sleep(GATHER_S)
            elif self._spool.position(self.consumer) >= last_seq:
                await self._wake.wait()
            else:
                self._committer.advance(self.consumer, last_seq)

    async def drained(self) -> None:
        """Return when everything that was in the spool at the call has been delivered."""
        goal = self._spool.last_seq
        while self._spool.position(self.consumer) < goal:  # noqa: ASYNC110 once, at the end of a process's life
            await asyncio.sleep(0.02)

    async def _send_window(self, items: Sequence[Item]) -> None:
        parcels = [Parcel(signal=item.signal, body=item.payload, received_at_ns=item.received_at_ns) for item in items]
        async with asyncio.TaskGroup() as tasks:
            for batch in group(parcels, body_bytes_max=PARCEL_BYTES_MAX):
                tasks.create_task(self._send(batch))

    async def _send(self, batch: Sequence[Parcel]) -> None:
        parcel = join(batch)
        try:
            await self._destination.exporter.export(parcel)
        except UndeliveredError as error:
            for piece in error.parcels:
                await self._set_aside(piece, error)
        except PermanentError as error:
            self._destination.trouble = None  # it answers, if only to refuse
            await self._send_one_by_one(batch, error)
            return
        self._destination.trouble = None
        self._metrics.add("exported_requests", len(batch), labels=self._labels)
        self._metrics.add("exported_bytes", len(parcel.body), labels=self._labels)

    async def _send_one_by_one(self, batch: Sequence[Parcel], error: PermanentError) -> None:
        """One poisonous request must not take its neighbours with it."""
        if len(batch) > 1:
            for parcel in batch:
                await self._send([parcel])
        else:
            await self._set_aside(batch[0], error)

    async def _set_aside(self, parcel: Parcel, error: PermanentError) -> None:
        body = parcel.body
        name = f"{parcel.signal}-{parcel.received_at_ns}-{xxhash.xxh3_64_hexdigest(body)}"
        where = await asyncio.to_thread(self._aside.keep, self.consumer, name, body, str(error))
        self._metrics.add("export_set_aside", labels=self._labels)
        _log.error("%s refused a request of %d bytes for good: %s; kept as %s", self.consumer, len(body), error, where)


def consumer_of(name: str) -> str:
    """The name under which an exporter's position stands in the spool."""
    return f"forward:{name}"
