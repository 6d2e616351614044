"""A day from the database into files: whole, verified, once, wherever it is interrupted."""

from pathlib import Path
from typing import get_args

import pytest
import sqlalchemy as sa

from tests.storage.cold.samples import places_of, record_errors, some_errors
from tests.storage.samples import DAY_NS, NOON_NS, hex_of
from tracemedic_storage import queries
from tracemedic_storage.cold import copying, hot_rows, layout, moving, reading, register
from tracemedic_storage.cold import queries as cold_queries
from tracemedic_storage.cold.copying import Places, Point, VerificationFailed
from tracemedic_storage.cold.layout import EVENTS, REPORTS, day_of
from tracemedic_storage.database import Database
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.tables import diagnostic_reports, error_events

DAY = day_of(NOON_NS)


class Killed(Exception):
    """What a test raises where a real run would be killed."""


def everything(places: Places) -> list[object]:
    page = cold_queries.list_errors(places, limit=1_000, archive=True)
    return [(one.event, one.pattern_id, one.pattern_name) for one in page.errors]


def test_a_day_leaves_the_database_and_is_read_as_before(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, *some_errors(0, 12), *some_errors(1, 3))
    before = everything(places)
    moved = moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS + 40 * DAY_NS)
    assert moved.rows == 12
    assert len(queries.list_errors(database, limit=1_000).errors) == 3
    assert everything(places) == before
    assert sorted(moved.files) == places.cold.paths()


def test_stacks_come_along(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, *some_errors(0, 4))
    before = queries.get_stack(database, hex_of("stack", 1))
    moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS)
    with database.write() as connection:
        connection.execute(sa.text("DELETE FROM error_stacks"))
    assert before is not None
    assert cold_queries.get_stack(places, hex_of("stack", 1)) == before
    assert cold_queries.get_stack(places, "no such") is None


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("point", get_args(Point))
def test_killed_anywhere_loses_nothing_and_doubles_nothing(
    sqlite_url: str, tmp_path: Path, point: Point, nth: int
) -> None:
    """On SQLite alone: the states are the same on both, and one run of each point is enough."""
    passed: list[Point] = []

    def kill(here: Point) -> None:
        passed.append(here)
        if here == point and passed.count(point) == nth:
            raise Killed

    database = Database(sqlite_url)
    record_errors(database, *some_errors(0, 9))
    before = everything(places_of(database, tmp_path))
    try:
        moving.move_day(places_of(database, tmp_path, kill), EVENTS, DAY, now_ns=NOON_NS)
    except Killed:
        assert everything(places_of(database, tmp_path)) == before
    places = places_of(database, tmp_path)
    copying.discard_left(places)
    moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS)
    assert everything(places) == before
    assert not queries.list_errors(database).errors
    with database.read() as connection:
        files = register.listed(connection, states=["copying", "copied", "live", "leaving"])
    assert {file.state for file in files} == {"live"}
    assert sorted(file.path for file in files) == places.cold.paths()
    database.close()


def test_errors_that_come_later_are_a_further_file_of_the_day(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, *some_errors(0, 4))
    moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS)
    record_errors(database, *some_errors(0, 9)[4:], spool="another")
    before = everything(places)
    assert len(before) == 9
    moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS)
    assert everything(places) == before
    with database.read() as connection:
        assert [file.rows for file in register.listed(connection, kind="error_events")] in ([4, 5], [5, 4])


def test_rows_that_change_while_they_are_copied_are_copied_anew(database: Database, tmp_path: Path) -> None:
    changes = iter(["high", "critical"])

    def change(here: Point) -> None:
        if here == "verified" and (severity := next(changes, None)):
            with database.write() as connection:
                connection.execute(sa.update(error_events).values(severity=severity))

    record_errors(database, *some_errors(0, 3))
    places = places_of(database, tmp_path, change)
    assert moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS).rows == 3
    assert {one.event.severity for one in cold_queries.list_errors(places).errors} == {"critical"}
    assert len(places.cold.paths()) == 2


def test_rows_that_change_every_time_stay(database: Database, tmp_path: Path) -> None:
    numbers = iter(range(100))

    def change(here: Point) -> None:
        if here == "verified":
            with database.write() as connection:
                connection.execute(sa.update(error_events).values(message=f"message {next(numbers)}"))

    record_errors(database, *some_errors(0, 2))
    places = places_of(database, tmp_path, change)
    with pytest.raises(moving.RowsChanged):
        moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS)
    assert len(queries.list_errors(database).errors) == 2
    assert places.cold.paths() == []


def test_a_file_that_cannot_be_read_back_moves_nothing(database: Database, tmp_path: Path) -> None:
    def damage(here: Point) -> None:
        if here == "stored":
            (path,) = places_of(database, tmp_path).cold.paths()
            file = tmp_path / "cold" / path
            file.write_bytes(file.read_bytes()[:-20])

    record_errors(database, *some_errors(0, 2))
    with pytest.raises(VerificationFailed):
        moving.move_day(places_of(database, tmp_path, damage), EVENTS, DAY, now_ns=NOON_NS)
    assert len(queries.list_errors(database).errors) == 2
    assert moving.move_day(places_of(database, tmp_path), EVENTS, DAY, now_ns=NOON_NS).rows == 2


@pytest.mark.parametrize("point", ["announced", "stored", "verified", "deciding"])
def test_of_two_runs_at_the_same_day_one_gives_way(sqlite_url: str, tmp_path: Path, point: Point) -> None:
    others: list[moving.Moved] = []

    def other_run(here: Point) -> None:
        if here == point and not others:
            others.append(moving.Moved(rows=0, files=()))
            others[0] = moving.move_day(places_of(database, tmp_path), EVENTS, DAY, now_ns=NOON_NS)

    database = Database(sqlite_url, lock_timeout_s=1)
    record_errors(database, *some_errors(0, 4))
    before = everything(places_of(database, tmp_path))
    with pytest.raises((register.Superseded, DatabaseUnavailable)):
        moving.move_day(places_of(database, tmp_path, other_run), EVENTS, DAY, now_ns=NOON_NS)
    places = places_of(database, tmp_path)
    moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS)
    assert everything(places) == before
    with database.read() as connection:
        files = register.listed(connection, states=["copying", "copied", "live", "leaving"])
    assert {file.state for file in files} == {"live"}
    assert sorted(file.path for file in files) == places.cold.paths()
    database.close()


def test_a_day_with_more_rows_than_a_file_takes_several(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, *some_errors(0, 7))
    assert moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS, rows_max=3).rows == 7
    assert len(everything(places)) == 7


def test_one_event_and_none(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    assert moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS).rows == 0
    assert places.cold.paths() == []
    record_errors(database, *some_errors(0, 1))
    assert moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS).rows == 1
    assert hot_rows.days_due(database, EVENTS, before_ns=NOON_NS + DAY_NS) == ()


def test_days_are_due_when_they_have_ended(database: Database) -> None:
    record_errors(database, *some_errors(0, 2), *some_errors(3, 1))
    end = DAY + DAY_NS
    assert hot_rows.days_due(database, EVENTS, before_ns=end - 1) == ()
    (due,) = hot_rows.days_due(database, EVENTS, before_ns=end)
    assert (due.day_ns, due.rows) == (DAY, 2)
    assert [one.rows for one in hot_rows.days_due(database, EVENTS, before_ns=end + 10 * DAY_NS)] == [2, 1]


def test_reports_move_with_their_contents(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    report = {
        "id": "r1",
        "kind": "weekly",
        "title": "Week 1",
        "trigger": "schedule",
        "author": "tracemedic",
        "pattern_id": None,
        "period_from": DAY,
        "period_to": NOON_NS,
        "created_at": NOON_NS,
        "summary": "büsy",
        "summary_by": "rules",
        "content": {"z": [1, 2.5, None], "a": {"b": "\u2028"}},
    }
    with database.write() as connection:
        connection.execute(sa.insert(diagnostic_reports).values(report))
    moving.move_day(places, REPORTS, DAY, now_ns=NOON_NS)
    (back,) = reading.rows(places, REPORTS)
    assert back == report


def test_the_columns_of_files_are_those_of_their_version() -> None:
    """Who changes a kept table raises `SCHEMA_VERSION` and this list."""
    assert layout.SCHEMA_VERSION == 1
    counts = {name: len(kind.table.columns) for name, kind in layout.KINDS.items()}
    assert counts == {"error_events": 37, "error_stacks": 5, "diagnostic_reports": 12}
