import msgspec

from tests.processor.jobs.samples import pattern
from tracemedic_processor.jobs.queues import priority

MINUTE_NS = 60_000_000_000
NOW_NS = 1_795_000_000_000_000_000


def of(*, minutes_ago: int = 0, occurrences: int = 3) -> int:
    return priority(
        msgspec.structs.replace(
            pattern(), created_at_ns=NOW_NS - minutes_ago * MINUTE_NS, total_occurrences=occurrences
        )
    )


def test_the_newer_pattern_comes_first() -> None:
    assert of(minutes_ago=0) < of(minutes_ago=5)


def test_the_more_frequent_pattern_comes_first() -> None:
    assert of(occurrences=300) < of(occurrences=3)


def test_frequency_outweighs_some_age() -> None:
    assert of(minutes_ago=120, occurrences=300) < of(minutes_ago=0, occurrences=3)
    assert of(minutes_ago=0, occurrences=3) < of(minutes_ago=60 * 24, occurrences=300)


def test_whatever_the_clock_says_it_is_a_priority_that_dbos_takes() -> None:
    for created_at_ns in (0, -(2**62), 2**63 - 1):
        odd = msgspec.structs.replace(pattern(), created_at_ns=created_at_ns, total_occurrences=2**62)
        assert 1 <= priority(odd) <= 2**31 - 1
