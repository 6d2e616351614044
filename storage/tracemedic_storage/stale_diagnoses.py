"""Patterns whose diagnosis may be out of date: still seen, and diagnosed some time ago."""

import sqlalchemy as sa

from tracemedic_storage import error_patterns as patterns_table
from tracemedic_storage.database import Database
from tracemedic_storage.records import ErrorPattern, Record
from tracemedic_storage.tables import diagnoses, error_patterns


class Diagnosed(Record, frozen=True, kw_only=True):
    """A pattern with what its newest diagnosis rested on: how many occurrences, and the digest of the evidence."""

    pattern: ErrorPattern
    occurrences: int
    evidence_digest: str


def candidates(database: Database, *, seen_since_ns: int, made_before_ns: int, limit: int) -> tuple[Diagnosed, ...]:
    """Patterns changed at or after a time whose newest diagnosis was made before another, the longest ago first."""
    newest = (
        sa.select(diagnoses.c.pattern_id, sa.func.max(diagnoses.c.made_at).label("made_at"))
        .group_by(diagnoses.c.pattern_id)
        .subquery()
    )
    chosen = (
        sa.select(error_patterns, diagnoses.c.occurrences, diagnoses.c.evidence_digest)
        .join(newest, newest.c.pattern_id == error_patterns.c.id)
        .join(
            diagnoses,
            sa.and_(diagnoses.c.pattern_id == newest.c.pattern_id, diagnoses.c.made_at == newest.c.made_at),
        )
        .where(
            error_patterns.c.updated_at >= seen_since_ns,
            error_patterns.c.status.in_(["active", "acknowledged", "regressed"]),
            newest.c.made_at < made_before_ns,
        )
        .order_by(newest.c.made_at)
        .limit(limit)
    )
    with database.read() as connection:
        rows = connection.execute(chosen).mappings().all()
    return tuple(
        Diagnosed(
            pattern=patterns_table.from_row(row),
            occurrences=row["occurrences"],
            evidence_digest=row["evidence_digest"],
        )
        for row in rows
    )
