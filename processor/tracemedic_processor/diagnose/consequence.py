"""The answer about a pattern that mostly follows from another one: it points there."""

from typing import Final

from tracemedic_processor.diagnose.answer import Answer
from tracemedic_processor.diagnose.evidence import Evidence, Origin
from tracemedic_processor.diagnose.judged import Judged
from tracemedic_processor.diagnose.remedies import bounded
from tracemedic_processor.diagnose.wording import clipped, plain, sentence
from tracemedic_storage.records import RULES, Fix

ROOT_CAUSE_CHARS_MAX: Final = 600
SURE: Final = 0.9
"""That one failure follows another in the same trace is seen, but its share is of the judged traces only."""


def answer(evidence: Evidence, origin: Origin, judged: Judged, *, summary: str) -> Answer:
    """The origin's cause and fix as this pattern's; the confidence is at most the share of traces that follow it."""
    name = clipped(plain(origin.name), 150) or origin.pattern_id[:12]
    cause = f"Consequence of {name}: it failed first in {origin.share:.0%} of the judged traces."
    return Answer(
        answered_by=RULES,
        category=judged.category,
        confidence=round(min(SURE, origin.share), 2),
        summary=summary,
        root_cause=clipped(f"{cause} {sentence(plain(origin.root_cause))}".strip(), ROOT_CAUSE_CHARS_MAX),
        fixes=(bounded(_fix(origin, name)),),
        evidence=(
            f"origin {origin.pattern_id[:12]} in {origin.share:.0%} of judged traces",
            plain(judged.reason)[:200],
        ),
        missing=tuple(clipped(plain(line), 200) for line in evidence.missing),
    )


def _fix(origin: Origin, name: str) -> Fix:
    return Fix(
        what=origin.suggested_fix or f"Fix the origin first: {name}",
        where=f"the origin, pattern {origin.pattern_id[:12]}",
        check="this pattern stops when its origin does",
    )
