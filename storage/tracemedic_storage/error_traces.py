"""The distinct traces of each fingerprint, counted once however often they are seen."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import bulk
from tracemedic_storage.records import ErrorEvent, Record
from tracemedic_storage.tables import error_traces
from tracemedic_storage.thresholds import Interval, counted_at
from tracemedic_storage.timestamps import as_text, whole_microseconds

TraceKey = tuple[str, str]
"""Fingerprint and trace id."""


class Counted(Record, frozen=True, kw_only=True):
    """What storing sightings changed: new traces per fingerprint, and the span of time of all that is new or wider."""

    new: Mapping[str, int]
    changed: Mapping[str, Interval]


def sightings(events: Iterable[ErrorEvent]) -> dict[TraceKey, Interval]:
    """When each fingerprint was seen in each trace, first and last."""
    found: dict[TraceKey, Interval] = {}
    for event in events:
        key = event.fingerprint, event.trace_id
        at_ns = whole_microseconds(counted_at(event.occurred_at_ns, event.received_at_ns))
        known = found.get(key)
        found[key] = (at_ns, at_ns) if known is None else _hull(known, (at_ns, at_ns))
    return found


def store(connection: Connection, seen: Mapping[TraceKey, Interval]) -> Counted:
    """Insert new traces, widen known ones. The caller holds the locks of the fingerprints."""
    keys = ({"fingerprint": fingerprint, "trace_id": trace_id} for fingerprint, trace_id in seen)
    known = {
        (row["fingerprint"], row["trace_id"]): (row["first_occurred_at"], row["last_occurred_at"])
        for row in bulk.select_matching(connection, error_traces, keys)
    }
    new = {key: interval for key, interval in seen.items() if key not in known}
    wider = {key: hull for key, interval in known.items() if (hull := _hull(interval, seen[key])) != interval}
    bulk.insert_missing(connection, error_traces, map(_to_row, new.items()))
    bulk.update(connection, error_traces, map(_to_row, wider.items()))
    changed: dict[str, Interval] = {}
    for (fingerprint, _), interval in (new | wider).items():
        changed[fingerprint] = _hull(changed.get(fingerprint, interval), interval)
    return Counted(new=Counter(fingerprint for fingerprint, _ in new), changed=changed)


def within(connection: Connection, spans: Mapping[str, Interval]) -> dict[str, list[Interval]]:
    """The intervals of each fingerprint that touch its span of time."""
    found: dict[str, list[Interval]] = {fingerprint: [] for fingerprint in spans}
    if not spans:
        return found
    wanted = bulk.encoded(_to_row(((fingerprint, ""), span)) for fingerprint, span in spans.items())
    for row in connection.execute(_within(connection.dialect.name), {"rows": wanted}):
        found[row.fingerprint].append((row.first_occurred_at, row.last_occurred_at))
    return found


@cache
def _within(dialect_name: str) -> sa.Select[Any, Any, Any]:
    columns = error_traces.c
    span = bulk.given(dialect_name, [columns.fingerprint, columns.first_occurred_at, columns.last_occurred_at])
    return sa.select(columns.fingerprint, columns.first_occurred_at, columns.last_occurred_at).join(
        span,
        sa.and_(
            columns.fingerprint == span.c.fingerprint,
            columns.last_occurred_at >= span.c.first_occurred_at,
            columns.first_occurred_at <= span.c.last_occurred_at,
        ),
    )


def _hull(one: Interval, other: Interval) -> Interval:
    return min(one[0], other[0]), max(one[1], other[1])


def _to_row(item: tuple[TraceKey, Interval]) -> dict[str, object]:
    (fingerprint, trace_id), (first_ns, last_ns) = item
    first = as_text(first_ns)
    return {
        "fingerprint": fingerprint,
        "trace_id": trace_id,
        "first_occurred_at": first,
        "last_occurred_at": first if last_ns == first_ns else as_text(last_ns),
    }
