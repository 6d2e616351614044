"""A few whole traces of each pattern, in the parts that each receiving process had of them."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from tracemedic_storage import texts
from tracemedic_storage.records import Record, TraceSpan
from tracemedic_storage.tables import error_patterns, error_traces, exemplar_traces

_Spans = tuple[TraceSpan, ...]


class ExemplarPart(Record, frozen=True, kw_only=True):
    """What one receiving process had of one trace of a pattern. `stored_at_ns` is when it was first stored."""

    pattern_id: str
    trace_id: str
    spool_id: str
    spans: tuple[TraceSpan, ...]
    stored_at_ns: int


def store(connection: Connection, parts: Iterable[ExemplarPart]) -> None:
    """Insert the parts; of one that is there already the spans are replaced and the time stays.

    Parts of patterns that are no more are left out.
    """
    rows = [
        {
            "pattern": part.pattern_id,
            "trace": part.trace_id,
            "spool": part.spool_id,
            "spans": texts.storable(part.spans, _Spans),
            "stored_at": part.stored_at_ns,
        }
        for part in sorted(parts, key=lambda part: (part.pattern_id, part.trace_id, part.spool_id))
    ]
    if rows:
        connection.execute(_store(connection.dialect.name), rows)


def of_pattern(connection: Connection, pattern_id: str) -> list[ExemplarPart]:
    """All parts of the pattern's exemplars, those of traces stored last first."""
    columns = exemplar_traces.c
    chosen = sa.select(exemplar_traces).where(columns.pattern_id == pattern_id)
    found = [_part(row) for row in connection.execute(chosen)]
    latest: dict[str, int] = {}
    for part in found:
        latest[part.trace_id] = max(part.stored_at_ns, latest.get(part.trace_id, 0))
    return sorted(found, key=lambda part: (-latest[part.trace_id], part.trace_id, part.spool_id))


def trim(connection: Connection, pattern_id: str, *, traces_max: int) -> int:
    """Delete all but the `traces_max` best traces of the pattern; returns how many went. See `best`."""
    parts = of_pattern(connection, pattern_id)
    spare = {part.trace_id for part in parts} - set(best(parts, traces_max=traces_max))
    columns = exemplar_traces.c
    if spare:
        connection.execute(
            sa.delete(exemplar_traces).where(columns.pattern_id == pattern_id, columns.trace_id.in_(sorted(spare)))
        )
    return len(spare)


def best(parts: Iterable[ExemplarPart], *, traces_max: int) -> list[str]:
    """The trace ids worth keeping: those seen in several services first, of these the newest."""
    services: dict[str, set[str]] = {}
    stored: dict[str, int] = {}
    for part in parts:
        services.setdefault(part.trace_id, set()).update(span.service for span in part.spans if span.service)
        stored[part.trace_id] = max(part.stored_at_ns, stored.get(part.trace_id, 0))
    ranked = sorted(stored, key=lambda trace_id: (len(services[trace_id]) > 1, stored[trace_id], trace_id))
    return ranked[::-1][:traces_max]


def delete_older_than(connection: Connection, at_ns: int) -> int:
    """Delete the parts first stored before `at_ns`; returns how many."""
    return connection.execute(sa.delete(exemplar_traces).where(exemplar_traces.c.stored_at < at_ns)).rowcount


def spools_of(connection: Connection, pattern_id: str) -> dict[str, set[str]]:
    """Of which spools there are parts, for each exemplar of the pattern."""
    columns = exemplar_traces.c
    found: dict[str, set[str]] = {}
    chosen = sa.select(columns.trace_id, columns.spool_id).where(columns.pattern_id == pattern_id)
    for row in connection.execute(chosen.order_by(columns.trace_id)):
        found.setdefault(row.trace_id, set()).add(row.spool_id)
    return found


def recent_trace_ids(connection: Connection, fingerprint: str, *, traces_max: int) -> list[str]:
    """The ids of the traces in which the fingerprint was seen last, the newest first."""
    columns = error_traces.c
    newest = (
        sa.select(columns.trace_id)
        .where(columns.fingerprint == fingerprint)
        .order_by(columns.last_occurred_at.desc(), columns.trace_id)
        .limit(traces_max)
    )
    return list(connection.scalars(newest))


@cache
def _store(dialect_name: str) -> postgresql.Insert | sqlite.Insert:
    columns = exemplar_traces.c
    given = (
        sa.bindparam("pattern", type_=columns.pattern_id.type),
        sa.bindparam("trace", type_=columns.trace_id.type),
        sa.bindparam("spool", type_=columns.spool_id.type),
        sa.bindparam("spans", type_=columns.spans.type),
        sa.bindparam("stored_at", type_=columns.stored_at.type),
    )
    row = sa.select(*given).where(error_patterns.c.id == given[0])
    insert = postgresql.insert(exemplar_traces) if dialect_name == "postgresql" else sqlite.insert(exemplar_traces)
    return insert.from_select(["pattern_id", "trace_id", "spool_id", "spans", "stored_at"], row).on_conflict_do_update(
        index_elements=list(exemplar_traces.primary_key.columns), set_={"spans": insert.excluded.spans}
    )


def _part(row: sa.Row[Any]) -> ExemplarPart:
    return ExemplarPart(
        pattern_id=row.pattern_id,
        trace_id=row.trace_id,
        spool_id=row.spool_id,
        spans=msgspec.convert(row.spans, _Spans),
        stored_at_ns=row.stored_at,
    )
