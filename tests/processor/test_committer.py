"""Group commit: one synced write for those who come together, an answer for each of them."""

import asyncio

import pytest

from tests.processor.waiting import until
from tracemedic_processor.committer import Committer
from tracemedic_processor.errors import Overloaded
from tracemedic_processor.metrics import Metrics
from tracemedic_storage.spool import Entry, open_spool

CONSUMERS = {"forward:a": "payload"}


def entry(number, size=10):
    return Entry(
        signal="traces", received_at_ns=1, digest=number.to_bytes(16, "big"), payload=b"x" * size, findings=None
    )


@pytest.fixture
def spool(tmp_path):
    return open_spool(tmp_path, CONSUMERS, bytes_max=1 << 20)[0]


def test_requests_that_come_together_share_a_commit(spool):
    async def scenario():
        metrics = Metrics()
        committer = Committer(spool, metrics)
        committer.start()
        await asyncio.gather(*(committer.keep(entry(number)) for number in range(50)))
        assert spool.last_seq == 50
        assert metrics.value("spool_commits") <= 2
        await committer.close()

    asyncio.run(scenario())


def test_listeners_hear_of_requests_and_not_of_positions(spool):
    async def scenario():
        committer = Committer(spool, Metrics())
        heard = []
        committer.on_commit(lambda: heard.append(spool.last_seq))
        committer.start()
        await committer.keep(entry(1))
        committer.advance("forward:a", 1)
        await until(lambda: not spool.dirty)
        assert heard == [1]
        await committer.close()

    asyncio.run(scenario())


def test_positions_are_stored_without_any_request(spool, tmp_path):
    async def scenario():
        committer = Committer(spool, Metrics())
        committer.start()
        await committer.keep(entry(1))
        committer.advance("forward:a", 1)
        await committer.close()

    asyncio.run(scenario())
    again, _ = open_spool(tmp_path, CONSUMERS)
    assert again.position("forward:a") == 1
    again.close()


def test_what_waits_when_a_stop_begins_is_still_written(spool, tmp_path):
    async def scenario():
        committer = Committer(spool, Metrics())
        committer.start()
        waiting = [asyncio.create_task(committer.keep(entry(number))) for number in range(5)]
        await asyncio.sleep(0)
        await committer.close()
        await asyncio.gather(*waiting)

    asyncio.run(scenario())
    again, _ = open_spool(tmp_path, CONSUMERS)
    assert again.last_seq == 5
    again.close()


def test_a_refused_group_is_refused_to_each_and_those_after_it_are_kept(spool):
    async def scenario():
        committer = Committer(spool, Metrics())
        committer.start()
        large = [committer.keep(entry(number, 700_000)) for number in (1, 2)]
        answers = await asyncio.gather(*large, return_exceptions=True)
        assert all(isinstance(answer, Overloaded) for answer in answers)
        assert "holds its" in (committer.trouble or "")
        await committer.keep(entry(3))
        assert committer.trouble is None
        await committer.close()

    asyncio.run(scenario())


def test_a_sender_that_went_away_does_not_disturb_the_others(spool):
    async def scenario():
        committer = Committer(spool, Metrics())
        committer.start()
        gone = asyncio.create_task(committer.keep(entry(1)))
        staying = asyncio.create_task(committer.keep(entry(2)))
        await asyncio.sleep(0)
        gone.cancel()
        await staying
        await committer.keep(entry(3))
        assert spool.last_seq == 3
        await committer.close()

    asyncio.run(scenario())


def test_the_same_request_twice_at_the_same_moment_is_kept_once_and_answered_twice(spool):
    async def scenario():
        committer = Committer(spool, Metrics())
        committer.start()
        first, second = (asyncio.create_task(committer.keep(entry(1))) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await second
        assert spool.last_seq == 1
        await committer.close()

    asyncio.run(scenario())


def test_a_request_that_was_refused_can_come_again(spool):
    async def scenario():
        committer = Committer(spool, Metrics())
        committer.start()
        await committer.keep(entry(1, 700_000))
        with pytest.raises(Overloaded):
            await committer.keep(entry(2, 700_000))
        committer.advance("forward:a", 1)
        await until(lambda: not spool.dirty)
        await committer.keep(entry(2, 700_000))
        assert spool.last_seq == 2
        await committer.close()

    asyncio.run(scenario())


def test_a_position_at_the_very_moment_of_the_stop_does_not_hold_it_up(spool):
    async def scenario():
        committer = Committer(spool, Metrics())
        committer.start()
        await committer.keep(entry(1))
        committer.advance("forward:a", 0)
        await asyncio.sleep(0.02)  # it waits for company now
        committer.advance("forward:a", 1)
        async with asyncio.timeout(10):
            await committer.close()

    asyncio.run(scenario())
