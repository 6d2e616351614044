"""The category of an answer by rules: by the classifier, unless somebody who looked at such an error knew better."""

from typing import Final

from tracemedic_processor.diagnose.evidence import Evidence, SimilarPattern
from tracemedic_processor.knowledge.entry import KnowledgeEntry
from tracemedic_storage.records import Category, Record

NEAR: Final = 0.9
"""From this score on a pattern is near-identical: what a person said of it holds here too."""
PERSON: Final = 0.95
"""How sure a person's word is for the very same error."""
UNSURE: Final = 0.5
"""The classifier's own word is not enough below this: a knowledge entry that fits may then name the category."""


class Judged(Record, frozen=True, kw_only=True):
    """A category, how sure it is (0 to 1), and why, as a line of evidence. `example` is the judged pattern, if any."""

    category: Category
    confidence: float
    reason: str
    example: SimilarPattern | None = None


def judge(evidence: Evidence, entry: KnowledgeEntry | None) -> Judged:
    """The category, from a person's verdict on a near-identical pattern, from the rules, or from what is known.

    `entry` is the best knowledge entry that is not merely a category's default.
    """
    example = _example(evidence)
    if example is not None:
        return _by_example(example)
    rules = evidence.rules
    if entry and entry.categories and rules.confidence < UNSURE and rules.category not in entry.categories:
        return Judged(
            category=entry.categories[0],
            confidence=entry.confidence,
            reason=f"category {entry.categories[0]} from what is known of {entry.key}; the rules were unsure",
        )
    return Judged(
        category=rules.category,
        confidence=rules.confidence,
        reason=f"category {rules.category} by rules, {rules.confidence:.0%}: {rules.reason}",
    )


def decided(similar: SimilarPattern) -> Category | None:
    """The category that a person gave or confirmed."""
    return similar.verdict_category or (similar.category if similar.verdict == "right" else None)


def _example(evidence: Evidence) -> SimilarPattern | None:
    near = [one for one in evidence.similar if one.score >= NEAR and decided(one)]
    return max(near, key=lambda one: (one.score, one.pattern_id), default=None)


def _by_example(example: SimilarPattern) -> Judged:
    category = decided(example) or example.category
    said = "confirmed" if example.verdict == "right" else f"set right from {example.category}"
    return Judged(
        category=category,
        confidence=PERSON * example.score,
        reason=f"category {category}: a developer {said} it for a pattern that is {example.score:.0%} alike "
        f"({example.pattern_id[:12]})",
        example=example,
    )
