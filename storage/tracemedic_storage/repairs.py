"""The histories that the time to repair is counted from."""

from itertools import groupby

import sqlalchemy as sa

from tracemedic_storage import pattern_scope
from tracemedic_storage.database import Database
from tracemedic_storage.records import ChangeKind, Record
from tracemedic_storage.scope import Scope
from tracemedic_storage.tables import pattern_changes


class Step(Record, frozen=True, kw_only=True):
    """One change of a pattern that begins, ends or takes back a repair."""

    kind: ChangeKind
    at_ns: int


class History(Record, frozen=True, kw_only=True):
    """The steps of one pattern before the end of a period, oldest first."""

    pattern_id: str
    steps: tuple[Step, ...]


def histories(database: Database, scope: Scope) -> tuple[History, ...]:
    """Of each pattern that somebody resolved in the period (our clock) all that came before the period's end."""
    columns = pattern_changes.c
    resolved = (
        sa.select(columns.pattern_id)
        .where(columns.kind == "resolved", columns.at >= scope.since_ns, columns.at < scope.until_ns)
        .distinct()
    )
    steps = (
        sa.select(columns.pattern_id, columns.kind, columns.at)
        .where(
            columns.pattern_id.in_(resolved),
            columns.kind.in_(("created", "regressed", "reopened", "ignored", "resolved")),
            columns.at < scope.until_ns,
        )
        .order_by(columns.pattern_id, columns.at, columns.kind)
    )
    with database.read() as connection:
        rows = connection.execute(steps).all()
        kept = pattern_scope.within(connection, {row.pattern_id for row in rows}, scope)
    return tuple(
        History(pattern_id=id_, steps=tuple(Step(kind=row.kind, at_ns=row.at) for row in group))
        for id_, group in groupby(rows, key=lambda row: row.pattern_id)
        if id_ in kept
    )
