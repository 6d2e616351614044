"""What happens inside a tool, a model provider or a database counts for that: the taxonomy's rows 1 to 3."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tracemedic_processor.classify.evidence import Evidence
from tracemedic_storage.records import CATEGORIES, Category

CLAIMS: Mapping[Category, frozenset[Category]] = {
    "agent_tool": frozenset({"timeout", "network", "rate_limit", "validation", "serialization", "dependency"}),
    "llm_api": frozenset(
        {"timeout", "network", "rate_limit", "authentication", "authorization", "validation", "dependency"}
    ),
    "database": frozenset(
        {
            "timeout",
            "network",
            "rate_limit",
            "authentication",
            "authorization",
            "dependency",
            "validation",
            "concurrency",
            "resource_exhaustion",
        }
    ),
}
"""Whose evidence a place makes its own: a refused connection inside a database driver is the database's."""


class Place(NamedTuple):
    """Where it happened, and the words of the rule that told."""

    category: Category
    reason: str


def place_of(told: Iterable[Evidence], by_span: Iterable[Evidence]) -> Place | None:
    """The place an error happened in: a type or frame, nearest to the root first, says it better than the span."""
    for one in told:
        if one.kind != "message" and one.category in CLAIMS:
            return Place(one.category, one.rule.reason)
    spans = [one for one in by_span if one.category in CLAIMS]
    if not spans:
        return None
    first = min(spans, key=lambda one: CATEGORIES.index(one.category))
    return Place(first.category, first.rule.reason)


def claimed(one: Evidence, place: Place | None) -> Evidence:
    """The evidence as it counts in that place; firm rules keep their own category."""
    if place is None or one.rule.firm or one.category not in CLAIMS[place.category]:
        return one
    return one._replace(category=place.category, inside=place.reason)
