"""What one batch does to one fingerprint: pure, from what was known, what was seen and when."""

from collections.abc import Mapping, Sequence

import msgspec

from tracemedic_storage import error_patterns
from tracemedic_storage.error_fingerprints import FingerprintSum
from tracemedic_storage.records import ChangeKind, ErrorPattern, PatternChange, Record
from tracemedic_storage.thresholds import Interval, Thresholds, reaches


class Outcome(Record, frozen=True, kw_only=True):
    """A fingerprint after a batch, its pattern if it has one, and the thresholds it crossed."""

    fingerprint: FingerprintSum
    pattern: ErrorPattern | None = None
    changes: tuple[PatternChange, ...] = ()


def windows(
    sums: Mapping[str, FingerprintSum],
    patterns: Mapping[str, ErrorPattern],
    changed: Mapping[str, Interval],
    thresholds: Thresholds,
) -> dict[str, Interval]:
    """For fingerprints that may cross a threshold now: the span of time whose traces decide it.

    All other windows hold nothing new, and were judged when their newest trace came.
    """
    spans: dict[str, Interval] = {}
    for fingerprint, (first_ns, last_ns) in changed.items():
        pattern = patterns.get(fingerprint)
        needed, width_ns = thresholds.escalate_traces, thresholds.escalate_window_ns
        if pattern is None:
            needed = min(needed, thresholds.create_traces)
            width_ns = max(width_ns, thresholds.create_window_ns)
        if sums[fingerprint].total_traces >= needed and not (pattern and pattern.escalated):
            spans[fingerprint] = first_ns - width_ns, last_ns + width_ns
    return spans


def outcome(
    before: FingerprintSum,
    after: FingerprintSum,
    pattern: ErrorPattern | None,
    near: Sequence[Interval],
    thresholds: Thresholds,
    *,
    now_ns: int,
) -> Outcome:
    """Apply the thresholds. `near` are the traces in the fingerprint's window, `pattern` what it had so far.

    Each threshold makes the pattern if there is none: an error that alerts without ever having come three times in a
    day does recur, and so the order of arrival cannot matter.
    """
    escalates = not (pattern and pattern.escalated) and reaches(
        near, thresholds.escalate_traces, thresholds.escalate_window_ns
    )
    alerts = not before.alerted and after.total_traces >= thresholds.alert_traces
    creates = pattern is None and (
        escalates or alerts or reaches(near, thresholds.create_traces, thresholds.create_window_ns)
    )
    if pattern is None and not creates:
        return Outcome(fingerprint=after)
    grown = (
        error_patterns.begun(after, now_ns=now_ns)
        if pattern is None
        else error_patterns.followed(pattern, before, after, now_ns=now_ns)
    )
    crossed: dict[ChangeKind, bool] = {"created": creates, "escalated": escalates, "alert": alerts}
    return Outcome(
        fingerprint=msgspec.structs.replace(after, pattern_id=grown.id, alerted=before.alerted or alerts),
        pattern=error_patterns.escalated(grown, now_ns=now_ns) if escalates else grown,
        changes=tuple(_change(kind, grown, now_ns) for kind, is_crossed in crossed.items() if is_crossed),
    )


def _change(kind: ChangeKind, pattern: ErrorPattern, now_ns: int) -> PatternChange:
    return PatternChange(
        kind=kind,
        pattern_id=pattern.id,
        fingerprint=pattern.fingerprint,
        occurrences=pattern.total_occurrences,
        at_ns=now_ns,
    )
