"""The sums that health is judged by: requests, agent runs, error events, patterns that need attention.

Every function is one read within a `Scope` and raises `DatabaseUnavailable`.
"""

from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

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
    with database.read() as connection:
        total, in_patterns = _restricted(connection, scope) if scope.chosen else _whole(connection, scope)
    return Detected(events=total, in_patterns=in_patterns)


def _whole(connection: Connection, scope: Scope) -> tuple[int, int]:
    """Indices alone answer both counts. Events without a pattern are counted since they are the few: a fingerprint
    with three traces in a day has one (a million events on SQLite: 0.2 s less than counting the others)."""
    events = sa.select(sa.func.count()).select_from(error_events).where(*events_within(scope))
    fingerprints = error_fingerprints.c
    without = sa.select(fingerprints.fingerprint).where(fingerprints.pattern_id.is_(None))
    total = connection.scalars(events).one()
    return total, total - connection.scalars(events.where(error_events.c.fingerprint.in_(without))).one()


def _restricted(connection: Connection, scope: Scope) -> tuple[int, int]:
    """The rows have to be read for the restriction anyway: both counts in one pass."""
    fingerprints = error_fingerprints.c
    joined = error_events.outerjoin(error_fingerprints, error_events.c.fingerprint == fingerprints.fingerprint)
    counts = sa.select(sa.func.count(), sa.func.count(fingerprints.pattern_id)).select_from(joined)
    row = connection.execute(counts.where(*events_within(scope))).one()
    return int(row[0]), int(row[1])


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
