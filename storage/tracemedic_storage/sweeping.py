"""Rows that are deleted when they are old, without a copy: each kind's condition, how many, and the deletion.

`error_traces` and `error_fingerprints` are not among them: thresholds, and what patterns add up to when they are
merged, count them.
"""

from collections.abc import Callable
from typing import Any, Final, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage.database import Database
from tracemedic_storage.records import Record
from tracemedic_storage.tables import (
    error_events,
    error_stacks,
    exemplar_traces,
    model_calls,
    notifications,
    request_counts,
)

Swept = Literal[
    "exemplar_traces",  # whole traces of patterns
    "error_stacks",  # stack traces that no event in the database names any more
    "request_counts",  # per minute, what error rates are made of
    "notifications",  # told or given up; those still owed stay
    "model_calls",  # settled ones, long out of every budget
]
SWEPT: Final[tuple[Swept, ...]] = get_args(Swept)

Condition = Callable[[int], sa.ColumnElement[bool]]


class _Sweep(Record, frozen=True, kw_only=True):
    table: sa.Table
    is_old: Condition


def count(database: Database, swept: Swept, *, before_ns: int) -> int:
    """How many rows are older than a time (our clock)."""
    sweep = _SWEEPS[swept]
    with database.read() as connection:
        chosen = sa.select(sa.func.count()).select_from(sweep.table).where(sweep.is_old(before_ns))
        return connection.scalars(chosen).one()


def delete(database: Database, swept: Swept, *, before_ns: int) -> int:
    """Delete the rows older than a time (our clock); returns how many."""
    sweep = _SWEEPS[swept]
    with database.write() as connection:
        if swept == "error_stacks":
            hold_recording(connection)
        return connection.execute(sa.delete(sweep.table).where(sweep.is_old(before_ns))).rowcount


def delete_stacks(connection: Connection, hashes: list[str]) -> int:
    """Delete those of the stack traces that no event in the database names (any more); returns how many.

    The caller holds recording (`hold_recording`).
    """
    return connection.execute(
        sa.delete(error_stacks).where(error_stacks.c.hash.in_(hashes), error_stacks.c.hash.not_in(_named()))
    ).rowcount


def hold_recording(connection: Connection) -> None:
    """Let nobody write events until the transaction ends. To be taken before any other lock."""
    # A recorder that has just found a stack to be there already may not have told of its event yet: wait for those
    # under way, and let no other begin to write events. SQLite has one writer at a time anyway.
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE error_events IN SHARE MODE"))


def _named() -> sa.Select[Any]:
    column = error_events.c.stack_hash
    return sa.select(column).where(column.is_not(None))


_SWEEPS: Final[dict[Swept, _Sweep]] = {
    "exemplar_traces": _Sweep(table=exemplar_traces, is_old=lambda at: exemplar_traces.c.stored_at < at),
    "error_stacks": _Sweep(
        table=error_stacks,
        is_old=lambda at: sa.and_(error_stacks.c.stored_at < at, error_stacks.c.hash.not_in(_named())),
    ),
    "request_counts": _Sweep(table=request_counts, is_old=lambda at: request_counts.c.minute < at),
    "notifications": _Sweep(
        table=notifications,
        is_old=lambda at: sa.and_(notifications.c.at < at, notifications.c.outcome != "owed"),
    ),
    "model_calls": _Sweep(
        table=model_calls,
        is_old=lambda at: sa.and_(model_calls.c.reserved_at < at, model_calls.c.settled_at.is_not(None)),
    ),
}
