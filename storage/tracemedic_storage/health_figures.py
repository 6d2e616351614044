"""The sums that health is judged by: requests, agent runs, error events, patterns that need attention.

Every function is one read within a `Scope` and raises `DatabaseUnavailable`.
"""

from typing import Final, Literal

import sqlalchemy as sa

from tracemedic_storage import pattern_scope
from tracemedic_storage.database import Database
from tracemedic_storage.records import ChangeKind, Record
from tracemedic_storage.scope import Scope, counts_within, events_within
from tracemedic_storage.tables import error_events, error_fingerprints, pattern_changes, request_counts


class Finished(Record, frozen=True, kw_only=True):
    """Requests or agent runs that finished, and how many of them failed."""

    total: int
    failed: int


class Detected(Record, frozen=True, kw_only=True):
    """Error events, and how many of them belong to a pattern."""

    events: int
    in_patterns: int


STATUS_KINDS: Final[tuple[ChangeKind, ...]] = (
    "created",
    "regressed",
    "reopened",
    "acknowledged",
    "resolved",
    "ignored",
)
"""The changes that say where a pattern stands from then on."""
OPENING: Final[frozenset[ChangeKind]] = frozenset({"created", "regressed", "reopened", "acknowledged"})
"""After these a pattern needs attention."""


def finished(database: Database, scope: Scope, kind: Literal["request", "agent_run"]) -> Finished:
    """What finished in the period. A sprint in the scope is not looked at: the counts know none."""
    columns = request_counts.c
    chosen = sa.select(
        sa.func.coalesce(sa.func.sum(columns.total), 0), sa.func.coalesce(sa.func.sum(columns.failed), 0)
    ).where(columns.kind == kind, *counts_within(scope))
    with database.read() as connection:
        row = connection.execute(chosen).one()
    return Finished(total=int(row[0]), failed=int(row[1]))


def detected(database: Database, scope: Scope) -> Detected:
    """Error events of the period (the sender's clock) that are still in the database."""
    columns, fingerprints = error_events.c, error_fingerprints.c
    events = sa.select(sa.func.count()).select_from(error_events).where(*events_within(scope))
    # By fingerprint instead of by the event's own `pattern_id`: the index by fingerprint and time answers it alone.
    known = sa.select(fingerprints.fingerprint).where(fingerprints.pattern_id.is_not(None))
    with database.read() as connection:
        total = connection.scalars(events).one()
        in_patterns = connection.scalars(events.where(columns.fingerprint.in_(known))).one()
    return Detected(events=total, in_patterns=in_patterns)


def open_patterns(database: Database, scope: Scope) -> tuple[str, ...]:
    """The patterns that needed attention when the period ended: neither resolved nor ignored (our clock)."""
    columns = pattern_changes.c
    place = sa.func.row_number().over(partition_by=columns.pattern_id, order_by=columns.at.desc())
    ranked = (
        sa.select(columns.pattern_id, columns.kind, place.label("place"))
        .where(columns.kind.in_(STATUS_KINDS), columns.at < scope.until_ns)
        .subquery()
    )
    chosen = sa.select(ranked.c.pattern_id).where(ranked.c.place == 1, ranked.c.kind.in_(sorted(OPENING)))
    with database.read() as connection:
        ids = connection.scalars(chosen).all()
        return tuple(sorted(pattern_scope.within(connection, ids, scope)))
