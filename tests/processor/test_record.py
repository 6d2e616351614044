"""The drain that records: everything once, whenever the database is there, however the clock stands."""

import asyncio
import contextlib
import sqlite3

import lmdb
import msgspec
import pytest

from tests.processor.waiting import until
from tests.storage.samples import NOON_NS, error
from tracemedic_processor.committer import Committer
from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_processor.metrics import Metrics
from tracemedic_processor.record import CONSUMER, Recorder
from tracemedic_storage import queries
from tracemedic_storage.aside import Aside
from tracemedic_storage.database import Database
from tracemedic_storage.records import Findings
from tracemedic_storage.spool import Entry, open_spool
from tracemedic_storage.thresholds import Thresholds

DAY_NS = 86_400 * 10**9


class Bench:
    """A recorder on a spool in `folder`, writing to `database`; its clock is `now_ns`."""

    def __init__(self, folder, database):
        self.folder = folder
        self.now_ns = NOON_NS
        self.metrics = Metrics()
        self.known = KnownPatterns()
        self.changes = []
        self.spool, _ = open_spool(folder / "spool", {CONSUMER: "findings"})
        self.committer = Committer(self.spool, self.metrics)
        self.recorder = Recorder(
            database=database,
            spool=self.spool,
            committer=self.committer,
            aside=Aside(folder / "aside"),
            known=self.known,
            metrics=self.metrics,
            thresholds=Thresholds(),
            now_ns=lambda: self.now_ns,
            on_changes=self.changes.extend,
        )
        self._task = None

    async def __aenter__(self):
        self.committer.start()
        self._task = asyncio.create_task(self.recorder.run())
        return self

    async def __aexit__(self, *_):
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self.committer.close()

    async def found(self, *events):
        """One request with these events."""
        digest = msgspec.msgpack.encode([event.id for event in events])
        findings = Findings(events=events)
        await self.committer.keep(
            Entry(signal="traces", received_at_ns=self.now_ns, digest=digest, payload=None, findings=findings)
        )

    async def recorded(self):
        async with asyncio.timeout(30):
            await self.recorder.drained()


def kinds(changes):
    return [change.kind for change in changes]


def test_what_was_found_is_recorded_and_the_pattern_known_at_once(tmp_path, database):
    async def scenario():
        async with Bench(tmp_path, database) as bench:
            for trace in (1, 2, 3):
                await bench.found(error(trace, at_ns=NOON_NS + trace))
            await bench.recorded()
            assert len(queries.list_errors(database).errors) == 3
            assert kinds(bench.changes) == ["created"]
            pattern = bench.known.get(error(1).fingerprint)
            assert pattern is not None
            assert pattern.total_occurrences == 3
            assert bench.metrics.value("recorded_events") == 3
            assert bench.metrics.value("pattern_changes", kind="created") == 1
            assert bench.recorder.trouble is None

    asyncio.run(scenario())


def test_a_clock_that_jumps_changes_no_count(tmp_path, database):
    """The senders' clocks decide about patterns; ours, whatever it says, about nothing that is counted."""

    async def scenario():
        async with Bench(tmp_path, database) as bench:
            for trace, jump_ns in ((1, -3 * DAY_NS), (2, 40 * DAY_NS), (3, -NOON_NS + 1), (3, 0)):
                bench.now_ns = NOON_NS + jump_ns
                await bench.found(error(trace, at_ns=NOON_NS + trace * 1_000_000))
                await bench.recorded()
            assert kinds(bench.changes) == ["created"]
            (pattern,) = queries.list_patterns(database).patterns
            assert pattern.total_occurrences == 3
            assert (pattern.first_seen_ns, pattern.last_seen_ns) == (NOON_NS + 1_000_000, NOON_NS + 3_000_000)

    asyncio.run(scenario())


def test_a_restart_before_the_position_was_stored_counts_nothing_twice(tmp_path, database):
    async def scenario():
        async with Bench(tmp_path, database) as bench:
            await bench.found(error(1))
            await bench.recorded()
            spool_id = bench.spool.id
        folder = tmp_path / "spool"
        with lmdb.open(str(folder), max_dbs=8) as environment, environment.begin(write=True) as transaction:
            meta = environment.open_db(b"meta", transaction)
            transaction.put(b"position:record", (0).to_bytes(8, "big"), db=meta)
        async with Bench(tmp_path, database) as bench:
            assert bench.spool.id == spool_id
            await bench.found(error(2))
            await bench.recorded()
            assert len(queries.list_errors(database).errors) == 2
            assert bench.metrics.value("recorded_events") == 1

    asyncio.run(scenario())


def test_findings_that_cannot_be_read_are_set_aside_and_those_behind_them_recorded(tmp_path, database):
    spool, _ = open_spool(tmp_path / "spool", {CONSUMER: "findings"})
    spool.commit([Entry(signal="traces", received_at_ns=1, digest=b"1", payload=None, findings=Findings())])
    spool.close()
    with lmdb.open(str(tmp_path / "spool"), max_dbs=8) as environment, environment.begin(write=True) as transaction:
        db = environment.open_db(b"findings", transaction)
        transaction.put((1).to_bytes(8, "big"), b"\xc1 from another release", db=db)

    async def scenario():
        async with Bench(tmp_path, database) as bench:
            await bench.found(error(2))
            await bench.recorded()
            assert len(queries.list_errors(database).errors) == 1
            (kept,) = tmp_path.glob("aside/*.bin")
            assert kept.read_bytes() == b"\xc1 from another release"
            assert bench.metrics.value("record_failures", kind="poison") == 1

    asyncio.run(scenario())


def test_a_locked_database_is_a_trouble_until_it_is_free(tmp_path):
    file = tmp_path / "slow.sqlite"
    database = Database(f"sqlite:///{file}", lock_timeout_s=0)
    database.migrate()

    async def scenario():
        lock = sqlite3.connect(file, isolation_level=None)
        async with Bench(tmp_path, database) as bench:
            lock.execute("BEGIN IMMEDIATE")
            await bench.found(error(1))
            await until(lambda: bench.recorder.trouble is not None)
            assert "locked" in bench.recorder.trouble
            assert bench.metrics.value("record_failures", kind="unavailable") >= 1
            lock.execute("ROLLBACK")
            await bench.recorded()
            assert bench.recorder.trouble is None
            assert len(queries.list_errors(database).errors) == 1
        lock.close()

    asyncio.run(scenario())
    database.close()


@pytest.mark.parametrize("path", ["no-folder-here/tracemedic.sqlite"])
def test_a_database_that_never_was_does_not_stop_the_recorder(tmp_path, path):
    database = Database(f"sqlite:///{tmp_path / path}")

    async def scenario():
        async with Bench(tmp_path, database) as bench:
            await bench.found(error(1))
            await until(lambda: bench.recorder.trouble is not None)
            assert "cannot be opened" in bench.recorder.trouble
            (tmp_path / path).parent.mkdir()
            await bench.recorded()
            assert len(queries.list_errors(database).errors) == 1

    asyncio.run(scenario())
    database.close()
