"""What the newest occurrences of a pattern have in common and in what they differ: the figures of its evidence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracemedic_storage import error_events as events_table
from tracemedic_storage import error_stacks
from tracemedic_storage.database import Database
from tracemedic_storage.records import ErrorEvent, Record, StoredStack
from tracemedic_storage.tables import error_events, error_fingerprints, error_patterns, request_counts

EVENTS_MAX: Final = 500
"""So many of the newest occurrences are looked at: a share does not change by looking at more."""
MESSAGES_MAX: Final = 5
"""Different messages given as examples."""
_SHARED: Final = {
    "services": "service",
    "versions": "service_version",
    "environments": "environment",
    "routes": "http_route",
    "agents": "agent_name",
    "tools": "tool_name",
}


class PatternFacts(Record, frozen=True, kw_only=True):
    """Counts by value (the most frequent first) over the newest occurrences, with examples.

    `newest` and `first` are the newest and the very first event that is still kept, `stack` the newest stack trace,
    `new_since` the version that first had the error when an older one had answered requests before.
    """

    newest: ErrorEvent
    first: ErrorEvent
    stack: StoredStack | None = None
    messages: tuple[str, ...] = ()
    services: tuple[tuple[str, int], ...] = ()
    versions: tuple[tuple[str, int], ...] = ()
    environments: tuple[tuple[str, int], ...] = ()
    routes: tuple[tuple[str, int], ...] = ()
    agents: tuple[tuple[str, int], ...] = ()
    tools: tuple[tuple[str, int], ...] = ()
    new_since: str | None = None


class RecentEvent(Record, frozen=True, kw_only=True):
    """An event and what caused it: `origin_id` is its own where it is an origin, None while nobody has judged."""

    event: ErrorEvent
    origin_id: str | None = None
    origin_span_id: str | None = None


def facts(database: Database, pattern_id: str) -> PatternFacts | None:
    """The facts of a pattern; None when none of its events is kept (any more)."""
    with database.read() as connection:
        newest_first = _events(connection, pattern_id, newest=True, limit=EVENTS_MAX)
        if not newest_first:
            return None
        first = events_table.from_row(_events(connection, pattern_id, newest=False, limit=1)[0])
        return PatternFacts(
            newest=events_table.from_row(newest_first[0]),
            first=first,
            stack=_newest_stack(connection, newest_first),
            messages=tuple(dict.fromkeys(row["message"] for row in newest_first))[:MESSAGES_MAX],
            new_since=_new_since(connection, first),
            **{name: _counted(row[column] for row in newest_first) for name, column in _SHARED.items()},
        )


def recent_events(database: Database, pattern_id: str, *, since_ns: int, limit: int) -> tuple[RecentEvent, ...]:
    """The newest event of each of the most recent traces of a pattern that arrived at or after a time (our clock)."""
    by_trace: dict[str, RowMapping] = {}
    with database.read() as connection:
        for row in _events(connection, pattern_id, newest=True, limit=EVENTS_MAX):
            if row["received_at"] >= since_ns and len(by_trace) < limit:
                by_trace.setdefault(row["trace_id"], row)
        spans = _spans_of(connection, [row["origin_id"] for row in by_trace.values() if row["origin_id"]])
    return tuple(
        RecentEvent(
            event=events_table.from_row(row),
            origin_id=row["origin_id"],
            origin_span_id=spans.get(row["origin_id"]),
        )
        for row in by_trace.values()
    )


def _spans_of(connection: Connection, event_ids: Sequence[str]) -> dict[str, str]:
    chosen = sa.select(error_events.c.id, error_events.c.span_id).where(error_events.c.id.in_(event_ids))
    return {row.id: row.span_id for row in connection.execute(chosen)}


def _events(connection: Connection, pattern_id: str, *, newest: bool, limit: int) -> Sequence[RowMapping]:
    columns = error_events.c
    fingerprints = sa.select(error_fingerprints.c.fingerprint).where(error_fingerprints.c.pattern_id == pattern_id)
    order: sa.ColumnElement[Any] = columns.occurred_at.desc() if newest else columns.occurred_at.asc()
    found: list[RowMapping] = []
    for fingerprint in connection.scalars(fingerprints).all():  # one by one: each has the order in its index
        chosen = sa.select(error_events).where(columns.fingerprint == fingerprint).order_by(order).limit(limit)
        found += connection.execute(chosen).mappings()
    return sorted(found, key=lambda row: row["occurred_at"], reverse=newest)[:limit]


def _newest_stack(connection: Connection, newest_first: Iterable[RowMapping]) -> StoredStack | None:
    stack_hash = next((row["stack_hash"] for row in newest_first if row["stack_hash"]), None)
    return None if stack_hash is None else error_stacks.get(connection, stack_hash)


def _counted(values: Iterable[str | None]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(value for value in values if value).items(), key=lambda pair: (-pair[1], pair[0])))


def _new_since(connection: Connection, first: ErrorEvent) -> str | None:
    """The first event's version, if another version of the service served requests before it."""
    if not first.service_version:
        return None
    columns = request_counts.c
    older = (
        sa.select(columns.service_version)
        .where(
            columns.minute < first.occurred_at_ns - 60_000_000_000,
            columns.service == first.service,
            columns.service_version.not_in(["", first.service_version]),
        )
        .limit(1)
    )
    return first.service_version if connection.scalar(older) is not None else None


def created_since(database: Database, since_ns: int, *, limit: int = 200) -> tuple[tuple[str, str], ...]:
    """Ids and fingerprints of the newest patterns that were made at or after a time, whoever made them."""
    columns = error_patterns.c
    chosen = (
        sa.select(columns.id, columns.fingerprint)
        .where(columns.updated_at >= since_ns, columns.created_at >= since_ns)  # the first has an index
        .order_by(columns.updated_at.desc())
        .limit(limit)
    )
    with database.read() as connection:
        return tuple((row.id, row.fingerprint) for row in connection.execute(chosen))
