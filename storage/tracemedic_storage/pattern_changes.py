"""What happened to patterns, kept for good; and which of it still asks for work."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracemedic_storage import bulk
from tracemedic_storage.database import Database
from tracemedic_storage.pattern_life import Memory
from tracemedic_storage.records import PatternChange
from tracemedic_storage.tables import pattern_changes
from tracemedic_storage.timestamps import as_text

_STEP_NS: Final = 1_000
"""Times are kept in microseconds."""


def store(connection: Connection, changes: Iterable[PatternChange], *, handled: bool = False) -> None:
    """Keep what happened; what is there already stays as it is. `handled`: no work is owed for it."""
    rows = (
        {
            "pattern_id": change.pattern_id,
            "kind": change.kind,
            "fingerprint": change.fingerprint,
            "occurrences": change.occurrences,
            "at": as_text(change.at_ns),
            "author": change.author,
            "detail": change.detail,
            "handled_at": as_text(change.at_ns) if handled else None,
        }
        for change in changes
    )
    bulk.insert_missing(connection, pattern_changes, rows)


def append(connection: Connection, change: PatternChange, *, handled: bool = False) -> PatternChange:
    """Keep what happened, at the first free microsecond from its time on. The caller holds the lock of the pattern."""
    columns = pattern_changes.c
    newest = sa.select(sa.func.max(columns.at).cast(columns.at.type)).where(
        columns.pattern_id == change.pattern_id, columns.kind == change.kind
    )
    taken_ns = connection.scalar(newest)
    at_ns = change.at_ns if taken_ns is None else max(change.at_ns, taken_ns + _STEP_NS)
    kept = msgspec.structs.replace(change, at_ns=at_ns)
    store(connection, [kept], handled=handled)
    return kept


def move(connection: Connection, pattern_id: str, *, into: str) -> None:
    """Give the history of one pattern to another. The caller holds the locks of both."""
    columns = pattern_changes.c
    chosen = sa.select(columns.kind, columns.at, columns.pattern_id).where(columns.pattern_id.in_([pattern_id, into]))
    rows = connection.execute(chosen).all()
    taken = {(row.kind, row.at) for row in rows if row.pattern_id == into}
    for kind, at_ns in sorted((row.kind, row.at) for row in rows if row.pattern_id == pattern_id):
        free_ns = at_ns
        while (kind, free_ns) in taken:
            free_ns += _STEP_NS
        taken.add((kind, free_ns))
        moved = sa.update(pattern_changes).values(pattern_id=into, at=free_ns)
        connection.execute(moved.where(columns.pattern_id == pattern_id, columns.kind == kind, columns.at == at_ns))


def memories(connection: Connection, pattern_ids: Sequence[str]) -> dict[str, Memory]:
    """What the history of these patterns says about alerts and calming."""
    if not pattern_ids:
        return {}
    keys = [{"pattern_id": id_, "kind": kind} for id_ in pattern_ids for kind in ("alert", "calmed", "created")]
    found = bulk.select_matching(connection, pattern_changes, keys)
    grouped: dict[str, list[RowMapping]] = {}
    for row in found:
        grouped.setdefault(row["pattern_id"], []).append(row)
    return {id_: _memory(rows) for id_, rows in grouped.items()}


def _memory(rows: Sequence[RowMapping]) -> Memory:
    # Whoever made a pattern, by recording or by splitting another, has told how often it had occurred.
    told = [row for row in rows if row["kind"] != "calmed"]
    return Memory(
        calmed_at_ns=max((row["at"] for row in rows if row["kind"] == "calmed"), default=None),
        told_at_ns=max((row["at"] for row in told), default=None),
        told_traces=max((row["occurrences"] for row in told), default=0),
    )


def unhandled(database: Database, *, limit: int = 100) -> tuple[PatternChange, ...]:
    """The oldest changes for which nobody has called `handled`."""
    columns = pattern_changes.c
    chosen = sa.select(pattern_changes).where(columns.handled_at.is_(None)).order_by(columns.at).limit(limit)
    with database.read() as connection:
        return tuple(_from_row(row) for row in connection.execute(chosen).mappings())


def of_pattern(database: Database, pattern_id: str) -> tuple[PatternChange, ...]:
    """The changes of one pattern, oldest first."""
    columns = pattern_changes.c
    chosen = sa.select(pattern_changes).where(columns.pattern_id == pattern_id).order_by(columns.at, columns.kind)
    with database.read() as connection:
        return tuple(_from_row(row) for row in connection.execute(chosen).mappings())


def handled(database: Database, change: PatternChange, *, now_ns: int) -> bool:
    """Mark a change as done; False when somebody else had done so already."""
    columns = pattern_changes.c
    done = (
        sa.update(pattern_changes)
        .where(
            columns.pattern_id == change.pattern_id,
            columns.kind == change.kind,
            columns.at == change.at_ns,
            columns.handled_at.is_(None),
        )
        .values(handled_at=now_ns)
    )
    with database.write() as connection:
        return connection.execute(done).rowcount == 1


def _from_row(columns: RowMapping) -> PatternChange:
    return PatternChange(
        kind=columns["kind"],
        pattern_id=columns["pattern_id"],
        fingerprint=columns["fingerprint"],
        occurrences=columns["occurrences"],
        at_ns=columns["at"],
        author=columns["author"],
        detail=columns["detail"],
    )
