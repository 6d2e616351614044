"""Record: what received requests taught becomes events, counts and patterns, each exactly once.

The result is the same however the same findings are split into batches, reordered or repeated, and however many
recorders work on one database: whatever is kept of several events is a commutative, associative and idempotent sum,
and everything about one fingerprint happens under the lock of its row, everything about one pattern under its own.
Only `request_counts` would count a repeated item twice, and the spool position, written in the same transaction,
keeps repeated items out.

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
    family_traces,
    pattern_changes,
    pattern_families,
    pattern_life,
    positions,
    regression,
    request_counts,
    texts,
)
from tracemedic_storage.database import Database
from tracemedic_storage.error_traces import Counted
from tracemedic_storage.pattern_families import Family
from tracemedic_storage.pattern_life import NO_MEMORY, Grown, Outcome
from tracemedic_storage.records import ErrorEvent, ErrorPattern, Findings, PatternChange, Record, RequestCount
from tracemedic_storage.thresholds import Interval, Thresholds, bridged


class Recorded(Record, frozen=True, kw_only=True):
    """What one batch changed: thresholds crossed, patterns as they are now, events by novelty.

    `changes` are those that ask for attention. `patterns` are those of all errors in the batch that have one;
    `fingerprints`, by id, all fingerprints of those that have several. `events_merged` counts those that were known
    already, in the database or earlier in the batch.
    """

    changes: tuple[PatternChange, ...] = ()
    patterns: tuple[ErrorPattern, ...] = ()
    fingerprints: Mapping[str, tuple[str, ...]] = {}
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
    families = _families(connection, events)
    grown = _count(connection, families, events)
    memories = pattern_changes.memories(connection, pattern_life.remembering(grown, thresholds))
    near = _near(connection, grown, pattern_life.windows(grown, memories, thresholds), thresholds)
    patterns = {fingerprint: one.pattern for one in families if one.pattern for fingerprint in one.members}
    seen_again = regression.seen_again(connection, patterns, events)
    outcomes = [
        pattern_life.outcome(
            one,
            near.get(one.family.key, ()),
            thresholds,
            now_ns=now_ns,
            memory=memories.get(one.family.key, NO_MEMORY),
            seen_again=seen_again.get(one.family.key),
        )
        for one in grown
    ]
    events_new = _store(connection, events, grown, outcomes)
    return Recorded(
        changes=tuple(change for one in outcomes for change in one.changes),
        patterns=tuple(one.pattern for one in outcomes if one.pattern),
        fingerprints={
            pattern.id: tuple(sorted(one.members)) for one, pattern in _pairs(grown, outcomes) if len(one.members) > 1
        },
        events_new=events_new,
        events_merged=len(events) - events_new,
    )


def _families(connection: Connection, events: Sequence[ErrorEvent]) -> list[Family]:
    """What is counted together, locked, as it was before these events."""
    seen = error_fingerprints.summed(events)
    former = pattern_families.former_keys(events)
    locked = error_fingerprints.lock(connection, seen, also=former.values())
    ids = sorted({one.pattern_id for one in locked.values() if one.pattern_id})
    patterns = error_patterns.select(connection, ids)
    return pattern_families.gathered(
        seen, locked | error_fingerprints.kin(connection, locked.values()), patterns, former
    )


def _count(connection: Connection, families: Sequence[Family], events: Sequence[ErrorEvent]) -> list[Grown]:
    sightings = error_traces.sightings(events)
    together = family_traces.count_new(connection, (one for one in families if len(one.members) > 1), sightings)
    counted = error_traces.store(connection, sightings)
    return [_grown(family, counted, together) for family in families]


def _grown(family: Family, counted: Counted, together: Mapping[str, int]) -> Grown:
    members = family.grown(counted.new)
    if len(members) == 1:
        ((fingerprint, member),) = members.items()
        return Grown(
            family=family,
            members=members,
            total_traces=member.total_traces,
            changed=counted.changed.get(fingerprint),
        )
    changed = [counted.changed[fingerprint] for fingerprint in family.seen if fingerprint in counted.changed]
    changed += [(members[one].first_seen_ns, members[one].last_seen_ns) for one in family.joining]
    return Grown(
        family=family,
        members=members,
        total_traces=family.before.total_traces + together[family.key],
        changed=(min(first for first, _ in changed), max(last for _, last in changed)) if changed else None,
    )


def _near(
    connection: Connection, grown: Sequence[Grown], spans: Mapping[str, Interval], thresholds: Thresholds
) -> dict[str, Sequence[Interval]]:
    """By key of a family, the intervals of the traces in its span of time."""
    wanted = [one for one in grown if one.family.key in spans]
    single = {next(iter(one.members)): one.family.key for one in wanted if len(one.members) == 1}
    found = error_traces.within(connection, {fingerprint: spans[key] for fingerprint, key in single.items()})
    near: dict[str, Sequence[Interval]] = {key: found[fingerprint] for fingerprint, key in single.items()}
    for one in wanted:
        if len(one.members) > 1:
            sightings = family_traces.of(connection, one.members, span=spans[one.family.key])
            near[one.family.key] = bridged(sightings, thresholds.escalate_window_ns)
    return near


def _store(
    connection: Connection, events: Sequence[ErrorEvent], grown: Sequence[Grown], outcomes: Sequence[Outcome]
) -> int:
    pairs = _pairs(grown, outcomes)
    error_patterns.insert(connection, (pattern for one, pattern in pairs if one.family.pattern is None))
    error_patterns.update(connection, (pattern for one, pattern in pairs if one.family.pattern not in {None, pattern}))
    pattern_changes.store(connection, (change for one in outcomes for change in one.changes))
    pattern_changes.store(connection, (change for one in outcomes for change in one.silent), handled=True)
    known = {fingerprint: member for one in grown for fingerprint, member in one.family.members.items()}
    sums = (member for one in outcomes for member in one.fingerprints)
    error_fingerprints.update(connection, (member for member in sums if member != known[member.fingerprint]))
    events_new = error_events.store(
        connection,
        error_events.merged(map(_without_former_key, events)),
        pattern_ids={fingerprint: pattern.id for one, pattern in pairs for fingerprint in one.family.seen},
    )
    error_events.link(
        connection,
        {
            fingerprint: pattern.id
            for one, pattern in pairs
            for fingerprint in (one.members if one.family.pattern is None else one.family.joining)
        },
    )
    return events_new


def _pairs(grown: Sequence[Grown], outcomes: Sequence[Outcome]) -> list[tuple[Grown, ErrorPattern]]:
    both = zip(grown, outcomes, strict=True)
    return [(one, outcome.pattern) for one, outcome in both if outcome.pattern]


def _without_former_key(event: ErrorEvent) -> ErrorEvent:
    # It has no column: what is compared must be what the database gives back.
    return event if event.former_fingerprint is None else msgspec.structs.replace(event, former_fingerprint=None)
