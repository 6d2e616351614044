"""What happened to patterns, kept for good; and which of it still asks for work."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracemedic_storage import bulk
from tracemedic_storage.database import Database
from tracemedic_storage.records import PatternChange
from tracemedic_storage.tables import pattern_changes
from tracemedic_storage.timestamps import as_text


def store(connection: Connection, changes: Iterable[PatternChange]) -> None:
    """Keep what happened; what is there already stays as it is."""
    rows = (
        {
            "pattern_id": change.pattern_id,
            "kind": change.kind,
            "fingerprint": change.fingerprint,
            "occurrences": change.occurrences,
            "at": as_text(change.at_ns),
            "author": change.author,
            "detail": change.detail,
        }
        for change in changes
    )
    bulk.insert_missing(connection, pattern_changes, rows)


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
