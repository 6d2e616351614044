"""Delete one user's data everywhere: database, cold store and archive, and write down that it was done."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec
from sqlalchemy.engine import Connection

from tracemedic_storage import forgotten_users, sweeping, user_rows
from tracemedic_storage.cold import asking, copying, parquet, plain, register, replacing
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.layout import DAY_NS, EVENTS, STACKS
from tracemedic_storage.cold.parquet import Condition
from tracemedic_storage.cold.plain import Plain
from tracemedic_storage.cold.register import ColdFile
from tracemedic_storage.forgotten_users import ForgottenUser


def forget(places: Places, user_id: str, *, key: bytes, author: str, now_ns: int) -> ForgottenUser:
    """Delete all events of a user, with their stack traces and exemplars where nobody else's event needs them.

    Files are written anew without them, verified, and put in the place of the old ones. Patterns and their counts
    stay: they say nothing of anybody. Repeated after an interruption it goes on. Raises what `replacing.rewrite`
    raises, and `ValueError` for an empty id.
    """
    if not user_id:
        raise ValueError("a user's id is not empty")
    id_ = forgotten_users.id_of(user_id, key=key)
    forgotten_users.begin(places.database, id_, author=author, now_ns=now_ns)
    _abandon_copies(places)
    _forget_rows(places, user_id, id_)
    for file in asking.live(places.database, EVENTS.name, archive=True):
        _forget_in(places, file, user_id, id_, now_ns)
    forgotten_users.finish(places.database, id_, now_ns=now_ns)
    done = forgotten_users.get(places.database, id_)
    assert done is not None  # noqa: S101 written above
    return done


def counted(places: Places, user_id: str) -> dict[str, int]:
    """How many events of a user there are in each place; changes nothing."""
    counts = {"database": len(user_rows.events_of(places.database, user_id, limit=1_000_000)), "cold": 0, "archive": 0}
    for file in asking.live(places.database, EVENTS.name, archive=True):
        counts[file.tier] += len(_events_in(places, file, user_id))
    return counts


def _abandon_copies(places: Places) -> None:
    # A copy that does not count yet may hold the user's rows; the run it belongs to begins anew.
    with places.database.read() as connection:
        unfinished = register.listed(connection, states=["copying", "copied"])
    copying.abandon(places, unfinished)
    copying.discard_left(places)


def _forget_rows(places: Places, user_id: str, id_: str) -> None:
    database = places.database
    while ids := user_rows.events_of(database, user_id):
        with database.write() as connection:
            sweeping.hold_recording(connection)
            forgotten_users.add(connection, id_, user_rows.delete_events(connection, ids))
    if exemplars := user_rows.exemplars_of(database, user_id):
        with database.write() as connection:
            removed = user_rows.delete_exemplars(connection, exemplars)
            forgotten_users.add(connection, id_, {"exemplar_traces": removed})


def _forget_in(places: Places, file: ColdFile, user_id: str, id_: str, now_ns: int) -> None:
    events = _events_in(places, file, user_id)
    if not events:
        return
    # The stacks first: the events tell which, should this be interrupted.
    _forget_stacks(places, file, events, id_, now_ns)
    replacing.rewrite(
        places,
        file,
        lambda row: None if row["id"] in events else row,
        now_ns=now_ns,
        also=_counting(id_, f"{file.tier}:error_events", len(events)),
    )


def _forget_stacks(places: Places, file: ColdFile, events: Mapping[str, object], id_: str, now_ns: int) -> None:
    with places.database.read() as connection:
        same_time = [
            register.listed(
                connection, kind=kind.name, tiers=[file.tier], from_ns=file.day_ns, until_ns=file.day_ns + DAY_NS
            )
            for kind in (EVENTS, STACKS)
        ]
    wanted = {hash_ for hash_ in events.values() if hash_ is not None}
    needed = {row["stack_hash"] for one in same_time[0] for row in _rows(places, one) if row["id"] not in events}
    unneeded = wanted - needed
    for stacks in same_time[1]:
        gone = sum(row["hash"] in unneeded for row in _rows(places, stacks))
        if gone:
            replacing.rewrite(
                places,
                stacks,
                lambda row: None if row["hash"] in unneeded else row,
                now_ns=now_ns,
                also=_counting(id_, f"{file.tier}:error_stacks", gone),
            )


def _events_in(places: Places, file: ColdFile, user_id: str) -> dict[str, object]:
    """The ids of the user's events in a file, each with the stack it names."""
    quoted = msgspec.json.encode(user_id).decode()
    maybe = Condition(
        sql="user_id = $user OR contains(attributes, $quoted)", values={"user": user_id, "quoted": quoted}
    )
    with copying.scratch() as folder:
        local = asking.local(places, file, folder)
        rows = [plain.mapping(EVENTS, row) for row in parquet.read(EVENTS, [local], [maybe])]
    return {
        str(row["id"]): row["stack_hash"] for row in rows if user_rows.is_of(user_id, cast("Mapping[str, Any]", row))
    }


def _rows(places: Places, file: ColdFile) -> list[Plain]:
    with copying.scratch() as folder:
        return list(replacing.rows_of(places, file, folder))


def _counting(id_: str, place: str, rows: int) -> Callable[[Connection], None]:
    return lambda connection: forgotten_users.add(connection, id_, {place: rows})
