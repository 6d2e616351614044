"""Gathers the evidence for a diagnosis from everything that knows something of the pattern.

Whatever cannot be had is left out and named in `missing`: a diagnosis from less is better than none.
"""

import hashlib
import logging
from collections.abc import Callable, Collection, Sequence
from typing import Final

import msgspec

from tracemedic_processor.diagnose.evidence import CodeLines, Evidence, Origin, Passage, Share, SimilarPattern
from tracemedic_processor.knowledge.entry import KnowledgeEntry
from tracemedic_processor.knowledge.lookup import lookup
from tracemedic_processor.knowledge.subject import Subject
from tracemedic_processor.trace_tree import joined, render
from tracemedic_storage import exemplar_traces, pattern_facts, queries
from tracemedic_storage.database import Database
from tracemedic_storage.pattern_facts import PatternFacts
from tracemedic_storage.records import Classification, ErrorEvent, ErrorPattern, ExceptionRecord, TraceSpan

_log = logging.getLogger(__name__)

SHARES_MAX: Final = 8
"""Values named per kind; the rest are few by then."""
TRACES_MAX: Final = 2
"""Traces shown: the second tells what is chance in the first."""
TREE_CHARACTERS_MAX: Final = 4_000

Similar = Callable[[ErrorPattern], Sequence[SimilarPattern]]
Runbooks = Callable[[ErrorPattern, Sequence[ExceptionRecord]], Sequence[Passage]]
Code = Callable[[ErrorEvent, Sequence[ExceptionRecord]], Sequence[CodeLines]]


class Gatherer:
    """Gathers evidence. `similar`, `runbooks` and `code` are asked and may have nothing."""

    def __init__(self, database: Database, *, similar: Similar, runbooks: Runbooks, code: Code) -> None:
        self._database = database
        self._similar = similar
        self._runbooks = runbooks
        self._code = code

    def __call__(self, pattern: ErrorPattern) -> Evidence:
        """All that is known of `pattern` now. Raises `DatabaseUnavailable`."""
        facts = pattern_facts.facts(self._database, pattern.id)
        base = Evidence(
            pattern=pattern,
            rules=_rules(pattern, facts),
            similar=tuple(self._similar(pattern)),
            origin=self._origin(pattern),
            traces=self._traces(pattern, facts),
        )
        if facts is None:
            chain: tuple[ExceptionRecord, ...] = ()
            missing = ("no occurrence is kept any more",)
            return msgspec.structs.replace(base, knowledge=_knowledge(pattern, chain, {}), missing=missing)
        return self._with_facts(base, facts)

    def _with_facts(self, base: Evidence, facts: PatternFacts) -> Evidence:
        pattern, newest = base.pattern, facts.newest
        chain = facts.stack.chain if facts.stack else ()
        attributes = newest.context.attributes
        return msgspec.structs.replace(
            base,
            language=newest.language,
            chain=chain,
            code=tuple(self._code(newest, chain)),
            messages=facts.messages,
            services=_shares(facts.services),
            versions=_shares(facts.versions),
            environments=_shares(facts.environments),
            routes=_shares(facts.routes),
            agents=_shares(facts.agents),
            tools=_shares(facts.tools),
            attributes=attributes,
            new_since=facts.new_since,
            knowledge=_knowledge(pattern, chain, attributes, messages=facts.messages, language=newest.language),
            passages=tuple(self._runbooks(pattern, chain)),
            missing=() if facts.stack is None or chain else ("the stack trace is of no known format",),
        )

    def _origin(self, pattern: ErrorPattern) -> Origin | None:
        if pattern.origin_pattern_id is None or pattern.origin_pattern_id == pattern.id:
            return None
        origin = queries.get_pattern(self._database, pattern.origin_pattern_id)
        if origin is None:
            return None
        return Origin(
            pattern_id=origin.id,
            name=origin.name,
            share=pattern.origin_share or 0.0,
            root_cause=origin.ai_root_cause or "",
            suggested_fix=origin.ai_suggested_fix or "",
        )

    def _traces(self, pattern: ErrorPattern, facts: PatternFacts | None) -> tuple[str, ...]:
        failing: Collection[str] = () if facts is None else {place.span_id for place in facts.newest.places}
        with self._database.read() as connection:
            parts = exemplar_traces.of_pattern(connection, pattern.id)
        by_trace: dict[str, list[tuple[TraceSpan, ...]]] = {}
        for part in parts:
            by_trace.setdefault(part.trace_id, []).append(part.spans)
        return tuple(_tree(joined(each), failing) for each in list(by_trace.values())[:TRACES_MAX])


def _tree(spans: Sequence[TraceSpan], failing: Collection[str]) -> str:
    marked = {*failing, *(span.span_id for span in spans if span.error)}
    return render(spans, marked, characters_max=TREE_CHARACTERS_MAX)


def evidence_digest(evidence: Evidence) -> str:
    """Changes when evidence changes in what a diagnosis rests on, not with every further occurrence or release."""
    parts = (
        sorted(share.value for share in evidence.services),
        sorted(share.value for share in evidence.environments),
        evidence.origin.pattern_id if evidence.origin else "",
        [each.type for each in evidence.chain],
        sorted(passage.document for passage in evidence.passages),
        sorted(f"{each.pattern_id}:{each.verdict}" for each in evidence.similar),
    )
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:16]


def _rules(pattern: ErrorPattern, facts: PatternFacts | None) -> Classification:
    if facts is None:
        return Classification(
            category=pattern.category, confidence=0.3, reason="as the pattern says", severity=pattern.severity
        )
    newest = facts.newest
    return Classification(
        category=newest.category,
        confidence=newest.category_confidence,
        reason="the rules' judgement of its newest occurrence",
        severity=newest.severity,
    )


def _shares(counted: Sequence[tuple[str, int]]) -> tuple[Share, ...]:
    return tuple(Share(value=value, count=count) for value, count in counted[:SHARES_MAX])


def _knowledge(
    pattern: ErrorPattern,
    chain: Sequence[ExceptionRecord],
    attributes: dict[str, str],
    *,
    messages: Sequence[str] = (),
    language: str | None = None,
) -> tuple[KnowledgeEntry, ...]:
    root_first = list(reversed(chain))
    subject = Subject(
        types=tuple(dict.fromkeys([each.type for each in root_first] + [pattern.error_type])),
        messages=tuple(dict.fromkeys([*(each.message for each in root_first), *messages, pattern.sample_message])),
        attributes=attributes,
        category=pattern.category,
        language=language,
    )
    return lookup(subject)
