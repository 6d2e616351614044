"""The law of the cold store: the same question before and after moving has the same answer."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storage.cold.samples import places_of, record_errors
from tests.storage.samples import DAY_NS, NOON_NS, error
from tracemedic_storage import queries as hot_queries
from tracemedic_storage.cold import moving, queries, replacing
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.layout import EVENTS, day_of, month_of
from tracemedic_storage.database import Database
from tracemedic_storage.queries import ErrorFilter
from tracemedic_storage.records import ErrorContext, ErrorEvent

_CATEGORIES = ("validation", "database", "network")
_RUNS = (None, "run-1", "run-2")

_errors = st.builds(
    lambda trace, kind, day, received, late, run, message: error(
        trace,
        fingerprint=kind,
        at_ns=NOON_NS + day * DAY_NS + late,
        received_at_ns=NOON_NS + received * DAY_NS,
        category=_CATEGORIES[kind],
        message=message,
        context=ErrorContext(agent_run_id=_RUNS[run], attributes={"ключ": message}),
    ),
    trace=st.integers(0, 5),
    kind=st.integers(0, 2),
    day=st.integers(-40, 3),
    received=st.integers(0, 3),
    late=st.sampled_from([-1_000, 0, 1_000, 999_999]),
    run=st.integers(0, 2),
    message=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
)


def ask(places: Places, events: Sequence[ErrorEvent]) -> list[object]:
    """Everything one can ask, page by page where there are pages."""
    times = sorted({event.occurred_at_ns for event in events})
    filters = [
        ErrorFilter(),
        ErrorFilter(category="database"),
        ErrorFilter(agent_run_id="run-1"),
        ErrorFilter(fingerprint=events[0].fingerprint),
        ErrorFilter(trace_id=events[0].trace_id),
        ErrorFilter(since_ns=times[len(times) // 2]),
        ErrorFilter(until_ns=times[len(times) // 2]),
    ]
    patterns = [pattern.id for pattern in hot_queries.list_patterns(places.database).patterns]
    filters += [ErrorFilter(pattern_id=one) for one in patterns]
    return [
        *(queries.errors_by_category(places, since_ns=since, archive=True) for since in (0, *times)),
        *(queries.errors_for_agent_run(places, run, archive=True) for run in ("run-1", "run-2", "no such")),
        *(queries.get_error(places, one, archive=True) for one in (events[0].id, "no such")),
        *(_pages(places, chosen) for chosen in filters),
    ]


def _pages(places: Places, chosen: ErrorFilter) -> list[object]:
    found: list[object] = []
    cursor: str | None = None
    while True:
        page = queries.list_errors(places, chosen, limit=3, cursor=cursor, archive=True)
        found += page.errors
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.fixture
def empty_copy(_sqlite_template: Path, tmp_path: Path) -> Callable[[], Path]:
    def copy() -> Path:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        shutil.copyfile(_sqlite_template, folder / "a.db")
        return folder

    return copy


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(_errors, min_size=1, max_size=14), moved=st.sets(st.integers(0, 3), min_size=1))
def test_the_same_question_has_the_same_answer_wherever_the_rows_are(
    empty_copy: Callable[[], Path], events: list[ErrorEvent], moved: set[int]
) -> None:
    folder = empty_copy()
    database = Database(f"sqlite:///{folder / 'a.db'}")
    places = places_of(database, folder)
    record_errors(database, *events)
    before = ask(places, events)
    for day in sorted(moved):
        moving.move_day(places, EVENTS, day_of(NOON_NS + day * DAY_NS), now_ns=NOON_NS)
    assert ask(places, events) == before
    replacing.archive_month(places, EVENTS, month_of(NOON_NS), now_ns=NOON_NS)
    assert ask(places, events) == before
    database.close()


def test_the_same_on_both_databases(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    events = [
        error(number, fingerprint=number % 2, at_ns=NOON_NS + number * 1_000_000, category=_CATEGORIES[number % 3])
        for number in range(10)
    ]
    record_errors(database, *events)
    before = ask(places, events)
    assert before[0] == hot_queries.errors_by_category(database, since_ns=0)
    moving.move_day(places, EVENTS, day_of(NOON_NS), now_ns=NOON_NS)
    assert ask(places, events) == before


def test_pages_read_no_older_file_than_they_need(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, *(error(number, at_ns=NOON_NS + number * DAY_NS) for number in range(12)))
    moved = [
        moving.move_day(places, EVENTS, day_of(NOON_NS) + number * DAY_NS, now_ns=NOON_NS).files for number in range(12)
    ]
    (tmp_path / "cold" / moved[0][0]).write_bytes(b"cannot be read")
    assert len(queries.list_errors(places, limit=3).errors) == 3
    assert len(queries.list_errors(places, ErrorFilter(since_ns=NOON_NS + DAY_NS), limit=50).errors) == 11


def test_a_cursor_of_no_page_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cursor"):
        queries.list_errors(places_of(database, tmp_path), cursor="nonsense")
