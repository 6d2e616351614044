"""The register of files (`cold_files`): which there are, and how far each one's move has come.

A file's row is written before the file and deleted after it, so that nothing lies anywhere that the register does not
know. Only files that are `live` are read: until then the rows are where they were, afterwards they are elsewhere.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracemedic_storage.cold.layout import SCHEMA_VERSION, Tier
from tracemedic_storage.records import Record
from tracemedic_storage.tables import cold_files

State = Literal[
    "copying",  # it is being written
    "copied",  # it was read back and is whole
    "live",  # its rows are nowhere else
    "leaving",  # its rows are elsewhere or wanted no more
]


class ColdFile(Record, frozen=True, kw_only=True):
    """One file: `day_ns` is the beginning of its day, in the archive of its month; `checksum` is the file's SHA-256."""

    path: str
    kind: str
    tier: Tier
    day_ns: int
    rows: int
    bytes: int
    checksum: str
    state: State
    stored_at_ns: int
    schema_version: int = SCHEMA_VERSION
    verified_at_ns: int | None = None


class Superseded(Exception):
    """Somebody else has moved this data on meanwhile; nothing is lost, the next run takes what is left."""


def begin(connection: Connection, file: ColdFile) -> None:
    """Announce a file that will be written; one announced or written before is begun again.

    Raises `Superseded` where the file counts already or is being deleted.
    """
    known = connection.execute(
        sa.select(cold_files.c.state).where(cold_files.c.path == file.path).with_for_update()
    ).scalar()
    if known in {"live", "leaving"}:
        message = f"{file.path} is {known}"
        raise Superseded(message)
    if known is None:
        connection.execute(sa.insert(cold_files).values(_to_row(file)))
    else:
        connection.execute(sa.update(cold_files).where(cold_files.c.path == file.path).values(_to_row(file)))


def turn(
    connection: Connection,
    paths: Iterable[str],
    *,
    before: Sequence[State],
    state: State,
    verified_at_ns: int | None = None,
) -> None:
    """Give files another state. Raises `Superseded` where one of them is in none of the states `before`."""
    wanted = sorted(set(paths))
    columns = cold_files.c
    changes: dict[str, object] = {"state": state}
    if verified_at_ns is not None:
        changes["verified_at"] = verified_at_ns
    for path in wanted:  # one by one, in order: two runs never wait for each other in a circle
        turned = connection.execute(
            sa.update(cold_files).where(columns.path == path, columns.state.in_(before)).values(changes)
        )
        if turned.rowcount != 1:
            message = f"{path} is no longer {' or '.join(before)}"
            raise Superseded(message)


def knows(connection: Connection, path: str) -> bool:
    """Whether there is such a file, in whatever state."""
    return connection.scalar(sa.select(cold_files.c.path).where(cold_files.c.path == path)) is not None


def drop(connection: Connection, path: str) -> None:
    """Forget a file that is deleted."""
    connection.execute(sa.delete(cold_files).where(cold_files.c.path == path, cold_files.c.state == "leaving"))


def listed(
    connection: Connection,
    *,
    states: Sequence[State] = ("live",),
    kind: str | None = None,
    tiers: Sequence[Tier] = ("cold", "archive"),
    from_ns: int | None = None,
    until_ns: int | None = None,
) -> tuple[ColdFile, ...]:
    """The files in these states whose day (or month) begins at or after `from_ns` and before `until_ns`, in order."""
    columns = cold_files.c
    conditions: list[sa.ColumnElement[bool]] = [columns.state.in_(states), columns.tier.in_(tiers)]
    if kind is not None:
        conditions.append(columns.kind == kind)
    if from_ns is not None:
        conditions.append(columns.day >= from_ns)
    if until_ns is not None:
        conditions.append(columns.day < until_ns)
    chosen = sa.select(cold_files).where(*conditions).order_by(columns.day, columns.kind, columns.path)
    return tuple(_from_row(row) for row in connection.execute(chosen).mappings())


def _to_row(file: ColdFile) -> dict[str, object]:
    return {
        "path": file.path,
        "kind": file.kind,
        "tier": file.tier,
        "day": file.day_ns,
        "rows": file.rows,
        "bytes": file.bytes,
        "checksum": file.checksum,
        "schema_version": file.schema_version,
        "state": file.state,
        "stored_at": file.stored_at_ns,
        "verified_at": file.verified_at_ns,
    }


def _from_row(row: RowMapping) -> ColdFile:
    times = {"day": "day_ns", "stored_at": "stored_at_ns", "verified_at": "verified_at_ns"}
    return ColdFile(**{times.get(column.name, column.name): row[column.name] for column in cold_files.columns})
