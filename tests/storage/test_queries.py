import json

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.samples import DAY_NS, HOUR_NS, NOON_NS, SECOND_NS, Recorder, error, errors, hex_of
from tracemedic_storage import pattern_changes, queries
from tracemedic_storage.cursors import after
from tracemedic_storage.database import Database
from tracemedic_storage.queries import CategoryCount, ErrorFilter, PatternFilter
from tracemedic_storage.records import ErrorContext
from tracemedic_storage.tables import error_events

ERRORS_BY_CATEGORY = """
SELECT category, COUNT(*) as count
FROM error_events
WHERE occurred_at > NOW() - INTERVAL '24 hours'
GROUP BY category
ORDER BY count DESC;
"""
ACTIVE_PATTERNS = """
SELECT id, name, total_occurrences, last_seen, ai_summary
FROM error_patterns
WHERE status = 'active'
  AND total_occurrences > 10
ORDER BY last_seen DESC;
"""
ERRORS_FOR_AGENT_RUN = """
SELECT e.*, p.name as pattern_name, p.ai_root_cause
FROM error_events e
LEFT JOIN error_patterns p ON e.pattern_id = p.id
WHERE e.agent_run_id = :agent_run_id
ORDER BY e.occurred_at;
"""
RUN = ErrorContext(agent_run_id="run-1")


@pytest.fixture
def filled(database: Database) -> Database:
    """Two patterns, of 12 and 10 traces, and two lone errors, one of them in the agent run of the first pattern."""
    recorder = Recorder(database)
    recorder(*errors(12, fingerprint="a", context=RUN), now_ns=NOON_NS)
    recorder(*errors(10, fingerprint="b", category="network", step_ns=HOUR_NS), now_ns=NOON_NS + 1_000)
    recorder(error(1, fingerprint="c", category="network", context=RUN, at_ns=NOON_NS + DAY_NS), now_ns=NOON_NS + 2_000)
    recorder(error(1, fingerprint="d", category="llm_api", service="api", at_ns=NOON_NS - 1))
    return database


@pytest.mark.postgres
def test_the_queries_of_the_mission_run_as_written(postgres_url: str) -> None:
    database = Database(postgres_url)
    recorder = Recorder(database)
    with database.read() as connection:
        now_ns = int(connection.scalar(sa.text("SELECT extract(epoch FROM now())")) * SECOND_NS)
    recorder(*(error(n, at_ns=now_ns - n * SECOND_NS, context=RUN) for n in range(11)))
    recorder(error(99, fingerprint="b", category="network", at_ns=now_ns - 25 * HOUR_NS))
    with database.read() as connection:
        assert [tuple(row) for row in connection.execute(sa.text(ERRORS_BY_CATEGORY))] == [("validation", 11)]
        assert [row.total_occurrences for row in connection.execute(sa.text(ACTIVE_PATTERNS))] == [11]
        rows = connection.execute(sa.text(ERRORS_FOR_AGENT_RUN), {"agent_run_id": "run-1"}).all()
    assert [row.trace_id for row in rows] == [hex_of("trace", n)[:32] for n in reversed(range(11))]
    assert {row.pattern_name for row in rows} == {"OutOfStock in shop.cart.add: boom"}
    database.close()


def test_errors_by_category(filled: Database) -> None:
    assert queries.errors_by_category(filled, since_ns=NOON_NS - HOUR_NS) == (
        CategoryCount(category="validation", count=12),
        CategoryCount(category="network", count=11),
        CategoryCount(category="llm_api", count=1),
    )
    assert queries.errors_by_category(filled, since_ns=NOON_NS + DAY_NS) == ()


def test_active_patterns_with_many_occurrences(filled: Database) -> None:
    assert [pattern.total_occurrences for pattern in queries.active_patterns(filled)] == [12]
    assert [pattern.total_occurrences for pattern in queries.active_patterns(filled, more_than=9)] == [10, 12]


def test_errors_for_an_agent_run_come_in_order_with_their_patterns(filled: Database) -> None:
    found = queries.errors_for_agent_run(filled, "run-1")
    assert [known.event.occurred_at_ns for known in found] == sorted(known.event.occurred_at_ns for known in found)
    assert [bool(known.pattern_name) for known in found] == [True] * 12 + [False]
    assert queries.errors_for_agent_run(filled, "run-2") == ()


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (ErrorFilter(), 24),
        (ErrorFilter(category="network"), 11),
        (ErrorFilter(service="api"), 1),
        (ErrorFilter(agent_run_id="run-1"), 13),
        (ErrorFilter(request_id="r-1"), 11),
        (ErrorFilter(agent_run_id="run-1", category="network"), 1),
        (ErrorFilter(fingerprint=hex_of("fingerprint", "b")), 10),
        (ErrorFilter(pattern_id=hex_of("fingerprint", "b")[:32]), 10),
        (ErrorFilter(pattern_id="none"), 0),
        (ErrorFilter(trace_id=hex_of("trace", 1)[:32]), 4),
        (ErrorFilter(severity="critical"), 0),
        (ErrorFilter(environment="prod"), 0),
        (ErrorFilter(sprint_id="'; DROP TABLE error_events"), 0),
        (ErrorFilter(since_ns=NOON_NS, until_ns=NOON_NS + SECOND_NS), 2),
    ],
)
def test_errors_are_filtered(filled: Database, chosen: ErrorFilter, count: int) -> None:
    assert len(queries.list_errors(filled, chosen, limit=100).errors) == count


@pytest.mark.parametrize("limit", [1, 5, 23, 24])
def test_pages_of_errors_lose_and_repeat_nothing(filled: Database, limit: int) -> None:
    everything = queries.list_errors(filled, limit=100)
    assert everything.cursor is None
    paged, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = queries.list_errors(filled, limit=limit, cursor=cursor)
        paged += page.errors
        cursor, pages = page.cursor, pages + 1
    assert tuple(paged) == everything.errors
    assert pages == -(-24 // limit)


def test_patterns_are_filtered_and_paged(filled: Database) -> None:
    first = queries.list_patterns(filled, limit=1)
    second = queries.list_patterns(filled, limit=1, cursor=first.cursor)
    assert [page.patterns[0].total_occurrences for page in (first, second)] == [10, 12]
    assert second.cursor is None
    for chosen, count in (
        (PatternFilter(category="network"), 1),
        (PatternFilter(status="resolved"), 0),
        (PatternFilter(severity="medium"), 1),
        (PatternFilter(more_than=10), 1),
        (PatternFilter(since_ns=NOON_NS + HOUR_NS), 1),
    ):
        assert len(queries.list_patterns(filled, chosen).patterns) == count


def test_a_pattern_is_found_by_id_fingerprint_or_a_prefix(filled: Database) -> None:
    fingerprint = hex_of("fingerprint", "a")
    for reference in (fingerprint, fingerprint[:32], fingerprint[:6], f" {fingerprint[:8].upper()} "):
        pattern = queries.get_pattern(filled, reference)
        assert pattern is not None
        assert pattern.fingerprint == fingerprint
    for reference in ("", "%", "_", "zzz"):
        assert queries.get_pattern(filled, reference) is None


def test_an_ambiguous_prefix_is_refused(database: Database) -> None:
    recorder = Recorder(database)
    for end in "ab":
        recorder(*(error(n, fingerprint=end) for n in range(3)))
    with database.write() as connection:
        connection.execute(sa.text("UPDATE error_patterns SET fingerprint = 'ffff' || fingerprint"))
    with pytest.raises(queries.AmbiguousReference):
        queries.get_pattern(database, "fff")


def test_changed_patterns_are_told_from_a_time_on_with_their_fingerprints(filled: Database) -> None:
    def totals(since_ns: int) -> list[int]:
        return [pattern.total_occurrences for pattern in queries.patterns_changed_since(filled, since_ns).patterns]

    assert totals(0) == [12, 10]
    assert totals(NOON_NS + 1_000) == [10]
    assert totals(NOON_NS + 2_000) == []
    changed = queries.patterns_changed_since(filled, NOON_NS + 1_000)
    fingerprint = hex_of("fingerprint", "b")
    assert (changed.fingerprints, changed.count) == ({fingerprint[:32]: (fingerprint,)}, 2)
    assert queries.patterns_changed_since(filled, NOON_NS + 2_000).count == 2
    assert queries.pattern_ids(filled) == {hex_of("fingerprint", name)[:32] for name in "ab"}


def test_what_is_not_there_is_none(database: Database) -> None:
    assert queries.get_error(database, "nothing") is None
    assert queries.get_pattern(database, "nothing") is None
    assert queries.list_errors(database) == queries.ErrorPage(errors=(), cursor=None)
    assert queries.health(database) == queries.Health(patterns_active=0, changes_unhandled=0, recorded_at_ns=None)


def test_changes_wait_until_they_are_handled(filled: Database) -> None:
    assert queries.health(filled) == queries.Health(patterns_active=2, changes_unhandled=3, recorded_at_ns=NOON_NS)
    waiting = pattern_changes.unhandled(filled)
    assert sorted(change.kind for change in waiting) == ["created", "created", "escalated"]
    assert pattern_changes.handled(filled, waiting[0], now_ns=NOON_NS)
    assert not pattern_changes.handled(filled, waiting[0], now_ns=NOON_NS)
    assert pattern_changes.unhandled(filled) == waiting[1:]
    assert pattern_changes.unhandled(filled, limit=1) == waiting[1:2]
    assert len(pattern_changes.of_pattern(filled, hex_of("fingerprint", "a")[:32])) == 2


@given(st.text())
def test_a_text_that_is_no_cursor_is_a_value_error(text: str) -> None:
    columns = error_events.c
    try:
        after(text, columns.occurred_at, columns.id)
    except ValueError:
        return
    assert "~" in text


LISTINGS = {
    "error_events_occurred_at_category_idx": "SELECT category, count(*) FROM error_events"
    " WHERE occurred_at > '2026-01-01 15:20:00+00:00' GROUP BY category",
    "error_events_fingerprint_occurred_at_idx": "SELECT * FROM error_events WHERE fingerprint = 'x'"
    " ORDER BY occurred_at DESC LIMIT 50",
    "error_events_agent_run_id_occurred_at_idx": "SELECT * FROM error_events WHERE agent_run_id = 'x'",
    "error_events_service_occurred_at_idx": "SELECT * FROM error_events WHERE service = 'x'"
    " ORDER BY occurred_at DESC LIMIT 50",
    "error_events_trace_id_idx": "SELECT * FROM error_events WHERE trace_id = 'x'",
    "error_events_request_id_idx": "SELECT * FROM error_events WHERE request_id = 'x'",
}


@pytest.mark.parametrize("index", LISTINGS)
def test_listings_use_their_index(database: Database, index: str) -> None:
    many = errors(3_000, step_ns=4 * SECOND_NS)
    context = ErrorContext(request_id="r", agent_run_id="a")
    own = (
        msgspec.structs.replace(
            event, context=msgspec.structs.replace(context, request_id=f"r{n}", agent_run_id=f"a{n}")
        )
        for n, event in enumerate(many)
    )
    Recorder(database)(*own)
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.write() as connection:
        connection.execute(sa.text("ANALYZE"))
        plan = json.dumps([str(row) for row in connection.execute(sa.text(explain + LISTINGS[index]))])
    assert index in plan, plan
