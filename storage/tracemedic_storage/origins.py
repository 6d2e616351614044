"""Which failure of a trace caused which: what is still to be judged, what was, and what it says of patterns.

An event that has not been judged has no `origin_id`: that is the queue. A late event joins it whenever it is recorded,
and its whole trace is judged again. The position in `sweeps` only spares looking at what was judged long ago.

Judging happens outside any transaction. So `store` takes an answer only when the trace still has exactly the events
that were judged, and passes over rows that somebody else holds: two sweeps at once neither wait for each other nor undo
each other's work, and what was passed over is judged again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import bulk
from tracemedic_storage.database import Database
from tracemedic_storage.error_events import from_row
from tracemedic_storage.records import ErrorEvent, ExceptionRecord, Record
from tracemedic_storage.tables import error_events, error_stacks, sweeps
from tracemedic_storage.timestamps import as_text

SETTLE_S: Final = 5.0
"""So old, by our clock, is what is judged: the spans of one trace come in several requests, over seconds."""
EVENTS_PER_CALL_MAX: Final = 2_000
"""Unjudged events taken in one call; what is left comes with the next."""
TRACES_PER_CALL_MAX: Final = 100
"""Traces of several events loaded in one call: 20,000 events at most."""
EVENTS_PER_TRACE_MAX: Final = 200
"""Of a trace with more failures the earliest are judged; the others count as origins of their own."""
REMEMBERED_EVERY_NS: Final = 30_000_000_000
"""How far the position may lag behind when there was nothing to judge: an idle service writes nothing."""
LATE_SLICE_NS: Final = 6 * 3_600_000_000_000
LATE_BEHIND_NS: Final = 7 * 24 * 3_600_000_000_000
LATE_EVERY_NS: Final = 60_000_000_000
"""Events are recorded long after they were received when the database was away: what lies behind the position is gone
through again, six hours of it once a minute, as far back as a week."""

_POSITION: Final = "origins"
_LATE: Final = "origins.late"


class Unjudged(Record, frozen=True, kw_only=True):
    """An event without an origin; `is_alone` when its trace has no other."""

    id: str
    trace_id: str
    received_at_ns: int
    pattern_id: str | None
    is_alone: bool


class Window(Record, frozen=True, kw_only=True):
    """Unjudged events in order of arrival, up to `up_to_ns` all of them; `late_up_to_ns` where old ones were sought."""

    events: tuple[Unjudged, ...]
    up_to_ns: int
    late_up_to_ns: int | None = None
    is_worth_remembering: bool = False


class TraceFailures(Record, frozen=True, kw_only=True):
    """The failures of one trace, whether these are all of them, and their stack traces' exceptions by hash."""

    events: tuple[ErrorEvent, ...]
    is_complete: bool
    chains: Mapping[str, Sequence[ExceptionRecord]]


class Stored(Record, frozen=True, kw_only=True):
    """How many events got another origin than they had, and which traces were passed over."""

    changed: int
    passed_over: tuple[str, ...]


def unjudged(
    database: Database, *, now_ns: int, settle_s: float = SETTLE_S, limit: int = EVENTS_PER_CALL_MAX
) -> Window:
    """What is to be judged next. Costs two indexed queries when there is nothing."""
    until_ns = now_ns - int(settle_s * 1e9)
    with database.read() as connection:
        known = {row.name: row for row in connection.execute(_positions())}
        since_ns = known[_POSITION].up_to if _POSITION in known else 0
        found, up_to_ns = _between(connection, since_ns, max(since_ns, until_ns), limit)
        late, late_up_to_ns = known.get(_LATE), None
        if since_ns and (late is None or late.at <= now_ns - LATE_EVERY_NS):
            slice_since_ns = _slice_since(late.up_to if late else 0, since_ns)
            slice_until_ns = min(slice_since_ns + LATE_SLICE_NS, since_ns)
            more, late_up_to_ns = _between(connection, slice_since_ns, slice_until_ns, limit)
            found += more
    return Window(
        events=tuple(found),
        up_to_ns=up_to_ns,
        late_up_to_ns=late_up_to_ns,
        is_worth_remembering=bool(found) or late_up_to_ns is not None or up_to_ns - since_ns >= REMEMBERED_EVERY_NS,
    )


def store_alone(database: Database, ids: Iterable[str]) -> int:
    """Make these events origins that have none: alone in their traces, or one too many; returns how many were made."""
    wanted = sorted(ids)
    if not wanted:
        return 0
    with database.write() as connection:
        held = _held(connection, error_events.c.id, wanted).values()
        changed = sorted(id_ for of_trace in held for id_, origin_id in of_trace.items() if origin_id is None)
        bulk.update(connection, error_events, ({"id": id_, "origin_id": id_} for id_ in changed))
    return len(changed)


def traces(database: Database, trace_ids: Iterable[str]) -> dict[str, TraceFailures]:
    """The failures of these traces with what judging them needs, the earliest of each first."""
    wanted = bulk.encoded({"trace_id": trace_id} for trace_id in trace_ids)
    with database.read() as connection:
        rows = connection.execute(_earliest(connection.dialect.name), {"rows": wanted}).mappings().all()
        events = [from_row(row) for row in rows]
        chains = _chains(connection, {event.stack_hash for event in events if event.stack_hash})
    by_trace: dict[str, list[ErrorEvent]] = defaultdict(list)
    for event in events:
        by_trace[event.trace_id].append(event)
    return {
        trace_id: TraceFailures(
            events=tuple(of_trace[:EVENTS_PER_TRACE_MAX]),
            is_complete=len(of_trace) <= EVENTS_PER_TRACE_MAX,
            chains={event.stack_hash: chains[event.stack_hash] for event in of_trace if event.stack_hash in chains},
        )
        for trace_id, of_trace in by_trace.items()
    }


def store(database: Database, judged: Mapping[str, Mapping[str, str]], *, incomplete: Iterable[str] = ()) -> Stored:
    """Keep the origins of each trace's events. Only rows that change are written, in the order of their ids.

    A trace that has other events by now than were judged, or whose rows somebody else holds, is passed over; of those
    named in `incomplete` only some events were judged.
    """
    if not judged:
        return Stored(changed=0, passed_over=())
    parts = {trace_id: judged[trace_id] for trace_id in incomplete}
    with database.write() as connection:
        held = _held(connection, error_events.c.trace_id, judged.keys() - parts.keys())
        held |= _held(connection, error_events.c.id, [id_ for part in parts.values() for id_ in part])
        good = [trace_id for trace_id, events in judged.items() if events.keys() == held.get(trace_id, {}).keys()]
        rows = [
            {"id": id_, "origin_id": judged[trace_id][id_]}
            for trace_id in good
            for id_, origin_id in held[trace_id].items()
            if judged[trace_id][id_] != origin_id
        ]
        bulk.update(connection, error_events, sorted(rows, key=lambda row: row["id"]))
    return Stored(changed=len(rows), passed_over=tuple(sorted(judged.keys() - set(good))))


def remember(database: Database, window: Window, *, passed_over: Iterable[str] = (), now_ns: int) -> None:
    """Go on behind this window next time, but for traces that were passed over."""
    left = set(passed_over)
    up_to_ns = min((event.received_at_ns - 1_000 for event in window.events if event.trace_id in left), default=None)
    positions = {_POSITION: window.up_to_ns if up_to_ns is None else min(up_to_ns, window.up_to_ns)}
    if window.late_up_to_ns is not None and not left:
        positions[_LATE] = window.late_up_to_ns
    with database.write() as connection:
        rows = [{"name": name, "up_to": as_text(0), "at": as_text(now_ns)} for name in sorted(positions)]
        bulk.insert_missing(connection, sweeps, rows)
        for name, position_ns in sorted(positions.items()):
            # Somebody else may be further. The search for late events begins anew when it has come to the end.
            ahead = sweeps.c.up_to < position_ns if name == _POSITION else sa.true()
            connection.execute(
                sa.update(sweeps).where(sweeps.c.name == name, ahead).values(up_to=position_ns, at=now_ns)
            )


def _positions() -> sa.Select[Any]:
    return sa.select(sweeps).where(sweeps.c.name.in_([_POSITION, _LATE]))


def _slice_since(late_up_to_ns: int, position_ns: int) -> int:
    oldest_ns = position_ns - LATE_BEHIND_NS
    return late_up_to_ns if oldest_ns <= late_up_to_ns < position_ns else oldest_ns


def _between(connection: Connection, since_ns: int, until_ns: int, limit: int) -> tuple[list[Unjudged], int]:
    """Unjudged events in order of arrival, and up to when these are all."""
    found = _select(connection, since_ns, until_ns, limit)
    # Of those that arrived with the last one, some may not be among them.
    return found, max(since_ns, found[-1].received_at_ns - 1_000) if len(found) >= limit else until_ns


def _select(connection: Connection, since_ns: int, until_ns: int, limit: int) -> list[Unjudged]:
    columns, other = error_events.c, error_events.alias("other")
    has_others = sa.exists().where(other.c.trace_id == columns.trace_id, other.c.id != columns.id)
    chosen = (
        sa.select(
            columns.id, columns.trace_id, columns.received_at, columns.pattern_id, sa.not_(has_others).label("is_alone")
        )
        .where(columns.origin_id.is_(None), columns.received_at > since_ns, columns.received_at <= until_ns)
        .order_by(columns.received_at)
        .limit(limit)
    )
    return [
        Unjudged(
            id=row.id,
            trace_id=row.trace_id,
            received_at_ns=row.received_at,
            pattern_id=row.pattern_id,
            is_alone=bool(row.is_alone),
        )
        for row in connection.execute(chosen)
    ]


def _held(connection: Connection, column: sa.Column[Any], values: Iterable[str]) -> dict[str, dict[str, str | None]]:
    """Ids and origins of events by trace, locked as far as nobody else holds them."""
    rows = bulk.encoded({column.name: value} for value in sorted(values))
    held: dict[str, dict[str, str | None]] = defaultdict(dict)
    for row in connection.execute(_without_waiting(connection.dialect.name, column), {"rows": rows}):
        held[row.trace_id][row.id] = row.origin_id
    return held


def _without_waiting(dialect_name: str, column: sa.Column[Any]) -> sa.Select[Any, Any, Any]:
    columns = error_events.c
    wanted = bulk.given(dialect_name, [column])
    return (
        sa.select(columns.trace_id, columns.id, columns.origin_id)
        .join(wanted, column == wanted.c[column.name])
        .order_by(columns.id)
        .with_for_update(of=error_events, skip_locked=True)
    )


def _earliest(dialect_name: str) -> sa.Select[Any]:
    columns = error_events.c
    wanted = bulk.given(dialect_name, [columns.trace_id])
    number = sa.func.row_number().over(partition_by=columns.trace_id, order_by=[columns.occurred_at, columns.id])
    numbered = (
        sa.select(error_events, number.label("number"))
        .join(wanted, columns.trace_id == wanted.c.trace_id)
        .subquery("numbered")
    )
    return (
        sa.select(*(numbered.c[column.name] for column in error_events.columns))
        .where(numbered.c.number <= EVENTS_PER_TRACE_MAX + 1)
        .order_by(numbered.c.trace_id, numbered.c.number)
    )


def _chains(connection: Connection, hashes: Iterable[str]) -> dict[str, tuple[ExceptionRecord, ...]]:
    columns = error_stacks.c
    wanted = bulk.given(connection.dialect.name, [columns.hash])
    chosen = sa.select(columns.hash, columns.chain).join(wanted, columns.hash == wanted.c.hash)
    rows = bulk.encoded({"hash": hash_} for hash_ in sorted(hashes))
    return {
        row.hash: msgspec.convert(row.chain, tuple[ExceptionRecord, ...])
        for row in connection.execute(chosen, {"rows": rows})
    }
