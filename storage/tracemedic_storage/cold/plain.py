"""Rows as files keep them: times as whole microseconds, JSON as text with its keys in order, all else as it is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from tracemedic_storage.cold.layout import Contents, Kind
from tracemedic_storage.timestamps import Timestamp, as_text, from_datetime

Plain = dict[str, object]
"""A row of a file by column."""

_to_json: Final = msgspec.json.Encoder(order="deterministic").encode
_line: Final = msgspec.json.Encoder().encode


def plain(kind: Kind, row: Mapping[str, object] | RowMapping) -> Plain:
    """A row of the database as files keep it. Both databases give the same."""
    return {name: value if into is None else into(value) for name, into, value in _with_forms(kind, row)}


def given(kind: Kind, row: Mapping[str, object]) -> Plain:
    """A row as `bulk` takes it, as files keep it."""
    shaped: Plain = {}
    for column in kind.table.columns:
        value = row[column.name]
        if value is not None and isinstance(column.type, Timestamp):
            value = from_datetime(datetime.fromisoformat(str(value))) // 1_000
        elif value is not None and isinstance(column.type, sa.JSON):
            value = _to_json(msgspec.to_builtins(value)).decode()
        shaped[column.name] = value
    return shaped


def database_row(kind: Kind, row: Plain) -> dict[str, object]:
    """A row of a file as `bulk` takes it."""
    shaped: dict[str, object] = {}
    for column in kind.table.columns:
        value = row.get(column.name)
        if value is not None and isinstance(column.type, Timestamp):
            value = as_text(_as_int(value) * 1_000)
        elif value is not None and isinstance(column.type, sa.JSON):
            value = msgspec.json.decode(str(value))
        shaped[column.name] = value
    return shaped


def mapping(kind: Kind, row: Plain) -> dict[str, object]:
    """A row of a file as a query of the database would give it: times in nanoseconds, JSON decoded."""
    shaped: dict[str, object] = {}
    for column in kind.table.columns:
        value = row.get(column.name)
        if value is not None and isinstance(column.type, Timestamp):
            value = _as_int(value) * 1_000
        elif value is not None and isinstance(column.type, sa.JSON):
            value = msgspec.json.decode(str(value))
        shaped[column.name] = value
    return shaped


def line(row: Plain) -> bytes:
    """The row as one line of JSON: what checksums are made of."""
    return _line(row)


class Sum:
    """Adds up rows to `Contents`, in whatever order they come."""

    def __init__(self, kind: Kind) -> None:
        self._asked = kind.asked_column
        self._hashes: list[bytes] = []
        self._times: list[int] = []

    def add(self, row: Plain) -> bytes:
        """Take one row; returns its line."""
        encoded = line(row)
        self._hashes.append(sha256(encoded).digest())
        self._times.append(_as_int(row[self._asked]))
        return encoded

    def contents(self) -> Contents:
        """What has been added up so far."""
        whole = sha256(b"".join(sorted(self._hashes))).hexdigest()[:32]
        return Contents(
            rows=len(self._hashes),
            first_ns=min(self._times, default=0) * 1_000,
            last_ns=max(self._times, default=0) * 1_000,
            digest=whole,
        )


def summed(kind: Kind, rows: Iterable[Plain]) -> Contents:
    """What rows add up to."""
    total = Sum(kind)
    for row in rows:
        total.add(row)
    return total.contents()


Form = Callable[[object], object]


def _with_forms(kind: Kind, row: Mapping[str, object] | RowMapping) -> Iterable[tuple[str, Form | None, object]]:
    for name, into in _forms(kind.table):
        value = row[name]
        yield name, None if value is None else into, value


@cache
def _forms(table: sa.Table) -> Sequence[tuple[str, Form | None]]:
    return tuple((column.name, _form(column)) for column in table.columns)


def _form(column: sa.Column[object]) -> Form | None:
    if isinstance(column.type, Timestamp):
        return lambda value: _as_int(value) // 1_000
    if isinstance(column.type, sa.JSON):
        return lambda value: _to_json(value).decode()
    if isinstance(column.type, sa.Double):
        return lambda value: float(str(value))  # SQLite gives a whole number back as an integer
    return None


def _as_int(value: object) -> int:
    if not isinstance(value, int):
        message = f"a time is a number, not {type(value).__name__}"
        raise TypeError(message)
    return value
