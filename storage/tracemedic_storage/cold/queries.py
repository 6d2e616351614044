"""The questions of `tracemedic_storage.queries` over database, cold store and, when asked, archive: one answer.

A question is put to the database and to the files that the register calls live before and after; when the register
has changed meanwhile, it is put again. So nothing is missed or counted twice while a day moves.

An error may be in the database and in a file at once when a receiver was away for longer than errors stay in the
database and its part of the trace came afterwards (`reuniting` makes one of the two every night). Until then the
database's counts. Such an error is looked for among those that occurred before the last day moved.
"""

from collections.abc import Sequence
from typing import Final, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from tracemedic_storage import error_events as events_table
from tracemedic_storage import queries
from tracemedic_storage.cold import copying, layout, parquet, plain
from tracemedic_storage.cold.asking import local, steadily, without_twins
from tracemedic_storage.cold.conditions import after, conditions, equals, fits
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.layout import EVENTS, STACKS
from tracemedic_storage.cold.parquet import Condition
from tracemedic_storage.cold.plain import Plain
from tracemedic_storage.cold.register import ColdFile
from tracemedic_storage.cursors import Cursor
from tracemedic_storage.database import Database
from tracemedic_storage.queries import CategoryCount, ErrorFilter, ErrorPage, KnownError
from tracemedic_storage.records import Category, StoredStack
from tracemedic_storage.tables import error_fingerprints, error_patterns

FILES_AT_ONCE: Final = 8
"""Files of a page are read newest first, so many at a time, until the page is full."""


def errors_by_category(places: Places, *, since_ns: int, archive: bool = False) -> tuple[CategoryCount, ...]:
    """Errors per category that occurred after `since_ns`, the most frequent first."""

    def ask(files: Sequence[ColdFile]) -> tuple[CategoryCount, ...]:
        hot = queries.errors_by_category(places.database, since_ns=since_ns)
        counts: dict[Category, int] = {one.category: one.count for one in hot}
        wanted = [file for file in files if layout.span_of(file.path)[1] > since_ns]
        for category, count in _category_counts(places, wanted, files, since_ns) if wanted else ():
            counts[category] = counts.get(category, 0) + count
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(CategoryCount(category=category, count=count) for category, count in ranked)

    return steadily(places, ask, archive=archive)


def errors_for_agent_run(
    places: Places, agent_run_id: str, *, limit: int = 1_000, archive: bool = False
) -> tuple[KnownError, ...]:
    """The errors of one agent run in the order they occurred, with their patterns."""

    def ask(files: Sequence[ColdFile]) -> tuple[KnownError, ...]:
        hot = queries.errors_for_agent_run(places.database, agent_run_id, limit=limit)
        if not files:
            return hot
        with copying.scratch() as folder:
            where = [equals("agent_run_id", agent_run_id), *without_twins(places, files, files, folder)]
            copies = [local(places, file, folder) for file in files]
            rows = list(parquet.read(EVENTS, copies, where, order="occurred_at, id", limit=limit))
        both = [*hot, *_known(places.database, rows)]
        return tuple(sorted(both, key=lambda one: (one.event.occurred_at_ns, one.event.id))[:limit])

    return steadily(places, ask, archive=archive)


def list_errors(
    places: Places,
    chosen: ErrorFilter | None = None,
    *,
    limit: int = 50,
    cursor: str | None = None,
    archive: bool = False,
) -> ErrorPage:
    """One page of errors. Raises `ValueError` for a cursor that no page has given."""
    wanted = chosen or ErrorFilter()

    def ask(files: Sequence[ColdFile]) -> ErrorPage:
        hot = queries.list_errors(places.database, wanted, limit=limit + 1, cursor=cursor).errors
        found = _filled_up(places, hot, files, wanted, limit=limit + 1, cursor=cursor)
        last = found[limit - 1].event if len(found) > limit else None
        return ErrorPage(
            errors=tuple(found[:limit]), cursor=str(Cursor(at_ns=last.occurred_at_ns, id=last.id)) if last else None
        )

    return steadily(places, ask, archive=archive)


def get_error(places: Places, error_id: str, *, archive: bool = False) -> KnownError | None:
    """The error event of this id, wherever it is."""

    def ask(files: Sequence[ColdFile]) -> KnownError | None:
        found = queries.get_error(places.database, error_id)
        if found is not None or not files:
            return found
        with copying.scratch() as folder:
            copies = [local(places, file, folder) for file in files]
            rows = list(parquet.read(EVENTS, copies, [equals("id", error_id)], limit=1))
        return next(iter(_known(places.database, rows)), None)

    return steadily(places, ask, archive=archive)


def get_stack(places: Places, stack_hash: str, *, archive: bool = False) -> StoredStack | None:
    """The stack trace that an event names by its `stack_hash`, wherever it is."""

    def ask(files: Sequence[ColdFile]) -> StoredStack | None:
        found = queries.get_stack(places.database, stack_hash)
        if found is not None or not files:
            return found
        with copying.scratch() as folder:
            copies = [local(places, file, folder) for file in files]
            rows = list(parquet.read(STACKS, copies, [equals("hash", stack_hash)], limit=1))
        return _stack(rows[0]) if rows else None

    return steadily(places, ask, archive=archive, kind=STACKS.name)


def _category_counts(
    places: Places, wanted: Sequence[ColdFile], files: Sequence[ColdFile], since_ns: int
) -> list[tuple[Category, int]]:
    with copying.scratch() as folder:
        where = [after(since_ns), *without_twins(places, files, wanted, folder)]
        copies = [local(places, file, folder) for file in wanted]
        return parquet.select(copies, "category, count(*)", where, more="GROUP BY category")


def _filled_up(
    places: Places,
    hot: Sequence[KnownError],
    files: Sequence[ColdFile],
    chosen: ErrorFilter,
    *,
    limit: int,
    cursor: str | None,
) -> list[KnownError]:
    """The hot errors with those of the files, newest first, reading no more files than needed."""
    found = list(hot)[:limit]
    spans = [(layout.span_of(file.path), file) for file in files]
    fitting = [(last, file) for (first, last), file in spans if fits(first, last, chosen, cursor)]
    newest_first = sorted(fitting, key=lambda pair: (-pair[0], pair[1].path))
    with copying.scratch() as folder:
        where: list[Condition] | None = None
        for start in range(0, len(newest_first), FILES_AT_ONCE):
            some = newest_first[start : start + FILES_AT_ONCE]
            if len(found) >= limit and some[0][0] < found[limit - 1].event.occurred_at_ns:
                break
            if where is None:
                where = [
                    *conditions(places.database, chosen, cursor),
                    *without_twins(places, files, [file for _, file in fitting], folder),
                ]
            copies = [local(places, file, folder) for _, file in some]
            rows = list(parquet.read(EVENTS, copies, where, order="occurred_at DESC, id DESC", limit=limit))
            found = _newest([*found, *_known(places.database, rows)], limit)
    return found


def _newest(errors: Sequence[KnownError], limit: int) -> list[KnownError]:
    return sorted(errors, key=lambda one: (one.event.occurred_at_ns, one.event.id), reverse=True)[:limit]


def _stack(row: Plain) -> StoredStack:
    columns = plain.mapping(STACKS, row)
    return msgspec.convert({name: columns[name] for name in StoredStack.__struct_fields__}, StoredStack)


def _known(database: Database, rows: Sequence[Plain]) -> list[KnownError]:
    """Errors of files with their patterns as these are today."""
    if not rows:
        return []
    own, patterns = error_fingerprints.c, error_patterns.c
    chosen = (
        sa.select(own.fingerprint, patterns.id, patterns.name, patterns.ai_root_cause)
        .join(error_patterns, own.pattern_id == patterns.id)
        .where(own.fingerprint.in_({str(row["fingerprint"]) for row in rows}))
    )
    with database.read() as connection:
        known = {str(row["fingerprint"]): row for row in connection.execute(chosen).mappings()}
    return [_known_error(row, known.get(str(row["fingerprint"]))) for row in rows]


def _known_error(row: Plain, pattern: RowMapping | None) -> KnownError:
    return KnownError(
        event=events_table.from_row(cast("RowMapping", plain.mapping(EVENTS, row))),
        pattern_id=None if pattern is None else pattern["id"],
        pattern_name=None if pattern is None else pattern["name"],
        ai_root_cause=None if pattern is None else pattern["ai_root_cause"],
    )
