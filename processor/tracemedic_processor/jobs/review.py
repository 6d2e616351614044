"""Looks whether diagnoses still fit: when much has changed, the pattern is diagnosed again."""

from collections.abc import Callable
from typing import Final

from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_processor.gather import evidence_digest
from tracemedic_storage import pattern_changes, stale_diagnoses
from tracemedic_storage.database import Database
from tracemedic_storage.records import ErrorPattern, PatternChange
from tracemedic_storage.stale_diagnoses import Diagnosed

GROWTH: Final = 10
"""So many times as many occurrences as the last diagnosis knew are other evidence."""
COOLDOWN_NS: Final = 86_400_000_000_000
"""No diagnosis is doubted within a day: what changes hourly says nothing."""
SEEN_NS: Final = 3_600_000_000_000
"""Only patterns that changed within the last hour: this runs more often than that."""
PATTERNS_MAX: Final = 50
"""Patterns looked at in one go; gathering evidence takes some milliseconds each."""


def review(database: Database, gather: Callable[[ErrorPattern], Evidence], *, now_ns: int) -> int:
    """Ask for a new diagnosis of patterns whose evidence is no longer what it was; returns how many."""
    found = stale_diagnoses.candidates(
        database, seen_since_ns=now_ns - SEEN_NS, made_before_ns=now_ns - COOLDOWN_NS, limit=PATTERNS_MAX
    )
    changed = [why for each in found if (why := _change(each, gather, now_ns)) is not None]
    if changed:
        with database.write() as connection:
            pattern_changes.store(connection, changed)
    return len(changed)


def _change(diagnosed: Diagnosed, gather: Callable[[ErrorPattern], Evidence], now_ns: int) -> PatternChange | None:
    pattern = diagnosed.pattern
    if pattern.total_occurrences >= GROWTH * max(1, diagnosed.occurrences):
        why = f"{pattern.total_occurrences} occurrences, {diagnosed.occurrences} when it was diagnosed"
    elif evidence_digest(gather(pattern)) != diagnosed.evidence_digest:
        why = "services, environments, origin, runbooks or verdicts have changed"
    else:
        return None
    return PatternChange(
        kind="evidence",
        pattern_id=pattern.id,
        fingerprint=pattern.fingerprint,
        occurrences=pattern.total_occurrences,
        at_ns=now_ns,
        detail={"why": why},
    )
