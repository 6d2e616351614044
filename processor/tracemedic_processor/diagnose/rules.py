"""An answer without any model: the category by rules, cause and fixes from what is known and what was decided before.

Everything it says is in the evidence or in the knowledge base. It is honest about being rules: its confidence is never
above what the classification and the knowledge entry allow, and `missing` says what would have made it surer.
"""

from typing import Final

from tracemedic_processor.diagnose import consequence, particulars, remedies
from tracemedic_processor.diagnose.answer import Answer
from tracemedic_processor.diagnose.evidence import Evidence, SimilarPattern
from tracemedic_processor.diagnose.judged import Judged, judge
from tracemedic_processor.diagnose.place import Spot, spot_of
from tracemedic_processor.diagnose.wording import clipped, plain, sentence
from tracemedic_processor.knowledge import KnowledgeEntry, Subject, default, is_default, lookup
from tracemedic_storage.records import RULES, ErrorPattern, ExceptionRecord
from tracemedic_storage.timestamps import as_datetime

SUMMARY_CHARS_MAX: Final = 200
ROOT_CAUSE_CHARS_MAX: Final = 600
LINE_CHARS_MAX: Final = 200
LINES_MAX: Final = 12
"""Of evidence and of what is missing: a list that people read."""
TRUSTED: Final = 0.8
"""From this score on a similar pattern's confirmed cause is the likelier one here, too."""


def answer(evidence: Evidence) -> Answer:
    """What rules, the knowledge base and the past say of a pattern; the same evidence gives the same answer."""
    judged = judge(evidence, _precise(evidence))
    if evidence.origin is not None:
        return consequence.answer(evidence, evidence.origin, judged, summary=summary(evidence))
    entry = _entry(evidence, judged)
    confirmed = _confirmed(evidence)
    spot = spot_of(evidence)
    return Answer(
        answered_by=RULES,
        category=judged.category,
        confidence=_confidence(judged, entry, confirmed),
        summary=summary(evidence),
        root_cause=_root_cause(evidence, entry, confirmed, spot),
        fixes=remedies.fixes(evidence, entry, confirmed, spot),
        evidence=_lines(grounds(evidence, judged, entry, confirmed, spot)),
        missing=_lines(missing(evidence, entry)),
    )


def subject_of(pattern: ErrorPattern, chain: tuple[ExceptionRecord, ...], messages: tuple[str, ...]) -> Subject:
    """What to look up for a pattern: its chain with the root cause first, then the pattern's own words."""
    links = list(reversed(chain))
    return Subject(
        types=tuple(dict.fromkeys([*(link.type for link in links if link.type), pattern.error_type])),
        messages=tuple(dict.fromkeys([*(link.message for link in links), pattern.sample_message, *messages])),
        category=pattern.category,
    )


def summary(evidence: Evidence) -> str:
    """What fails where, how often and since when, in one sentence."""
    pattern = evidence.pattern
    service = plain(", ".join(pattern.services[:2])) or "A service"
    where = f" in {plain(pattern.source)}" if pattern.source else ""
    head = f"{clipped(service, 50)} fails with {clipped(plain(pattern.error_type) or 'an error', 60)}"
    tail = f"{pattern.total_occurrences} {'trace' if pattern.total_occurrences == 1 else 'traces'}"
    tail += f" since {as_datetime(pattern.first_seen_ns):%Y-%m-%d %H:%M} UTC."
    room = SUMMARY_CHARS_MAX - len(head) - len(tail) - 2
    said = plain(pattern.sample_message.strip().partition("\n")[0])
    middle = f"{clipped(where, room)}: {said}" if said else where
    return f"{head}{clipped(middle, room)}; {tail}"


def grounds(
    evidence: Evidence, judged: Judged, entry: KnowledgeEntry, confirmed: SimilarPattern | None, spot: Spot | None
) -> list[str]:
    """What the answer rests on."""
    lines = [judged.reason, f"knowledge: {entry.key}, {entry.title}"]
    if confirmed:
        lines.append(f"similar pattern {confirmed.pattern_id[:12]} ({confirmed.score:.0%} alike), confirmed diagnosis")
    if spot:
        lines.append(f"frame {spot.text}")
    if evidence.new_since:
        lines.append(f"new since version {evidence.new_since}")
    lines += [f"runbook {passage.document}: {passage.title}" for passage in evidence.passages[: remedies.PASSAGES_MAX]]
    if evidence.traces:
        lines.append(f"{len(evidence.traces)} whole {'trace' if len(evidence.traces) == 1 else 'traces'}")
    return lines


def missing(evidence: Evidence, entry: KnowledgeEntry) -> list[str]:
    """What would have made the answer surer."""
    lines = list(evidence.missing)
    if not any(link.frames for link in evidence.chain):
        lines.append("no stack trace: record the exception with its stack trace")
    if len(evidence.traces) == 1:
        lines.append("one whole trace only: more would show what they have in common")
    elif not evidence.traces:
        lines.append("no whole trace")
    if not evidence.versions:
        lines.append("no service.version: it would tell which release brought the error")
    if not evidence.passages:
        lines.append("no runbook speaks of this error")
    if is_default(entry):
        lines.append("the knowledge base has no entry for this very error")
    return lines


def _precise(evidence: Evidence) -> KnowledgeEntry | None:
    return next((entry for entry in evidence.knowledge if not is_default(entry)), None)


def _entry(evidence: Evidence, judged: Judged) -> KnowledgeEntry:
    """The best entry that does not contradict the category, else what can be said of the category in general."""
    known = evidence.knowledge or lookup(subject_of(evidence.pattern, evidence.chain, evidence.messages))
    fitting = (entry for entry in known if not entry.categories or judged.category in entry.categories)
    return next(fitting, default(judged.category))


def _confirmed(evidence: Evidence) -> SimilarPattern | None:
    """The most similar pattern whose diagnosis a developer called right."""
    right = (one for one in evidence.similar if one.verdict == "right" and one.root_cause and one.score >= TRUSTED)
    return max(right, key=lambda one: (one.score, one.pattern_id), default=None)


def _confidence(judged: Judged, entry: KnowledgeEntry, confirmed: SimilarPattern | None) -> float:
    cause = confirmed.score * TRUSTED if confirmed else entry.confidence
    return round(min(judged.confidence, cause), 2)


def _root_cause(evidence: Evidence, entry: KnowledgeEntry, confirmed: SimilarPattern | None, spot: Spot | None) -> str:
    parts = [sentence(plain(confirmed.root_cause)) if confirmed else _from_knowledge(entry)]
    if confirmed:
        parts.append("A developer confirmed this cause for a similar pattern.")
    here = _here(evidence, spot)
    room = ROOT_CAUSE_CHARS_MAX - len(here) - 1
    return " ".join(part for part in (clipped(" ".join(parts), room), here) if part)


def _from_knowledge(entry: KnowledgeEntry) -> str:
    causes = "; or ".join(entry.causes[:2])
    return f"{sentence(entry.meaning)} Most often: {causes}." if causes else sentence(entry.meaning)


def _here(evidence: Evidence, spot: Spot | None) -> str:
    """What the evidence names: this very host, table, route and place in the code."""
    texts = (*(link.message for link in reversed(evidence.chain)), evidence.pattern.sample_message, *evidence.messages)
    parts = [f"{label} {name}" for label, name in particulars.particulars(texts)]
    if evidence.routes:
        parts.append(f"route {plain(evidence.routes[0].value)}")
    if evidence.tools:
        parts.append(f"tool {plain(evidence.tools[0].value)}")
    if spot:
        parts.append(f"at {spot.text}")
    if evidence.new_since:
        parts.append(f"new since version {plain(evidence.new_since)}")
    return f"Here: {clipped(', '.join(parts), ROOT_CAUSE_CHARS_MAX // 2)}." if parts else ""


def _lines(lines: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clipped(plain(line), LINE_CHARS_MAX) for line in lines if line))[:LINES_MAX]
