"""A period out of cold store and archive into a database of its own, to be asked like any other.

Not back into the database it came from: the next run would move it again, and meanwhile all that counts events there
would count a part of the past.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import Final

import sqlalchemy as sa

from tracemedic_storage import bulk
from tracemedic_storage.cold import plain, reading
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.layout import EVENTS, REPORTS, STACKS, Kind
from tracemedic_storage.database import Database
from tracemedic_storage.tables import error_fingerprints, error_patterns

ROWS_AT_ONCE: Final = 5_000


def restore(places: Places, target: Database, *, since_ns: int, until_ns: int, archive: bool = True) -> dict[str, int]:
    """Copy what occurred (reports: was made) at or after `since_ns` and before `until_ns`; returns rows by table.

    The events come with their stacks, and with all patterns as they are today. `target` is migrated. Repeated, it adds
    what is missing. Raises `files.FileGone` when the files change meanwhile: begin again.
    """
    for table in (error_patterns, error_fingerprints):
        _insert(target, table, _table_rows(places.database, table))
    hashes: set[object] = set()
    events = reading.rows(places, EVENTS, since_ns=since_ns, until_ns=until_ns, archive=archive)
    reports = reading.rows(places, REPORTS, since_ns=since_ns, until_ns=until_ns, archive=archive)
    stacks = reading.rows(places, STACKS, archive=archive)
    return {
        EVENTS.name: _insert(target, EVENTS.table, _noting(hashes, events)),
        STACKS.name: _insert(target, STACKS.table, (row for row in stacks if row["hash"] in hashes)),
        REPORTS.name: _insert(target, REPORTS.table, reports),
    }


def _noting(hashes: set[object], events: Iterable[reading.Row]) -> Iterator[reading.Row]:
    for event in events:
        hashes.add(event["stack_hash"])
        yield event


def _table_rows(database: Database, table: sa.Table) -> Iterator[reading.Row]:
    with database.read() as connection:
        for row in connection.execute(sa.select(table)).mappings():
            yield {column.name: row[column] for column in table.columns}


def _insert(target: Database, table: sa.Table, rows: Iterable[reading.Row]) -> int:
    kind = Kind(table=table, day_column="", asked_column="")
    inserted = 0
    remaining = iter(rows)
    while some := list(itertools.islice(remaining, ROWS_AT_ONCE)):
        shaped = {tuple(row[key.name] for key in table.primary_key.columns): row for row in some}
        with target.write() as connection:
            forms = [plain.database_row(kind, plain.plain(kind, row)) for row in shaped.values()]
            before = _count(connection, table)
            bulk.insert_missing(connection, table, forms)
            inserted += _count(connection, table) - before
    return inserted


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return connection.scalars(sa.select(sa.func.count()).select_from(table)).one()
