"""What to do about a pattern, in the order it should be tried."""

from collections.abc import Iterator
from typing import Final

from tracemedic_processor.diagnose.evidence import Evidence, SimilarPattern
from tracemedic_processor.diagnose.place import Spot
from tracemedic_processor.diagnose.wording import clipped, plain
from tracemedic_processor.knowledge import KnowledgeEntry, is_default
from tracemedic_storage.records import Fix

FIXES_MAX: Final = 5
FIX_CHARS_MAX: Final = 300
PASSAGES_MAX: Final = 2
"""A third runbook is rarely opened."""
HELPED: Final = 0.8
"""From this score on what ended a similar pattern is worth a try here."""


def fixes(
    evidence: Evidence, entry: KnowledgeEntry, confirmed: SimilarPattern | None, spot: Spot | None
) -> tuple[Fix, ...]:
    """Of what was confirmed, of what is known, of the release that brought it, of what helped before, of runbooks."""
    ordered = [
        *_of_confirmed(confirmed),
        *_of_release(evidence, spot, first=is_default(entry)),
        *_of_entry(entry, spot),
        *_of_release(evidence, spot, first=not is_default(entry)),
        *_of_resolved(evidence, confirmed),
    ]
    runbooks = list(_of_passages(evidence))
    return tuple(bounded(one) for one in [*ordered[: FIXES_MAX - len(runbooks)], *runbooks])


def bounded(fix: Fix) -> Fix:
    """Plain text of bounded length in every part."""
    return Fix(
        what=clipped(plain(fix.what), FIX_CHARS_MAX),
        where=clipped(plain(fix.where), FIX_CHARS_MAX),
        check=clipped(plain(fix.check), FIX_CHARS_MAX),
    )


def _of_confirmed(confirmed: SimilarPattern | None) -> Iterator[Fix]:
    if confirmed and confirmed.suggested_fix:
        yield Fix(what=confirmed.suggested_fix, where=f"as for pattern {confirmed.pattern_id[:12]}")


def _of_entry(entry: KnowledgeEntry, spot: Spot | None) -> Iterator[Fix]:
    for number, fix in enumerate(entry.fixes):
        where = fix.where or "the application"
        yield Fix(
            what=fix.what,
            where=f"{where}; the failure surfaces at {spot.text}" if spot and not number else where,
            check=fix.check,
        )


def _of_release(evidence: Evidence, spot: Spot | None, *, first: bool) -> Iterator[Fix]:
    """With nothing better known the change that brought the error is the place to begin; else it comes later."""
    if evidence.new_since and first:
        yield Fix(
            what=f"Compare version {evidence.new_since} with the one before: older versions ran without this error",
            where=spot.text if spot else "the change log of the service",
            check="one instance of the older version runs without it",
        )


def _of_resolved(evidence: Evidence, confirmed: SimilarPattern | None) -> Iterator[Fix]:
    for one in evidence.similar:
        ended = one.status == "resolved" and one.score >= HELPED and one.verdict != "wrong"
        if ended and one.suggested_fix and one is not confirmed:
            yield Fix(what=f"A similar pattern is resolved; its fix was: {one.suggested_fix}", where=one.name)
            return


def _of_passages(evidence: Evidence) -> Iterator[Fix]:
    for passage in evidence.passages[:PASSAGES_MAX]:
        yield Fix(what=f"Follow the runbook, section {passage.title}", where=passage.document)
