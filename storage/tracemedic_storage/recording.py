"""Record: what received requests taught becomes events, counts and patterns, each exactly once.

The result is the same however the same findings are split into batches, reordered or repeated, and however many
recorders work on one database: whatever is kept of several events is a commutative, associative and idempotent sum,
and everything about one fingerprint happens under the lock of its row. Only `request_counts` would count a repeated
item twice, and the spool position, written in the same transaction, keeps repeated items out.

Locks are taken in one order everywhere (position, fingerprints, patterns, stacks, request counts; sorted within
each), so that recorders never wait for each other in a circle.
"""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy.engine import Connection

from tracemedic_storage import (
    error_events,
    error_fingerprints,
    error_patterns,
    error_stacks,
    error_traces,
    pattern_changes,
    pattern_life,
    positions,
    request_counts,
    texts,
)
from tracemedic_storage.database import Database
from tracemedic_storage.error_fingerprints import FingerprintSum
from tracemedic_storage.pattern_life import Outcome
from tracemedic_storage.records import ErrorEvent, ErrorPattern, Findings, PatternChange, Record, RequestCount
from tracemedic_storage.thresholds import Thresholds


class Recorded(Record, frozen=True, kw_only=True):
    """What one batch changed: thresholds crossed, patterns as they are now, events by novelty.

    `patterns` are those of all errors in the batch that have one. `events_merged` counts those that were known
    already, in the database or earlier in the batch.
    """

    changes: tuple[PatternChange, ...] = ()
    patterns: tuple[ErrorPattern, ...] = ()
    events_new: int = 0
    events_merged: int = 0


def record(
    database: Database,
    batch: Sequence[tuple[int, Findings]],
    *,
    spool_id: str,
    thresholds: Thresholds,
    now_ns: int,
) -> Recorded:
    """Record the items of a spool, each a sequence number and its findings, in one durable transaction.

    Items up to the position already recorded for `spool_id` are skipped: a batch repeated after a crash changes
    nothing. So a spool that begins anew, counting from the start, needs a new id. Raises `DatabaseUnavailable` when
    nothing was recorded and trying again may help; any other exception of SQLAlchemy means that an item of the batch
    cannot be stored.
    """
    with database.write() as connection:
        position = positions.lock(connection, spool_id, now_ns=now_ns)
        fresh = [(seq, findings) for seq, findings in batch if seq > position]
        if not fresh:
            return Recorded()
        recorded = _record(connection, [findings for _, findings in fresh], thresholds, now_ns)
        positions.store(connection, spool_id, max(seq for seq, _ in fresh), now_ns=now_ns)
    return recorded


def _record(connection: Connection, batch: Sequence[Findings], thresholds: Thresholds, now_ns: int) -> Recorded:
    events = texts.storable([event for findings in batch for event in findings.events], list[ErrorEvent])
    counts = texts.storable([count for findings in batch for count in findings.requests], list[RequestCount])
    recorded = _record_events(connection, events, thresholds, now_ns) if events else Recorded()
    error_stacks.store(connection, (stack for findings in batch for stack in findings.stacks), now_ns=now_ns)
    request_counts.add(connection, counts)
    return recorded


def _record_events(
    connection: Connection, events: Sequence[ErrorEvent], thresholds: Thresholds, now_ns: int
) -> Recorded:
    seen = error_fingerprints.summed(events)
    before = error_fingerprints.lock(connection, seen)
    counted = error_traces.store(connection, error_traces.sightings(events))
    after = {
        fingerprint: msgspec.structs.replace(
            error_fingerprints.joined(known, seen[fingerprint]),
            total_traces=known.total_traces + counted.new.get(fingerprint, 0),
        )
        for fingerprint, known in before.items()
    }
    patterns = _patterns(connection, before)
    near = error_traces.within(connection, pattern_life.windows(after, patterns, counted.changed, thresholds))
    outcomes = [
        pattern_life.outcome(
            before[fingerprint],
            after[fingerprint],
            patterns.get(fingerprint),
            near.get(fingerprint, ()),
            thresholds,
            now_ns=now_ns,
        )
        for fingerprint in sorted(after)
    ]
    events_new = _store(connection, events, outcomes, before, patterns)
    return Recorded(
        changes=tuple(change for one in outcomes for change in one.changes),
        patterns=tuple(one.pattern for one in outcomes if one.pattern),
        events_new=events_new,
        events_merged=len(events) - events_new,
    )


def _patterns(connection: Connection, known: Mapping[str, FingerprintSum]) -> dict[str, ErrorPattern]:
    ids = sorted(one.pattern_id for one in known.values() if one.pattern_id)
    return {pattern.fingerprint: pattern for pattern in error_patterns.select(connection, ids).values()}


def _store(
    connection: Connection,
    events: Sequence[ErrorEvent],
    outcomes: Sequence[Outcome],
    before: Mapping[str, FingerprintSum],
    patterns: Mapping[str, ErrorPattern],
) -> int:
    now = {one.pattern.fingerprint: one.pattern for one in outcomes if one.pattern}
    created = {fingerprint: pattern for fingerprint, pattern in now.items() if fingerprint not in patterns}
    changed = (pattern for fingerprint, pattern in now.items() if patterns.get(fingerprint, pattern) != pattern)
    error_patterns.insert(connection, created.values())
    error_patterns.update(connection, changed)
    pattern_changes.store(connection, (change for one in outcomes for change in one.changes))
    sums = (one.fingerprint for one in outcomes)
    error_fingerprints.update(connection, (one for one in sums if one != before[one.fingerprint]))
    events_new = error_events.store(
        connection,
        error_events.merged(events),
        pattern_ids={fingerprint: pattern.id for fingerprint, pattern in now.items()},
    )
    error_events.link(connection, {fingerprint: pattern.id for fingerprint, pattern in created.items()})
    return events_new
