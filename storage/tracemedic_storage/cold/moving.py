"""From the database into the cold store: copy, verify, then delete, a day of one kind at a time."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.engine import Connection

from tracemedic_storage.cold import copying, hot_rows, layout, plain, register
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.layout import DAY_NS, EVENTS, STACKS, Kind
from tracemedic_storage.cold.plain import Plain
from tracemedic_storage.cold.register import ColdFile
from tracemedic_storage.records import Record

ATTEMPTS_MAX: Final = 5
"""Rows of a day long past hardly change while they are copied; if they do so again and again, tomorrow will do."""


class Moved(Record, frozen=True, kw_only=True):
    """What a move did: rows that are now elsewhere, and the files they are in."""

    rows: int
    files: tuple[str, ...]


class RowsChanged(Exception):
    """Rows changed between copying and deleting; they stay, and are copied anew."""


def move_day(places: Places, kind: Kind, day_ns: int, *, now_ns: int, rows_max: int = hot_rows.ROWS_MAX) -> Moved:
    """Move all rows of a day. Repeated after an interruption it goes on; when it returns none of them is left.

    Events take along the stacks they name; those in the database stay until no event there names them. Rows that come
    for the day later become a further file. Raises `copying.VerificationFailed`, `files.StoreUnavailable`,
    `register.Superseded` (another run is at it) and `RowsChanged`; then what is not moved is where it was.
    """
    abandon_unfinished(places, kind, day_ns)
    moved: list[ColdFile] = []
    rows = attempts = 0
    while found := _move_some(places, kind, day_ns, now_ns=now_ns, rows_max=rows_max):
        if isinstance(found, RowsChanged):
            attempts += 1
            if attempts >= ATTEMPTS_MAX:
                raise found
            continue
        moved += found
        rows += found[0].rows
    return Moved(rows=rows, files=tuple(file.path for file in moved))


def abandon_unfinished(places: Places, kind: Kind, day_ns: int) -> None:
    """Delete the copies that an interrupted run has left of a day: their rows are still in the database."""
    kinds = [kind, STACKS] if kind is EVENTS else [kind]
    with places.database.read() as connection:
        unfinished = [
            file
            for each in kinds
            for file in register.listed(
                connection,
                states=["copying", "copied"],
                kind=each.name,
                tiers=["cold"],
                from_ns=day_ns,
                until_ns=day_ns + DAY_NS,
            )
        ]
    copying.abandon(places, unfinished)


def _move_some(
    places: Places, kind: Kind, day_ns: int, *, now_ns: int, rows_max: int
) -> Sequence[ColdFile] | RowsChanged | None:
    ids, copied = _copy_some(places, kind, day_ns, now_ns=now_ns, rows_max=rows_max)
    if not copied:
        return None
    try:
        _delete(places, kind, ids, copied)
    except RowsChanged as error:
        copying.abandon(places, copied)
        return error
    places.reached("decided")
    return copied


def _copy_some(
    places: Places, kind: Kind, day_ns: int, *, now_ns: int, rows_max: int
) -> tuple[Sequence[object], Sequence[ColdFile]]:
    """The keys of the rows and the files they are in; the rows themselves are let go of, which is 100 MB."""
    with places.database.read() as connection:
        rows = hot_rows.first_rows(connection, kind, day_ns, rows_max=rows_max)
        stacks = hot_rows.stacks_of(connection, rows) if kind is EVENTS else []
    files = [copying.copy(places, kind, "cold", day_ns, rows, now_ns=now_ns)] if rows else []
    if stacks:
        files.append(_copy_stacks(places, day_ns, stacks, now_ns=now_ns))
    return hot_rows.keys_of(kind, rows), [file for file in files if file is not None]


def _copy_stacks(places: Places, day_ns: int, stacks: Sequence[Plain], *, now_ns: int) -> ColdFile | None:
    contents = plain.summed(STACKS, stacks)
    path = layout.path_of(STACKS, "cold", day_ns, contents)
    with places.database.read() as connection:
        day = register.listed(connection, kind=STACKS.name, tiers=["cold"], from_ns=day_ns, until_ns=day_ns + DAY_NS)
    if any(file.path == path for file in day):
        return None  # an earlier part of the same day took just these stacks along
    return copying.copy(places, STACKS, "cold", day_ns, stacks, now_ns=now_ns)


def _delete(places: Places, kind: Kind, ids: Sequence[object], copied: Sequence[ColdFile]) -> None:
    with places.database.write() as connection:
        register.turn(connection, [file.path for file in copied], before=["copied"], state="live")
        _check_unchanged(connection, kind, ids, copied[0])
        hot_rows.delete(connection, kind, ids)
        places.reached("deciding")


def _check_unchanged(connection: Connection, kind: Kind, ids: Sequence[object], file: ColdFile) -> None:
    now = plain.summed(kind, hot_rows.same_rows(connection, kind, ids))
    if now.digest != layout.digest_of(file.path):
        message = f"rows of {file.path} changed while they were copied"
        raise RowsChanged(message)
