import asyncio

import pytest

from tracemedic_exporters.age import NotOlderThan
from tracemedic_exporters.exporter import Parcel, RetryableError
from tracemedic_exporters.retry import Retry
from tracemedic_processor.testing.recording_exporter import RecordingExporter

NOW_NS = 1_000_000_000_000


@pytest.mark.parametrize(("age_s", "delivered"), [(0, True), (60, True), (60.001, False), (1e6, False), (-3600, True)])
def test_only_what_is_young_enough_is_sent(age_s: float, delivered: bool) -> None:
    inner = RecordingExporter()
    dropped: list[Parcel] = []
    exporter = NotOlderThan(inner, age_s_max=60, clock=lambda: NOW_NS, on_dropped=dropped.append)
    parcel = Parcel(signal="traces", body=b"", received_at_ns=NOW_NS - round(age_s * 1e9))
    asyncio.run(exporter.export(parcel))
    assert inner.delivered == ([parcel] if delivered else [])
    assert dropped == ([] if delivered else [parcel])


def test_a_parcel_that_grows_old_while_waiting_is_dropped() -> None:
    now_ns = [NOW_NS]

    async def sleep(wait_s: float) -> None:
        now_ns[0] += 40_000_000_000

    inner = RecordingExporter([RetryableError("away")] * 9)
    dropped: list[Parcel] = []
    timely = NotOlderThan(inner, age_s_max=60, clock=lambda: now_ns[0], on_dropped=dropped.append)
    parcel = Parcel(signal="traces", body=b"", received_at_ns=NOW_NS)
    asyncio.run(Retry(timely, sleep=sleep).export(parcel))
    assert dropped == [parcel]
    assert len(inner.attempts) == 2


def test_closing_closes_the_inner_exporter() -> None:
    inner = RecordingExporter()
    asyncio.run(NotOlderThan(inner, age_s_max=1).close())
    assert inner.closed
