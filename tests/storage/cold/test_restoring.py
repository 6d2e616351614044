"""A period back from the files, in a database that is asked like any other."""

from pathlib import Path

from tests.storage.cold.samples import places_of, record_errors, some_errors
from tests.storage.samples import DAY_NS, NOON_NS, hex_of
from tracemedic_storage import queries
from tracemedic_storage.cold import moving, replacing, restoring
from tracemedic_storage.cold.layout import EVENTS, STACKS, day_of, month_of
from tracemedic_storage.database import Database


def test_a_period_is_restored_with_stacks_and_patterns(database: Database, tmp_path: Path) -> None:
    places = places_of(database, tmp_path)
    record_errors(database, *some_errors(0, 9), *some_errors(1, 5), *some_errors(31, 3))
    wanted = queries.list_errors(database, queries.ErrorFilter(until_ns=NOON_NS + 31 * DAY_NS + 1_000)).errors
    for day in (0, 1, 31):
        moving.move_day(places, EVENTS, day_of(NOON_NS) + day * DAY_NS, now_ns=NOON_NS)
    for kind in (EVENTS, STACKS):
        replacing.archive_month(places, kind, month_of(NOON_NS), now_ns=NOON_NS)
    target = Database(f"sqlite:///{tmp_path / 'restored.sqlite'}")
    target.migrate()
    until_ns = NOON_NS + 31 * DAY_NS + 1_000
    restored = restoring.restore(places, target, since_ns=NOON_NS, until_ns=until_ns)
    assert restored == {"error_events": 15, "error_stacks": 2, "diagnostic_reports": 0}
    assert queries.list_errors(target).errors == wanted
    assert queries.get_stack(target, hex_of("stack", 1)) is not None
    assert queries.list_patterns(target).patterns == queries.list_patterns(database).patterns
    again = restoring.restore(places, target, since_ns=NOON_NS, until_ns=until_ns)
    assert set(again.values()) == {0}
    target.close()
