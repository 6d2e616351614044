import threading

import msgspec
import pytest
import sqlalchemy as sa

from tests.storage.samples import DAY_NS, HOUR_NS, NOON_NS, SECOND_NS, Recorder, error
from tracemedic_storage import origin_shares, origins, queries
from tracemedic_storage.database import Database
from tracemedic_storage.error_patterns import from_row
from tracemedic_storage.origin_shares import PatternShare
from tracemedic_storage.records import ErrorEvent, ErrorPattern, ExceptionRecord, Findings, Redacted, StoredStack
from tracemedic_storage.tables import error_events, error_patterns, sweeps

LATER_NS = NOON_NS + 60 * SECOND_NS


def origin_ids(database: Database) -> dict[str, str | None]:
    with database.read() as connection:
        rows = connection.execute(sa.select(error_events.c.id, error_events.c.origin_id))
        return {row.id: row.origin_id for row in rows}


def unjudged_ids(database: Database, now_ns: int = LATER_NS, **options: int) -> list[str]:
    return [each.id for each in origins.unjudged(database, now_ns=now_ns, **options).events]


def judge_all(database: Database, now_ns: int = LATER_NS) -> None:
    """Every event the origin of itself, as a sweep without rules would have it."""
    window = origins.unjudged(database, now_ns=now_ns)
    origins.store_alone(database, [each.id for each in window.events])
    origins.remember(database, window, now_ns=now_ns)


def cascade(trace: object, *, at_ns: int = NOON_NS) -> tuple[ErrorEvent, ErrorEvent]:
    """A failure and its consequence in another service."""
    return (
        error(trace, fingerprint="origin", message="stock is locked", service="inventory", at_ns=at_ns),
        error(trace, fingerprint="consequence", message="503 from inventory", service="orders", at_ns=at_ns),
    )


def record_cascades(database: Database, count: int) -> None:
    recorder = Recorder(database)
    for number in range(count):
        cause, consequence = cascade(number)
        recorder(cause, consequence)
        origins.store(database, {cause.trace_id: {cause.id: cause.id, consequence.id: cause.id}})


def pattern_ids(database: Database) -> tuple[str, str]:
    cause, consequence = cascade(0)
    return cause.fingerprint[:32], consequence.fingerprint[:32]


def changed_since(database: Database, at_ns: int) -> dict[str, ErrorPattern]:
    chosen = sa.select(error_patterns).where(error_patterns.c.updated_at >= at_ns)
    with database.read() as connection:
        return {row["id"]: from_row(row) for row in connection.execute(chosen).mappings()}


def test_nothing_recorded_is_nothing_to_judge(database: Database) -> None:
    window = origins.unjudged(database, now_ns=NOON_NS)
    assert window.events == ()


def test_unjudged_events_come_in_order_of_arrival_and_tell_whether_they_are_alone(database: Database) -> None:
    late, early = error(1, at_ns=NOON_NS + SECOND_NS), error(2)
    other = error(2, fingerprint="b")
    Recorder(database)(late, early, other)
    found = origins.unjudged(database, now_ns=LATER_NS).events
    assert [each.received_at_ns for each in found] == sorted(each.received_at_ns for each in found)
    assert {each.id: each.is_alone for each in found} == {late.id: True, early.id: False, other.id: False}


def test_what_has_just_arrived_waits_for_the_rest_of_its_trace(database: Database) -> None:
    event = error(received_at_ns=NOON_NS)
    Recorder(database)(event)
    assert unjudged_ids(database, NOON_NS + 5 * SECOND_NS - 1_000) == []
    assert unjudged_ids(database, NOON_NS + 5 * SECOND_NS) == [event.id]
    assert unjudged_ids(database, NOON_NS, settle_s=0) == [event.id]


def test_what_was_judged_is_not_judged_again(database: Database) -> None:
    Recorder(database)(error(1), error(2))
    judge_all(database)
    assert unjudged_ids(database) == []
    assert unjudged_ids(database, LATER_NS + HOUR_NS) == []


def test_more_than_one_call_takes_comes_with_the_next(database: Database) -> None:
    events = [error(number, at_ns=NOON_NS + number * 1_000_000) for number in range(5)]
    Recorder(database)(*events)
    found = []
    for _ in range(3):
        window = origins.unjudged(database, now_ns=LATER_NS, limit=2)
        found += [each.id for each in window.events]
        origins.store_alone(database, [each.id for each in window.events])
        origins.remember(database, window, now_ns=LATER_NS)
    assert found == [event.id for event in events]


def test_events_of_one_request_are_not_parted_by_the_limit(database: Database) -> None:
    """They all have one time of arrival, so the position must not pass it while some of them are left."""
    events = [error(number, received_at_ns=NOON_NS) for number in range(5)]
    Recorder(database)(*events)
    found: set[str] = set()
    for _ in range(3):
        window = origins.unjudged(database, now_ns=LATER_NS, limit=2)
        found |= {each.id for each in window.events}
        origins.store_alone(database, [each.id for each in window.events])
        origins.remember(database, window, now_ns=LATER_NS)
    assert found == {event.id for event in events}


def test_an_event_recorded_long_after_it_arrived_is_found(database: Database) -> None:
    recorder = Recorder(database)
    recorder(error(1))
    judge_all(database)
    late = error(2, at_ns=NOON_NS - DAY_NS)
    recorder(late)
    now_ns, found = LATER_NS, []
    for _ in range(30):
        now_ns += origins.LATE_EVERY_NS
        window = origins.unjudged(database, now_ns=now_ns)
        found += [each.id for each in window.events]
        origins.remember(database, window, now_ns=now_ns)
    assert late.id in found


def test_an_idle_service_hardly_writes(database: Database) -> None:
    Recorder(database)(error())
    judge_all(database)
    assert origins.unjudged(database, now_ns=LATER_NS + SECOND_NS).is_worth_remembering  # first search for late ones
    window = origins.unjudged(database, now_ns=LATER_NS + SECOND_NS)
    origins.remember(database, window, now_ns=LATER_NS + SECOND_NS)
    assert not origins.unjudged(database, now_ns=LATER_NS + 10 * SECOND_NS).is_worth_remembering
    assert origins.unjudged(database, now_ns=LATER_NS + 60 * SECOND_NS).is_worth_remembering


def test_the_position_never_goes_back(database: Database) -> None:
    Recorder(database)(error())
    early = origins.unjudged(database, now_ns=LATER_NS)
    late = origins.unjudged(database, now_ns=LATER_NS + HOUR_NS)
    origins.remember(database, late, now_ns=LATER_NS + HOUR_NS)
    origins.remember(database, early, now_ns=LATER_NS)
    with database.read() as connection:
        up_to = connection.scalars(sa.select(sweeps.c.up_to).where(sweeps.c.name == "origins")).one()
    assert up_to == late.up_to_ns


def test_the_position_stays_before_a_trace_that_was_passed_over(database: Database) -> None:
    events = cascade(1)
    Recorder(database)(*events)
    window = origins.unjudged(database, now_ns=LATER_NS)
    origins.remember(database, window, passed_over=[events[0].trace_id], now_ns=LATER_NS)
    assert set(unjudged_ids(database)) == {event.id for event in events}


def test_a_trace_comes_with_all_that_judging_needs(database: Database) -> None:
    chain = (ExceptionRecord(type="A", message="a"), ExceptionRecord(type="B", message="b", relation="cause"))
    stack = StoredStack(hash="5", language="python", chain=chain, text=Redacted("A: a"))
    first, second = error(1, fingerprint="a", stack_hash="5"), error(1, fingerprint="b", at_ns=NOON_NS + 1_000)
    Recorder(database).findings(Findings(events=(second, first, error(2)), stacks=(stack,)))
    found = origins.traces(database, [first.trace_id])
    assert list(found) == [first.trace_id]
    assert found[first.trace_id].events == (first, second)
    assert found[first.trace_id].chains == {"5": chain}
    assert found[first.trace_id].is_complete


def test_of_a_huge_trace_the_earliest_failures_are_given(database: Database) -> None:
    count = origins.EVENTS_PER_TRACE_MAX + 1
    events = [error(1, message=f"boom {number}", at_ns=NOON_NS + number * 1_000) for number in range(count)]
    Recorder(database)(*events)
    found = origins.traces(database, [events[0].trace_id])[events[0].trace_id]
    assert [event.id for event in found.events] == [event.id for event in events[:-1]]
    assert not found.is_complete


def test_origins_are_kept_and_only_changes_are_counted(database: Database) -> None:
    cause, consequence = cascade(1)
    Recorder(database)(cause, consequence)
    judged = {cause.trace_id: {cause.id: cause.id, consequence.id: cause.id}}
    assert origins.store(database, judged).changed == 2
    assert origins.store(database, judged).changed == 0
    assert origin_ids(database) == judged[cause.trace_id]
    known = queries.get_error(database, consequence.id)
    assert known is not None
    assert known.event == msgspec.structs.replace(consequence)


def test_an_answer_is_not_kept_when_the_trace_has_grown_meanwhile(database: Database) -> None:
    cause, consequence = cascade(1)
    recorder = Recorder(database)
    recorder(consequence)
    stale = {consequence.trace_id: {consequence.id: consequence.id}}
    recorder(cause)
    origins.store(database, {cause.trace_id: {cause.id: cause.id, consequence.id: cause.id}})
    assert origins.store(database, stale).passed_over == (cause.trace_id,)
    assert origin_ids(database)[consequence.id] == cause.id


def test_some_events_of_a_huge_trace_may_be_kept(database: Database) -> None:
    cause, consequence = cascade(1)
    Recorder(database)(cause, consequence)
    stored = origins.store(database, {cause.trace_id: {cause.id: cause.id}}, incomplete=[cause.trace_id])
    assert stored.passed_over == ()
    assert origin_ids(database) == {cause.id: cause.id, consequence.id: None}


def test_a_late_event_brings_its_trace_back(database: Database) -> None:
    cause, consequence = cascade(1)
    recorder = Recorder(database)
    recorder(consequence)
    judge_all(database)
    recorder(msgspec.structs.replace(cause, received_at_ns=LATER_NS))
    found = origins.unjudged(database, now_ns=LATER_NS + HOUR_NS).events
    assert [(each.id, each.is_alone) for each in found] == [(cause.id, False)]


@pytest.mark.postgres
def test_rows_that_somebody_holds_are_passed_over_without_waiting(postgres_url: str) -> None:
    database = Database(postgres_url)
    cause, consequence = cascade(1)
    Recorder(database)(cause, consequence)
    judged = {cause.trace_id: {cause.id: cause.id, consequence.id: cause.id}}
    with database.write() as connection:
        connection.execute(sa.select(error_events).where(error_events.c.id == cause.id).with_for_update())
        stored: list[origins.Stored] = []
        other = threading.Thread(target=lambda: stored.append(origins.store(database, judged)))
        other.start()
        other.join(10)
        assert stored == [origins.Stored(changed=0, passed_over=(cause.trace_id,))]
        assert origins.store_alone(database, [cause.id]) == 0
    assert origins.store(database, judged).changed == 2
    database.close()


def test_a_pattern_that_mostly_follows_another_is_told_so(database: Database) -> None:
    record_cascades(database, 4)
    cause, consequence = pattern_ids(database)
    found = origin_shares.shares(database, [cause, consequence], now_ns=LATER_NS)
    assert found[consequence] == PatternShare(pattern_id=consequence, judged=4, share=1.0, origin_pattern_id=cause)
    assert found[cause] == PatternShare(pattern_id=cause, judged=4)
    changed = changed_since(database, LATER_NS)
    assert list(changed) == [consequence]
    assert (changed[consequence].origin_pattern_id, changed[consequence].origin_share) == (cause, 1.0)
    assert origin_shares.with_origin(database, [cause, consequence]) == {consequence}


def test_the_same_count_again_is_no_news(database: Database) -> None:
    record_cascades(database, 3)
    _, consequence = pattern_ids(database)
    origin_shares.shares(database, [consequence], now_ns=LATER_NS)
    origin_shares.shares(database, [consequence], now_ns=LATER_NS + HOUR_NS)
    assert changed_since(database, LATER_NS + SECOND_NS) == {}


@pytest.mark.parametrize(("alone", "share"), [(3, 0.5), (4, None)])
def test_half_of_the_occurrences_must_be_consequences(database: Database, alone: int, share: float | None) -> None:
    record_cascades(database, 3)
    _, template = cascade(0)
    singles = [
        error(f"alone {number}", fingerprint="consequence", message=template.message, service="orders")
        for number in range(alone)
    ]
    Recorder(database, spool_id="other")(*singles)
    origins.store_alone(database, [event.id for event in singles])
    cause, consequence = pattern_ids(database)
    origin_shares.shares(database, [consequence], now_ns=LATER_NS)
    with database.read() as connection:
        row = connection.execute(sa.select(error_patterns).where(error_patterns.c.id == consequence)).one()
    assert (row.origin_pattern_id, row.origin_share) == ((cause, share) if share else (None, None))


def test_what_is_no_longer_true_is_taken_back(database: Database) -> None:
    record_cascades(database, 3)
    _, consequence = pattern_ids(database)
    origin_shares.shares(database, [consequence], now_ns=LATER_NS)
    singles = [error(f"alone {number}", fingerprint="consequence") for number in range(9)]
    Recorder(database, spool_id="other")(*singles)
    origins.store_alone(database, [event.id for event in singles])
    origin_shares.shares(database, [consequence], now_ns=LATER_NS + HOUR_NS)
    assert origin_shares.with_origin(database, [consequence]) == set()


def test_fewer_than_three_judged_traces_say_nothing(database: Database) -> None:
    Recorder(database)(*[event for number in range(3) for event in cascade(number)])
    for number in range(2):
        cause, consequence = cascade(number)
        origins.store(database, {cause.trace_id: {cause.id: cause.id, consequence.id: cause.id}})
    _, consequence_id = pattern_ids(database)
    found = origin_shares.shares(database, [consequence_id], now_ns=LATER_NS)
    assert (found[consequence_id].judged, found[consequence_id].counts) == (2, False)
    assert origin_shares.with_origin(database, [consequence_id]) == set()


def test_two_patterns_never_point_at_each_other(database: Database) -> None:
    recorder = Recorder(database)
    for number in range(6):
        cause, consequence = cascade(number)
        recorder(cause, consequence)
        origin = cause if number % 2 else consequence
        origins.store(database, {cause.trace_id: {cause.id: origin.id, consequence.id: origin.id}})
    found = origin_shares.shares(database, pattern_ids(database), now_ns=LATER_NS)
    assert all(share.counts for share in found.values())
    assert len(origin_shares.with_origin(database, pattern_ids(database))) == 1
