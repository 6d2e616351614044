"""Every replica knows within seconds what another or a person changed."""

import asyncio
import contextlib

import sqlalchemy as sa

from tests.processor.waiting import until
from tests.storage.samples import NOON_NS, Recorder, errors, hex_of
from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_processor.refresh import Refresher
from tracemedic_storage import pattern_acts
from tracemedic_storage.pattern_merging import merge
from tracemedic_storage.pattern_splitting import split
from tracemedic_storage.thresholds import Thresholds

A, B = hex_of("fingerprint", "a"), hex_of("fingerprint", "b")


def test_acts_merging_splitting_and_deleting_reach_the_patterns_in_memory(database):
    recorder = Recorder(database)
    recorder(*errors(3), *errors(4, fingerprint="b"))
    known = KnownPatterns()
    signed = {"author": "ada", "now_ns": NOON_NS + 1_000}

    async def scenario():
        task = asyncio.create_task(Refresher(database, known, interval_s=0.02).run())
        await until(lambda: len(known) == 2)
        pattern_acts.acknowledge(database, A[:32], **signed)
        await until(lambda: known.get(A).status == "acknowledged")
        merge(database, A[:32], [B[:32]], **signed, thresholds=Thresholds())
        await until(lambda: known.get(B).id == A[:32])
        assert len(known) == 1
        split(database, A[:32], B, **signed, thresholds=Thresholds())
        await until(lambda: known.get(B).id == B[:32])
        with database.write() as connection:
            connection.execute(sa.text("DELETE FROM error_patterns WHERE id = :id"), {"id": B[:32]})
        await until(lambda: known.get(B) is None)
        assert known.ids() == {A[:32]}
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
