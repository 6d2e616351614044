"""The drain that sends on: everything, to each exporter in its own time, poison set aside."""

import asyncio
import itertools

import pytest

from tests.processor import otlp
from tests.processor.waiting import until
from tracemedic_processor.committer import Committer
from tracemedic_processor.config import OtlpGrpcSettings
from tracemedic_processor.export import Destination
from tracemedic_processor.forward import Forward, consumer_of
from tracemedic_processor.metrics import Metrics
from tracemedic_processor.testing.faults import bad_request, unavailable
from tracemedic_processor.testing.otlp_sink import OtlpSink
from tracemedic_storage.aside import Aside
from tracemedic_storage.spool import Entry, Spool, open_spool


def body(number, size=10):
    return otlp.traces(otlp.span(number, name=f"n{number}", attributes={"x": "y" * size}))


def entry(number, size=10):
    return Entry(
        signal="traces", received_at_ns=1, digest=number.to_bytes(16, "big"), payload=body(number, size), findings=None
    )


class Racing(Spool):
    """Something is committed at the very moment after a reader has found nothing."""

    late = None

    def read(self, consumer, *, items_max, bytes_max):
        items = super().read(consumer, items_max=items_max, bytes_max=bytes_max)
        if not items and self.late:
            self.commit([self.late])
            self.late = None
        return items


def open_racing(folder, consumers):
    folder.mkdir()
    return Racing(folder, (folder / "lock").open("a+"), consumers, bytes_max=1 << 24), None


class Bench:
    """A spool, a committer, and a forward for each sink."""

    def __init__(self, folder, *sinks, opened=open_spool):
        self.metrics = Metrics()
        self.folder = folder
        consumers = {consumer_of(f"s{number}"): "payload" for number in range(len(sinks))}
        self.spool, _ = opened(folder / "spool", consumers)
        self.committer = Committer(self.spool, self.metrics)
        self.destinations = [self._destination(f"s{number}", sink) for number, sink in enumerate(sinks)]
        aside = Aside(folder / "aside")
        self.forwards = [
            Forward(destination, self.spool, self.committer, aside, self.metrics) for destination in self.destinations
        ]
        self._tasks = []

    def _destination(self, name, sink):
        settings = OtlpGrpcSettings(type="otlp_grpc", endpoint=sink.grpc_endpoint, retry_s_max=0.05, timeout_s=5)
        return Destination(name, settings, self.metrics)

    async def __aenter__(self):
        self.committer.start()
        self._tasks = [asyncio.create_task(forward.run()) for forward in self.forwards]
        return self

    async def __aexit__(self, *_):
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.committer.close()
        for destination in self.destinations:
            await destination.exporter.close()

    async def drained(self, number=0):
        async with asyncio.timeout(20):
            await self.forwards[number].drained()


@pytest.fixture
def sink():
    with OtlpSink() as sink:
        yield sink


def names(sink):
    return [span.name for span in sink.inbox.spans()]


def test_requests_go_on_in_their_order(tmp_path, sink):
    async def scenario():
        async with Bench(tmp_path, sink) as bench:
            for number in range(1, 8):
                await bench.committer.keep(entry(number))
            await bench.drained()
            assert names(sink) == [f"n{number}" for number in range(1, 8)]
            assert bench.metrics.value("exported_requests", exporter="s0") == 7
            assert bench.destinations[0].trouble is None

    asyncio.run(scenario())


def test_what_waited_is_joined_to_few_requests(tmp_path, sink):
    async def scenario():
        sink.faults.replace(itertools.repeat(unavailable()))
        async with Bench(tmp_path, sink) as bench:
            await asyncio.gather(*(bench.committer.keep(entry(number)) for number in range(100)))
            sink.faults.replace()
            await bench.drained()
            assert len(names(sink)) == 100
            assert len(sink.inbox.all()) <= 3

    asyncio.run(scenario())


def test_a_far_side_that_is_away_is_a_trouble_and_delays_no_other(tmp_path, sink):
    async def scenario():
        with OtlpSink(faults=itertools.repeat(unavailable())) as away:
            async with Bench(tmp_path, away, sink) as bench:
                await bench.committer.keep(entry(1))
                await bench.drained(1)
                await until(lambda: bench.destinations[0].trouble is not None)
                assert "exporter s0" in bench.destinations[0].trouble
                assert (names(away), names(sink)) == ([], ["n1"])
                assert bench.metrics.value("export_retries", exporter="s0") > 0
                away.faults.replace()
                await bench.drained(0)
                assert names(away) == ["n1"]
                assert bench.destinations[0].trouble is None

    asyncio.run(scenario())


def test_poison_among_others_is_set_aside_with_its_bytes_and_the_reason(tmp_path, sink):
    async def scenario():
        sink.faults.replace([bad_request(), None, bad_request(), None])
        async with Bench(tmp_path, sink) as bench:
            await asyncio.gather(*(bench.committer.keep(entry(number)) for number in (1, 2, 3)))
            await bench.drained()
            assert names(sink) == ["n1", "n3"]
            (kept,) = bench.folder.glob("aside/*.bin")
            assert kept.read_bytes() == body(2)
            assert "not understood" in kept.with_suffix(".txt").read_text()
            assert bench.metrics.value("export_set_aside", exporter="s0") == 1

    asyncio.run(scenario())


def test_what_was_set_aside_is_not_counted_as_exported(tmp_path, sink):
    async def scenario():
        sink.faults.replace([bad_request()])
        async with Bench(tmp_path, sink) as bench:
            await bench.committer.keep(entry(1))
            await bench.drained()
            assert bench.metrics.value("exported_requests") == 0

    asyncio.run(scenario())


def test_a_large_request_arrives_whole_in_pieces(tmp_path, sink):
    async def scenario():
        large = otlp.traces(
            *(otlp.span(number, name=f"n{number}", attributes={"x": "y" * 500_000}) for number in range(1, 13))
        )
        async with Bench(tmp_path, sink) as bench:
            await bench.committer.keep(
                Entry(signal="traces", received_at_ns=1, digest=b"d", payload=large, findings=None)
            )
            await bench.drained()
            assert sorted(names(sink)) == sorted(f"n{number}" for number in range(1, 13))
            assert len(sink.inbox.all()) > 1

    asyncio.run(scenario())


def test_a_stop_in_the_middle_repeats_and_loses_nothing(tmp_path, sink):
    async def scenario():
        sink.faults.replace(itertools.repeat(unavailable()))
        async with Bench(tmp_path, sink) as bench:
            for number in (1, 2, 3):
                await bench.committer.keep(entry(number))
        sink.faults.replace()
        async with Bench(tmp_path, sink) as bench:
            await bench.drained()
            assert names(sink) == ["n1", "n2", "n3"]

    asyncio.run(scenario())


def test_what_is_committed_while_a_reader_finds_nothing_is_not_skipped(tmp_path, sink):
    async def scenario():
        bench = Bench(tmp_path, sink, opened=open_racing)
        bench.spool.late = entry(1)
        async with bench:
            await until(lambda: bench.spool.last_seq > 0)
            await bench.committer.keep(entry(2))
            await bench.drained()
            assert names(sink) == ["n1", "n2"]

    asyncio.run(scenario())
