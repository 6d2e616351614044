"""Rows in the database that name a user: finding and deleting them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import bulk, sweeping
from tracemedic_storage.database import Database
from tracemedic_storage.tables import error_events, exemplar_traces

AT_ONCE: Final = 2_000
"""Events deleted in one transaction, for which recording has to wait."""

Key = tuple[str, str, str]
"""The primary key of a part of an exemplar."""


def is_of(user_id: str, row: Mapping[str, Any]) -> bool:
    """Whether an event (JSON decoded) is of a user: by the id found for it, or by any attribute kept with it."""
    return row["user_id"] == user_id or user_id in row["attributes"].values()


def events_of(database: Database, user_id: str, *, limit: int = AT_ONCE) -> list[str]:
    """Ids of events of a user, some of them when there are more."""
    columns = error_events.c
    maybe = sa.or_(columns.user_id == user_id, _mentions(columns.attributes, user_id))
    chosen = sa.select(columns.id, columns.user_id, columns.attributes).where(maybe)
    found: list[str] = []
    with database.read() as connection:
        for row in connection.execute(chosen).mappings():
            if is_of(user_id, cast("Mapping[str, Any]", row)):
                found.append(row["id"])
            if len(found) >= limit:
                break
    return found


def exemplars_of(database: Database, user_id: str) -> list[Key]:
    """Keys of the parts of exemplars in which a span names the user."""
    columns = exemplar_traces.c
    chosen = sa.select(exemplar_traces).where(_mentions(columns.spans, user_id))
    with database.read() as connection:
        return [
            (row.pattern_id, row.trace_id, row.spool_id)
            for row in connection.execute(chosen)
            if _is_in(user_id, row.spans)
        ]


def delete_events(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Delete events, the stack traces that nobody else names and the exemplars of their traces; returns how many.

    The caller holds recording (`sweeping.hold_recording`).
    """
    wanted = list(ids)
    columns = error_events.c
    rows = bulk.select_matching(connection, error_events, ({"id": one} for one in wanted))
    hashes = sorted({row["stack_hash"] for row in rows if row["stack_hash"]})
    traces = sorted({row["trace_id"] for row in rows})
    events = connection.execute(sa.delete(error_events).where(columns.id.in_(wanted))).rowcount
    exemplars = connection.execute(sa.delete(exemplar_traces).where(exemplar_traces.c.trace_id.in_(traces))).rowcount
    stacks = sweeping.delete_stacks(connection, hashes)
    return {"error_events": events, "error_stacks": stacks, "exemplar_traces": exemplars}


def delete_exemplars(connection: Connection, keys: Iterable[Key]) -> int:
    """Delete parts of exemplars; returns how many."""
    columns = exemplar_traces.c
    return sum(
        connection.execute(
            sa.delete(exemplar_traces).where(
                columns.pattern_id == pattern_id, columns.trace_id == trace_id, columns.spool_id == spool_id
            )
        ).rowcount
        for pattern_id, trace_id, spool_id in keys
    )


def _mentions(column: sa.Column[Any], user_id: str) -> sa.ColumnElement[bool]:
    # As text, which finds too much (an attribute's name, other cases on SQLite); each row is then looked at.
    return sa.cast(column, sa.Text).contains(msgspec.json.encode(user_id).decode(), autoescape=True)


def _is_in(user_id: str, value: object) -> bool:
    if isinstance(value, dict):
        return any(_is_in(user_id, each) for each in cast("dict[object, object]", value).values())
    if isinstance(value, list):
        return any(_is_in(user_id, each) for each in cast("list[object]", value))
    return value == user_id
