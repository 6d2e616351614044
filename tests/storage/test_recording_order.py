"""The law: the result depends on what happened, not on how it was delivered."""

import random
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.postgres import PostgresServer
from tests.storage.samples import DAY_NS, HOUR_NS, NOON_NS, Recorder, contents, error, hex_of
from tracemedic_storage import pattern_acts
from tracemedic_storage.database import Database
from tracemedic_storage.pattern_merging import merge
from tracemedic_storage.records import CATEGORIES, SEVERITIES, ErrorEvent, Findings, Place, RequestCount
from tracemedic_storage.thresholds import Thresholds

THRESHOLDS = Thresholds(create_traces=3, escalate_traces=5, alert_traces=8)

EDGES = sorted(
    {
        sign * base + offset
        for sign in (-1, 1)
        for base in (0, HOUR_NS // 2, HOUR_NS, DAY_NS // 2, DAY_NS, 3 * DAY_NS)
        for offset in (-1_000, 0, 1, 1_000)
    }
)


@st.composite
def sightings(draw: st.DrawFn, fingerprints: str = "aab") -> ErrorEvent:
    at_ns = NOON_NS + draw(st.sampled_from(EDGES))
    span = draw(st.integers(1, 4))
    return error(
        draw(st.integers(1, 12)),
        fingerprint=draw(st.sampled_from(fingerprints)),
        message=draw(st.sampled_from(["item 1", "item 22"])),
        at_ns=at_ns,
        received_at_ns=NOON_NS + 4 * DAY_NS + draw(st.integers(0, 3)) * 1_000,
        places=(Place(span_id=f"{span:016x}", started_at_ns=NOON_NS + span),),
        # Of the time alone: two sightings of one failure at one moment do not contradict each other.
        category=CATEGORIES[at_ns // 1_000 % 5],
        severity=SEVERITIES[at_ns // 1_000 % 3],
    )


def batches(events: Sequence[ErrorEvent], choose: random.Random) -> list[list[ErrorEvent]]:
    """The events in any order, some of them repeated, cut anywhere."""
    delivered = [*events, *(choose.choices(events, k=len(events) // 3) if events else ())]
    choose.shuffle(delivered)
    cuts = sorted(choose.choices(range(len(delivered) + 1), k=choose.randrange(6)))
    return [delivered[start:end] for start, end in zip([0, *cuts], [*cuts, len(delivered)], strict=True)]


def recorded(url: str, deliveries: Sequence[Sequence[ErrorEvent]]) -> tuple[dict[str, list[tuple[object, ...]]], list]:
    database = Database(url)
    recorder = Recorder(database, thresholds=THRESHOLDS)
    changes = [change for events in deliveries for change in recorder(*events).changes]
    held = contents(database)
    database.close()
    return held, sorted((change.fingerprint, change.kind) for change in changes)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(sightings(), min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_any_order_split_and_repetition_gives_the_same(
    sqlite_url: str, events: list[ErrorEvent], choose: random.Random
) -> None:
    template = Path(sqlite_url.removeprefix("sqlite:///"))
    with tempfile.TemporaryDirectory() as folder:
        results = []
        for number, deliveries in enumerate(([events], batches(events, choose), batches(events, choose))):
            path = Path(folder) / f"{number}.db"
            shutil.copyfile(template, path)
            results.append(recorded(f"sqlite:///{path}", deliveries))
    assert results[0] == results[1] == results[2]


def recorded_around_merging(
    url: str, before: Sequence[Sequence[ErrorEvent]], after: Sequence[Sequence[ErrorEvent]]
) -> dict[str, list[tuple[object, ...]]]:
    """Patterns a and b, merged between the two series of deliveries; a third one that is resolved meanwhile."""
    database = Database(url)
    recorder = Recorder(database, thresholds=THRESHOLDS)
    recorder(*(error(100 + trace, fingerprint=name) for name in "abc" for trace in range(3)))
    for events in before:
        recorder(*events)
    ids = [hex_of("fingerprint", name)[:32] for name in "abc"]
    signed = {"author": "ada", "now_ns": RESOLVED_NS}
    merge(database, ids[0], [ids[1]], **signed, thresholds=THRESHOLDS)
    pattern_acts.resolve(database, ids[2], **signed)
    for events in after:
        recorder(*events)
    held = contents(database)
    database.close()
    # Which event was seen again first, and whether a threshold was passed before or after it, are matters of order.
    return held | {"pattern_changes": [row[:4] for row in held["pattern_changes"]]}


RESOLVED_NS = NOON_NS + HOUR_NS // 2


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(sightings("abc"), max_size=20),
    st.lists(sightings("abc"), min_size=1, max_size=30),
    st.randoms(use_true_random=False),
)
def test_any_order_gives_the_same_around_merging_and_resolving(
    sqlite_url: str, before: list[ErrorEvent], after: list[ErrorEvent], choose: random.Random
) -> None:
    template = Path(sqlite_url.removeprefix("sqlite:///"))
    with tempfile.TemporaryDirectory() as folder:
        results = []
        for number, (first, second) in enumerate(
            (([before], [after]), *((batches(before, choose), batches(after, choose)) for _ in range(2)))
        ):
            path = Path(folder) / f"{number}.db"
            shutil.copyfile(template, path)
            results.append(recorded_around_merging(f"sqlite:///{path}", first, second))
    assert results[0] == results[1] == results[2]


@pytest.mark.postgres
def test_several_recorders_at_once_give_the_same_and_each_threshold_once(
    postgres_server: PostgresServer, postgres_url: str, sqlite_url: str
) -> None:
    """Four replicas, each with a spool of its own, share what happened; each threshold is crossed exactly once."""
    choose = random.Random(20_260_101)
    base = [
        error(
            choose.randrange(60),
            fingerprint=choose.randrange(6),
            message=f"item {choose.randrange(2)}",
            at_ns=NOON_NS + choose.randrange(0, 2 * DAY_NS, 1_000),
            received_at_ns=NOON_NS + 3 * DAY_NS,
            places=(Place(span_id=f"{(span := choose.randrange(4)):016x}", started_at_ns=NOON_NS + span),),
        )
        for _ in range(600)
    ]
    shares: list[list[list[ErrorEvent]]] = [[] for _ in range(4)]
    for number, events in enumerate(chunks(base, 15)):
        shares[number % 4].append(events)
        shares[(number + 1) % 4].append(choose.sample(events, 5))  # delivered to another replica as well

    def replica(number: int) -> list[tuple[str, str]]:
        database = Database(postgres_url)
        recorder = Recorder(database, spool_id=f"replica {number}", thresholds=THRESHOLDS)
        changes = [change for events in shares[number] for change in recorder(*events).changes]
        database.close()
        return [(change.fingerprint, change.kind) for change in changes]

    with ThreadPoolExecutor(4) as threads:
        seen = sorted(change for changes in threads.map(replica, range(4)) for change in changes)
    alone, changes = recorded(sqlite_url, [base])
    together = Database(postgres_url)
    assert contents(together) == alone
    together.close()
    assert seen == changes
    assert len(seen) == len(set(seen)) == 18  # six errors, three thresholds each


def chunks(events: list[ErrorEvent], size: int) -> list[list[ErrorEvent]]:
    return [events[start : start + size] for start in range(0, len(events), size)]


def test_requests_are_counted_once_over_concurrent_recorders(database_url: str) -> None:
    count = RequestCount(kind="request", service="s", environment="", service_version="", minute=5, total=2, failed=1)

    def replica(number: int) -> None:
        database = Database(database_url)
        recorder = Recorder(database, spool_id=str(number))
        for minute in (3, 1, 2):
            recorder.findings(
                Findings(requests=(msgspec.structs.replace(count, minute=minute), count)), Findings(requests=(count,))
            )
        database.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(replica, range(4)))
    database = Database(database_url)
    totals = {row[0] // 60_000_000_000: row[-2:] for row in contents(database)["request_counts"]}
    database.close()
    assert totals == {1: (8, 4), 2: (8, 4), 3: (8, 4), 5: (48, 24)}
