"""The database's side of a move: which days are due, their rows, and deleting just those that were copied."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import bulk
from tracemedic_storage.cold import plain
from tracemedic_storage.cold.layout import DAY_NS, STACKS, Kind, day_of
from tracemedic_storage.cold.plain import Plain
from tracemedic_storage.database import Database
from tracemedic_storage.records import Record

ROWS_MAX: Final = 40_000
"""Rows of one file. They are read again and deleted in one transaction, for which recording has to wait on SQLite:
about three seconds."""
_AT_ONCE: Final = 5_000


class DayDue(Record, frozen=True, kw_only=True):
    """A day of which rows are still in the database."""

    day_ns: int
    rows: int


def days_due(database: Database, kind: Kind, *, before_ns: int) -> tuple[DayDue, ...]:
    """The days that ended at or before `before_ns` and have rows in the database."""
    at = kind.table.c[kind.day_column]
    end_ns = day_of(before_ns)
    found: list[DayDue] = []
    start_ns: int | None = None
    with database.read() as connection:
        while True:
            # From one day to the next through the index: days without rows cost nothing.
            more = at < end_ns if start_ns is None else sa.and_(at >= start_ns, at < end_ns)
            earliest = connection.scalar(sa.select(sa.func.min(at, type_=at.type)).where(more))
            if earliest is None:
                return tuple(found)
            day_ns = day_of(earliest)
            start_ns = day_ns + DAY_NS
            counted = sa.select(sa.func.count()).where(at >= day_ns, at < start_ns)
            found.append(DayDue(day_ns=day_ns, rows=connection.scalars(counted).one()))


def first_rows(connection: Connection, kind: Kind, day_ns: int, *, rows_max: int) -> list[Plain]:
    """The first rows of a day."""
    at = kind.table.c[kind.day_column]
    chosen = (
        sa.select(kind.table)
        .where(at >= day_ns, at < day_ns + DAY_NS)
        .order_by(at, *kind.table.primary_key.columns)
        .limit(rows_max)
    )
    return [plain.plain(kind, row) for row in connection.execute(chosen).mappings()]


def stacks_of(connection: Connection, events: Iterable[Plain]) -> list[Plain]:
    """The stack traces that events name, as far as they are in the database."""
    hashes = sorted({str(event["stack_hash"]) for event in events if event["stack_hash"] is not None})
    found = bulk.select_matching(connection, STACKS.table, ({"hash": one} for one in hashes))
    return [plain.plain(STACKS, row) for row in found]


def same_rows(connection: Connection, kind: Kind, ids: Sequence[object]) -> Iterator[Plain]:
    """The rows of these keys as they are now; nobody changes them until the transaction ends."""
    key = _key(kind)
    ordered = sorted(ids, key=str)  # as they are locked
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        for row in bulk.select_matching(connection, kind.table, ({key: one} for one in some), lock=True):
            yield plain.plain(kind, row)


def delete(connection: Connection, kind: Kind, ids: Sequence[object]) -> int:
    """Delete the rows of these keys; returns how many there were."""
    column = kind.table.c[_key(kind)]
    wanted = bulk.given(connection.dialect.name, [column])
    rows = bulk.encoded({column.name: one} for one in ids)
    gone = connection.execute(sa.delete(kind.table).where(column.in_(sa.select(wanted.c[column.name]))), {"rows": rows})
    return gone.rowcount


def keys_of(kind: Kind, rows: Iterable[Plain]) -> list[object]:
    """The primary keys of rows."""
    key = _key(kind)
    return [row[key] for row in rows]


def _key(kind: Kind) -> str:
    (column,) = kind.table.primary_key.columns
    return column.name
