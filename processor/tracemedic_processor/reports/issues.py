"""The patterns of a period: which had most errors, and what is known of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from tracemedic_storage import report_figures
from tracemedic_storage.database import Database
from tracemedic_storage.diagnostic_report import Cascade, Consequence, Count, Issue
from tracemedic_storage.records import ErrorPattern
from tracemedic_storage.report_figures import PatternPart
from tracemedic_storage.scope import Scope

TOP_MAX: Final = 8
"""Issues a team can talk about in one meeting."""
_CANDIDATES: Final = 4 * TOP_MAX
"""Looked at for the top ones: ignored patterns are left out only after that."""
_PARTS_MAX: Final = 5
_CASCADES_MAX: Final = 6


class _Counts:
    """Errors by pattern in the period and in the one before."""

    def __init__(self, now: Mapping[str, int], before: Mapping[str, int]) -> None:
        self.now = now
        self.before = before


def top_patterns(database: Database, counts: Mapping[str, int]) -> tuple[ErrorPattern, ...]:
    """The patterns with most errors, those that are ignored left out."""
    candidates = sorted(counts, key=lambda id_: (-counts[id_], id_))[:_CANDIDATES]
    found = report_figures.patterns_of(database, candidates)
    wanted = (found[id_] for id_ in candidates if id_ in found and found[id_].status != "ignored")
    return tuple(pattern for pattern, _ in zip(wanted, range(TOP_MAX), strict=False))


def issues(
    database: Database,
    patterns: Sequence[ErrorPattern],
    scope: Scope,
    *,
    now: Mapping[str, int],
    before: Mapping[str, int],
    edges_ns: Sequence[int],
) -> tuple[Issue, ...]:
    """These patterns as they stand in a report. `now` and `before` are the errors by pattern."""
    ids = [pattern.id for pattern in patterns]
    courses = report_figures.pattern_courses(database, scope, edges_ns, ids)
    parts = report_figures.pattern_parts(database, scope, ids) if ids else ()
    origins = report_figures.patterns_of(
        database, {each.origin_pattern_id for each in patterns if each.origin_pattern_id}
    )
    counts = _Counts(now, before)
    return tuple(_issue(pattern, counts, courses[pattern.id], parts, origins) for pattern in patterns)


def cascades(database: Database, counts: Mapping[str, int]) -> tuple[Cascade, ...]:
    """Origins with what followed from them in the period, those with most consequences first."""
    followers: dict[str, list[ErrorPattern]] = {}
    for pattern in report_figures.consequences(database):
        if pattern.origin_pattern_id is not None and counts.get(pattern.id):
            followers.setdefault(pattern.origin_pattern_id, []).append(pattern)
    origins = report_figures.patterns_of(database, followers)
    found = [_cascade(origins[id_], each, counts) for id_, each in followers.items() if id_ in origins]
    return tuple(sorted(found, key=lambda one: (-_followed(one), one.pattern_id))[:_CASCADES_MAX])


def merged_counts(
    pairs: Iterable[tuple[str | None, int]], before: Mapping[str, int], *, most: int
) -> tuple[Count, ...]:
    """Errors by name, the most frequent first; what has no name is left out."""
    sums: Counter[str] = Counter()
    for name, count in pairs:
        if name:
            sums[name] += count
    ranked = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    return tuple(Count(name=name, count=count, before=before.get(name, 0)) for name, count in ranked)


def _issue(
    pattern: ErrorPattern,
    counts: _Counts,
    course: tuple[int, ...],
    parts: Sequence[PatternPart],
    origins: Mapping[str, ErrorPattern],
) -> Issue:
    origin = origins.get(pattern.origin_pattern_id or "")
    return Issue(
        pattern_id=pattern.id,
        name=pattern.name,
        error_type=pattern.error_type,
        status=pattern.status,
        severity=pattern.severity,
        category=pattern.category,
        errors=counts.now.get(pattern.id, 0),
        before=counts.before.get(pattern.id, 0),
        occurrences=pattern.total_occurrences,
        first_seen_ns=pattern.first_seen_ns,
        last_seen_ns=pattern.last_seen_ns,
        escalated=pattern.escalated,
        services=pattern.services,
        versions=_parts(parts, pattern.id, lambda part: part.version),
        agents=_parts(parts, pattern.id, lambda part: part.agent),
        course=course,
        summary=pattern.ai_summary,
        root_cause=pattern.ai_root_cause,
        suggested_fix=pattern.ai_suggested_fix,
        confidence=pattern.ai_confidence,
        diagnosed_by=pattern.diagnosed_by,
        origin=origin.name if origin else None,
        origin_share=pattern.origin_share if origin else None,
    )


def _parts(
    parts: Iterable[PatternPart], pattern_id: str, name: Callable[[PatternPart], str | None]
) -> tuple[Count, ...]:
    own = ((name(part), part.count) for part in parts if part.pattern_id == pattern_id)
    return merged_counts(own, {}, most=_PARTS_MAX)


def _cascade(origin: ErrorPattern, followers: Sequence[ErrorPattern], counts: Mapping[str, int]) -> Cascade:
    found = [
        Consequence(pattern_id=each.id, name=each.name, errors=counts[each.id], share=each.origin_share or 0.0)
        for each in followers
    ]
    ranked = tuple(sorted(found, key=lambda one: (-one.errors, one.pattern_id)))
    return Cascade(
        pattern_id=origin.id, name=origin.name, errors=counts.get(origin.id, 0), consequences=ranked[:TOP_MAX]
    )


def _followed(cascade: Cascade) -> int:
    return sum(one.errors for one in cascade.consequences)
