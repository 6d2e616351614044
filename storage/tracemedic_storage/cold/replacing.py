"""From files to a file: the rows of some become another one, which takes their place at one moment."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.engine import Connection

from tracemedic_storage.cold import copying, layout, parquet, register
from tracemedic_storage.cold.copying import Places, VerificationFailed
from tracemedic_storage.cold.files import FileGone
from tracemedic_storage.cold.layout import Kind, Tier
from tracemedic_storage.cold.plain import Plain, Sum
from tracemedic_storage.cold.register import ColdFile

BUNDLE_ROWS_MAX: Final = 500_000
"""Rows of one file of the archive; a month with more has several. On the way they lie on disk as JSON, 1 KB each."""

Change = Callable[[Plain], Plain | None]
"""A row as it shall be; None takes it out."""


def _nothing(_connection: Connection) -> None:
    return None


def archive_month(places: Places, kind: Kind, month_ns: int, *, now_ns: int) -> tuple[str, ...]:
    """Bundle the month's files of the cold store in the archive, then delete them; returns the archive's new paths.

    Repeated after an interruption it goes on. Raises what `copying.copy` raises.
    """
    _abandon(places, kind, "archive", month_ns)
    bundles: list[str] = []
    while sources := _some_of(places, kind, month_ns):
        with copying.scratch() as folder:
            rows = _distinct(kind, _chained(places, sources, folder))
            file = _replace(places, sources, rows, tier="archive", start_ns=month_ns, now_ns=now_ns)
        bundles += [] if file is None else [file.path]
    return tuple(bundles)


def rewrite(
    places: Places,
    file: ColdFile,
    change: Change,
    *,
    now_ns: int,
    also: Callable[[Connection], None] = _nothing,
) -> ColdFile | None:
    """Put a file with changed rows in the place of another; None when no row is left.

    The change has to change something. `also` happens in the transaction in which the new file comes to count.
    Raises what `copying.copy` raises.
    """
    _abandon(places, layout.KINDS[file.kind], file.tier, file.day_ns)
    with copying.scratch() as folder:
        changed = (change(row) for row in rows_of(places, file, folder))
        rows = (row for row in changed if row is not None)
        return _replace(places, [file], rows, tier=file.tier, start_ns=file.day_ns, now_ns=now_ns, also=also)


def expire(places: Places, files: Sequence[ColdFile]) -> None:
    """Delete files whose time has come, with their rows."""
    if not files:
        return
    with places.database.write() as connection:
        register.turn(connection, [file.path for file in files], before=["live"], state="leaving")
        places.reached("deciding")
    places.reached("decided")
    copying.discard(places, files)


def rows_of(places: Places, file: ColdFile, folder: Path) -> Iterator[Plain]:
    """All rows of a file; raises `VerificationFailed`, at the end, where they are not those that were written."""
    kind = layout.KINDS[file.kind]
    total = Sum(kind)
    try:
        local = places.store(file.tier).fetch(file.path, folder)
        for row in parquet.read(kind, [local]):
            total.add(row)
            yield row
    except (FileGone, parquet.Damaged) as error:
        message = f"{file.path} cannot be read: {error}"
        raise VerificationFailed(message) from None
    if file.schema_version == layout.SCHEMA_VERSION and total.contents().digest != layout.digest_of(file.path):
        message = f"{file.path} does not hold the rows that were written"
        raise VerificationFailed(message)


def _replace(
    places: Places,
    sources: Sequence[ColdFile],
    rows: Iterable[Plain],
    *,
    tier: Tier,
    start_ns: int,
    now_ns: int,
    also: Callable[[Connection], None] = _nothing,
) -> ColdFile | None:
    kind = layout.KINDS[sources[0].kind]
    file = copying.copy(places, kind, tier, start_ns, rows, now_ns=now_ns, sources=sources)
    with places.database.write() as connection:
        register.turn(connection, [one.path for one in sources], before=["live"], state="leaving")
        if file is not None:
            register.turn(connection, [file.path], before=["copied"], state="live")
        also(connection)
        places.reached("deciding")
    places.reached("decided")
    copying.discard(places, sources)
    return file


def _some_of(places: Places, kind: Kind, month_ns: int) -> list[ColdFile]:
    end_ns = layout.month_end(month_ns)
    with places.database.read() as connection:
        files = register.listed(connection, kind=kind.name, tiers=["cold"], from_ns=month_ns, until_ns=end_ns)
    chosen: list[ColdFile] = []
    for file in files:
        if chosen and sum(one.rows for one in chosen) + file.rows > BUNDLE_ROWS_MAX:
            break
        chosen.append(file)
    return chosen


def _abandon(places: Places, kind: Kind, tier: Tier, start_ns: int) -> None:
    with places.database.read() as connection:
        unfinished = register.listed(
            connection,
            states=["copying", "copied"],
            kind=kind.name,
            tiers=[tier],
            from_ns=start_ns,
            until_ns=start_ns + layout.DAY_NS,
        )
    copying.abandon(places, unfinished)


def _chained(places: Places, sources: Sequence[ColdFile], folder: Path) -> Iterator[Plain]:
    for file in sources:
        yield from rows_of(places, file, folder)


def _distinct(kind: Kind, rows: Iterable[Plain]) -> Iterator[Plain]:
    # Each day takes its stacks along: in a month most of them are there many times.
    (key,) = (column.name for column in kind.table.primary_key.columns)
    seen: set[object] = set()
    for row in rows:
        if row[key] not in seen:
            seen.add(row[key])
            yield row
