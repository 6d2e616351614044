"""Several patterns made one, by people who know that they are the same trouble."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import error_patterns, family_traces, pattern_acts, pattern_changes, pattern_status
from tracemedic_storage.database import Database
from tracemedic_storage.error_fingerprints import FingerprintSum, update
from tracemedic_storage.pattern_acts import PatternUnknown
from tracemedic_storage.pattern_families import together
from tracemedic_storage.pattern_life import change
from tracemedic_storage.pattern_locks import Held, holding
from tracemedic_storage.pattern_status import StepImpossible
from tracemedic_storage.records import ChangeKind, ErrorPattern
from tracemedic_storage.tables import (
    diagnoses,
    error_events,
    error_fingerprints,
    exemplar_traces,
    verdicts,
)
from tracemedic_storage.tables import error_patterns as patterns_table
from tracemedic_storage.thresholds import FUTURE_MAX_NS, Thresholds, bridged, reaches

MERGED_MAX: Final = 100
"""Patterns merged in one act."""


def merge(
    database: Database,
    into: str,
    others: Sequence[str],
    *,
    author: str,
    now_ns: int,
    thresholds: Thresholds,
    note: str = "",
) -> ErrorPattern:
    """Make `others` part of the pattern `into`, all by id; returns it as it is then.

    It keeps its id, name and status, and counts the distinct traces of all its fingerprints from now on. Events,
    history, diagnoses, verdicts and exemplars of the others become its own; their ids and fingerprints lead to it
    (`queries.get_pattern`). Thresholds that they reach together are crossed at once. Those that were merged into it
    before are passed over. Raises `PatternUnknown`, `StepImpossible`, `DatabaseUnavailable`.
    """
    if not others or into in others:
        raise StepImpossible("a pattern is merged with others than itself")
    if len(others) > MERGED_MAX:
        raise StepImpossible(f"at most {MERGED_MAX} patterns are merged at once")

    def act(connection: Connection, held: Held) -> ErrorPattern:
        pattern = held.pattern(into)
        absorbed = [held.patterns[other] for other in dict.fromkeys(others) if other in held.patterns]
        for other in set(others) - held.patterns.keys():
            _check_merged(connection, other, into)
        if not absorbed:
            return pattern
        merged = _merged(connection, held, pattern, absorbed, thresholds=thresholds, now_ns=now_ns)
        for other in absorbed:
            detail = {"from": other.id, "name": other.name, "occurrences": str(other.total_occurrences), "note": note}
            entry = pattern_acts.by_hand("merged", merged, author=author, now_ns=now_ns, detail=detail)
            pattern_changes.append(connection, entry)
        return merged

    return holding(database, {into, *others}, act)


def _check_merged(connection: Connection, other: str, into: str) -> None:
    """A pattern's id is the beginning of its fingerprint, which stays when the pattern goes."""
    columns = error_fingerprints.c
    chosen = sa.select(columns.pattern_id).where(columns.fingerprint.between(other, f"{other}g"))
    if into not in connection.scalars(chosen).all():
        raise PatternUnknown(f"no pattern has the id {other!r}")


def _merged(
    connection: Connection,
    held: Held,
    pattern: ErrorPattern,
    absorbed: Sequence[ErrorPattern],
    *,
    thresholds: Thresholds,
    now_ns: int,
) -> ErrorPattern:
    before = together(held.members_of(pattern.id).values(), pattern)
    after = msgspec.structs.replace(
        together(held.members.values(), pattern), total_traces=family_traces.count(connection, held.members)
    )
    grown = error_patterns.followed(_diagnosed(pattern, absorbed), before, after, now_ns=now_ns)
    crossed: list[ChangeKind] = []
    if not pattern.escalated:
        was_escalated = any(other.escalated for other in absorbed)
        if was_escalated or _escalates(connection, held, thresholds):
            grown = error_patterns.escalated(grown, now_ns=now_ns)
            if not was_escalated:
                crossed.append("escalated")
    if not after.alerted and after.total_traces >= thresholds.alert_traces:
        crossed.append("alert")
    grown = msgspec.structs.replace(grown, updated_at_ns=now_ns)
    _absorb(connection, pattern.id, [other.id for other in absorbed])
    error_patterns.update(connection, [grown])
    _point(connection, held, pattern.id, alerted=after.alerted or "alert" in crossed)
    for kind in crossed:
        entry = change(kind, grown, now_ns, {"why": "merged"})
        pattern_changes.append(connection, entry, handled=grown.status in pattern_status.QUIET)
    return grown


def _diagnosed(pattern: ErrorPattern, absorbed: Sequence[ErrorPattern]) -> ErrorPattern:
    """The pattern with its own diagnosis, else with the first that one of the others has."""
    told = next((one for one in (pattern, *absorbed) if one.diagnosed_by is not None), pattern)
    is_circle = pattern.origin_pattern_id in {other.id for other in absorbed}
    return msgspec.structs.replace(
        pattern,
        ai_summary=told.ai_summary,
        ai_root_cause=told.ai_root_cause,
        ai_suggested_fix=told.ai_suggested_fix,
        ai_confidence=told.ai_confidence,
        diagnosed_by=told.diagnosed_by,
        category=told.category,
        origin_pattern_id=None if is_circle else pattern.origin_pattern_id,
        origin_share=None if is_circle else pattern.origin_share,
    )


def _escalates(connection: Connection, held: Held, thresholds: Thresholds) -> bool:
    """Whether they do together what none of them did alone, since the last of them calmed."""
    memories = pattern_changes.memories(connection, list(held.patterns))
    calmed = [one.calmed_at_ns for one in memories.values() if one.calmed_at_ns is not None]
    width_ns = thresholds.escalate_window_ns
    newest_ns = max(one.last_seen_ns for one in held.members.values())
    span = (max(calmed) - width_ns, newest_ns + FUTURE_MAX_NS) if calmed else None
    sightings = family_traces.of(connection, held.members, span=span)
    return reaches(bridged(sightings, width_ns), thresholds.escalate_traces, width_ns)


def _absorb(connection: Connection, into: str, others: Sequence[str]) -> None:
    """What hangs on the other patterns now hangs on this one; they are gone."""
    for other in others:
        pattern_changes.move(connection, other, into=into)
        _move_exemplars(connection, other, into)
    tables: tuple[sa.Table, ...] = (diagnoses, verdicts, error_events)
    for table in tables:
        chosen = _events(others) if table is error_events else table.c.pattern_id.in_(others)
        connection.execute(sa.update(table).where(chosen).values(pattern_id=into))
    connection.execute(sa.delete(patterns_table).where(patterns_table.c.id.in_(others)))


def _events(pattern_ids: Sequence[str]) -> sa.ColumnElement[bool]:
    """The events of patterns, by fingerprint, for which there is an index."""
    columns = error_fingerprints.c
    fingerprints = sa.select(columns.fingerprint).where(columns.pattern_id.in_(pattern_ids))
    return error_events.c.fingerprint.in_(fingerprints)


def _move_exemplars(connection: Connection, other: str, into: str) -> None:
    """Those of traces that both have stay behind and go with their pattern."""
    own, theirs = exemplar_traces.alias(), exemplar_traces.c
    known: sa.Exists = sa.exists().where(
        own.c.pattern_id == into, own.c.trace_id == theirs.trace_id, own.c.spool_id == theirs.spool_id
    )
    moved: Any = sa.update(exemplar_traces).where(theirs.pattern_id == other, ~known).values(pattern_id=into)
    connection.execute(moved)


def _point(connection: Connection, held: Held, into: str, *, alerted: bool) -> None:
    members: list[FingerprintSum] = [
        msgspec.structs.replace(one, pattern_id=into, alerted=alerted) for _, one in sorted(held.members.items())
    ]
    update(connection, members)
