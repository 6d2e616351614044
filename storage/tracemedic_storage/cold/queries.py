"""The questions of `tracemedic_storage.queries` over database, cold store and, when asked, archive: one answer.

A question is put to the database and to the files that the register calls live before and after; when the register
has changed meanwhile, it is put again. So nothing is missed or counted twice while a day moves.

An error may be in the database and in a file at once when a receiver was away for longer than errors stay in the
database and its part of the trace came afterwards (`reuniting` makes one of the two every night). Until then the
database's counts. Such an error is looked for among those that occurred before the last day moved.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import sqlalchemy as sa

from tracemedic_storage import error_events as events_table
from tracemedic_storage import error_stacks, queries
from tracemedic_storage.cold import copying, layout, parquet, plain, register
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.files import FileGone
from tracemedic_storage.cold.layout import DAY_NS, EVENTS, STACKS, Tier
from tracemedic_storage.cold.parquet import Condition
from tracemedic_storage.cold.plain import Plain
from tracemedic_storage.cold.register import ColdFile
from tracemedic_storage.cursors import Cursor
from tracemedic_storage.database import Database
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.queries import CategoryCount, ErrorFilter, ErrorPage, KnownError
from tracemedic_storage.records import StoredStack
from tracemedic_storage.tables import error_events, error_fingerprints, error_patterns, key_text
from tracemedic_storage.thresholds import FUTURE_MAX_NS

ATTEMPTS_MAX: Final = 20
"""A move changes the register every few seconds; a question is through in less, at the latest between two days."""
FILES_AT_ONCE: Final = 8
"""Files of a page are read newest first, so many at a time, until the page is full."""

T = TypeVar("T")


def errors_by_category(places: Places, *, since_ns: int, archive: bool = False) -> tuple[CategoryCount, ...]:
    """Errors per category that occurred after `since_ns`, the most frequent first."""

    def ask(files: Sequence[ColdFile]) -> tuple[CategoryCount, ...]:
        counts = {one.category: one.count for one in queries.errors_by_category(places.database, since_ns=since_ns)}
        wanted = [file for file in files if layout.span_of(file.path)[1] > since_ns]
        for category, count in _category_counts(places, wanted, files, since_ns) if wanted else ():
            counts[category] = counts.get(category, 0) + count
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(CategoryCount(category=category, count=count) for category, count in ranked)

    return _steadily(places, archive, ask)


def errors_for_agent_run(
    places: Places, agent_run_id: str, *, limit: int = 1_000, archive: bool = False
) -> tuple[KnownError, ...]:
    """The errors of one agent run in the order they occurred, with their patterns."""

    def ask(files: Sequence[ColdFile]) -> tuple[KnownError, ...]:
        hot = queries.errors_for_agent_run(places.database, agent_run_id, limit=limit)
        if not files:
            return hot
        with copying.scratch() as folder:
            where = [_equals("agent_run_id", agent_run_id), *_without_twins(places, files, files, folder)]
            local = [_local(places, file, folder) for file in files]
            rows = list(parquet.read(EVENTS, local, where, order="occurred_at, id", limit=limit))
        both = [*hot, *_known(places.database, rows)]
        return tuple(sorted(both, key=lambda one: (one.event.occurred_at_ns, one.event.id))[:limit])

    return _steadily(places, archive, ask)


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

    return _steadily(places, archive, ask)


def get_stack(places: Places, stack_hash: str, *, archive: bool = False) -> StoredStack | None:
    """The stack trace that an event names by its `stack_hash`, wherever it is."""

    def ask(files: Sequence[ColdFile]) -> StoredStack | None:
        found = queries.get_stack(places.database, stack_hash)
        if found is not None or not files:
            return found
        with copying.scratch() as folder:
            local = [_local(places, file, folder) for file in files]
            rows = list(parquet.read(STACKS, local, [_equals("hash", stack_hash)], limit=1))
        return error_stacks.from_row(plain.mapping(STACKS, rows[0])) if rows else None

    return _steadily(places, archive, ask, kind=STACKS.name)


def reaches_cold(database: Database, *, since_ns: int | None = None, archive: bool = False) -> bool:
    """Whether files may hold errors that occurred at or after `since_ns`: one short read of the register."""
    files = _live(database, EVENTS.name, archive)
    return any(since_ns is None or layout.span_of(file.path)[1] >= since_ns for file in files)


def late_ids(database: Database, files: Sequence[ColdFile]) -> list[str]:
    """Ids of errors in the database that occurred before the last day in `files` ended: those may be there as well."""
    if not files:
        return []
    moved_until_ns = max(file.day_ns for file in files if file.tier == "cold") if _any_cold(files) else None
    if moved_until_ns is None:
        moved_until_ns = layout.month_end(max(file.day_ns for file in files)) - DAY_NS
    with database.read() as connection:
        occurred_at = error_events.c.occurred_at
        chosen = sa.select(error_events.c.id).where(occurred_at < moved_until_ns + DAY_NS + FUTURE_MAX_NS)
        return list(connection.scalars(chosen))


def _any_cold(files: Sequence[ColdFile]) -> bool:
    return any(file.tier == "cold" for file in files)


def _steadily(places: Places, archive: bool, ask: Callable[[Sequence[ColdFile]], T], *, kind: str = EVENTS.name) -> T:
    for _ in range(ATTEMPTS_MAX):
        files = _live(places.database, kind, archive)
        try:
            answer = ask(files)
        except FileGone:
            if _live(places.database, kind, archive) == files:
                raise
            continue
        if _live(places.database, kind, archive) == files:
            return answer
    message = "the cold store changes faster than it can be read; try again when the retention run is through"
    raise DatabaseUnavailable(message)


def _live(database: Database, kind: str, archive: bool) -> tuple[ColdFile, ...]:
    tiers: Sequence[Tier] = ("cold", "archive") if archive else ("cold",)
    with database.read() as connection:
        return register.listed(connection, kind=kind, tiers=tiers)


def _category_counts(
    places: Places, wanted: Sequence[ColdFile], files: Sequence[ColdFile], since_ns: int
) -> list[tuple[queries.Category, int]]:
    with copying.scratch() as folder:
        where = [_after(since_ns), *_without_twins(places, files, wanted, folder)]
        local = [_local(places, file, folder) for file in wanted]
        return parquet.select(local, "category, count(*)", where, more="GROUP BY category")


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
    fitting = [(last, file) for (first, last), file in spans if _fits(first, last, chosen, cursor)]
    newest_first = sorted(fitting, key=lambda pair: (-pair[0], pair[1].path))
    with copying.scratch() as folder:
        where: list[Condition] | None = None
        for start in range(0, len(newest_first), FILES_AT_ONCE):
            some = newest_first[start : start + FILES_AT_ONCE]
            if len(found) >= limit and some[0][0] < found[limit - 1].event.occurred_at_ns:
                break
            if where is None:
                where = [
                    *_conditions(places.database, chosen, cursor),
                    *_without_twins(places, files, [file for _, file in fitting], folder),
                ]
            local = [_local(places, file, folder) for _, file in some]
            rows = list(parquet.read(EVENTS, local, where, order="occurred_at DESC, id DESC", limit=limit))
            found = _newest([*found, *_known(places.database, rows)], limit)
    return found


def _newest(errors: Sequence[KnownError], limit: int) -> list[KnownError]:
    return sorted(errors, key=lambda one: (one.event.occurred_at_ns, one.event.id), reverse=True)[:limit]


def _fits(first_ns: int, last_ns: int, chosen: ErrorFilter, cursor: str | None) -> bool:
    until_ns = chosen.until_ns
    if cursor is not None:
        at_ns = _position(cursor).at_ns + 1
        until_ns = at_ns if until_ns is None else min(until_ns, at_ns)
    return (chosen.since_ns is None or last_ns >= chosen.since_ns) and (until_ns is None or first_ns < until_ns)


def _conditions(database: Database, chosen: ErrorFilter, cursor: str | None) -> list[Condition]:
    conditions = [
        _equals(name, value)
        for name in ErrorFilter.__struct_fields__
        if name in error_events.c and name != "pattern_id" and (value := getattr(chosen, name)) is not None
    ]
    if chosen.pattern_id is not None:
        fingerprints = queries.fingerprints_of(database, chosen.pattern_id)
        conditions.append(
            Condition(sql="fingerprint IN (SELECT unnest($fingerprints))", values={"fingerprints": list(fingerprints)})
        )
    if chosen.since_ns is not None:
        conditions.append(Condition(sql=f"occurred_at >= {_at('since')}", values={"since": chosen.since_ns // 1_000}))
    if chosen.until_ns is not None:
        conditions.append(Condition(sql=f"occurred_at < {_at('until')}", values={"until": chosen.until_ns // 1_000}))
    if cursor is not None:
        position = _position(cursor)
        conditions.append(
            Condition(
                sql=f"occurred_at < {_at('page')} OR (occurred_at = {_at('page')} AND id < $page_id)",
                values={"page": position.at_ns // 1_000, "page_id": position.id},
            )
        )
    return conditions


def _position(cursor: str) -> Cursor:
    at_ns, _, id_ = cursor.partition("~")  # the database's part of the answer has refused any other form
    return Cursor(at_ns=int(at_ns), id=id_)


def _equals(name: str, value: str) -> Condition:
    return Condition(sql=f'"{name}" = ${name}', values={name: key_text(value)})


def _after(since_ns: int) -> Condition:
    return Condition(sql=f"occurred_at > {_at('since')}", values={"since": since_ns // 1_000})


def _at(name: str) -> str:
    return f"make_timestamp(${name})::TIMESTAMPTZ"


def _without_twins(
    places: Places, files: Sequence[ColdFile], wanted: Sequence[ColdFile], folder: Path
) -> list[Condition]:
    late = late_ids(places.database, files)
    twins = twins_among(places, late, wanted, folder)
    return [Condition(sql="id NOT IN (SELECT unnest($twins))", values={"twins": twins})] if twins else []


def twins_among(places: Places, ids: Sequence[str], files: Sequence[ColdFile], folder: Path) -> list[str]:
    """Which of the errors are in one of the files."""
    if not ids or not files:
        return []
    local = [_local(places, file, folder) for file in files]
    among = Condition(sql="id IN (SELECT unnest($late))", values={"late": list(ids)})
    return sorted({row[0] for row in parquet.select(local, "id", [among])})


def _local(places: Places, file: ColdFile, folder: Path) -> Path:
    return places.store(file.tier).fetch(file.path, folder)


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
        known = {row.fingerprint: row for row in connection.execute(chosen)}
    return [_known_error(row, known.get(str(row["fingerprint"]))) for row in rows]


def _known_error(row: Plain, pattern: sa.Row[tuple[str, str, str, str | None]] | None) -> KnownError:
    return KnownError(
        event=events_table.from_row(plain.mapping(EVENTS, row)),
        pattern_id=None if pattern is None else pattern[1],
        pattern_name=None if pattern is None else pattern[2],
        ai_root_cause=None if pattern is None else pattern[3],
    )
