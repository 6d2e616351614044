"""What people decide about a pattern: acknowledge, resolve, ignore, reopen. Each is one transaction and one entry in
the pattern's history.

An act that changes nothing (to acknowledge what is acknowledged) writes nothing and gives the pattern as it is. All
raise `PatternUnknown`, `StepImpossible` (`pattern_status`) and `DatabaseUnavailable`. No work is owed for an act: its
author knows. `merge` and `split` are in `pattern_merging`.
"""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy.engine import Connection

from tracemedic_storage import error_patterns, pattern_changes, pattern_status, texts
from tracemedic_storage.database import Database
from tracemedic_storage.pattern_status import StepImpossible
from tracemedic_storage.records import ChangeKind, ErrorPattern, PatternChange
from tracemedic_storage.timestamps import as_datetime, whole_microseconds

AUTHOR_CHARS_MAX: Final = 100
NOTE_CHARS_MAX: Final = 1_000
"""A remark of a few sentences; more belongs into a ticket."""


class PatternUnknown(Exception):
    """There is no pattern of this id."""


def acknowledge(database: Database, pattern_id: str, *, author: str, now_ns: int, note: str = "") -> ErrorPattern:
    """Somebody looks after it: it stays in sight and keeps its thresholds."""
    return _act(
        database,
        pattern_id,
        "acknowledged",
        lambda pattern: pattern_status.acknowledged(pattern, now_ns=now_ns),
        author=author,
        now_ns=now_ns,
        detail={"note": note},
    )


def resolve(
    database: Database,
    pattern_id: str,
    *,
    author: str,
    now_ns: int,
    version: str | None = None,
    note: str = "",
) -> ErrorPattern:
    """It is repaired: now, or in `version` of the service.

    It regresses when it is seen again after `now_ns`; with a version, only in that one or a later one.
    """
    cleaned = None if version is None else _clean(version)
    return _act(
        database,
        pattern_id,
        "resolved",
        lambda pattern: pattern_status.resolved(pattern, cleaned, now_ns=whole_microseconds(now_ns)),
        author=author,
        now_ns=now_ns,
        detail={"version": cleaned or "", "note": note},
    )


def ignore(
    database: Database,
    pattern_id: str,
    *,
    author: str,
    now_ns: int,
    until_ns: int | None = None,
    until_escalates: bool = False,
    note: str = "",
) -> ErrorPattern:
    """It is not wanted: for good, until a time, or until it escalates the next time.

    It is counted all the same, but nobody is told of its thresholds.
    """
    until = "" if until_ns is None else as_datetime(until_ns).isoformat(timespec="seconds")
    return _act(
        database,
        pattern_id,
        "ignored",
        lambda pattern: pattern_status.ignored(
            pattern,
            until_ns=None if until_ns is None else whole_microseconds(until_ns),
            until_escalates=until_escalates,
            now_ns=now_ns,
        ),
        author=author,
        now_ns=now_ns,
        detail={"until": "escalated" if until_escalates else until, "note": note},
    )


def reopen(database: Database, pattern_id: str, *, author: str, now_ns: int, note: str = "") -> ErrorPattern:
    """It needs attention again, whatever was decided before."""
    return _act(
        database,
        pattern_id,
        "reopened",
        lambda pattern: pattern_status.reopened(pattern, now_ns=now_ns),
        author=author,
        now_ns=now_ns,
        detail={"note": note},
    )


def locked(connection: Connection, pattern_id: str) -> ErrorPattern:
    """The pattern, locked until the transaction ends. Raises `PatternUnknown`."""
    found = error_patterns.select(connection, [pattern_id]).get(pattern_id)
    if found is None:
        raise PatternUnknown(f"no pattern has the id {pattern_id!r}")
    return found


def by_hand(
    kind: ChangeKind, pattern: ErrorPattern, *, author: str, now_ns: int, detail: Mapping[str, str]
) -> PatternChange:
    """The entry of an act. Raises `StepImpossible` when nobody has made it, or with too many words."""
    name, note = _clean(author), detail.get("note", "")
    if not name or len(name) > AUTHOR_CHARS_MAX:
        raise StepImpossible(f"an author has 1 to {AUTHOR_CHARS_MAX} characters")
    if len(note) > NOTE_CHARS_MAX:
        raise StepImpossible(f"a note has at most {NOTE_CHARS_MAX} characters")
    return PatternChange(
        kind=kind,
        pattern_id=pattern.id,
        fingerprint=pattern.fingerprint,
        occurrences=pattern.total_occurrences,
        at_ns=now_ns,
        author=name,
        detail={key: _clean(value) for key, value in detail.items() if value},
    )


def _act(
    database: Database,
    pattern_id: str,
    kind: ChangeKind,
    step: Callable[[ErrorPattern], ErrorPattern],
    *,
    author: str,
    now_ns: int,
    detail: Mapping[str, str],
) -> ErrorPattern:
    with database.write() as connection:
        before = locked(connection, pattern_id)
        after = step(before)
        change = by_hand(kind, after, author=author, now_ns=now_ns, detail=detail)
        if after != before:
            error_patterns.update(connection, [after])
            pattern_changes.append(connection, change)
    return after


def _clean(text: str) -> str:
    return texts.storable(text.strip(), str)
