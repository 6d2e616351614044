"""All figures of quality as rows of one table, with the targets beside them."""

from collections.abc import Iterator
from typing import Any

from tests.quality import classify, frames, grouping, redaction
from tests.quality.pairs import pairs
from tests.quality.raised import HALVES, Concluded, by_language
from tracemedic_processor.redaction import Redactor
from tracemedic_storage.records import Classification

TARGETS: dict[str, float] = {
    "frames and innermost": 0.98,
    "in-app source": 0.93,
    "pairs joined": 0.97,
    "pairs apart": 0.97,
    "secrets found": 0.99,
    "innocents kept": 0.98,
    "strict": 0.90,
    "lenient": 0.90,
    "abstained": 0.10,
}
"""What has to be reached on the measuring half; `abstained` is at most, the others at least."""
COLUMNS = (
    "lines",
    *frames.CHECKS,
    "pairs joined",
    "pairs apart",
    "secrets found",
    "innocents kept",
    "strict",
    "lenient",
    "macro-F1",
    "abstained",
    "told >= 0.9",
    "severity +-1",
)

Row = dict[str, float | str | None]


def rows() -> list[Row]:
    """Raised errors by half and language, then the collected sets of each area."""
    return [*_raised(), *_collected()]


def _raised() -> Iterator[Row]:
    for half in HALVES:
        for language, group in by_language(half).items():
            yield {"half": half, "set": f"raised {language}", "lines": len(group), **_figures(group)}


def _figures(group: list[Concluded]) -> Row:
    judged = list(pairs(group))
    return {
        **frames.figures(group),
        "pairs joined": frames.share(pair.is_right for pair in judged if pair.same),
        "pairs apart": frames.share(pair.is_right for pair in judged if not pair.same),
        "innocents kept": frames.share(is_untouched(one) for one in group),
        **_category(classify.figures([(one.line, _answer(one)) for one in group])),
    }


def is_untouched(one: Concluded) -> bool | None:
    """Whether redaction left a text alone that has nothing to hide; None for one with somebody's address."""
    text = one.line["stacktrace"] + one.line["message"]
    return None if "@example.org" in text else not one.explanation.redactions


def is_accepted(one: Concluded) -> bool:
    """Whether the category is the one a person gave, or one that person would accept as well."""
    return one.explanation.category in (one.line["category"], *one.line["also"])


def _answer(one: Concluded) -> Classification:
    told = one.explanation
    return Classification(
        category=told.category,
        confidence=told.category_confidence,
        reason=told.category_reason,
        severity=told.severity,
    )


def _category(told: dict[str, Any]) -> Row:
    sure = [row for row in told["calibration"] if row["from"] >= 0.9]
    return {
        "strict": told["strict"],
        "lenient": told["lenient"],
        "macro-F1": told["macro_f1"],
        "abstained": told["abstained"],
        "told >= 0.9": sure[0]["strict"] if sure else None,
        "severity +-1": told["severity_within_one"],
    }


def _collected() -> Iterator[Row]:
    redacted, classified, grouped = redaction.measure(Redactor()), classify.measure(), grouping.measure()
    for half in HALVES:
        yield {
            "half": half,
            "set": "collected",
            "pairs joined": grouped[f"{half}: variable pairs joined"],
            "pairs apart": grouped[f"{half}: meaning pairs kept apart"],
            "secrets found": redacted[half]["secrets_found"],
            "innocents kept": redacted[half]["innocents_kept"],
            "lines": classified[half]["cases"],
            **_category(classified[half]),
        }
        told = classify.measure_threads(half)
        yield {"half": half, "set": "public threads", "lines": told["cases"], **_category(told)}


def calibration(half: str) -> list[dict[str, float]]:
    """Per bin of told confidence how often the category was right, for the raised errors of one half."""
    return classify.figures([(one.line, _answer(one)) for one in by_language(half)["all"]])["calibration"]


def reaches(name: str, value: float) -> bool:
    """Whether a figure is as good as its target, or has none."""
    target = TARGETS.get(name)
    if target is None:
        return True
    return value <= target if name == "abstained" else value >= target
