"""Past patterns that look like one, and what was decided about them."""

from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from tracemedic_processor.diagnose.evidence import SimilarPattern
from tracemedic_processor.fingerprint import normalise
from tracemedic_storage import diagnoses, similar_patterns, verdicts
from tracemedic_storage.database import Database
from tracemedic_storage.records import Diagnosis, ErrorPattern, Verdict

MESSAGE_CHARS_MAX: Final = 200
"""As much as the fingerprint looks at."""
NORMAL_CACHED: Final = 8_192
"""Messages remembered as normalised: when many patterns are new at once, they are compared with each other."""
SCORE_MIN: Final = 0.6
"""Below, two errors have but their kind in common."""
_TYPE, _MESSAGE, _SOURCE = 0.35, 0.45, 0.2
"""What each part says. Two places in the code may fail alike, so the source says least."""


def find(database: Database, pattern: ErrorPattern, *, limit: int = 5) -> tuple[SimilarPattern, ...]:
    """The patterns most like this one, best first.

    The pattern itself is among them, with the score 1, once somebody has judged an earlier diagnosis of it: what
    was said of it then holds first of all.
    """
    scored = [(likeness(pattern, one), one) for one in similar_patterns.candidates(database, pattern)]
    near = sorted((pair for pair in scored if pair[0] >= SCORE_MIN), key=lambda pair: (-pair[0], pair[1].id))[:limit]
    ids = [pattern.id, *(one.id for _, one in near)]
    judged = verdicts.newest_of_each(database, ids)
    told = diagnoses.newest_of_each(database, ids)
    # What was judged is shown, not what was said since.
    told |= {key: one for key in judged if (one := diagnoses.get(database, judged[key].diagnosis_id))}
    if pattern.id in judged:
        near = [(1.0, pattern), *near][:limit]
    return tuple(_similar(score, one, told.get(one.id), judged.get(one.id)) for score, one in near)


def likeness(one: ErrorPattern, other: ErrorPattern) -> float:
    """How much two patterns look alike, 0 to 1, by type, normalised message and source."""
    by_type = fuzz.ratio(_short(one.error_type), _short(other.error_type)) / 100
    by_message = fuzz.token_sort_ratio(_normal(one.sample_message), _normal(other.sample_message)) / 100
    by_source = fuzz.ratio(one.source, other.source) / 100
    if one.error_type == other.error_type:
        by_type = 1.0
    return round(_TYPE * by_type + _MESSAGE * by_message + _SOURCE * by_source, 3)


def _short(error_type: str) -> str:
    return error_type.rsplit(".", 1)[-1][:MESSAGE_CHARS_MAX]


@lru_cache(maxsize=NORMAL_CACHED)
def _normal(message: str) -> str:
    return normalise(message)[:MESSAGE_CHARS_MAX]


def _similar(
    score: float, pattern: ErrorPattern, diagnosis: Diagnosis | None, verdict: Verdict | None
) -> SimilarPattern:
    return SimilarPattern(
        pattern_id=pattern.id,
        name=pattern.name,
        score=score,
        category=diagnosis.category if diagnosis else pattern.category,
        root_cause=diagnosis.root_cause if diagnosis else "",
        suggested_fix=(diagnoses.fix_line(diagnosis.fixes) or "") if diagnosis else "",
        status=pattern.status,
        verdict=verdict.verdict if verdict else None,
        verdict_category=verdict.category if verdict else None,
    )
