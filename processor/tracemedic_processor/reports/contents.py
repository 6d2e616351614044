"""The contents of a report: every section from the query that gives it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from tracemedic_processor.kpis import FeedbackFigures, kpis
from tracemedic_processor.reports.advice import actions, recommendations
from tracemedic_processor.reports.health import health
from tracemedic_processor.reports.issues import cascades, issues, merged_counts, top_patterns
from tracemedic_processor.reports.periods import edges, preceding
from tracemedic_storage import report_figures
from tracemedic_storage.database import Database
from tracemedic_storage.diagnostic_report import Bucket, Content, Count, Happening
from tracemedic_storage.records import ErrorPattern
from tracemedic_storage.report_figures import Affected
from tracemedic_storage.scope import Scope

_COUNTS_MAX: Final = 8
"""Rows in one chart."""
_QUERIES: Final = {
    "course": "report_figures.course",
    "by_category": "report_figures.by_category",
    "by_service": "report_figures.affected",
    "top_issues": "report_figures.pattern_counts, pattern_courses, pattern_parts",
    "happenings": "report_figures.happenings",
    "cascades": "report_figures.consequences, pattern_counts",
    "versions": "report_figures.affected",
    "agents": "report_figures.affected",
    "sprints": "report_figures.affected",
}


def before_of(scope: Scope, zone: tzinfo) -> Scope:
    """The same over the period before."""
    since_ns, until_ns = preceding(scope.since_ns, scope.until_ns, zone)
    return msgspec.structs.replace(scope, since_ns=since_ns, until_ns=until_ns)


def content(database: Database, scope: Scope, zone: ZoneInfo, feedback: FeedbackFigures) -> Content:
    """All that a health report over a scope says."""
    before = before_of(scope, zone)
    counts, counts_before = (report_figures.pattern_counts(database, each) for each in (scope, before))
    edges_ns = edges(scope.since_ns, scope.until_ns, zone)
    top = issues(
        database,
        top_patterns(database, counts),
        scope,
        now=counts,
        before=counts_before,
        edges_ns=edges_ns,
    )
    categories, categories_before = (report_figures.by_category(database, each) for each in (scope, before))
    happened = report_figures.happenings(database, scope)
    places = _places(report_figures.affected(database, scope), report_figures.affected(database, before))
    bare = Content(
        scope=scope,
        before=before,
        time_zone=zone.key,
        health=health(database, scope, before),
        kpis=kpis(database, scope, feedback=feedback),
        errors=sum(categories.values()),
        errors_before=sum(categories_before.values()),
        course=_course(database, scope, before, zone),
        by_category=merged_counts(categories.items(), categories_before, most=len(categories)),
        top_issues=top,
        happened=_by_kind(happened),
        happenings=happened[: report_figures.HAPPENINGS_MAX],
        cascades=cascades(database, counts),
        by_service=places["by_service"],
        versions=places["versions"],
        agents=places["agents"],
        sprints=places["sprints"],
        queries=_QUERIES,
    )
    return _advised(bare)


def pattern_content(
    database: Database, pattern: ErrorPattern, scope: Scope, zone: ZoneInfo, feedback: FeedbackFigures
) -> Content:
    """All that a report about one pattern says, with the health of the system around it."""
    before = before_of(scope, zone)
    counts, counts_before = (report_figures.pattern_counts(database, each) for each in (scope, before))
    edges_ns = edges(scope.since_ns, scope.until_ns, zone)
    (issue,) = issues(database, [pattern], scope, now=counts, before=counts_before, edges_ns=edges_ns)
    happened = report_figures.happenings(database, scope, pattern_id=pattern.id)
    related = [
        one
        for one in cascades(database, counts)
        if pattern.id in {one.pattern_id, *(each.pattern_id for each in one.consequences)}
    ]
    bare = Content(
        scope=scope,
        before=before,
        time_zone=zone.key,
        health=health(database, scope, before),
        kpis=kpis(database, scope, feedback=feedback),
        errors=issue.errors,
        errors_before=issue.before,
        course=_buckets(edges_ns, issue.course, ()),
        top_issues=(issue,),
        happened=_by_kind(happened),
        happenings=happened[: report_figures.HAPPENINGS_MAX],
        cascades=tuple(related),
        versions=issue.versions,
        agents=issue.agents,
        queries={name: query for name, query in _QUERIES.items() if name not in {"by_category", "by_service"}},
    )
    return _advised(bare)


def _advised(bare: Content) -> Content:
    now = actions(bare)
    return msgspec.structs.replace(bare, actions=now, recommendations=recommendations(bare, now))


def _course(database: Database, scope: Scope, before: Scope, zone: tzinfo) -> tuple[Bucket, ...]:
    edges_ns = edges(scope.since_ns, scope.until_ns, zone)
    former = edges(before.since_ns, before.until_ns, zone)
    counts = report_figures.course(database, scope, edges_ns)
    return _buckets(edges_ns, counts, report_figures.course(database, before, former))


def _buckets(edges_ns: Sequence[int], counts: Sequence[int], before: Sequence[int]) -> tuple[Bucket, ...]:
    # A day of 25 hours has one more stretch than the day before it.
    padded = [*before, *[0] * max(0, len(counts) - len(before))]
    return tuple(
        Bucket(since_ns=edges_ns[number], until_ns=edges_ns[number + 1], count=count, before=padded[number])
        for number, count in enumerate(counts)
    )


def _by_kind(happened: Iterable[Happening]) -> dict[str, int]:
    return dict(Counter(one.kind for one in happened))


def _places(now: Sequence[Affected], before: Sequence[Affected]) -> dict[str, tuple[Count, ...]]:
    former = {name: {each.name: each.count for each in counts} for name, counts in _named(before, {}).items()}
    return _named(now, former)


def _named(found: Sequence[Affected], before: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[Count, ...]]:
    names = {
        "by_service": [(one.service, one.count) for one in found],
        "versions": [(f"{one.service} {one.version}" if one.version else None, one.count) for one in found],
        "agents": [(one.agent, one.count) for one in found],
        "sprints": [(one.sprint, one.count) for one in found],
    }
    most = _COUNTS_MAX if before else len(found)
    return {name: merged_counts(pairs, before.get(name, {}), most=most) for name, pairs in names.items()}
