"""Errors that are in the database and in a file at once become one again, in the file.

It happens when a receiver was away for longer than errors stay in the database, and its part of a trace came then.
"""

from collections.abc import Mapping
from typing import cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracemedic_storage import error_events as events_table
from tracemedic_storage.cold import asking, copying, hot_rows, plain, replacing
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.layout import EVENTS
from tracemedic_storage.cold.moving import RowsChanged
from tracemedic_storage.cold.plain import Plain
from tracemedic_storage.cold.register import ColdFile
from tracemedic_storage.records import merge_events
from tracemedic_storage.tables import error_events


def reunite(places: Places, *, now_ns: int) -> int:
    """Merge what came late for errors in the cold store or archive into their files; returns how many errors.

    Raises what `replacing.rewrite` raises, and `RowsChanged`; then those that are left stay in both, and queries
    count them once.
    """
    files = asking.live(places.database, EVENTS.name, archive=True)
    late = asking.late_ids(places.database, files)
    if not late:
        return 0
    return sum(_reunite(places, file, late, now_ns=now_ns) for file in files)


def _reunite(places: Places, file: ColdFile, late: list[str], *, now_ns: int) -> int:
    with copying.scratch() as folder:
        twins = asking.twins_among(places, late, [file], folder)
    if not twins:
        return 0
    with places.database.read() as connection:
        hot = _rows(connection, twins)

    def merged(row: Plain) -> Plain:
        return _merged(row, hot[str(row["id"])]) if row["id"] in hot else row

    def delete(connection: Connection) -> None:
        now = {str(row["id"]): row for row in hot_rows.same_rows(connection, EVENTS, twins)}
        if now != hot:
            message = f"errors that belong to {file.path} changed meanwhile"
            raise RowsChanged(message)
        hot_rows.delete(connection, EVENTS, twins)

    if all(_is_known(places, file, hot).values()):
        with places.database.write() as connection:
            delete(connection)
    else:
        replacing.rewrite(places, file, merged, now_ns=now_ns, also=delete)
    return len(hot)


def _is_known(places: Places, file: ColdFile, hot: Mapping[str, Plain]) -> dict[str, bool]:
    """Whether each of the errors says nothing that the file does not say already."""
    with copying.scratch() as folder:
        rows = replacing.rows_of(places, file, folder)
        return {str(row["id"]): _merged(row, hot[str(row["id"])]) == row for row in rows if row["id"] in hot}


def _rows(connection: Connection, ids: list[str]) -> dict[str, Plain]:
    chosen = sa.select(error_events).where(error_events.c.id.in_(ids))
    return {str(row["id"]): plain.plain(EVENTS, row) for row in connection.execute(chosen).mappings()}


def _merged(cold: Plain, hot: Plain) -> Plain:
    one, other = (events_table.from_row(cast("RowMapping", plain.mapping(EVENTS, row))) for row in (cold, hot))
    row = events_table.to_row(merge_events(one, other))
    kept = {name: value for name, value in cold.items() if name not in row}  # what only the database writes
    return plain.given(EVENTS, row | kept)
