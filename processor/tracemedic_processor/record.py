"""The drain that records: from its position in the spool into the database, whenever the database is there."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, get_args

from tracemedic_processor.committer import Committer
from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_processor.metrics import Metrics
from tracemedic_storage.aside import Aside
from tracemedic_storage.database import Database
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.recording import Recorded, record
from tracemedic_storage.records import ChangeKind, Findings, PatternChange
from tracemedic_storage.spool import Spool, Undecodable
from tracemedic_storage.thresholds import Thresholds

_log = logging.getLogger(__name__)

CONSUMER: Final = "record"
BATCH_ITEMS_MAX: Final = 2048
BATCH_EVENTS_MAX: Final = 4096
"""Bounds of one transaction: a storm is written in large ones, none of which takes long."""
INTERVAL_S: Final = 0.5
"""Pause between transactions that were not full: one of 1,000 events costs a third of ten of 100,
and a pattern may take a second to appear."""
RETRY_S_MAX: Final = 15.0
"""Longest pause between two attempts to reach a database that is away."""

_KINDS: Final = {kind: (("kind", kind),) for kind in (*get_args(ChangeKind), "unavailable", "poison")}


class Recorder:
    """Writes everything found into the database, each item exactly once."""

    def __init__(
        self,
        *,
        database: Database,
        spool: Spool,
        committer: Committer,
        aside: Aside,
        known: KnownPatterns,
        metrics: Metrics,
        thresholds: Thresholds,
        now_ns: Callable[[], int],
        on_changes: Callable[[Sequence[PatternChange]], None],
    ) -> None:
        self._database = database
        self._spool = spool
        self._committer = committer
        self._aside = aside
        self._known = known
        self._metrics = metrics
        self._thresholds = thresholds
        self._now_ns = now_ns
        self._on_changes = on_changes
        self._wake = asyncio.Event()
        self._migrated = False
        self.trouble: str | None = None
        """Why the database cannot be written, for `/readyz`; None while it can."""
        committer.on_commit(self._wake.set)

    async def run(self) -> None:
        """Never returns; cancel it to stop. What was not recorded stays in the spool."""
        await self._record([])
        while True:
            self._wake.clear()
            last_seq = self._spool.last_seq  # before reading: what is committed meanwhile has not been looked for
            batch = await self._next_batch()
            if batch:
                await self._record(batch)
                self._committer.advance(CONSUMER, batch[-1][0])
                if len(batch) < BATCH_ITEMS_MAX:
                    await asyncio.sleep(INTERVAL_S)
            elif self._spool.position(CONSUMER) >= last_seq:
                await self._wake.wait()
            else:
                self._committer.advance(CONSUMER, last_seq)

    async def drained(self) -> None:
        """Return when everything that was in the spool at the call has been recorded."""
        goal = self._spool.last_seq
        while self._spool.position(CONSUMER) < goal:  # noqa: ASYNC110 once, at the end of a process's life
            await asyncio.sleep(0.02)

    async def _next_batch(self) -> list[tuple[int, Findings]]:
        """The next findings that can be read, none when there are none; those that cannot are set aside."""
        while True:
            try:
                return self._spool.read_findings(CONSUMER, items_max=BATCH_ITEMS_MAX, events_max=BATCH_EVENTS_MAX)
            except Undecodable as error:
                await self._set_aside(error.seq, error.raw, str(error))
                self._committer.advance(CONSUMER, error.seq)

    async def _record(self, batch: Sequence[tuple[int, Findings]]) -> None:
        """Record `batch`, waiting for the database as long as it takes; what can never be recorded is set aside."""
        pause_s = 0.5
        while True:
            try:
                recorded = await asyncio.to_thread(self._write, batch)
            except DatabaseUnavailable as error:
                self._note_unavailable(error)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, RETRY_S_MAX)
            except Exception as error:  # noqa: BLE001 poison must not stop those behind it
                await self._record_one_by_one(batch, error)
                return
            else:
                self._note_recorded(recorded)
                return

    def _write(self, batch: Sequence[tuple[int, Findings]]) -> Recorded:
        self._migrate_once()
        return record(
            self._database, batch, spool_id=self._spool.id, thresholds=self._thresholds, now_ns=self._now_ns()
        )

    def _migrate_once(self) -> None:
        """The database may have been away at the start; its tables are made when it is first there."""
        if not self._migrated:
            self._database.migrate()
            self._migrated = True

    async def _record_one_by_one(self, batch: Sequence[tuple[int, Findings]], error: Exception) -> None:
        if len(batch) > 1:
            middle = len(batch) // 2
            await self._record(batch[:middle])
            await self._record(batch[middle:])
            return
        seq, findings = batch[0]
        _log.error("item %d cannot be recorded: %r", seq, error)
        await self._set_aside(seq, repr(findings).encode(errors="replace"), repr(error))

    async def _set_aside(self, seq: int, raw: bytes, reason: str) -> None:
        where = await asyncio.to_thread(self._aside.keep, CONSUMER, str(seq), raw, reason)
        self._metrics.add("record_failures", labels=_KINDS["poison"])
        _log.error("findings of item %d were set aside as %s: %s", seq, where, reason)

    def _note_unavailable(self, error: DatabaseUnavailable) -> None:
        if self.trouble is None:
            _log.warning("the database is away (%s); traces still flow, errors wait in the spool", error)
        self.trouble = str(error)
        self._metrics.add("record_failures", labels=_KINDS["unavailable"])

    def _note_recorded(self, recorded: Recorded) -> None:
        if self.trouble is not None:
            _log.warning("the database is back; recording goes on")
        self.trouble = None
        self._known.update(recorded.patterns, recorded.fingerprints)
        self._metrics.add("recorded_events", recorded.events_new)
        for change in recorded.changes:
            self._metrics.add("pattern_changes", labels=_KINDS[change.kind])
        if recorded.changes:
            self._on_changes(recorded.changes)
