"""Distinct traces over several fingerprints at once: what a pattern with more than one of them is counted by.

The callers hold the lock of the pattern, under which all traces of its fingerprints are stored.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import bulk
from tracemedic_storage.error_traces import TraceKey
from tracemedic_storage.pattern_families import Family
from tracemedic_storage.tables import error_traces
from tracemedic_storage.thresholds import Interval

Sighting = tuple[str, Interval]
"""A trace's id, and when one of the fingerprints was seen in it."""


def count_new(
    connection: Connection, families: Iterable[Family], sightings: Mapping[TraceKey, Interval]
) -> dict[str, int]:
    """How many traces each family (by its key) will have more once `sightings` are stored."""
    return {family.key: _count_new(connection, family, sightings) for family in families}


def _count_new(connection: Connection, family: Family, sightings: Mapping[TraceKey, Interval]) -> int:
    brought = {trace_id for fingerprint, trace_id in sightings if fingerprint in family.seen}
    brought |= {trace_id for trace_id, _ in of(connection, family.joining)}
    counted = family.members.keys() - family.joining
    keys = ({"fingerprint": one, "trace_id": trace_id} for trace_id in brought for one in counted)
    known = {row["trace_id"] for row in bulk.select_matching(connection, error_traces, keys)}
    return len(brought - known)


def count(connection: Connection, fingerprints: Collection[str]) -> int:
    """How many distinct traces have any of the fingerprints."""
    columns = error_traces.c
    chosen = sa.select(sa.func.count(columns.trace_id.distinct())).where(columns.fingerprint.in_(sorted(fingerprints)))
    return connection.scalars(chosen).one()


def of(
    connection: Connection, fingerprints: Collection[str], *, span: Interval | None = None, limit: int | None = None
) -> Sequence[Sighting]:
    """The sightings of the fingerprints that touch `span`, the newest first."""
    if not fingerprints:
        return []
    columns = error_traces.c
    chosen = (
        sa.select(columns.trace_id, columns.first_occurred_at, columns.last_occurred_at)
        .where(columns.fingerprint.in_(sorted(fingerprints)))
        .order_by(columns.last_occurred_at.desc())
        .limit(limit)
    )
    if span is not None:
        chosen = chosen.where(columns.last_occurred_at >= span[0], columns.first_occurred_at <= span[1])
    return [(row[0], (row[1], row[2])) for row in connection.execute(chosen)]
