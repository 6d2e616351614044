"""A fingerprint taken out of a pattern: what was merged, by people or by a new version, was not the same after all."""

from collections.abc import Mapping

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import calming, error_fingerprints, error_patterns, family_traces, pattern_acts, pattern_changes
from tracemedic_storage.database import Database
from tracemedic_storage.error_fingerprints import FingerprintSum
from tracemedic_storage.pattern_families import together
from tracemedic_storage.pattern_locks import Held, holding
from tracemedic_storage.pattern_status import StepImpossible
from tracemedic_storage.records import ChangeKind, ErrorPattern
from tracemedic_storage.tables import error_events
from tracemedic_storage.thresholds import Thresholds, severity_of


def split(
    database: Database,
    pattern_id: str,
    fingerprint: str,
    *,
    author: str,
    now_ns: int,
    thresholds: Thresholds,
    note: str = "",
) -> ErrorPattern:
    """Give a fingerprint of a pattern a pattern of its own, active and without a diagnosis; returns the new one.

    Its events go with it; history, diagnoses and exemplars stay with the old one. Raises `PatternUnknown`,
    `StepImpossible` (a fingerprint that is not the pattern's, or the one that the pattern itself is) and
    `DatabaseUnavailable`.
    """

    def act(connection: Connection, held: Held) -> ErrorPattern:
        pattern = held.pattern(pattern_id)
        if fingerprint not in held.members:
            raise StepImpossible(f"{fingerprint[:64]!r} is no fingerprint of this pattern")
        if fingerprint == pattern.fingerprint:
            raise StepImpossible("this fingerprint is the pattern's own; split the others from it")
        begun = _begun(connection, pattern, held.members[fingerprint], thresholds, now_ns)
        rest = {one: member for one, member in held.members.items() if one != fingerprint}
        left = _without(connection, pattern, held.members, rest, now_ns)
        error_patterns.insert(connection, [begun])
        error_patterns.update(connection, [left])
        _point(connection, held.members, begun, left, thresholds)
        entries: tuple[tuple[ChangeKind, ErrorPattern, dict[str, str]], ...] = (
            ("split", left, {"fingerprint": fingerprint, "to": begun.id, "note": note}),
            ("created", begun, {"from": pattern.id, "note": note}),
        )
        for kind, one, detail in entries:
            entry = pattern_acts.by_hand(kind, one, author=author, now_ns=now_ns, detail=detail)
            pattern_changes.append(connection, entry)
        return begun

    return holding(database, {pattern_id}, act)


def _begun(
    connection: Connection, pattern: ErrorPattern, member: FingerprintSum, thresholds: Thresholds, now_ns: int
) -> ErrorPattern:
    begun = error_patterns.begun(member, now_ns=now_ns)
    burns = pattern.escalated and calming.is_burning(connection, [member.fingerprint], thresholds, now_ns)
    return error_patterns.escalated(begun, now_ns=now_ns) if burns else begun


def _without(
    connection: Connection,
    pattern: ErrorPattern,
    members: Mapping[str, FingerprintSum],
    rest: Mapping[str, FingerprintSum],
    now_ns: int,
) -> ErrorPattern:
    """The old pattern, summed anew over what is left of it. It stays raised until it calms."""
    before = together(members.values(), pattern)
    after = msgspec.structs.replace(
        together(rest.values(), pattern), total_traces=family_traces.count(connection, rest)
    )
    left = error_patterns.followed(pattern, before, after, now_ns=now_ns)
    is_ours = pattern.severity == severity_of(before.severity, escalated=pattern.escalated)
    severity = severity_of(after.severity, escalated=pattern.escalated) if is_ours else pattern.severity
    return msgspec.structs.replace(left, severity=severity, updated_at_ns=now_ns)


def _point(
    connection: Connection,
    members: Mapping[str, FingerprintSum],
    begun: ErrorPattern,
    left: ErrorPattern,
    thresholds: Thresholds,
) -> None:
    """Fingerprints and events to their patterns. What was told of both together counts for each that is as large."""
    told = any(member.alerted for member in members.values())
    pointed = (
        (member, begun if fingerprint == begun.fingerprint else left) for fingerprint, member in sorted(members.items())
    )
    error_fingerprints.update(
        connection,
        (
            msgspec.structs.replace(
                member, pattern_id=one.id, alerted=told and one.total_occurrences >= thresholds.alert_traces
            )
            for member, one in pointed
        ),
    )
    connection.execute(
        sa.update(error_events).where(error_events.c.fingerprint == begun.fingerprint).values(pattern_id=begun.id)
    )
