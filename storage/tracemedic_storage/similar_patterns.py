"""Patterns that may be like another one: the database's part of looking for similar ones."""

from typing import Final

import sqlalchemy as sa

from tracemedic_storage import error_patterns as patterns_table
from tracemedic_storage.database import Database
from tracemedic_storage.records import ErrorPattern
from tracemedic_storage.tables import error_patterns

PER_REASON_MAX: Final = 100
"""Candidates for each reason to look at one: the last seen say most about today."""
NEWEST_MAX: Final = 1_000
"""With ten thousand patterns, those seen last are looked through; an index gives them."""


def candidates(database: Database, pattern: ErrorPattern) -> tuple[ErrorPattern, ...]:
    """Patterns of the same type or source anywhere, and of the same category among those seen last; not itself."""
    columns = error_patterns.c
    newest = (
        sa.select(columns.id)
        .where(columns.category == pattern.category)
        .order_by(columns.last_seen.desc())
        .limit(PER_REASON_MAX)
    )
    reasons = (
        sa.select(columns.id).where(columns.error_type == pattern.error_type),
        sa.select(columns.id).where(columns.source == pattern.source, columns.source != ""),
    )
    bounded = [reason.order_by(columns.last_seen.desc()).limit(PER_REASON_MAX) for reason in reasons]
    ids = sa.union(*(sa.select(one.subquery().c.id) for one in (*bounded, newest)))
    chosen = sa.select(error_patterns).where(columns.id.in_(ids), columns.id != pattern.id).order_by(columns.id)
    with database.read() as connection:
        return tuple(patterns_table.from_row(row) for row in connection.execute(chosen).mappings())
