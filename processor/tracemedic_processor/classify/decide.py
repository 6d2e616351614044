"""Weighs the evidence: who speaks for which category, how sure that is, and how bad the error is."""

from tracemedic_processor.classify.calibration import calibrated
from tracemedic_processor.classify.evidence import Evidence
from tracemedic_processor.classify.rule import Rule
from tracemedic_processor.classify.severity import USUAL
from tracemedic_storage.records import CATEGORIES, Category, Classification, Severity

ENOUGH = 0.34
"""A best score below this is no answer."""
EQUAL = 0.025
"""Scores this near are equally good evidence: then the taxonomy's order of categories decides."""
DECISIVE = 0.96
"""From this weight on a firm rule, like one for a type *and* a phrase, speaks of this very case: others stand back."""
STANDING_BACK = 0.85
SUPPORT = 0.4
"""How much of its score a second kind of evidence adds to the first."""

UNCLEAR = Classification(category="unknown", confidence=0.2, reason="no rule speaks clearly", severity=USUAL["unknown"])


def decide(evidence: list[Evidence]) -> Classification:
    """The category with the best score; among equals the one the taxonomy names first."""
    evidence = _after_special_cases(evidence)
    totals = _totals(evidence)
    top = max(totals.values(), default=0.0)
    if top < ENOUGH:
        return UNCLEAR
    equals: list[Category] = [one for one, total in totals.items() if total >= top - EQUAL]
    category = min(equals, key=_rank)
    speaking = [one for one in evidence if one.category == category]
    return Classification(
        category=category,
        confidence=calibrated(totals[category]),
        reason=_reason(max(speaking, key=_by_score)),
        severity=_severity(category, speaking),
    )


def _rank(category: Category) -> int:
    return CATEGORIES.index(category)


def _by_score(one: Evidence) -> tuple[float, str]:
    return one.score, one.rule.reason


def _is_special(rule: Rule) -> bool:
    return bool(rule.types and rule.phrases) or (rule.firm and rule.weight >= DECISIVE)


def _after_special_cases(evidence: list[Evidence]) -> list[Evidence]:
    """The general rules count less where a rule knows the very case."""
    if not any(_is_special(one.rule) for one in evidence):
        return evidence
    return [one if _is_special(one.rule) else one._replace(score=one.score * STANDING_BACK) for one in evidence]


def _totals(evidence: list[Evidence]) -> dict[Category, float]:
    """Per category: the strongest of each kind of evidence, joined."""
    kinds: dict[Category, dict[str, float]] = {}
    for one in evidence:
        scores = kinds.setdefault(one.category, {})
        scores[one.kind] = max(scores.get(one.kind, 0.0), one.score)
    return {category: _joined(list(scores.values())) for category, scores in kinds.items()}


def _joined(scores: list[float]) -> float:
    """Independent kinds of evidence support each other, the weaker ones by less than half of what they say."""
    strongest, *others = sorted(scores, reverse=True)
    doubt = 1.0 - strongest
    for score in others:
        doubt *= 1.0 - SUPPORT * score
    return 1.0 - doubt


def _reason(one: Evidence) -> str:
    return f"{one.rule.reason} ({one.inside})" if one.inside else one.rule.reason


def _severity(category: Category, speaking: list[Evidence]) -> Severity:
    """What the strongest rule with an opinion says, else what is usual for the category."""
    told = [one for one in speaking if one.rule.severity]
    if not told:
        return USUAL[category]
    return max(told, key=_by_score).rule.severity or USUAL[category]
