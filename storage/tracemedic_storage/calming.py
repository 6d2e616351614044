"""What time alone does to patterns: severities that were raised go down again, ignoring comes to its end."""

from collections.abc import Callable, Collection
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import error_fingerprints, error_patterns, family_traces, pattern_changes, pattern_status
from tracemedic_storage.database import Database
from tracemedic_storage.pattern_families import together
from tracemedic_storage.pattern_life import change
from tracemedic_storage.records import ErrorPattern, PatternChange
from tracemedic_storage.tables import error_fingerprints as fingerprints_table
from tracemedic_storage.tables import error_patterns as patterns_table
from tracemedic_storage.thresholds import FUTURE_MAX_NS, Thresholds, bridged, reaches, severity_of

PATTERNS_MAX: Final = 500
"""Patterns looked at in one call, those longest unseen first: a call takes a second at most and comes every minute."""


def calm(database: Database, thresholds: Thresholds, now_ns: int) -> tuple[PatternChange, ...]:
    """Lower patterns that have calmed, wake those that were ignored until now; returns what has changed.

    Calm is an escalated pattern without `escalate_traces` in any window of `escalate_window_s` that ended in the last
    `calm_s`. Its severity is again that of its worst event, unless somebody has set another, and it may escalate
    again. Any number of workers may call this at the same time: each change is made once. Raises
    `DatabaseUnavailable`.
    """
    changes = [_lower(database, id_, thresholds, now_ns) for id_ in _calm(database, thresholds, now_ns)]
    changes += [_wake(database, id_, now_ns) for id_ in _over(database, now_ns)]
    return tuple(one for one in changes if one is not None)


def is_burning(connection: Connection, fingerprints: Collection[str], thresholds: Thresholds, now_ns: int) -> bool:
    """Whether these fingerprints together have reached `escalate_traces` within the last `calm_s`.

    More sightings than could lie there without a full window prove one, so no more are read, however hot it is.
    """
    width_ns = thresholds.escalate_window_ns
    span = now_ns - thresholds.calm_ns - width_ns, now_ns + FUTURE_MAX_NS
    windows = (span[1] - span[0]) // width_ns + 1
    enough = thresholds.escalate_traces * windows * len(fingerprints)
    sightings = family_traces.of(connection, fingerprints, span=span, limit=enough)
    return reaches(bridged(sightings, width_ns), thresholds.escalate_traces, width_ns)


def _calm(database: Database, thresholds: Thresholds, now_ns: int) -> list[str]:
    """Looked at without locks, so that what burns is not held up."""
    columns, fingerprints = patterns_table.c, fingerprints_table.c
    chosen = sa.select(columns.id).where(columns.escalated).order_by(columns.last_seen, columns.id).limit(PATTERNS_MAX)
    with database.read() as connection:
        ids = connection.scalars(chosen).all()
        of: dict[str, list[str]] = {id_: [] for id_ in ids}
        for row in connection.execute(
            sa.select(fingerprints.pattern_id, fingerprints.fingerprint).where(fingerprints.pattern_id.in_(ids))
        ):
            of[row.pattern_id].append(row.fingerprint)
        return [id_ for id_ in ids if not is_burning(connection, of[id_], thresholds, now_ns)]


def _lower(database: Database, pattern_id: str, thresholds: Thresholds, now_ns: int) -> PatternChange | None:
    def lowered(connection: Connection, pattern: ErrorPattern) -> ErrorPattern | None:
        members = error_fingerprints.of_patterns(connection, [pattern.id])
        if not pattern.escalated or not members or is_burning(connection, members, thresholds, now_ns):
            return None
        worst = together(members.values(), pattern).severity
        is_ours = pattern.severity == severity_of(worst, escalated=True)
        return msgspec.structs.replace(
            pattern, escalated=False, severity=worst if is_ours else pattern.severity, updated_at_ns=now_ns
        )

    return _changed(database, pattern_id, lowered, lambda pattern: change("calmed", pattern, now_ns, {}))


def _over(database: Database, now_ns: int) -> list[str]:
    columns = patterns_table.c
    chosen = sa.select(columns.id).where(columns.status == "ignored", columns.ignored_until <= now_ns)
    with database.read() as connection:
        return list(connection.scalars(chosen.order_by(columns.id).limit(PATTERNS_MAX)))


def _wake(database: Database, pattern_id: str, now_ns: int) -> PatternChange | None:
    def woken(_: Connection, pattern: ErrorPattern) -> ErrorPattern | None:
        over = pattern_status.is_over(pattern, now_ns=now_ns)
        return pattern_status.reopened(pattern, now_ns=now_ns) if over else None

    return _changed(database, pattern_id, woken, lambda pattern: change("reopened", pattern, now_ns, {"why": "time"}))


def _changed(
    database: Database,
    pattern_id: str,
    step: Callable[[Connection, ErrorPattern], ErrorPattern | None],
    told: Callable[[ErrorPattern], PatternChange],
) -> PatternChange | None:
    """One short transaction for each pattern, under its lock: recorders wait for no other pattern's sake."""
    with database.write() as connection:
        pattern = error_patterns.select(connection, [pattern_id]).get(pattern_id)
        after = None if pattern is None else step(connection, pattern)
        if after is None:
            return None
        error_patterns.update(connection, [after])
        return pattern_changes.append(connection, told(after), handled=after.status in pattern_status.QUIET)
