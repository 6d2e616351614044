"""The states of a pattern and the steps between them: pure.

active        -> acknowledged, resolved, ignored
acknowledged  -> resolved, ignored, active
resolved      -> regressed (seen again), ignored, active
regressed     -> acknowledged, resolved, ignored, active
ignored       -> active (by hand, when its time is over, or when it escalates), resolved

A step that leads where the pattern is already gives the very pattern back.
"""

from typing import Any

import msgspec

from tracemedic_storage.records import ErrorPattern, PatternStatus
from tracemedic_storage.service_versions import VERSION_CHARS_MAX

QUIET: frozenset[PatternStatus] = frozenset({"resolved", "ignored"})
"""Somebody has decided that these need no attention: they are counted, but their thresholds are told to nobody."""


class StepImpossible(Exception):
    """The pattern cannot go where it was sent; the text says why and what can be done."""


def acknowledged(pattern: ErrorPattern, *, now_ns: int) -> ErrorPattern:
    """Somebody looks after it. Raises `StepImpossible` for a resolved or ignored pattern."""
    if pattern.status in QUIET:
        raise StepImpossible(f"the pattern is {pattern.status}; reopen it first")
    return _moved(pattern, "acknowledged", now_ns)


def resolved(pattern: ErrorPattern, version: str | None, *, now_ns: int) -> ErrorPattern:
    """Repaired: now, or in a version of the service. Raises `StepImpossible` for a version that can be none."""
    wanted = None if version is None else version.strip()
    if wanted is not None and not 0 < len(wanted) <= VERSION_CHARS_MAX:
        raise StepImpossible(f"a version has 1 to {VERSION_CHARS_MAX} characters")
    if pattern.status == "resolved" and pattern.resolved_in_version == wanted:
        return pattern
    return _moved(pattern, "resolved", now_ns, resolved_at_ns=now_ns, resolved_in_version=wanted)


def ignored(pattern: ErrorPattern, *, until_ns: int | None, until_escalates: bool, now_ns: int) -> ErrorPattern:
    """Not wanted: for good, until a time, until it escalates (the next time), or whichever of the two comes first.

    Raises `StepImpossible` for a time that is over.
    """
    if until_ns is not None and until_ns <= now_ns:
        raise StepImpossible("the time until which it is to be ignored is over")
    asked = until_ns, until_escalates
    if pattern.status == "ignored" and (pattern.ignored_until_ns, pattern.ignored_until_escalated) == asked:
        return pattern
    return _moved(pattern, "ignored", now_ns, ignored_until_ns=until_ns, ignored_until_escalated=until_escalates)


def reopened(pattern: ErrorPattern, *, now_ns: int) -> ErrorPattern:
    """Back among those that need attention."""
    return _moved(pattern, "active", now_ns)


def regressed(pattern: ErrorPattern, *, now_ns: int) -> ErrorPattern:
    """A resolved pattern that was seen again; when and in which version it was resolved stays known."""
    return _moved(
        pattern,
        "regressed",
        now_ns,
        resolved_at_ns=pattern.resolved_at_ns,
        resolved_in_version=pattern.resolved_in_version,
    )


def is_over(pattern: ErrorPattern, *, now_ns: int) -> bool:
    """Whether the time is over until which the pattern is ignored."""
    return pattern.status == "ignored" and pattern.ignored_until_ns is not None and pattern.ignored_until_ns <= now_ns


_NOWHERE: dict[str, Any] = {
    "resolved_at_ns": None,
    "resolved_in_version": None,
    "ignored_until_ns": None,
    "ignored_until_escalated": False,
}


def _moved(pattern: ErrorPattern, status: PatternStatus, now_ns: int, **details: object) -> ErrorPattern:
    if status == pattern.status and not details:
        return pattern
    return msgspec.structs.replace(pattern, status=status, updated_at_ns=now_ns, **(_NOWHERE | details))
