"""What people and the service ask of the database. Every function is one short read; times are nanoseconds.

The first three are the queries of the mission. All raise `DatabaseUnavailable`.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from tracemedic_storage import error_events as events_table
from tracemedic_storage import error_patterns as patterns_table
from tracemedic_storage import error_stacks as stacks_table
from tracemedic_storage.cursors import Cursor, after
from tracemedic_storage.database import Database
from tracemedic_storage.records import (
    Category,
    ErrorEvent,
    ErrorPattern,
    PatternStatus,
    Record,
    Severity,
    StoredStack,
)
from tracemedic_storage.tables import (
    error_events,
    error_fingerprints,
    error_patterns,
    key_text,
    pattern_changes,
    spool_positions,
)


class CategoryCount(Record, frozen=True, kw_only=True):
    """How many error events have a category."""

    category: Category
    count: int


class KnownError(Record, frozen=True, kw_only=True):
    """An error event with what its pattern says, if it has one."""

    event: ErrorEvent
    pattern_id: str | None
    pattern_name: str | None
    ai_root_cause: str | None


class ErrorFilter(Record, frozen=True, kw_only=True):
    """Which errors to list; None means any. `since_ns` is included, `until_ns` is not; both the sender's clock."""

    category: Category | None = None
    severity: Severity | None = None
    service: str | None = None
    environment: str | None = None
    fingerprint: str | None = None
    pattern_id: str | None = None
    agent_run_id: str | None = None
    sprint_id: str | None = None
    request_id: str | None = None
    trace_id: str | None = None
    since_ns: int | None = None
    until_ns: int | None = None


class PatternFilter(Record, frozen=True, kw_only=True):
    """Which patterns to list; None means any, and so do no `statuses`."""

    status: PatternStatus | None = None
    statuses: tuple[PatternStatus, ...] = ()
    category: Category | None = None
    severity: Severity | None = None
    more_than: int = 0
    since_ns: int | None = None


OPEN: Final[tuple[PatternStatus, ...]] = ("active", "acknowledged", "regressed")
"""The statuses that need attention."""


class ErrorPage(Record, frozen=True, kw_only=True):
    """Errors, newest first; `cursor` asks for the next page and is None on the last."""

    errors: tuple[KnownError, ...]
    cursor: str | None


class PatternPage(Record, frozen=True, kw_only=True):
    """Patterns, last seen first; `cursor` asks for the next page and is None on the last."""

    patterns: tuple[ErrorPattern, ...]
    cursor: str | None


class ChangedPatterns(Record, frozen=True, kw_only=True):
    """Patterns with all their fingerprints by id, and how many patterns there are in all."""

    patterns: tuple[ErrorPattern, ...]
    fingerprints: Mapping[str, tuple[str, ...]]
    count: int


class Health(Record, frozen=True, kw_only=True):
    """How the database stands: patterns that are active, changes nobody has handled, the last batch (our clock)."""

    patterns_active: int
    changes_unhandled: int
    recorded_at_ns: int | None


class AmbiguousReference(Exception):
    """More than one pattern begins so: more characters are needed."""


def errors_by_category(database: Database, *, since_ns: int) -> tuple[CategoryCount, ...]:
    """Errors per category that occurred after `since_ns`, the most frequent first."""
    columns = error_events.c
    count = sa.func.count().label("count")
    chosen = (
        sa.select(columns.category, count)
        .where(columns.occurred_at > since_ns)
        .group_by(columns.category)
        .order_by(count.desc(), columns.category)
    )
    with database.read() as connection:
        return tuple(CategoryCount(category=row[0], count=row[1]) for row in connection.execute(chosen))


def active_patterns(database: Database, *, more_than: int = 10, limit: int = 1_000) -> tuple[ErrorPattern, ...]:
    """Active patterns that occurred in more than so many traces, the last seen first."""
    columns = error_patterns.c
    chosen = (
        sa.select(error_patterns)
        .where(columns.status == "active", columns.total_occurrences > more_than)
        .order_by(columns.last_seen.desc())
        .limit(limit)
    )
    return _patterns(database, chosen)


def errors_for_agent_run(database: Database, agent_run_id: str, *, limit: int = 1_000) -> tuple[KnownError, ...]:
    """The errors of one agent run in the order they occurred, with their patterns."""
    columns = error_events.c
    chosen = (
        _known_errors()
        .where(columns.agent_run_id == key_text(agent_run_id))
        .order_by(columns.occurred_at, columns.id)
        .limit(limit)
    )
    return _errors(database, chosen)


def list_errors(
    database: Database, chosen: ErrorFilter | None = None, *, limit: int = 50, cursor: str | None = None
) -> ErrorPage:
    """One page of errors. Raises `ValueError` for a cursor that no page has given."""
    columns = error_events.c
    newest_first = (
        _known_errors()
        .where(*_error_conditions(chosen or ErrorFilter()), *after(cursor, columns.occurred_at, columns.id))
        .order_by(columns.occurred_at.desc(), columns.id.desc())
        .limit(limit + 1)
    )
    errors = _errors(database, newest_first)
    last = errors[limit - 1].event if len(errors) > limit else None
    return ErrorPage(errors=errors[:limit], cursor=str(Cursor(at_ns=last.occurred_at_ns, id=last.id)) if last else None)


def get_error(database: Database, error_id: str) -> KnownError | None:
    """The error event of this id."""
    found = _errors(database, _known_errors().where(error_events.c.id == error_id))
    return found[0] if found else None


def get_stack(database: Database, stack_hash: str) -> StoredStack | None:
    """The stack trace that an event names by its `stack_hash`."""
    with database.read() as connection:
        return stacks_table.get(connection, stack_hash)


def list_patterns(
    database: Database, chosen: PatternFilter | None = None, *, limit: int = 50, cursor: str | None = None
) -> PatternPage:
    """One page of patterns. Raises `ValueError` for a cursor that no page has given."""
    columns = error_patterns.c
    last_seen_first = (
        sa.select(error_patterns)
        .where(*_pattern_conditions(chosen or PatternFilter()), *after(cursor, columns.last_seen, columns.id))
        .order_by(columns.last_seen.desc(), columns.id.desc())
        .limit(limit + 1)
    )
    patterns = _patterns(database, last_seen_first)
    last = patterns[limit - 1] if len(patterns) > limit else None
    return PatternPage(
        patterns=patterns[:limit], cursor=str(Cursor(at_ns=last.last_seen_ns, id=last.id)) if last else None
    )


def get_pattern(database: Database, reference: str) -> ErrorPattern | None:
    """The pattern whose id is `reference`, or one of whose fingerprints is or begins with it.

    So the id of a pattern that was merged into another leads to that one. Raises `AmbiguousReference` for several.
    """
    columns = error_patterns.c
    wanted = reference.strip().lower()
    if not wanted:
        return None
    found = _patterns(database, sa.select(error_patterns).where(sa.or_(*_named(wanted))).order_by(columns.id).limit(2))
    if len(found) > 1:
        raise AmbiguousReference(f"more than one pattern begins with {wanted}")
    return found[0] if found else None


def _named(wanted: str) -> list[sa.ColumnElement[bool]]:
    columns, fingerprints = error_patterns.c, error_fingerprints.c
    conditions = [columns.id == wanted, columns.fingerprint.startswith(wanted, autoescape=True)]
    if _HEX.fullmatch(wanted):
        # As a range the primary key serves it, whatever the database's collation; "g" comes after all hex digits.
        begins = sa.select(fingerprints.pattern_id).where(
            fingerprints.fingerprint.between(wanted, f"{wanted}g"), fingerprints.pattern_id.is_not(None)
        )
        conditions.append(columns.id.in_(begins))
    return conditions


_HEX: Final = re.compile(r"[0-9a-f]{1,64}")


def fingerprints_of(database: Database, pattern_id: str) -> tuple[str, ...]:
    """All fingerprints of a pattern, in their order."""
    columns = error_fingerprints.c
    chosen = sa.select(columns.fingerprint).where(columns.pattern_id == pattern_id).order_by(columns.fingerprint)
    with database.read() as connection:
        return tuple(connection.scalars(chosen))


def patterns_changed_since(database: Database, updated_at_ns: int) -> ChangedPatterns:
    """Patterns changed at or after a time (our clock), the oldest change first.

    A transaction becomes visible some time after the moment it writes down: to follow changes, ask from a minute
    before the newest `updated_at_ns` already seen. A count below what is known tells that patterns are gone.
    """
    columns, fingerprints = error_patterns.c, error_fingerprints.c
    changed = columns.updated_at >= updated_at_ns
    chosen = sa.select(error_patterns).where(changed).order_by(columns.updated_at, columns.id)
    keys = (
        sa.select(fingerprints.pattern_id, fingerprints.fingerprint)
        .join(error_patterns, columns.id == fingerprints.pattern_id)
        .where(changed, fingerprints.pattern_id.is_not(None))
        .order_by(fingerprints.fingerprint)
    )
    found: dict[str, list[str]] = {}
    with database.read() as connection:
        patterns = tuple(patterns_table.from_row(row) for row in connection.execute(chosen).mappings())
        for pattern_id, fingerprint in connection.execute(keys) if patterns else ():
            found.setdefault(pattern_id, []).append(fingerprint)
        count = connection.scalars(sa.select(sa.func.count()).select_from(error_patterns)).one()
    return ChangedPatterns(
        patterns=patterns, fingerprints={id_: tuple(each) for id_, each in found.items()}, count=count
    )


def pattern_ids(database: Database) -> frozenset[str]:
    """The ids of all patterns."""
    with database.read() as connection:
        return frozenset(connection.scalars(sa.select(error_patterns.c.id)))


def recorded_position(database: Database, spool_id: str) -> int | None:
    """The sequence number up to which a spool has been recorded."""
    with database.read() as connection:
        return connection.scalar(sa.select(spool_positions.c.seq).where(spool_positions.c.spool_id == spool_id))


def health(database: Database) -> Health:
    """How the database stands; cheap enough to ask every few seconds."""
    active = sa.select(sa.func.count()).where(error_patterns.c.status == "active").scalar_subquery()
    unhandled = sa.select(sa.func.count()).where(pattern_changes.c.handled_at.is_(None)).scalar_subquery()
    recorded_at = sa.select(sa.func.max(spool_positions.c.updated_at)).scalar_subquery()
    with database.read() as connection:
        row = connection.execute(sa.select(active, unhandled, recorded_at)).one()
    return Health(patterns_active=row[0], changes_unhandled=row[1], recorded_at_ns=row[2])


def _known_errors() -> sa.Select[Any]:
    patterns = error_patterns.c
    return sa.select(error_events, patterns.name.label("pattern_name"), patterns.ai_root_cause).select_from(
        error_events.outerjoin(error_patterns, error_events.c.pattern_id == patterns.id)
    )


def _errors(database: Database, chosen: sa.Select[Any]) -> tuple[KnownError, ...]:
    with database.read() as connection:
        return tuple(
            KnownError(
                event=events_table.from_row(row),
                pattern_id=row["pattern_id"],
                pattern_name=row["pattern_name"],
                ai_root_cause=row["ai_root_cause"],
            )
            for row in connection.execute(chosen).mappings()
        )


def _patterns(database: Database, chosen: sa.Select[Any]) -> tuple[ErrorPattern, ...]:
    with database.read() as connection:
        return tuple(patterns_table.from_row(row) for row in connection.execute(chosen).mappings())


def _error_conditions(chosen: ErrorFilter) -> list[sa.ColumnElement[bool]]:
    columns = error_events.c
    conditions = [
        columns[name] == key_text(value)
        for name in ErrorFilter.__struct_fields__
        if name in columns and name != "pattern_id" and (value := getattr(chosen, name)) is not None
    ]
    if chosen.pattern_id is not None:
        # A pattern is its fingerprints, and by those there is an index.
        own = error_fingerprints.c
        conditions.append(
            columns.fingerprint.in_(sa.select(own.fingerprint).where(own.pattern_id == chosen.pattern_id))
        )
    if chosen.since_ns is not None:
        conditions.append(columns.occurred_at >= chosen.since_ns)
    if chosen.until_ns is not None:
        conditions.append(columns.occurred_at < chosen.until_ns)
    return conditions


def _pattern_conditions(chosen: PatternFilter) -> list[sa.ColumnElement[bool]]:
    columns = error_patterns.c
    conditions = [
        columns[name] == value
        for name in ("status", "category", "severity")
        if (value := getattr(chosen, name)) is not None
    ]
    if chosen.statuses:
        conditions.append(columns.status.in_(chosen.statuses))
    if chosen.since_ns is not None:
        conditions.append(columns.last_seen >= chosen.since_ns)
    return [*conditions, columns.total_occurrences > chosen.more_than]
