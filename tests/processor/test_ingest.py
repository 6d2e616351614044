"""From a request to the spool: acknowledged when durable, kept once, refused when there is no room."""

import asyncio

import pytest

from tests.processor import otlp
from tracemedic_processor.capture import Capturer
from tracemedic_processor.committer import Committer
from tracemedic_processor.errors import Malformed, Overloaded
from tracemedic_processor.ingest import Ingest
from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_processor.metrics import Metrics
from tracemedic_processor.pipeline import Pipeline
from tracemedic_processor.redaction import Redactor
from tracemedic_storage.spool import open_spool

CONSUMERS = {"record": "findings", "forward:a": "payload"}
GOOD = otlp.traces(otlp.span())
FAILED = otlp.traces(otlp.span(1, otlp.exception()))


class Door:
    """An ingest with all that is behind it, on a spool in `folder`; its clock stands still unless it is set."""

    def __init__(self, folder, *, forwarding=True, bytes_max=1 << 24):
        self.now_ns = otlp.NOON_NS
        self.metrics = Metrics()
        self.spool, _ = open_spool(folder, CONSUMERS, bytes_max=bytes_max)
        self.committer = Committer(self.spool, self.metrics)
        pipeline = Pipeline(Capturer(Redactor()), KnownPatterns(), self.metrics)
        self.ingest = Ingest(
            pipeline, self.spool, self.committer, self.metrics, now_ns=lambda: self.now_ns, forwarding=forwarding
        )

    async def __aenter__(self):
        self.committer.start()
        return self

    async def __aexit__(self, *_):
        await self.committer.close()

    def payloads(self):
        return [item.payload for item in self.spool.read("forward:a", items_max=1000, bytes_max=1 << 30)]

    def findings(self):
        return [found for _, found in self.spool.read_findings("record", items_max=1000, events_max=1000)]


def test_what_is_accepted_is_in_the_spool(tmp_path):
    async def scenario():
        async with Door(tmp_path) as door:
            assert await door.ingest.accept("traces", GOOD) is None
            assert door.payloads() == [GOOD]
            assert door.findings() == []
            assert door.metrics.value("received_requests", signal="traces") == 1
            assert door.metrics.value("received_bytes") == len(GOOD)

    asyncio.run(scenario())


def test_findings_stand_beside_the_enriched_request(tmp_path):
    async def scenario():
        async with Door(tmp_path) as door:
            await door.ingest.accept("traces", FAILED)
            (found,) = door.findings()
            assert found.events[0].error_type == "shop.stock.OutOfStock"
            assert found.events[0].received_at_ns == otlp.NOON_NS
            (payload,) = door.payloads()
            assert len(payload) > len(FAILED)

    asyncio.run(scenario())


def test_an_empty_request_is_a_success_and_nothing_is_kept(tmp_path):
    async def scenario():
        async with Door(tmp_path) as door:
            assert await door.ingest.accept("metrics", b"") is None
            assert door.spool.last_seq == 0

    asyncio.run(scenario())


def test_a_request_delivered_again_is_acknowledged_and_not_kept_again_also_after_a_restart(tmp_path):
    async def scenario():
        async with Door(tmp_path) as door:
            await door.ingest.accept("traces", FAILED)
            await door.ingest.accept("traces", FAILED)
            await door.ingest.accept("logs", otlp.logs(otlp.log()))
            assert door.spool.last_seq == 2
        async with Door(tmp_path) as door:
            await door.ingest.accept("traces", FAILED)
            assert door.spool.last_seq == 2
            assert door.metrics.value("duplicate_requests", signal="traces") == 1

    asyncio.run(scenario())


def test_the_same_bytes_as_another_signal_are_another_request(tmp_path):
    async def scenario():
        body = otlp.traces()
        async with Door(tmp_path) as door:
            await door.ingest.accept("traces", body)
            await door.ingest.accept("metrics", body)
            assert door.spool.last_seq == 2

    asyncio.run(scenario())


def test_a_request_that_comes_twice_at_the_same_moment_is_kept_once(tmp_path):
    """A sender that lost patience sends again while the first is still on its way to the disk."""

    async def scenario():
        body = otlp.traces(otlp.span(1, kind=2))
        async with Door(tmp_path) as door:
            await asyncio.gather(*(door.ingest.accept("traces", body) for _ in range(3)))
            assert len(door.findings()) == 1
            assert len(door.payloads()) == 1

    asyncio.run(scenario())


def test_without_an_exporter_only_findings_are_kept(tmp_path):
    async def scenario():
        async with Door(tmp_path, forwarding=False) as door:
            await door.ingest.accept("traces", GOOD)
            assert door.spool.last_seq == 0
            await door.ingest.accept("traces", FAILED)
            assert (door.payloads(), len(door.findings())) == ([], 1)

    asyncio.run(scenario())


def test_what_is_no_request_is_refused_and_counted(tmp_path):
    async def scenario():
        async with Door(tmp_path) as door:
            with pytest.raises(Malformed):
                await door.ingest.accept("traces", b"\x0a\xff")
            assert door.spool.last_seq == 0
            assert door.metrics.value("refused_requests", reason="malformed", signal="traces") == 1
            assert door.metrics.value("received_requests") == 0

    asyncio.run(scenario())


def test_a_full_spool_refuses_and_the_same_request_passes_later(tmp_path):
    async def scenario():
        bodies = [otlp.traces(otlp.span(number, attributes={"x": "y" * 400_000})) for number in (1, 2, 3)]
        async with Door(tmp_path, bytes_max=1 << 20) as door:
            await door.ingest.accept("traces", bodies[0])
            await door.ingest.accept("traces", bodies[1])
            with pytest.raises(Overloaded) as refused:
                await door.ingest.accept("traces", bodies[2])
            assert refused.value.retry_after_s > 0
            assert door.metrics.value("refused_requests", reason="overloaded") == 1
            assert "holds its" in (door.committer.trouble or "")
            door.spool.advance("forward:a", 2)
            door.spool.advance("record", 2)
            while door.spool.dirty:
                door.committer.advance("record", 2)
                await asyncio.sleep(0.01)
            await door.ingest.accept("traces", bodies[2])
            assert door.committer.trouble is None
            assert door.payloads() == [bodies[2]]

    asyncio.run(scenario())


def test_a_clock_that_jumps_back_changes_nothing_but_the_time_of_receipt(tmp_path):
    async def scenario():
        async with Door(tmp_path) as door:
            await door.ingest.accept("traces", otlp.traces(otlp.span(1)))
            door.now_ns -= 86_400 * 10**9
            await door.ingest.accept("traces", otlp.traces(otlp.span(2)))
            door.now_ns += 10 * 86_400 * 10**9
            await door.ingest.accept("traces", FAILED)
            items = door.spool.read("forward:a", items_max=10, bytes_max=1 << 20)
            assert [item.seq for item in items] == [1, 2, 3]
            assert [item.received_at_ns - otlp.NOON_NS for item in items] == [0, -86_400 * 10**9, 9 * 86_400 * 10**9]

    asyncio.run(scenario())
