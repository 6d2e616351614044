"""Worker processes: each says every few seconds that it lives, so that others can take over when one does not."""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from tracemedic_storage import bulk
from tracemedic_storage.database import Database
from tracemedic_storage.tables import executors
from tracemedic_storage.timestamps import as_text

SILENT_NS_MAX: Final = 15_000_000_000
"""An executor silent for so long is taken for dead. Workers speak every two seconds: a pause for breath is no death,
and if it was one after all, a job runs twice with the same ids and changes nothing more."""


def beat(database: Database, executor_id: str, *, host: str, now_ns: int) -> None:
    """Say that this executor lives; the first time it is entered."""
    with database.write() as connection:
        alive = sa.update(executors).where(executors.c.id == executor_id).values(beat_at=now_ns)
        if connection.execute(alive).rowcount == 0:
            row = {"id": executor_id, "host": host, "started_at": as_text(now_ns), "beat_at": as_text(now_ns)}
            bulk.insert_missing(connection, executors, [row])


def silent_since(database: Database, since_ns: int) -> tuple[str, ...]:
    """Executors that have not said anything since a time."""
    return _ids(database, executors.c.beat_at < since_ns)


def alive_since(database: Database, since_ns: int) -> tuple[str, ...]:
    """Executors that have said something at or after a time."""
    return _ids(database, executors.c.beat_at >= since_ns)


def forget(database: Database, executor_ids: Collection[str]) -> None:
    """Remove executors whose work was taken over, or that ended in order."""
    with database.write() as connection:
        connection.execute(sa.delete(executors).where(executors.c.id.in_(list(executor_ids))))


def _ids(database: Database, condition: sa.ColumnElement[bool]) -> tuple[str, ...]:
    with database.read() as connection:
        return tuple(connection.scalars(sa.select(executors.c.id).where(condition).order_by(executors.c.id)))
