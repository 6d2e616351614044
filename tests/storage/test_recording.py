import msgspec
import pytest
import sqlalchemy as sa

from tests.storage.samples import DAY_NS, HOUR_NS, NOON_NS, SECOND_NS, Recorder, contents, error, errors, hex_of
from tracemedic_storage import queries
from tracemedic_storage.database import Database
from tracemedic_storage.recording import Recorded, record
from tracemedic_storage.records import (
    ErrorContext,
    ExceptionRecord,
    Findings,
    Frame,
    Place,
    Redacted,
    RequestCount,
    StoredStack,
)
from tracemedic_storage.tables import request_counts
from tracemedic_storage.thresholds import Thresholds


def kinds(recorded: Recorded) -> list[str]:
    return [change.kind for change in recorded.changes]


def test_an_event_comes_back_as_it_was(database: Database) -> None:
    event = error(
        at_ns=NOON_NS + 123_456_789,
        stack_hash="ab",
        language="python",
        host="h",
        environment="prod",
        service_namespace="ns",
        service_version="1",
        service_instance="i",
        logfire_fingerprint="lf",
        places=(
            Place(span_id="aa", parent_span_id="", span_name="GET /", started_at_ns=5),
            Place(span_id="bb", parent_span_id="aa", span_name="query", started_at_ns=2**63 + 1),
        ),
        context=ErrorContext(
            agent_run_id="run",
            sprint_id="s",
            request_id="r",
            session_id="se",
            user_id="u",
            agent_name="a",
            tool_name="t",
            http_method="GET",
            http_route="/x",
            http_status=2**40,
            attributes={"ключ": "значение 💥"},
        ),
    )
    assert Recorder(database)(event) == Recorded(events_new=1)
    known = queries.get_error(database, event.id)
    assert known is not None
    assert known.event == msgspec.structs.replace(
        event, occurred_at_ns=NOON_NS + 123_456_000, received_at_ns=event.received_at_ns // 1000 * 1000
    )
    with database.read() as connection:
        row = connection.execute(sa.text("SELECT span_id, occurrences FROM error_events")).one()
    assert tuple(row) == ("bb", 2)


def test_the_same_event_again_changes_nothing(database: Database) -> None:
    recorder = Recorder(database)
    recorder(error())
    before = contents(database)
    assert recorder(error(), error()) == Recorded(events_merged=2)
    assert contents(database) == before


def test_an_exception_seen_on_further_spans_is_one_event_with_all_places(database: Database) -> None:
    recorder = Recorder(database)
    recorder(error(span=1, at_ns=NOON_NS + 5_000))
    assert recorder(error(span=2, at_ns=NOON_NS), error(span=3, at_ns=NOON_NS + 9_000)).events_merged == 2
    known = queries.get_error(database, error().id)
    assert known is not None
    assert known.event.occurrences == 3
    assert known.event.occurred_at_ns == NOON_NS


def test_items_up_to_the_position_are_skipped(database: Database) -> None:
    count = RequestCount(
        kind="request", service="shop", environment="", service_version="", minute=29_454_480, total=10, failed=1
    )
    batch = [(seq, Findings(events=(error(seq),), requests=(count,))) for seq in (4, 5, 6)]

    def again(items: list[tuple[int, Findings]], spool_id: str = "one") -> int:
        return record(database, items, spool_id=spool_id, thresholds=Thresholds(), now_ns=NOON_NS).events_new

    assert again(batch[:2]) == 2
    assert again(batch[:2]) == 0
    assert again(batch) == 1
    assert queries.recorded_position(database, "one") == 6
    assert queries.recorded_position(database, "two") is None
    with database.read() as connection:
        assert tuple(connection.execute(sa.select(request_counts.c.total, request_counts.c.failed)).one()) == (30, 3)
    assert again(batch, spool_id="two") == 0  # known events, but another spool's requests
    with database.read() as connection:
        assert connection.scalar(sa.select(request_counts.c.total)) == 60


def test_an_empty_batch_is_nothing(database: Database) -> None:
    assert Recorder(database).findings() == Recorded()
    assert Recorder(database).findings(Findings()) == Recorded()
    assert queries.recorded_position(database, "spool") == 1


@pytest.mark.parametrize("step_ns", [SECOND_NS, DAY_NS // 2])
def test_the_third_trace_in_a_day_makes_a_pattern(database: Database, step_ns: int) -> None:
    recorder = Recorder(database)
    assert recorder(*errors(2, step_ns=step_ns)).changes == ()
    third = recorder(*errors(1, first=2, step_ns=step_ns), now_ns=NOON_NS + DAY_NS)
    assert [(change.kind, change.occurrences, change.at_ns) for change in third.changes] == [
        ("created", 3, NOON_NS + DAY_NS)
    ]
    pattern = third.patterns[0]
    assert pattern == queries.get_pattern(database, pattern.id)
    assert pattern.id == pattern.fingerprint[:32]
    assert pattern.name == "OutOfStock in shop.cart.add: boom"
    assert (pattern.status, pattern.severity, pattern.total_occurrences) == ("active", "low", 3)
    assert pattern.services == ("shop",)
    assert kinds(recorder(*errors(1, first=3, step_ns=step_ns))) == []


def test_just_over_a_day_is_no_window(database: Database) -> None:
    recorder = Recorder(database)
    assert not recorder(error(1), error(2), error(3, at_ns=NOON_NS + DAY_NS + 1_000)).changes
    assert kinds(recorder(error(4, at_ns=NOON_NS + DAY_NS))) == ["created"]


def test_events_before_and_after_the_pattern_are_linked(database: Database) -> None:
    recorder = Recorder(database)
    recorder(error(1), error(1, fingerprint="other"))
    recorder(error(2), error(3))
    recorder(error(4))
    with database.read() as connection:
        rows = connection.execute(sa.text("SELECT fingerprint, pattern_id FROM error_events"))
        linked = sorted((str(row[0]), row[1]) for row in rows)
    a, other = hex_of("fingerprint", "a"), hex_of("fingerprint", "other")
    assert linked == sorted([(other, None), *[(a, a[:32])] * 4], key=lambda pair: pair[0])


def test_a_trace_counts_once_whatever_happens_in_it(database: Database) -> None:
    recorder = Recorder(database)
    for round_ in range(5):
        two = [error(1, message=f"item {round_}", span=round_), error(1, message=f"item {round_ + 100}")]
        assert not recorder(*two, error(2), error(2)).changes
    assert kinds(recorder(error(3))) == ["created"]


def test_the_tenth_trace_in_an_hour_raises_the_severity_once(database: Database) -> None:
    recorder = Recorder(database)
    step_ns = HOUR_NS // 9  # the first and the tenth are exactly an hour apart
    ninth = recorder(*errors(9, step_ns=step_ns))
    assert (kinds(ninth), ninth.patterns[0].severity) == (["created"], "low")
    tenth = recorder(*errors(1, first=9, step_ns=step_ns))
    assert (kinds(tenth), tenth.patterns[0].severity, tenth.patterns[0].escalated) == (["escalated"], "medium", True)
    later = recorder(*errors(30, first=10, step_ns=step_ns))
    assert (kinds(later), later.patterns[0].severity) == ([], "medium")


def test_ten_in_just_over_an_hour_do_not_escalate(database: Database) -> None:
    recorder = Recorder(database)
    step_ns = HOUR_NS // 9 + 1_000
    assert kinds(recorder(*errors(40, step_ns=step_ns))) == ["created"]


def test_the_hundredth_trace_alerts_once(database: Database) -> None:
    recorder = Recorder(database)
    assert "alert" not in kinds(recorder(*errors(99, step_ns=HOUR_NS)))
    assert kinds(recorder(error(98, at_ns=NOON_NS))) == []  # known already
    hundredth = recorder(*errors(1, first=99, step_ns=HOUR_NS))
    assert [(change.kind, change.occurrences) for change in hundredth.changes] == [("alert", 100)]
    assert kinds(recorder(*errors(150, first=100, step_ns=HOUR_NS))) == []


def test_a_hundred_that_were_never_three_in_a_day_are_a_pattern_too(database: Database) -> None:
    recorder = Recorder(database)
    assert kinds(recorder(*errors(99, step_ns=DAY_NS))) == []
    assert kinds(recorder(*errors(1, first=99, step_ns=DAY_NS))) == ["created", "alert"]


def test_one_large_batch_crosses_everything(database: Database) -> None:
    recorded = Recorder(database)(*errors(120))
    assert kinds(recorded) == ["created", "escalated", "alert"]
    assert {change.occurrences for change in recorded.changes} == {120}


def test_thresholds_are_configurable(database: Database) -> None:
    thresholds = Thresholds(create_traces=2, create_window_s=1, escalate_traces=3, escalate_window_s=2, alert_traces=4)
    recorder = Recorder(database, thresholds=thresholds)
    assert [kinds(recorder(event)) for event in errors(5)] == [[], ["created"], ["escalated"], ["alert"], []]


def test_a_lowered_threshold_holds_from_the_next_event_on(database: Database) -> None:
    Recorder(database)(*errors(50, step_ns=HOUR_NS))
    lowered = Recorder(database, spool_id="later", thresholds=Thresholds(alert_traces=20))
    assert kinds(lowered(*errors(1, first=50, step_ns=HOUR_NS))) == ["alert"]


def test_late_and_early_arrivals_count_where_they_occurred(database: Database) -> None:
    recorder = Recorder(database)
    late = [NOON_NS + 3 * DAY_NS, NOON_NS - 5 * DAY_NS, NOON_NS + 3 * DAY_NS + HOUR_NS]
    assert not recorder(*(error(number, at_ns=at_ns) for number, at_ns in enumerate(late))).changes
    recorded = recorder(error(9, at_ns=NOON_NS + 2 * DAY_NS + HOUR_NS, received_at_ns=NOON_NS + 9 * DAY_NS))
    assert kinds(recorded) == ["created"]
    assert recorded.patterns[0].first_seen_ns == NOON_NS - 5 * DAY_NS
    assert recorded.patterns[0].last_seen_ns == NOON_NS + 3 * DAY_NS + HOUR_NS


def test_absurd_clocks_count_when_they_arrive(database: Database) -> None:
    absurd = [0, 2**64 - 1, NOON_NS + 2 * HOUR_NS]
    recorded = Recorder(database)(
        *(error(number, at_ns=at_ns, received_at_ns=NOON_NS) for number, at_ns in enumerate(absurd))
    )
    assert kinds(recorded) == ["created"]
    assert (recorded.patterns[0].first_seen_ns, recorded.patterns[0].last_seen_ns) == (NOON_NS, NOON_NS)
    known = queries.get_error(database, error(1).id)
    assert known is not None
    assert known.event.occurred_at_ns == (2**64 - 1) // 1_000 * 1_000  # kept as it was said


def test_a_pattern_follows_its_events_but_not_over_decisions(database: Database) -> None:
    recorder = Recorder(database)
    recorder(*errors(3))
    worse = recorder(error(7, at_ns=NOON_NS + HOUR_NS, severity="high", category="database", service="api"))
    pattern = worse.patterns[0]
    assert (pattern.severity, pattern.category, pattern.services) == ("high", "database", ("api", "shop"))
    decided = "UPDATE error_patterns SET name = 'Ours', category = 'network', severity = 'low', diagnosed_by = 'rules'"
    with database.write() as connection:
        connection.execute(sa.text(decided))
    pattern = recorder(error(8, at_ns=NOON_NS - HOUR_NS, severity="high"), error(9, at_ns=NOON_NS + DAY_NS)).patterns[0]
    assert (pattern.name, pattern.category, pattern.severity) == ("Ours", "network", "low")
    assert pattern.total_occurrences == 6
    assert recorder(error(10, severity="critical")).patterns[0].severity == "critical"


def test_an_unchanged_pattern_keeps_its_time_of_change(database: Database) -> None:
    recorder = Recorder(database)
    recorder(*errors(3), now_ns=NOON_NS)
    assert recorder(*errors(3), now_ns=NOON_NS + HOUR_NS).patterns[0].updated_at_ns == NOON_NS
    assert recorder(*errors(4), now_ns=NOON_NS + HOUR_NS).patterns[0].updated_at_ns == NOON_NS + HOUR_NS


def test_a_stack_is_kept_once(database: Database) -> None:
    frames = (Frame(function="add", module="shop.cart", line=7, in_app=True),)
    chain = (ExceptionRecord(type="E", message="m", frames=frames),)
    stack = StoredStack(hash="ab", language="python", chain=chain, text=Redacted("Traceback\0"))
    recorder = Recorder(database)
    recorder.findings(Findings(events=(error(1),), stacks=(stack, stack)), Findings(stacks=(stack,)))
    recorder.findings(Findings(stacks=(stack,)))
    assert queries.get_stack(database, "ab") == msgspec.structs.replace(stack, text=Redacted("Traceback\ufffd"))
    assert queries.get_stack(database, "cd") is None
    assert len(contents(database)["error_stacks"]) == 1


@pytest.mark.parametrize(
    "odd", ["nul \0 in it", "half \ud83d pair", "\\u0000 spelt out", "'; DROP TABLE x; --", "💥" * 500]
)
def test_odd_text_is_stored_not_raised(database: Database, odd: str) -> None:
    event = error(
        message=odd,
        service=odd,
        error_type=odd,
        source=odd,
        context=ErrorContext(agent_run_id=odd * 100, request_id=odd, attributes={odd: odd}),
    )
    count = RequestCount(
        kind="request", service=odd, environment=odd, service_version=odd * 300, minute=1, total=1, failed=0
    )
    recorded = Recorder(database).findings(Findings(events=(event,), requests=(count, count)))
    assert recorded.events_new == 1
    known = queries.get_error(database, event.id)
    assert known is not None
    assert known.event.message == odd.replace("\0", "\ufffd").replace("\ud83d", "\ufffd")
    assert len(queries.errors_for_agent_run(database, known.event.context.agent_run_id or "")) == 1


def test_a_value_no_database_takes_is_no_unavailability_and_leaves_nothing(database: Database) -> None:
    bad = error(2, category_confidence=float("nan"))
    with pytest.raises(sa.exc.DBAPIError):
        Recorder(database)(error(1), bad)
    assert contents(database)["error_events"] == []
    assert queries.recorded_position(database, "spool") is None
