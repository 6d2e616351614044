"""Files become other files: bundles of the archive, files without a user, files with what came late."""

import json
from pathlib import Path
from typing import get_args

import pytest

from tests.storage.cold.samples import places_of, record_errors, some_errors
from tests.storage.cold.test_moving import DAY, Killed, everything
from tests.storage.samples import DAY_NS, NOON_NS, error, hex_of
from tracemedic_storage import queries
from tracemedic_storage.cold import copying, layout, moving, register, replacing, reuniting
from tracemedic_storage.cold import queries as cold_queries
from tracemedic_storage.cold.copying import Places, Point, VerificationFailed
from tracemedic_storage.cold.files import checksum
from tracemedic_storage.cold.layout import EVENTS, STACKS, month_of
from tracemedic_storage.database import Database

MONTH = month_of(NOON_NS)


def moved_month(database: Database, folder: Path) -> Places:
    """Three days of a month in the cold store."""
    places = places_of(database, folder)
    record_errors(database, *some_errors(0, 4), *some_errors(1, 3), *some_errors(30, 2), *some_errors(31, 2))
    for number in (0, 1, 30):
        moving.move_day(places, EVENTS, DAY + number * DAY_NS, now_ns=NOON_NS)
    return places


def test_a_month_is_bundled_with_a_manifest(database: Database, tmp_path: Path) -> None:
    places = moved_month(database, tmp_path)
    before = everything(places)
    (path,) = replacing.archive_month(places, EVENTS, MONTH, now_ns=NOON_NS)
    (stacks,) = replacing.archive_month(places, STACKS, MONTH, now_ns=NOON_NS)
    assert everything(places) == before
    assert places.cold.paths() == []
    manifest = json.loads((tmp_path / "archive" / copying.manifest_of(path)).read_text())
    assert (manifest["rows"], len(manifest["made_from"])) == (9, 3)
    assert manifest["sha256"] == checksum(tmp_path / "archive" / path)
    assert json.loads((tmp_path / "archive" / copying.manifest_of(stacks)).read_text())["rows"] == 2


@pytest.mark.parametrize("point", get_args(Point))
def test_bundling_killed_anywhere_loses_nothing(sqlite_url: str, tmp_path: Path, point: Point) -> None:
    def kill(here: Point) -> None:
        if here == point:
            raise Killed

    database = Database(sqlite_url)
    before = everything(moved_month(database, tmp_path))
    with pytest.raises(Killed):
        replacing.archive_month(places_of(database, tmp_path, kill), EVENTS, MONTH, now_ns=NOON_NS)
    places = places_of(database, tmp_path)
    assert everything(places) == before
    copying.discard_left(places)
    replacing.archive_month(places, EVENTS, MONTH, now_ns=NOON_NS)
    assert everything(places) == before
    assert [path for path in places.cold.paths() if path.startswith("error_events")] == []
    assert len(places.archive.paths()) == 2
    database.close()


def test_a_damaged_file_is_not_carried_on(database: Database, tmp_path: Path) -> None:
    places = moved_month(database, tmp_path)
    with database.read() as connection:
        one, other, *_ = register.listed(connection, kind="error_events")
    (tmp_path / "cold" / one.path).write_bytes((tmp_path / "cold" / other.path).read_bytes())
    with pytest.raises(VerificationFailed):
        replacing.archive_month(places, EVENTS, MONTH, now_ns=NOON_NS)
    assert places.archive.paths() == []


def test_what_came_late_for_a_moved_error_joins_it(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, error(1, span=1), error(2))
    moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS)
    late = error(1, span=2, received_at_ns=NOON_NS + 40 * DAY_NS)
    record_errors(database, late, spool="back again")
    page = queries.list_errors(database)
    assert [one.event.id for one in page.errors] == [late.id]
    assert len(everything(places)) == 2  # not three, although one is in both
    assert [one.count for one in cold_queries.errors_by_category(places, since_ns=0)] == [2]
    assert reuniting.reunite(places, now_ns=NOON_NS) == 1
    assert not queries.list_errors(database).errors
    both = {str(one.event.id): one.event for one in cold_queries.list_errors(places).errors}
    assert {place.span_id for place in both[late.id].places} == {hex_of("span", one)[:16] for one in (1, 2)}
    assert both[late.id].received_at_ns == error(1).received_at_ns
    assert reuniting.reunite(places, now_ns=NOON_NS) == 0


def test_what_came_again_as_it_was_goes(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, error(1), error(2))
    before = everything(places)
    moving.move_day(places, EVENTS, DAY, now_ns=NOON_NS)
    record_errors(database, error(1), spool="back again")
    assert everything(places) == before
    assert reuniting.reunite(places, now_ns=NOON_NS) == 1
    assert everything(places) == before


def test_months_are_those_of_the_calendar() -> None:
    leap = layout.day_of(1_709_208_000 * 10**9)  # 2024-02-29
    assert layout.month_end(leap) == leap + DAY_NS
    assert layout.month_of(leap) == leap - 28 * DAY_NS
    assert layout.month_end(NOON_NS) - MONTH == 31 * DAY_NS
