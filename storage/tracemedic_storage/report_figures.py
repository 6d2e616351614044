"""What a report counts over a period. Every function is one read and raises `DatabaseUnavailable`.

Errors are error events by the sender's clock. Patterns are counted by the fingerprints that are theirs by now.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa

from tracemedic_storage import error_patterns as patterns_table
from tracemedic_storage import pattern_scope
from tracemedic_storage.database import Database
from tracemedic_storage.diagnostic_report import Happening
from tracemedic_storage.records import ChangeKind, ErrorPattern, Record
from tracemedic_storage.scope import Scope, events_of, events_within
from tracemedic_storage.tables import error_events, error_fingerprints, error_patterns, pattern_changes

GROUPS_MAX: Final = 5_000
"""Different combinations of service, version, agent and sprint looked at: beyond are senders that put ids there."""
HAPPENINGS_MAX: Final = 50
"""Named one by one; all are counted."""
BUCKETS_MAX: Final = 120
"""Stretches of one period: SQLite takes 500 parts in one statement."""
TOLD: Final[tuple[ChangeKind, ...]] = ("created", "escalated", "alert", "regressed", "reopened", "calmed", "resolved")
"""The changes that a report tells of."""


class Affected(Record, frozen=True, kw_only=True):
    """Errors of one combination of who and where."""

    count: int
    service: str
    version: str | None
    agent: str | None
    sprint: str | None


class PatternPart(Record, frozen=True, kw_only=True):
    """Errors of one pattern in one version, of one agent."""

    pattern_id: str
    count: int
    version: str | None
    agent: str | None


def by_category(database: Database, scope: Scope) -> dict[str, int]:
    """Errors by category."""
    category = error_events.c.category
    return _counts(database, sa.select(category, sa.func.count()).where(*events_within(scope)).group_by(category))


def affected(database: Database, scope: Scope) -> tuple[Affected, ...]:
    """Errors by service, version, agent and sprint, the most frequent `GROUPS_MAX` combinations."""
    columns, count = error_events.c, sa.func.count().label("count")
    groups = columns.service, columns.service_version, columns.agent_name, columns.sprint_id
    chosen = (
        sa.select(count, *groups)
        .where(*events_within(scope))
        .group_by(*groups)
        .order_by(count.desc(), *groups)
        .limit(GROUPS_MAX)
    )
    with database.read() as connection:
        return tuple(
            Affected(count=row[0], service=row[1], version=row[2], agent=row[3], sprint=row[4])
            for row in connection.execute(chosen)
        )


def course(database: Database, scope: Scope, edges_ns: Sequence[int]) -> tuple[int, ...]:
    """Errors between each edge and the next. At most `BUCKETS_MAX` stretches."""
    columns = error_events.c
    parts = [
        sa.select(sa.literal(number), sa.func.count()).where(
            columns.occurred_at >= since_ns, columns.occurred_at < until_ns, *events_of(scope)
        )
        for number, (since_ns, until_ns) in enumerate(_stretches(edges_ns))
    ]
    with database.read() as connection:
        found = {int(row[0]): int(row[1]) for row in connection.execute(sa.union_all(*parts))} if parts else {}
    return tuple(found[number] for number in range(len(parts)))


def pattern_courses(
    database: Database, scope: Scope, edges_ns: Sequence[int], pattern_ids: Collection[str]
) -> dict[str, tuple[int, ...]]:
    """The same for each of these patterns."""
    columns, fingerprints = error_events.c, error_fingerprints.c
    parts = [
        sa.select(sa.literal(number), fingerprints.pattern_id, sa.func.count())
        .join_from(error_events, error_fingerprints, columns.fingerprint == fingerprints.fingerprint)
        .where(columns.occurred_at >= since_ns, columns.occurred_at < until_ns, *events_of(scope))
        .where(fingerprints.pattern_id.in_(sorted(pattern_ids)))
        .group_by(fingerprints.pattern_id)
        for number, (since_ns, until_ns) in enumerate(_stretches(edges_ns))
    ]
    found = {id_: [0] * len(parts) for id_ in pattern_ids}
    if parts and found:
        with database.read() as connection:
            for number, id_, count in connection.execute(sa.union_all(*parts)):
                found[id_][number] = count
    return {id_: tuple(counts) for id_, counts in found.items()}


def pattern_counts(database: Database, scope: Scope) -> dict[str, int]:
    """Errors by pattern, of all patterns that had any."""
    columns, fingerprints = error_events.c, error_fingerprints.c
    # Grouped before the join, so that the index by fingerprint and time can answer alone.
    counted = (
        sa.select(columns.fingerprint, sa.func.count().label("count"))
        .where(*events_within(scope))
        .group_by(columns.fingerprint)
        .subquery()
    )
    chosen = (
        sa.select(fingerprints.pattern_id, sa.func.sum(counted.c.count))
        .join_from(error_fingerprints, counted, counted.c.fingerprint == fingerprints.fingerprint)
        .where(fingerprints.pattern_id.is_not(None))
        .group_by(fingerprints.pattern_id)
    )
    return _counts(database, chosen)


def pattern_parts(database: Database, scope: Scope, pattern_ids: Collection[str]) -> tuple[PatternPart, ...]:
    """Errors of these patterns by version and agent, the most frequent `GROUPS_MAX` combinations."""
    columns, fingerprints, count = error_events.c, error_fingerprints.c, sa.func.count().label("count")
    own = sa.select(fingerprints.fingerprint).where(fingerprints.pattern_id.in_(sorted(pattern_ids)))
    groups = fingerprints.pattern_id, columns.service_version, columns.agent_name
    chosen = (
        sa.select(count, *groups)
        .join_from(error_events, error_fingerprints, columns.fingerprint == fingerprints.fingerprint)
        .where(columns.fingerprint.in_(own), *events_within(scope))
        .group_by(*groups)
        .order_by(count.desc(), *groups)
        .limit(GROUPS_MAX)
    )
    with database.read() as connection:
        return tuple(
            PatternPart(count=row[0], pattern_id=row[1], version=row[2], agent=row[3])
            for row in connection.execute(chosen)
        )


def patterns_of(database: Database, pattern_ids: Collection[str]) -> dict[str, ErrorPattern]:
    """These patterns by id."""
    chosen = sa.select(error_patterns).where(error_patterns.c.id.in_(sorted(pattern_ids)))
    with database.read() as connection:
        found = (patterns_table.from_row(row) for row in connection.execute(chosen).mappings())
        return {pattern.id: pattern for pattern in found}


def consequences(database: Database) -> tuple[ErrorPattern, ...]:
    """The patterns that are the consequence of another."""
    columns = error_patterns.c
    chosen = sa.select(error_patterns).where(columns.origin_pattern_id.is_not(None)).order_by(columns.id)
    with database.read() as connection:
        return tuple(patterns_table.from_row(row) for row in connection.execute(chosen).mappings())


def happenings(database: Database, scope: Scope, *, pattern_id: str | None = None) -> tuple[Happening, ...]:
    """What happened to patterns in the period (our clock), the newest first, all of it."""
    columns, patterns = pattern_changes.c, error_patterns.c
    chosen = (
        sa.select(columns.kind, columns.pattern_id, columns.at, columns.occurrences, columns.author)
        .add_columns(patterns.name, patterns.severity)
        .join_from(pattern_changes, error_patterns, patterns.id == columns.pattern_id)
        .where(columns.at >= scope.since_ns, columns.at < scope.until_ns, columns.kind.in_(TOLD))
        .order_by(columns.at.desc(), columns.pattern_id, columns.kind)
    )
    if pattern_id is not None:
        chosen = chosen.where(columns.pattern_id == pattern_id)
    with database.read() as connection:
        rows = connection.execute(chosen).mappings().all()
        kept = pattern_scope.within(connection, {row["pattern_id"] for row in rows}, scope)
    return tuple(
        Happening(at_ns=row["at"], **{str(name): value for name, value in row.items() if name != "at"})
        for row in rows
        if row["pattern_id"] in kept
    )


def _counts(database: Database, chosen: sa.Select[Any, Any]) -> dict[str, int]:
    with database.read() as connection:
        return {name: int(count) for name, count in connection.execute(chosen)}


def _stretches(edges_ns: Sequence[int]) -> list[tuple[int, int]]:
    if len(edges_ns) > BUCKETS_MAX + 1:
        message = f"at most {BUCKETS_MAX} stretches"
        raise ValueError(message)
    return list(pairwise(edges_ns))
