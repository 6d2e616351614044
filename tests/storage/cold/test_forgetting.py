"""One user's data goes everywhere, everybody else's stays."""

from pathlib import Path
from typing import get_args

import pytest

from tests.storage.cold.samples import places_of
from tests.storage.cold.test_moving import Killed
from tests.storage.samples import DAY_NS, NOON_NS, Recorder, error, hex_of
from tracemedic_storage import exemplar_traces, forgotten_users, queries
from tracemedic_storage.cold import asking, copying, forgetting, moving, parquet, reading, replacing
from tracemedic_storage.cold import queries as cold_queries
from tracemedic_storage.cold.copying import Places, Point
from tracemedic_storage.cold.layout import EVENTS, STACKS, day_of, month_of
from tracemedic_storage.database import Database
from tracemedic_storage.exemplar_traces import ExemplarPart
from tracemedic_storage.records import ErrorContext, ErrorEvent, Findings, Redacted, StoredStack, TraceSpan

KEY = b"k" * 32
USER = 'émile "x"'


def _error(number: int, day: int, user: str) -> ErrorEvent:
    context = ErrorContext(attributes={"enduser.id": user}) if number % 2 else ErrorContext(user_id=user)
    return error(
        f"{day}-{number}-{user}",
        at_ns=NOON_NS + day * DAY_NS,
        context=context,
        stack_hash=hex_of("stack", user if number == 0 else "shared"),
    )


def _everywhere(database: Database, folder: Path) -> Places:
    """Errors of two users: a day in the archive, one in the cold store, one in the database."""
    places = places_of(database, folder)
    events = [_error(number, day, user) for day in (0, 31, 70) for number in range(3) for user in (USER, "émile")]
    stacks = [
        StoredStack(hash=hex_of("stack", one), language=None, chain=(), text=Redacted(one))
        for one in (USER, "émile", "shared")
    ]
    Recorder(database).findings(Findings(events=tuple(events), stacks=tuple(stacks)), now_ns=NOON_NS)
    for day in (0, 31):
        moving.move_day(places, EVENTS, day_of(NOON_NS) + day * DAY_NS, now_ns=NOON_NS)
    for kind in (EVENTS, STACKS):
        replacing.archive_month(places, kind, month_of(NOON_NS), now_ns=NOON_NS)
    return places


def _all(places: Places) -> list[ErrorEvent]:
    return [one.event for one in cold_queries.list_errors(places, limit=100, archive=True).errors]


def test_a_user_is_forgotten_everywhere(database: Database, tmp_path: Path) -> None:
    places = _everywhere(database, tmp_path)
    (pattern,) = queries.list_patterns(database).patterns
    part = ExemplarPart(
        pattern_id=pattern.id,
        trace_id="t",
        spool_id="s",
        spans=(
            TraceSpan(
                span_id="1", service="shop", name="GET", started_at_ns=0, ended_at_ns=1, attributes={"user": USER}
            ),
        ),
        stored_at_ns=NOON_NS,
    )
    with database.write() as connection:
        exemplar_traces.store(connection, [part])
    others = [event for event in _all(places) if "émile" in (event.context.user_id, *event.context.attributes.values())]
    assert forgetting.counted(places, USER) == {"database": 3, "cold": 3, "archive": 3}
    done = forgetting.forget(places, USER, key=KEY, author="ada", now_ns=NOON_NS)
    assert _all(places) == others
    assert len(others) == 9
    assert done.removed == {
        "error_events": 3,
        "error_stacks": 1,
        "exemplar_traces": 1,
        "cold:error_events": 3,
        "cold:error_stacks": 1,
        "archive:error_events": 3,
        "archive:error_stacks": 1,
    }
    assert USER not in done.id
    hashes = {row["hash"] for row in reading.rows(places, STACKS, archive=True)}
    assert hashes == {hex_of("stack", "émile"), hex_of("stack", "shared")}
    assert forgetting.counted(places, USER) == {"database": 0, "cold": 0, "archive": 0}
    _nothing_left(places, tmp_path)


@pytest.mark.parametrize(
    ("point", "nth"), [*((point, 1) for point in get_args(Point)), ("verified", 3), ("decided", 3)]
)
def test_killed_anywhere_it_goes_on(sqlite_url: str, tmp_path: Path, point: Point, nth: int) -> None:
    passed: list[Point] = []

    def kill(here: Point) -> None:
        passed.append(here)
        if here == point and passed.count(point) == nth:
            raise Killed

    database = Database(sqlite_url)
    _everywhere(database, tmp_path)
    with pytest.raises(Killed):
        forgetting.forget(places_of(database, tmp_path, kill), USER, key=KEY, author="ada", now_ns=NOON_NS)
    known = forgotten_users.get(database, forgotten_users.id_of(USER, key=KEY))
    assert known is not None
    assert known.done_at_ns is None
    places = places_of(database, tmp_path)
    done = forgetting.forget(places, USER, key=KEY, author="ada", now_ns=NOON_NS)
    assert len(_all(places)) == 9
    assert sum(done.removed.values()) == 12
    _nothing_left(places, tmp_path)
    database.close()


def test_an_empty_id_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="empty"):
        forgetting.forget(places_of(database, tmp_path), "", key=KEY, author="ada", now_ns=NOON_NS)


def _nothing_left(places: Places, folder: Path) -> None:
    """No file names the user, and no file lies there that does not count."""
    files = [asking.live(places.database, kind.name, archive=True) for kind in (EVENTS, STACKS)]
    paths = sorted(file.path for some in files for file in some if file.tier == "cold")
    assert places.cold.paths() == paths
    bundles = [file.path for some in files for file in some if file.tier == "archive"]
    assert places.archive.paths() == sorted([*bundles, *map(copying.manifest_of, bundles)])
    for file in files[0]:
        local = folder / file.tier / file.path
        assert not [row for row in parquet.read(EVENTS, [local]) if USER in (row["user_id"], str(row["attributes"]))]
