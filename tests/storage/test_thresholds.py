import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemedic_storage.records import SEVERITIES
from tracemedic_storage.thresholds import counted_at, highest, raised, reaches

HOUR = 3_600 * 1_000_000_000
NOON = 1_767_268_800 * 1_000_000_000


def at(*times: int) -> list[tuple[int, int]]:
    return [(time, time) for time in times]


@pytest.mark.parametrize(
    ("intervals", "count", "window", "expected"),
    [
        ([], 1, 10, False),
        (at(5), 1, 0, True),
        (at(0, 5, 10), 3, 10, True),  # exactly one window apart is inside
        (at(0, 5, 11), 3, 10, False),
        (at(11, 0, 5), 3, 11, True),  # order does not matter
        (at(0, 0, 0), 3, 0, True),
        (at(0, 8, 16, 24), 3, 10, False),  # never three in ten
        (at(0, 50, 51, 52, 100), 3, 2, True),  # somewhere in the middle
        (at(0, 5), 3, 100, False),
        ([(0, 100), (50, 50), (200, 200)], 2, 0, True),  # a long trace lies in every window it touches
        ([(0, 10), (20, 30)], 2, 10, True),  # the end of one and the beginning of the other
        ([(0, 10), (21, 30)], 2, 10, False),
        ([(0, 10), (20, 30), (40, 50)], 3, 29, False),
        ([(0, 10), (20, 30), (40, 50)], 3, 30, True),
    ],
)
def test_a_window_is_closed_and_slides(
    intervals: list[tuple[int, int]], count: int, window: int, expected: bool
) -> None:
    assert reaches(intervals, count, window) is expected


intervals = st.tuples(st.integers(0, 60), st.integers(0, 8)).map(lambda pair: (pair[0], sum(pair)))


@given(st.lists(intervals, max_size=12), st.integers(1, 6), st.integers(0, 20))
def test_agrees_with_trying_every_window(known: list[tuple[int, int]], count: int, window: int) -> None:
    tried = any(
        sum(first <= start + window and last >= start for first, last in known) >= count for start in range(-25, 90)
    )
    assert reaches(known, count, window) is tried


@given(st.lists(intervals, min_size=1, max_size=8), intervals, st.integers(1, 5), st.integers(0, 20))
def test_what_was_reached_stays_reached(
    known: list[tuple[int, int]], more: tuple[int, int], count: int, window: int
) -> None:
    if reaches(known, count, window):
        wider = (min(known[0][0], more[0]), max(known[0][1], more[1]))
        assert reaches([*known, more], count, window)
        assert reaches([wider, *known[1:]], count, window)


@pytest.mark.parametrize(
    ("occurred", "received", "expected"),
    [
        (NOON, NOON + HOUR, NOON),
        (NOON - 5_000 * HOUR, NOON, NOON - 5_000 * HOUR),  # late by months is late, not wrong
        (NOON + HOUR, NOON, NOON + HOUR),
        (NOON + HOUR + 1, NOON, NOON),
        (2**64 - 1, NOON, NOON),
        (0, NOON, NOON),
        (-5, NOON, NOON),
        (946_684_800_000_000_000, NOON, 946_684_800_000_000_000),
        (946_684_799_999_999_999, NOON, NOON),
    ],
)
def test_a_clock_that_cannot_be_right_is_replaced_by_ours(occurred: int, received: int, expected: int) -> None:
    assert counted_at(occurred, received) == expected


def test_severity_rises_by_one_step_and_critical_stays() -> None:
    assert [raised(severity) for severity in SEVERITIES] == ["medium", "high", "critical", "critical"]
    assert highest("high", "medium") == highest("medium", "high") == "high"
