"""When data moves, to the nanosecond, and that a run killed anywhere loses and doubles nothing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
import sqlalchemy as sa

from tests.storage.cold.samples import places_of, record_errors, some_errors
from tests.storage.samples import DAY_NS, NOON_NS, error
from tracemedic_processor.config import RetentionSettings, Settings, TierSettings
from tracemedic_processor.retention import places as settings_places
from tracemedic_processor.retention.plan import Step, plan
from tracemedic_processor.retention.run import perform, run
from tracemedic_processor.retention.secret import forgetting_key
from tracemedic_storage import queries, tables
from tracemedic_storage.cold import queries as cold_queries
from tracemedic_storage.cold.copying import Places, Point
from tracemedic_storage.cold.files import FileStore
from tracemedic_storage.cold.layout import day_of, month_of
from tracemedic_storage.database import Database
from tracemedic_storage.timestamps import from_datetime

SETTINGS = RetentionSettings()
DAY = day_of(NOON_NS)


class Killed(Exception):
    """What a test raises where a real run would be killed."""


def all_errors(places: Places) -> list[object]:
    return list(cold_queries.list_errors(places, limit=1_000, archive=True).errors)


def moves(places: Places, now_ns: int) -> list[tuple[str, int, int]]:
    return [
        (step.name, step.start_ns, step.rows) for step in plan(places, SETTINGS, now_ns=now_ns) if step.action == "move"
    ]


def test_an_error_exactly_thirty_days_old_stays(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    midnight = DAY + DAY_NS
    record_errors(database, error(1, received_at_ns=midnight - 1_000), error(2, received_at_ns=midnight))
    assert moves(places, midnight + 30 * DAY_NS - 1) == []
    run(places, SETTINGS, now_ns=midnight + 30 * DAY_NS)
    (left,) = queries.list_errors(database).errors
    assert left.event.received_at_ns == midnight
    assert len(all_errors(places)) == 2


def test_nothing_is_due_in_an_empty_database(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    assert plan(places, SETTINGS, now_ns=NOON_NS) == ()
    assert run(places, SETTINGS, now_ns=NOON_NS) == ()


def test_a_leap_day_is_a_day_and_belongs_to_its_month(database: Database, tmp_path: Path) -> None:
    leap_day = from_datetime(datetime(2024, 2, 29, tzinfo=UTC))
    places = places_of(database, tmp_path)
    record_errors(database, error(1, at_ns=leap_day), now_ns=leap_day)
    assert moves(places, leap_day + 60 * DAY_NS) == [("error_events", leap_day, 1)]
    run(places, SETTINGS, now_ns=leap_day + 60 * DAY_NS)
    months = [step for step in plan(places, SETTINGS, now_ns=leap_day + 400 * DAY_NS) if step.action == "archive"]
    assert {step.start_ns for step in months} == {leap_day - 28 * DAY_NS}


def test_the_life_of_errors_from_database_to_nothing(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, *some_errors(0, 9))
    before = all_errors(places)

    run(places, SETTINGS, now_ns=NOON_NS + 32 * DAY_NS)
    assert len(places.cold.paths()) == 2
    assert not queries.list_errors(database).errors
    assert all_errors(places) == before

    run(places, SETTINGS, now_ns=month_of(NOON_NS) + (31 + 365) * DAY_NS - 1)
    assert places.archive.paths() == []
    run(places, SETTINGS, now_ns=month_of(NOON_NS) + (31 + 365) * DAY_NS)
    assert places.cold.paths() == []
    assert len(places.archive.paths()) == 4
    assert all_errors(places) == before
    assert cold_queries.list_errors(places).errors == ()

    run(places, SETTINGS, now_ns=month_of(NOON_NS) + (31 + 2_557) * DAY_NS - 1)
    assert all_errors(places) == before
    done = run(places, SETTINGS, now_ns=month_of(NOON_NS) + (31 + 2_557) * DAY_NS)
    assert {step.action for step in done} == {"expire"}
    assert places.archive.paths() == []
    assert all_errors(places) == []
    assert queries.list_patterns(database).patterns  # for good


def test_without_an_archive_files_expire_in_the_cold_store(database: Database, tmp_path: Path) -> None:
    settings = RetentionSettings(error_events=TierSettings(hot_days=1, cold_days=10, archive_days=0))
    places = places_of(database, tmp_path)
    record_errors(database, *some_errors(0, 2))
    run(places, settings, now_ns=DAY + 11 * DAY_NS - 1)
    assert len(places.cold.paths()) == 2
    run(places, settings, now_ns=DAY + 11 * DAY_NS)
    assert (places.cold.paths(), places.archive.paths()) == ([], [])


def test_a_backlog_of_years_goes_all_the_way_in_one_run(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, *some_errors(0, 3), *some_errors(400, 3))
    before = all_errors(places)
    now_ns = NOON_NS + 500 * DAY_NS
    run(places, SETTINGS, now_ns=now_ns)
    assert plan(places, SETTINGS, now_ns=now_ns) == ()
    assert all_errors(places) == before
    assert (len(places.cold.paths()), len(places.archive.paths())) == (2, 4)


@pytest.mark.parametrize("nth", [1, 4])
@pytest.mark.parametrize("point", get_args(Point))
def test_killed_anywhere_the_next_run_completes_it(sqlite_url: str, tmp_path: Path, point: Point, nth: int) -> None:
    passed: list[Point] = []

    def kill(here: Point) -> None:
        passed.append(here)
        if here == point and passed.count(point) == nth:
            raise Killed

    database = Database(sqlite_url)
    record_errors(database, *some_errors(0, 4), *some_errors(2, 2), *some_errors(400, 1))
    before = all_errors(places_of(database, tmp_path))
    now_ns = NOON_NS + 500 * DAY_NS
    killed = places_of(database, tmp_path, kill)
    try:
        run(killed, SETTINGS, now_ns=now_ns)
    except Killed:
        assert all_errors(places_of(database, tmp_path)) == before
    places = places_of(database, tmp_path)
    run(places, SETTINGS, now_ns=now_ns)
    assert all_errors(places) == before
    assert plan(places, SETTINGS, now_ns=now_ns) == ()
    assert (len(places.cold.paths()), len(places.archive.paths())) == (2, 4)
    database.close()


def test_old_rows_are_swept_and_what_is_counted_or_owed_is_not(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, *some_errors(0, 3))
    call = {"purpose": "diagnosis", "model": "m", "input_tokens": 1, "output_tokens": 1, "cost_usd": 0.1}
    told = {"channel": "c", "kind": "created", "at": NOON_NS}
    with database.write() as connection:
        for id_, settled_at in (("settled", NOON_NS), ("reserved", None)):
            values = {**call, "id": id_, "reserved_at": NOON_NS, "settled_at": settled_at}
            connection.execute(sa.insert(tables.model_calls).values(values))
        for outcome in ("sent", "owed"):
            connection.execute(sa.insert(tables.notifications).values(**told, id=outcome, outcome=outcome))
    run(places, SETTINGS, now_ns=NOON_NS + 366 * DAY_NS)
    assert _ids(database, tables.model_calls) == ["reserved", "settled"]
    done = run(places, SETTINGS, now_ns=NOON_NS + 366 * DAY_NS + 1_000)
    assert {(step.name, step.rows) for step in done} == {("model_calls", 1), ("notifications", 1)}
    assert _ids(database, tables.model_calls) == ["reserved"]
    assert _ids(database, tables.notifications) == ["owed"]
    assert _ids(database, tables.error_stacks) == []
    assert len(_ids(database, tables.error_traces)) == 3


def test_stacks_stay_while_an_error_in_the_database_names_them(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, *some_errors(0, 2), *some_errors(40, 1))
    run(places, SETTINGS, now_ns=NOON_NS + 45 * DAY_NS)
    assert len(_ids(database, tables.error_stacks)) == 1


def test_steps_can_be_done_one_by_one_and_again(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, *some_errors(0, 2))
    now_ns = NOON_NS + 40 * DAY_NS
    (step,) = plan(places, SETTINGS, now_ns=now_ns)
    assert step == Step(action="move", name="error_events", start_ns=DAY, rows=2)
    assert perform(places, SETTINGS, step, now_ns=now_ns) == Step(
        action="move", name="error_events", start_ns=DAY, rows=2, files=2
    )
    assert perform(places, SETTINGS, step, now_ns=now_ns).rows == 0


def test_the_same_in_a_store_that_is_no_folder(database: Database) -> None:
    places = Places(database=database, cold=FileStore("memory:///"), archive=FileStore("memory:///"))
    record_errors(database, *some_errors(0, 3))
    before = all_errors(places)
    run(places, SETTINGS, now_ns=NOON_NS + 40 * DAY_NS)
    assert all_errors(places) == before
    run(places, SETTINGS, now_ns=NOON_NS + 500 * DAY_NS)
    assert all_errors(places) == before
    assert places.cold.paths() == []


def test_places_are_folders_in_the_data_folder_unless_configured(tmp_path: Path, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    places = settings_places.places_of(Settings(data_dir=tmp_path), database)
    assert (places.cold.url, places.archive.url) == (str(tmp_path / "cold"), str(tmp_path / "archive"))
    chosen = RetentionSettings(cold_url="s3://bucket/errors", archive_url="gs://archive")
    places = settings_places.places_of(Settings(data_dir=tmp_path, retention=chosen), database)
    assert (places.cold.url, places.archive.url) == ("s3://bucket/errors", "gs://archive")


def test_the_key_of_forgotten_users_is_kept_and_private(tmp_path: Path) -> None:
    key = forgetting_key(tmp_path / "data")
    assert len(key) == 32
    assert forgetting_key(tmp_path / "data") == key
    (file,) = (tmp_path / "data").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def _ids(database: Database, table: sa.Table) -> list[object]:
    with database.read() as connection:
        return sorted(connection.scalars(sa.select(next(iter(table.primary_key.columns)))))
