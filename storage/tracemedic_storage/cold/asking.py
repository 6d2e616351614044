"""Putting a question to files while these change: which files count, where they are, which errors are there twice."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import sqlalchemy as sa

from tracemedic_storage.cold import layout, parquet, register
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.files import FileGone
from tracemedic_storage.cold.layout import DAY_NS, EVENTS, Tier
from tracemedic_storage.cold.parquet import Condition
from tracemedic_storage.cold.register import ColdFile
from tracemedic_storage.database import Database
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.tables import error_events
from tracemedic_storage.thresholds import FUTURE_MAX_NS

ATTEMPTS_MAX: Final = 20
"""A move changes the register every few seconds; a question is through in less, at the latest between two days."""

T = TypeVar("T")


def steadily(places: Places, ask: Callable[[Sequence[ColdFile]], T], *, archive: bool, kind: str = EVENTS.name) -> T:
    """What `ask` answers of the live files, which are the same before and after.

    Raises `DatabaseUnavailable` where they change all the time, `FileGone` for a file that is missing.
    """
    for _ in range(ATTEMPTS_MAX):
        files = live(places.database, kind, archive=archive)
        try:
            answer = ask(files)
        except FileGone:
            if live(places.database, kind, archive=archive) == files:
                raise
            continue
        if live(places.database, kind, archive=archive) == files:
            return answer
    message = "the cold store changes faster than it can be read; try again when the retention run is through"
    raise DatabaseUnavailable(message)


def live(database: Database, kind: str, *, archive: bool) -> tuple[ColdFile, ...]:
    """The files of a kind that count."""
    tiers: Sequence[Tier] = ("cold", "archive") if archive else ("cold",)
    with database.read() as connection:
        return register.listed(connection, kind=kind, tiers=tiers)


def reaches_cold(database: Database, *, since_ns: int | None = None, archive: bool = False) -> bool:
    """Whether files may hold errors that occurred at or after `since_ns`: one short read of the register."""
    files = live(database, EVENTS.name, archive=archive)
    return any(since_ns is None or layout.span_of(file.path)[1] >= since_ns for file in files)


def late_ids(database: Database, files: Sequence[ColdFile]) -> list[str]:
    """Ids of errors in the database that occurred before the last day in `files` ended: those may be there as well."""
    if not files:
        return []
    moved_until_ns = max(_end(file) for file in files) + FUTURE_MAX_NS
    with database.read() as connection:
        chosen = sa.select(error_events.c.id).where(error_events.c.occurred_at < moved_until_ns)
        return list(connection.scalars(chosen))


def _end(file: ColdFile) -> int:
    return file.day_ns + DAY_NS if file.tier == "cold" else layout.month_end(file.day_ns)


def without_twins(
    places: Places, files: Sequence[ColdFile], wanted: Sequence[ColdFile], folder: Path
) -> list[Condition]:
    """The condition that leaves out what the database has as well. `files` are all that count, `wanted` those asked."""
    late = late_ids(places.database, files)
    twins = twins_among(places, late, wanted, folder)
    return [Condition(sql="id NOT IN (SELECT unnest($twins))", values={"twins": twins})] if twins else []


def twins_among(places: Places, ids: Sequence[str], files: Sequence[ColdFile], folder: Path) -> list[str]:
    """Which of the errors are in one of the files."""
    if not ids or not files:
        return []
    copies = [local(places, file, folder) for file in files]
    among = Condition(sql="id IN (SELECT unnest($late))", values={"late": list(ids)})
    return sorted({row[0] for row in parquet.select(copies, "id", [among])})


def local(places: Places, file: ColdFile, folder: Path) -> Path:
    """The file on this machine. Raises `FileGone`."""
    return places.store(file.tier).fetch(file.path, folder)
