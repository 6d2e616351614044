"""Parquet through DuckDB: rows into a file, and out of files with conditions."""

import os
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import duckdb
import sqlalchemy as sa

from tracemedic_storage.cold.layout import SCHEMA_VERSION, Contents, Kind
from tracemedic_storage.cold.plain import Plain, Sum
from tracemedic_storage.records import Record
from tracemedic_storage.timestamps import Timestamp

MEMORY_MB_MAX: Final = 512
"""DuckDB would take four fifths of the machine; a day's sort needs some 100 MB, and more goes to disk."""
THREADS_MAX: Final = 2
"""Each thread takes buffers of several times `ROW_BYTES_MAX`; a day is written in a second all the same."""
ROW_BYTES_MAX: Final = 16 << 20
"""A row longer than this cannot be written and stays in the database. Events have some kilobytes."""
FETCH_ROWS: Final = 2_000


class Condition(Record, frozen=True, kw_only=True):
    """A condition in DuckDB's SQL with its values by name."""

    sql: str
    values: Mapping[str, object] = {}


def write(kind: Kind, rows: Iterable[Plain], target: Path) -> Contents:
    """Write the rows to the file `target`, in the order of the time they are asked by, and add them up."""
    total = Sum(kind)
    lines = target.with_suffix(".ndjson")
    with lines.open("wb") as file:
        file.writelines(total.add(row) + b"\n" for row in rows)
    columns = ", ".join(f"'{name}': '{_given_type(column)}'" for name, column in kind.table.columns.items())
    chosen = ", ".join(_from_line(name, column) for name, column in kind.table.columns.items())
    order = ", ".join(_quoted(name) for name in (kind.asked_column, *_keys(kind)))
    with _connected() as connection:
        connection.execute(
            # Names of columns are ours; whatever comes from outside is a parameter.
            f"COPY (SELECT {chosen} FROM read_json($lines, format = 'newline_delimited', columns = {{{columns}}},"
            f" maximum_object_size = {ROW_BYTES_MAX}) ORDER BY {order}) TO {_text(str(target))}"
            f" (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{kind: '{kind.name}', schema: '{SCHEMA_VERSION}'}})",
            {"lines": _as_path(lines)},
        )
    lines.unlink()
    return total.contents()


def read(
    kind: Kind,
    files: Sequence[Path],
    where: Sequence[Condition] = (),
    *,
    order: str = "",
    limit: int | None = None,
) -> Iterator[Plain]:
    """Rows of the files that meet all conditions; `order` is SQL. Raises `Damaged`."""
    with _connected() as connection, _reading():
        present = _present(connection, files)
        names = [column.name for column in kind.table.columns]
        chosen = ", ".join(_to_plain(column) if column.name in present else "NULL" for column in kind.table.columns)
        values = {"files": [_as_path(file) for file in files]} | _values(where)
        ordered = f" ORDER BY {order}" if order else ""
        limited = f" LIMIT {limit:d}" if limit is not None else ""
        found = connection.execute(f"SELECT {chosen} FROM {_SOURCE}{_sql(where)}{ordered}{limited}", values)
        while batch := found.fetchmany(FETCH_ROWS):
            for row in batch:
                yield dict(zip(names, row, strict=True))


def select(files: Sequence[Path], what: str, where: Sequence[Condition] = (), *, more: str = "") -> list[Any]:
    """Whatever `what` (and `more`, behind the conditions) says in DuckDB's SQL, over the files. Raises `Damaged`."""
    values = {"files": [_as_path(file) for file in files]} | _values(where)
    with _connected() as connection, _reading():
        return connection.execute(f"SELECT {what} FROM {_SOURCE}{_sql(where)} {more}", values).fetchall()


class Damaged(Exception):
    """A file cannot be read as what it should be."""


_SOURCE: Final = "read_parquet($files, union_by_name = true, hive_partitioning = false)"


@contextmanager
def _connected() -> Generator[duckdb.DuckDBPyConnection]:
    connection = _engine().cursor()
    try:
        yield connection
    finally:
        connection.close()


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    # One for the process: to begin one takes 30 milliseconds, longer than most questions.
    engine = duckdb.connect(":memory:")
    engine.execute(f"SET memory_limit = '{MEMORY_MB_MAX}MB'")
    engine.execute(f"SET threads = {THREADS_MAX}")
    engine.execute("SET GLOBAL TimeZone = 'UTC'")
    spill = Path(tempfile.gettempdir()) / f"tracemedic-duckdb-{os.getpid()}"  # made when it is needed
    engine.execute(f"SET temp_directory = {_text(str(spill))}")
    # Nothing is ever loaded from the network.
    engine.execute("SET autoinstall_known_extensions = false")
    engine.execute("SET autoload_known_extensions = false")
    engine.execute("SET lock_configuration = true")
    return engine


@contextmanager
def _reading() -> Generator[None]:
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.BinderException) as error:
        raise Damaged(str(error).splitlines()[0]) from None


def _present(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> frozenset[str]:
    found = connection.execute(f"DESCRIBE SELECT * FROM {_SOURCE}", {"files": [_as_path(file) for file in files]})
    return frozenset(row[0] for row in found.fetchall())


def _sql(where: Sequence[Condition]) -> str:
    return " WHERE " + " AND ".join(f"({one.sql})" for one in where) if where else ""


def _values(where: Sequence[Condition]) -> dict[str, object]:
    return {name: value for one in where for name, value in one.values.items()}


def _keys(kind: Kind) -> list[str]:
    return [column.name for column in kind.table.primary_key.columns]


def _given_type(column: sa.Column[Any]) -> str:
    if isinstance(column.type, Timestamp | sa.Integer):
        return "BIGINT"
    if isinstance(column.type, sa.Double):
        return "DOUBLE"
    return "BOOLEAN" if isinstance(column.type, sa.Boolean) else "VARCHAR"


def _from_line(name: str, column: sa.Column[Any]) -> str:
    if isinstance(column.type, Timestamp):
        return f"make_timestamp({_quoted(name)})::TIMESTAMPTZ AS {_quoted(name)}"
    return _quoted(name)


def _to_plain(column: sa.Column[Any]) -> str:
    quoted = _quoted(column.name)
    return f"epoch_us({quoted})" if isinstance(column.type, Timestamp) else quoted


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _as_path(file: Path) -> str:
    """A path in which DuckDB sees no pattern."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(file))
