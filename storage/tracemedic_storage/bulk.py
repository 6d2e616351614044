"""Many rows in one statement: all rows travel as one JSON parameter, which the database reads as a table.

The same statement runs on both databases (`jsonb_to_recordset`, `json_each`). Per row this costs the client one
`msgspec` encoding instead of binding forty parameters one by one. Only plain inserts go another way on SQLite, where
the database's own work is ours too: 30 microseconds an event by `executemany` against 100 through `json_each`.

Rows are mappings from column name to what JSON knows; times as `timestamps.as_text` writes them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, RowMapping

_CHUNK_BYTES_MAX = 8 << 20
"""PostgreSQL's jsonb ends at 256 MiB, and a copy of the parameter lives on both sides."""

BulkRow = Mapping[str, object]


def insert_missing(connection: Connection, table: sa.Table, rows: Iterable[BulkRow]) -> None:
    """Insert the rows whose primary key is not there yet, in the order given. All rows have the same columns."""
    if connection.dialect.name == "sqlite":
        _insert_one_by_one(connection, table, list(rows))
        return
    for names, chunk in _chunks(rows):
        connection.execute(_insert_missing(connection.dialect.name, table, names), {"rows": chunk})


def insert_adding(connection: Connection, table: sa.Table, rows: Iterable[BulkRow], *, added: tuple[str, ...]) -> None:
    """Insert the rows; where the primary key is there already, add the columns `added` to it. Keys are distinct."""
    for names, chunk in _chunks(rows):
        connection.execute(_insert_adding(connection.dialect.name, table, names, added), {"rows": chunk})


def update(connection: Connection, table: sa.Table, rows: Iterable[BulkRow]) -> None:
    """Set the columns of the rows with the same primary key; rows that are not there are left out."""
    for names, chunk in _chunks(rows):
        connection.execute(_update(connection.dialect.name, table, names), {"rows": chunk})


def given(dialect_name: str, columns: Sequence[sa.Column[object]]) -> sa.FromClause:
    """The parameter `rows`, a JSON array of objects, as a table with these columns."""
    rows = sa.bindparam("rows", type_=sa.Text)
    if dialect_name == "postgresql":
        return (
            sa.func.jsonb_to_recordset(sa.cast(rows, JSONB))
            .table_valued(*(sa.column(column.name, column.type) for column in columns))
            .render_derived(name="given", with_types=True)
        )
    each = sa.func.json_each(rows).table_valued("value", name="each")
    return sa.select(
        *(
            sa.type_coerce(sa.func.json_extract(each.c.value, f"$.{column.name}"), column.type).label(column.name)
            for column in columns
        )
    ).subquery("given")


def select_matching(
    connection: Connection, table: sa.Table, keys: Iterable[BulkRow], *, lock: bool = False
) -> list[RowMapping]:
    """The rows of `table` whose columns equal those of one of `keys`, which are distinct.

    With `lock`, they stay locked until the transaction ends, and are locked in the order of the primary key, so that
    two transactions never wait for each other in a circle.
    """
    found: list[RowMapping] = []
    for names, chunk in _chunks(keys):
        found += connection.execute(
            _select_matching(connection.dialect.name, table, names, lock), {"rows": chunk}
        ).mappings()
    return found


def encoded(rows: Iterable[BulkRow]) -> str:
    """Rows as the value of the parameter `rows`."""
    return msgspec.json.encode(list(rows)).decode()


def _chunks(rows: Iterable[BulkRow]) -> Iterator[tuple[tuple[str, ...], str]]:
    names: tuple[str, ...] = ()
    chunk: list[bytes] = []
    size = 0
    encode = msgspec.json.Encoder().encode
    for row in rows:
        names = names or tuple(row)
        chunk.append(encode(row))
        size += len(chunk[-1])
        if size > _CHUNK_BYTES_MAX:
            yield names, _joined(chunk)
            chunk, size = [], 0
    if chunk:
        yield names, _joined(chunk)


def _joined(objects: list[bytes]) -> str:
    return (b"[" + b",".join(objects) + b"]").decode()


def _insert_one_by_one(connection: Connection, table: sa.Table, rows: Sequence[BulkRow]) -> None:
    if rows:
        # In the order of the table, in which SQLAlchemy writes the columns whatever it is given.
        columns = [column for column in table.columns if column.name in rows[0]]
        forms = [(column.name, isinstance(column.type, sa.JSON)) for column in columns]
        values = [
            tuple([msgspec.json.encode(row[name]).decode() if is_json else row[name] for name, is_json in forms])
            for row in rows
        ]
        connection.exec_driver_sql(_insert_one(table, tuple(name for name, _ in forms)), values)


@cache
def _insert_one(table: sa.Table, names: tuple[str, ...]) -> str:
    # As text for the driver: SQLAlchemy's own handling of each parameter would cost more than the insert.
    marks: dict[str, sa.ColumnElement[Any]] = {name: sa.literal_column("?") for name in names}
    insert = sqlite.insert(table).values(marks).on_conflict_do_nothing().inline()
    return str(insert.compile(dialect=sqlite.dialect()))


@cache
def _insert_missing(dialect_name: str, table: sa.Table, names: tuple[str, ...]) -> sa.Executable:
    return _insert(dialect_name, table, names).on_conflict_do_nothing()


@cache
def _insert_adding(dialect_name: str, table: sa.Table, names: tuple[str, ...], added: tuple[str, ...]) -> sa.Executable:
    insert = _insert(dialect_name, table, names)
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: table.c[name] + insert.excluded[name] for name in added},
    )


def _insert(dialect_name: str, table: sa.Table, names: tuple[str, ...]) -> postgresql.Insert | sqlite.Insert:
    source = given(dialect_name, [table.c[name] for name in names])
    # Without a WHERE, SQLite reads the ON of ON CONFLICT as that of a join (https://sqlite.org/lang_upsert.html).
    rows = sa.select(*(source.c[name] for name in names)).where(sa.true())
    insert = postgresql.insert(table) if dialect_name == "postgresql" else sqlite.insert(table)
    return insert.from_select(list(names), rows)


@cache
def _update(dialect_name: str, table: sa.Table, names: tuple[str, ...]) -> sa.Executable:
    source = given(dialect_name, [table.c[name] for name in names])
    keys = [column.name for column in table.primary_key.columns]
    return (
        sa.update(table)
        .values({name: source.c[name] for name in names if name not in keys})
        .where(*(table.c[name] == source.c[name] for name in keys))
    )


@cache
def _select_matching(dialect_name: str, table: sa.Table, names: tuple[str, ...], lock: bool) -> sa.Executable:
    source = given(dialect_name, [table.c[name] for name in names])
    chosen = sa.select(table).join(source, sa.and_(*(table.c[name] == source.c[name] for name in names)))
    return chosen.order_by(*table.primary_key.columns).with_for_update(of=table) if lock else chosen
