import asyncio
from collections.abc import Iterable
from itertools import chain, repeat

import pytest

from tracemedic_exporters.exporter import ExportError, Parcel, PermanentError, RetryableError
from tracemedic_exporters.failures import DoubtfulError
from tracemedic_exporters.retry import Retry
from tracemedic_processor.testing.recording_exporter import RecordingExporter

PARCEL = Parcel(signal="traces", body=b"", received_at_ns=1)


class Waiting:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.waits_s: list[float] = []

    async def sleep(self, wait_s: float) -> None:
        self.waits_s.append(wait_s)
        self.now_s += wait_s
        await asyncio.sleep(0)


def waits_of(outcomes: Iterable[ExportError | None], *, random: float = 1.0, **settings: float) -> list[float]:
    waiting = Waiting()
    inner = RecordingExporter(outcomes)
    retry = Retry(inner, random=lambda: random, sleep=waiting.sleep, clock=lambda: waiting.now_s, **settings)
    asyncio.run(retry.export(PARCEL))
    assert inner.delivered == [PARCEL]
    return waiting.waits_s


def failures(count: int, **named: float) -> list[ExportError]:
    return [RetryableError("away", **named) for _ in range(count)]


def test_success_at_once_waits_for_nothing() -> None:
    assert waits_of([]) == []


def test_waits_double_up_to_the_largest() -> None:
    assert waits_of(failures(6), initial_s=1, max_s=10) == [1, 2, 4, 8, 10, 10]


def test_the_multiplier_is_the_growth() -> None:
    assert waits_of(failures(3), initial_s=1, max_s=100, multiplier=3) == [1, 3, 9]


def test_jitter_draws_from_the_whole_wait() -> None:
    assert waits_of(failures(3), random=0.25, initial_s=4, max_s=100) == [1, 2, 4]


def test_what_the_far_side_asked_for_is_the_least() -> None:
    assert waits_of(failures(1, retry_after_s=20), random=0.0) == [20]
    assert waits_of(failures(1, retry_after_s=20), random=1.0, initial_s=0.5) == [20.5]


def test_a_named_delay_may_be_longer_than_our_largest() -> None:
    assert waits_of(failures(1, retry_after_s=300), random=0.0, max_s=30) == [300]


def test_a_thousand_and_more_failures_are_no_reason_to_give_up() -> None:
    assert len(waits_of(failures(3000))) == 3000


def test_permanent_errors_pass_at_once() -> None:
    inner = RecordingExporter([PermanentError("bad")])
    with pytest.raises(PermanentError, match="bad"):
        asyncio.run(Retry(inner).export(PARCEL))
    assert inner.attempts == [PARCEL]


def test_each_wait_is_told_with_its_reason() -> None:
    told: list[tuple[str, float]] = []
    waiting = Waiting()
    retry = Retry(
        RecordingExporter([RetryableError("one"), RetryableError("two")]),
        initial_s=1,
        random=lambda: 1.0,
        sleep=waiting.sleep,
        on_retry=lambda error, wait_s: told.append((str(error), wait_s)),
    )
    asyncio.run(retry.export(PARCEL))
    assert told == [("one", 1), ("two", 2)]


def test_cancelling_ends_the_wait_and_nothing_is_sent_after() -> None:
    inner = RecordingExporter(failures(1))

    async def work() -> None:
        waiting = asyncio.Event()
        retry = Retry(inner, initial_s=3600, random=lambda: 1.0, on_retry=lambda error, wait_s: waiting.set())
        task = asyncio.create_task(retry.export(PARCEL))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    assert len(inner.attempts) == 1


def test_doubt_is_retried_without_end_unless_bounded() -> None:
    assert len(waits_of([DoubtfulError("500")] * 500)) == 500


def test_bounded_doubt_ends_as_a_permanent_error() -> None:
    waiting = Waiting()
    inner = RecordingExporter(repeat(DoubtfulError("answered 500")))
    retry = Retry(
        inner,
        initial_s=10,
        max_s=10,
        doubtful_s_max=60,
        random=lambda: 1.0,
        sleep=waiting.sleep,
        clock=lambda: waiting.now_s,
    )
    with pytest.raises(PermanentError, match="given up after 60 s: answered 500"):
        asyncio.run(retry.export(PARCEL))
    assert waiting.now_s == 60


def test_any_other_failure_starts_the_patience_anew() -> None:
    doubt, away = DoubtfulError("500"), RetryableError("503")
    outcomes = chain.from_iterable([[doubt] * 5, [away], [doubt] * 5])
    assert len(waits_of(outcomes, initial_s=10, max_s=10, doubtful_s_max=60)) == 11


def test_closing_closes_the_inner_exporter() -> None:
    inner = RecordingExporter()
    asyncio.run(Retry(inner).close())
    assert inner.closed
