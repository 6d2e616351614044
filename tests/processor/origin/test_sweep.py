import concurrent.futures
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from tests.storage.samples import NOON_NS, SECOND_NS, Recorder, error, hex_of
from tracemedic_processor.origin.sweep import Swept, sweep
from tracemedic_storage import origins
from tracemedic_storage.database import Database
from tracemedic_storage.error_patterns import from_row
from tracemedic_storage.records import ErrorContext, ErrorEvent, ErrorPattern, Place, TraceSpan
from tracemedic_storage.tables import error_events, error_patterns

LATER_NS = NOON_NS + 60 * SECOND_NS


def span_id(trace: object, name: str) -> str:
    return hex_of(trace, name)[:16]


def cascade(trace: object, *, received_at_ns: int = NOON_NS) -> tuple[ErrorEvent, ErrorEvent]:
    """Inventory fails under a call from orders, which fails of it."""
    call, served = span_id(trace, "call"), span_id(trace, "served")
    upper = error(
        trace,
        fingerprint="upper",
        message="Server error '500 Internal Server Error' for url 'http://inventory/reserve'",
        service="orders",
        places=(Place(span_id=call, span_name="POST", started_at_ns=NOON_NS),),
        at_ns=NOON_NS + 9_000_000,
        received_at_ns=received_at_ns,
        context=ErrorContext(),
    )
    lower = error(
        trace,
        fingerprint="lower",
        message="stock is locked",
        service="inventory",
        places=(
            Place(span_id=served, parent_span_id=call, span_name="POST /reserve", started_at_ns=NOON_NS + 1_000_000),
        ),
        at_ns=NOON_NS + 5_000_000,
        received_at_ns=received_at_ns,
        context=ErrorContext(),
    )
    return upper, lower


def origin_ids(database: Database) -> dict[str, str | None]:
    with database.read() as connection:
        rows = connection.execute(sa.select(error_events.c.id, error_events.c.origin_id))
        return {row.id: row.origin_id for row in rows}


def patterns(database: Database) -> dict[str, ErrorPattern]:
    with database.read() as connection:
        rows = connection.execute(sa.select(error_patterns)).mappings()
        return {row["fingerprint"]: from_row(row) for row in rows}


def test_nothing_failed_is_nothing_done(database: Database) -> None:
    assert sweep(database, now_ns=LATER_NS) == Swept()


def test_every_event_gets_its_origin(database: Database) -> None:
    (upper, lower), single = cascade(1), error(2)
    Recorder(database)(upper, lower, single)
    assert sweep(database, now_ns=LATER_NS) == Swept(alone=1, traces=1, changed=2)
    assert origin_ids(database) == {upper.id: lower.id, lower.id: lower.id, single.id: single.id}
    assert sweep(database, now_ns=LATER_NS) == Swept()


@pytest.mark.parametrize("first", [0, 1])
def test_parts_of_a_trace_in_any_order_and_from_different_replicas_give_one_answer(
    database: Database, first: int
) -> None:
    upper, lower = cascade(1)
    events = (upper, lower) if first == 0 else (lower, upper)
    Recorder(database, spool_id="one")(events[0])
    assert sweep(database, now_ns=LATER_NS).alone == 1
    Recorder(database, spool_id="two")(events[1])
    for minute in range(40):  # a week is gone through again, six hours a minute
        sweep(database, now_ns=LATER_NS + minute * origins.LATE_EVERY_NS)
    assert origin_ids(database) == {upper.id: lower.id, lower.id: lower.id}


def test_a_consequence_is_told_which_pattern_it_follows(database: Database) -> None:
    recorder = Recorder(database)
    for number in range(3):
        recorder(*cascade(number))
    assert sweep(database, now_ns=LATER_NS).patterns == 2
    upper, lower = cascade(0)
    found = patterns(database)
    assert found[upper.fingerprint].origin_pattern_id == found[lower.fingerprint].id
    assert found[upper.fingerprint].origin_share == 1.0
    assert found[lower.fingerprint].origin_pattern_id is None


def test_a_known_consequence_that_now_comes_alone_is_counted_anew(database: Database) -> None:
    recorder = Recorder(database)
    for number in range(3):
        recorder(*cascade(number))
    sweep(database, now_ns=LATER_NS)
    recorder(*(error(f"alone {number}", fingerprint="upper", received_at_ns=LATER_NS) for number in range(7)))
    assert sweep(database, now_ns=LATER_NS + 60 * SECOND_NS).patterns == 1
    found = patterns(database)
    assert found[cascade(0)[0].fingerprint].origin_pattern_id is None


def test_spans_are_asked_for_of_the_traces_that_are_judged(database: Database) -> None:
    upper, lower = cascade(1)
    asked: list[Sequence[str]] = []

    def spans_of(trace_ids: Sequence[str]) -> dict[str, list[TraceSpan]]:
        asked.append(trace_ids)
        return {}

    Recorder(database)(upper, lower, error(2))
    sweep(database, now_ns=LATER_NS, spans_of=spans_of)
    assert asked == [[upper.trace_id]]


def test_more_than_one_pass_takes_is_said_and_done_by_the_next(database: Database) -> None:
    events = [event for number in range(5) for event in cascade(number)]
    Recorder(database)(*events)
    assert sweep(database, now_ns=LATER_NS, events_max=4).is_more
    while sweep(database, now_ns=LATER_NS, events_max=4).is_more:
        pass
    assert None not in origin_ids(database).values()


def test_a_huge_trace_is_judged_in_its_earliest_part_and_never_again(database: Database) -> None:
    count = origins.EVENTS_PER_TRACE_MAX + 7
    Recorder(database)(*(error(1, message=f"boom {number}") for number in range(count)))
    sweep(database, now_ns=LATER_NS)
    assert None not in origin_ids(database).values()
    assert sweep(database, now_ns=LATER_NS) == Swept()


@pytest.mark.postgres
def test_two_sweeps_at_once_do_no_harm(postgres_url: str) -> None:
    database = Database(postgres_url)
    cascades = [cascade(number) for number in range(60)]
    Recorder(database)(*(event for each in cascades for event in each), *(error(f"alone {n}") for n in range(60)))

    def work(_: int) -> None:
        for _ in range(20):
            sweep(database, now_ns=LATER_NS, events_max=50)

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    sweep(database, now_ns=LATER_NS)
    found = origin_ids(database)
    assert all(found[upper.id] == lower.id == found[lower.id] for upper, lower in cascades)
    assert None not in found.values()
    database.close()
