"""Where a page of a listing ended, as an opaque text: the next page begins after it, whatever was added meanwhile."""

import re

import sqlalchemy as sa

from tracemedic_storage.records import Record

_FORM = re.compile(r"(-?\d{1,20})~(.{1,200})", re.DOTALL | re.ASCII)


class Cursor(Record, frozen=True, kw_only=True):
    """The last row of a page: its time and its id."""

    at_ns: int
    id: str

    def __str__(self) -> str:
        return f"{self.at_ns}~{self.id}"


def after(cursor: str | None, at: sa.Column[int], id_: sa.Column[str]) -> list[sa.ColumnElement[bool]]:
    """The conditions for what comes after a cursor in the order newest first; none at the beginning.

    Raises `ValueError` for a text that is no cursor.
    """
    if cursor is None:
        return []
    match = _FORM.fullmatch(cursor)
    if match is None:
        raise ValueError("this is no cursor of a page")
    at_ns, last_id = int(match[1]), match[2]
    # The first condition says nothing new, but lets the database start in the index at the right place.
    return [at <= at_ns, sa.or_(at < at_ns, id_ < last_id)]
