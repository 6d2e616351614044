"""What one batch does to one pattern, or to one fingerprint that may become one: pure, from what was known, what was
seen and when."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from tracemedic_storage import error_patterns, pattern_families, pattern_status
from tracemedic_storage.error_fingerprints import FingerprintSum
from tracemedic_storage.pattern_families import Family
from tracemedic_storage.records import ChangeKind, ErrorEvent, ErrorPattern, PatternChange, Record
from tracemedic_storage.thresholds import Interval, Thresholds, reaches


class Grown(Record, frozen=True, kw_only=True):
    """A family once the traces of a batch are counted.

    `members` are its fingerprints as they are now, `total_traces` the distinct traces over all of them, `changed` the
    span of time of the traces that are new to it or wider than before, None when there are none.
    """

    family: Family
    members: dict[str, FingerprintSum]
    total_traces: int
    changed: Interval | None = None

    @property
    def after(self) -> FingerprintSum:
        """All members together."""
        if len(self.members) == 1:
            return next(iter(self.members.values()))
        whole = pattern_families.together(self.members.values(), self.family.pattern)
        return msgspec.structs.replace(whole, total_traces=self.total_traces)


class Memory(Record, frozen=True, kw_only=True):
    """What the history of a pattern says: when it last calmed, when it was last told of, and at how many traces."""

    calmed_at_ns: int | None = None
    told_at_ns: int | None = None
    told_traces: int = 0


NO_MEMORY = Memory()


class Outcome(Record, frozen=True, kw_only=True):
    """Fingerprints after a batch, their pattern if they have one, and what happened to it.

    `changes` ask for attention; `silent` ones happened to a pattern that nobody wants to hear of, or are mere history.
    """

    fingerprints: tuple[FingerprintSum, ...]
    pattern: ErrorPattern | None = None
    changes: tuple[PatternChange, ...] = ()
    silent: tuple[PatternChange, ...] = ()


def remembering(grown: Iterable[Grown], thresholds: Thresholds) -> list[str]:
    """The patterns whose history is needed to judge what has changed: few, and none in a storm that goes on."""
    return [
        one.family.pattern.id
        for one in grown
        if one.family.pattern and one.changed and (_may_escalate(one, thresholds) or _may_alert_again(one, thresholds))
    ]


def windows(grown: Iterable[Grown], memories: Mapping[str, Memory], thresholds: Thresholds) -> dict[str, Interval]:
    """For families (by key) that may cross a threshold now: the span of time whose traces decide it.

    All other windows hold nothing new, and were judged when their newest trace came. What lies before a pattern calmed
    is over, however late more of it arrives.
    """
    spans: dict[str, Interval] = {}
    for one in grown:
        if one.changed is None or not _may_escalate(one, thresholds):
            continue
        width_ns = thresholds.escalate_window_ns
        if one.family.pattern is None:
            width_ns = max(width_ns, thresholds.create_window_ns)
        first_ns, last_ns = one.changed[0] - width_ns, one.changed[1] + width_ns
        calmed_at_ns = memories.get(one.family.key, NO_MEMORY).calmed_at_ns
        if calmed_at_ns is not None:
            first_ns = max(first_ns, calmed_at_ns - thresholds.escalate_window_ns)
        spans[one.family.key] = first_ns, last_ns
    return spans


def outcome(
    grown: Grown,
    near: Sequence[Interval],
    thresholds: Thresholds,
    *,
    now_ns: int,
    memory: Memory = NO_MEMORY,
    seen_again: ErrorEvent | None = None,
) -> Outcome:
    """Apply the thresholds. `near` are the traces in the family's window, `seen_again` the event that makes a resolved
    pattern a regressed one.

    Each threshold makes the pattern if there is none: an error that alerts without ever having come three times in a
    day does recur, and so the order of arrival cannot matter. A pattern that is resolved or ignored is counted like any
    other, so that it does not depend on the order of arrival either; only nobody is told.
    """
    known, after = grown.family.pattern, grown.after
    escalates = not (known and known.escalated) and reaches(
        near, thresholds.escalate_traces, thresholds.escalate_window_ns
    )
    alerts = _alerts(grown, after, thresholds, memory, now_ns)
    creates = known is None and (
        escalates or alerts or reaches(near, thresholds.create_traces, thresholds.create_window_ns)
    )
    if known is None and not creates:
        return Outcome(fingerprints=tuple(grown.members.values()))
    pattern = (
        error_patterns.begun(after, now_ns=now_ns)
        if known is None
        else error_patterns.followed(known, grown.family.before, after, now_ns=now_ns)
    )
    pattern, woken = _woken(pattern, escalates=escalates, seen_again=seen_again, now_ns=now_ns)
    if escalates:
        pattern = error_patterns.escalated(pattern, now_ns=now_ns)
    crossed: dict[ChangeKind, bool] = {"created": creates, "escalated": escalates, "alert": alerts}
    changes = tuple(change(kind, pattern, now_ns, detail) for kind, detail in woken)
    changes += tuple(change(kind, pattern, now_ns, {}) for kind in crossed if crossed[kind])
    joining = sorted(grown.family.joining)
    joined = [change("merged", pattern, now_ns, {"fingerprints": ", ".join(joining)})] if joining else []
    told = pattern.status not in pattern_status.QUIET
    return Outcome(
        fingerprints=_belonging(grown, pattern, alerted=after.alerted or alerts),
        pattern=pattern,
        changes=changes if told else (),
        silent=tuple(joined) if told else (*joined, *changes),
    )


def change(kind: ChangeKind, pattern: ErrorPattern, now_ns: int, detail: dict[str, str]) -> PatternChange:
    """A step of a pattern that nobody made by hand."""
    return PatternChange(
        kind=kind,
        pattern_id=pattern.id,
        fingerprint=pattern.fingerprint,
        occurrences=pattern.total_occurrences,
        at_ns=now_ns,
        detail=detail,
    )


def _woken(
    pattern: ErrorPattern, *, escalates: bool, seen_again: ErrorEvent | None, now_ns: int
) -> tuple[ErrorPattern, Sequence[tuple[ChangeKind, dict[str, str]]]]:
    """The pattern in the status that the batch gives it, and the steps that led there."""
    if pattern.status == "resolved" and seen_again is not None:
        detail = {"version": seen_again.service_version or "", "event": seen_again.id}
        return pattern_status.regressed(pattern, now_ns=now_ns), [("regressed", detail)]
    if pattern_status.is_over(pattern, now_ns=now_ns):
        return pattern_status.reopened(pattern, now_ns=now_ns), [("reopened", {"why": "time"})]
    if pattern.status == "ignored" and pattern.ignored_until_escalated and escalates:
        return pattern_status.reopened(pattern, now_ns=now_ns), [("reopened", {"why": "escalated"})]
    return pattern, []


def _may_escalate(one: Grown, thresholds: Thresholds) -> bool:
    needed, pattern = thresholds.escalate_traces, one.family.pattern
    if pattern is None:
        needed = min(needed, thresholds.create_traces)
    return one.total_traces >= needed and not (pattern and pattern.escalated)


def _may_alert_again(one: Grown, thresholds: Thresholds) -> bool:
    return thresholds.alert_step(one.total_traces) > thresholds.alert_traces


def _alerts(grown: Grown, after: FingerprintSum, thresholds: Thresholds, memory: Memory, now_ns: int) -> bool:
    if not after.alerted:
        return after.total_traces >= thresholds.alert_traces
    if memory.told_at_ns is None or grown.changed is None:
        return False
    cooled = now_ns - memory.told_at_ns >= thresholds.alert_cooldown_ns
    return cooled and thresholds.alert_step(after.total_traces) > thresholds.alert_step(memory.told_traces)


def _belonging(grown: Grown, pattern: ErrorPattern, *, alerted: bool) -> tuple[FingerprintSum, ...]:
    """The members that the batch has changed, or that another one's alert concerns."""
    return tuple(
        msgspec.structs.replace(member, pattern_id=pattern.id, alerted=alerted)
        for fingerprint, member in sorted(grown.members.items())
        if fingerprint in grown.family.seen or fingerprint == pattern.fingerprint
    )
