"""Judges one error: gathers the evidence of all rules, lets the place it happened in claim it, and weighs it."""

import functools
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tracemedic_processor.classify.calibration import calibrated
from tracemedic_processor.classify.evidence import Evidence
from tracemedic_processor.classify.grpc_http import with_statuses
from tracemedic_processor.classify.index import OTHER_LANGUAGE, AttributeIndex, Fit, ModuleIndex, TypeIndex
from tracemedic_processor.classify.phrases import PhraseScanner
from tracemedic_processor.classify.rule import Rule, Table, ecosystem_of
from tracemedic_processor.classify.severity import USUAL
from tracemedic_processor.classify.subject import Subject
from tracemedic_processor.classify.tables import TABLES
from tracemedic_storage.records import CATEGORIES, Category, Classification, ExceptionRecord, Frame, Severity

EXCEPTIONS_MAX = 6
"""How many exceptions of a chain are looked at: the reported one and those nearest to the root."""
FRAMES_MAX = 25
"""How many of the innermost frames may tell whose code failed."""
NAMES_IN_MESSAGE_MAX = 8
ENOUGH = 0.34
"""A best score below this is no answer."""
EQUAL = 0.025
"""Scores this near are equally good evidence: then the taxonomy's order of categories decides."""

_RANK: Mapping[Category, int] = {category: rank for rank, category in enumerate(CATEGORIES)}
_NAMES = re.compile(r"[A-Za-z_][\w.$:\\]+")
_PACKAGE = re.compile(r"(?:site-packages|dist-packages|node_modules|gems|pkg/mod|vendor|registry/src/[^/]+|deps)/(.{1,120})")

_CLAIMS: Mapping[Category, frozenset[Category]] = {
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
"""What a tool, a model provider or a database makes its own when it happens inside them."""


class _Place(NamedTuple):
    """A place that claims what happens inside it."""

    category: Category
    rule: Rule


class _Exception(NamedTuple):
    """One exception of the chain, and what its evidence is worth beside the root's."""

    record: ExceptionRecord
    factor: float


class Classifier:
    """All tables, compiled. Building takes a moment, judging some tens of microseconds; it keeps no state."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._tables = tuple(tables)
        self._languages = {id(row): part.languages for part in self._tables for row in part.rules}
        self._by_phrase: dict[str, list[Rule]] = {}
        for part in self._tables:
            for row in part.rules:
                for phrase in row.phrases:
                    self._by_phrase.setdefault(phrase, []).append(row)
        self._scanner = PhraseScanner(self._by_phrase)
        self._modules = ModuleIndex(self._tables)
        self._attributes = AttributeIndex(self._tables)
        self._all_types = TypeIndex(self._tables)
        self._types = {
            ecosystem: TypeIndex(part for part in self._tables if not part.languages or ecosystem in part.languages)
            for ecosystem in {language for part in self._tables for language in part.languages}
        }
        self._fits = functools.lru_cache(maxsize=4096)(self._look_up_type)

    def classify(self, subject: Subject) -> Classification:
        """The category that the best evidence speaks for."""
        ecosystem = ecosystem_of(subject.language or subject.stack.language)
        attributes = with_statuses(subject.attributes, subject.span_kind)
        exceptions = _exceptions_of(subject)
        from_attributes = self._attributes.fits(attributes)
        evidence = [found for one in exceptions for found in self._of_exception(one, ecosystem)]
        frames = [found for one in exceptions for found in self._of_frames(one)]
        place = _place_of(evidence, frames, from_attributes)
        evidence += frames
        evidence += [Evidence(row.category, row.weight, row, "attribute") for row in from_attributes]
        return _decide([_claimed(one, place) for one in evidence])

    def _look_up_type(self, ecosystem: str, name: str) -> tuple[Fit, ...]:
        own = self._types.get(ecosystem)
        fits = own.fits(name) if own else []
        if any(not fit.rule.phrases for fit in fits):
            return tuple(fits)
        factor = OTHER_LANGUAGE if own else 1.0
        known = {id(fit.rule) for fit in fits}
        others = [fit for fit in self._all_types.fits(name) if id(fit.rule) not in known]
        return (*fits, *(Fit(fit.rule, fit.factor * factor) for fit in others))

    def _of_exception(self, one: _Exception, ecosystem: str) -> Iterable[Evidence]:
        record = one.record
        found = self._scanner.found_in(record.message)
        for row, factor in self._fits(ecosystem, record.type):
            if not row.phrases or not found.isdisjoint(row.phrases):
                yield Evidence(row.category, row.weight * factor * one.factor, row, "type", record.type)
        for phrase in found:
            for row in self._by_phrase[phrase]:
                if not row.types:
                    factor = self._language_factor(row, ecosystem)
                    yield Evidence(row.category, row.weight * factor * one.factor, row, "message")
        for name in _names_in(record.message):
            for row, factor in self._fits(ecosystem, name):
                if not row.phrases or not found.isdisjoint(row.phrases):
                    yield Evidence(row.category, row.weight * factor * one.factor * 0.9, row, "named", name)

    def _language_factor(self, row: Rule, ecosystem: str) -> float:
        languages = self._languages[id(row)]
        return OTHER_LANGUAGE if languages and ecosystem and ecosystem not in languages else 1.0

    def _of_frames(self, one: _Exception) -> Iterable[Evidence]:
        for frame in one.record.frames[:FRAMES_MAX]:
            if frame.in_app:
                return
            for name in _names_of(frame):
                for row in self._modules.fits(name):
                    yield Evidence(row.category, row.weight * one.factor, row, "frame", name)


@functools.cache
def _classifier() -> Classifier:
    return Classifier(TABLES)


def classify(subject: Subject) -> Classification:
    """What kind of error this is. Never raises; `unknown` with a low confidence when nothing speaks clearly."""
    return _classifier().classify(subject)


def _exceptions_of(subject: Subject) -> list[_Exception]:
    """The exceptions worth a look, the root first."""
    reported = ExceptionRecord(type=subject.error_type, message=subject.message)
    chain = [one for one in subject.stack.chain if one.relation != "suppressed"]
    if not chain:
        return [_Exception(reported, 1.0)]
    head = ExceptionRecord(
        type=subject.error_type or chain[0].type, message=subject.message or chain[0].message, frames=chain[0].frames
    )
    chain = [head, *chain[1:]]
    if len(chain) > EXCEPTIONS_MAX:
        chain = [chain[0], *chain[1 - EXCEPTIONS_MAX :]]
    return [_Exception(one, _worth(chain, place)) for place, one in reversed(list(enumerate(chain)))]


def _worth(chain: list[ExceptionRecord], place: int) -> float:
    """The root counts in full and each wrapper less; what was only being handled meanwhile is no root."""
    outward = len(chain) - 1 - place
    handled = any(one.relation == "context" for one in chain[1 : place + 1])
    by_distance = max(0.8, 1.0 - 0.06 * outward)
    return min(by_distance, 0.9) if handled else by_distance


def _names_in(message: str) -> list[str]:
    """Names of exception types that a message cites, as wrappers like to do."""
    head = message[:2048]
    if "Error" not in head and "Exception" not in head:
        return []
    names = [name.rstrip(".:\\") for name in _NAMES.findall(head)]
    cited = [name for name in names if name.endswith(("Error", "Exception")) and name not in {"Error", "Exception"}]
    return cited[:NAMES_IN_MESSAGE_MAX]


def _names_of(frame: Frame) -> Iterable[str]:
    if frame.module:
        yield frame.module
    if frame.file:
        match = _PACKAGE.search(frame.file.replace("\\", "/")[:400])
        if match:
            yield match.group(1)


def _place_of(evidence: list[Evidence], frames: list[Evidence], attributes: list[Rule]) -> _Place | None:
    """Where it happened: a type says it better than a frame, a frame better than the span."""
    for one in (*evidence, *frames):
        if one.kind != "message" and one.category in _CLAIMS:
            return _Place(one.category, one.rule)
    rows = [row for row in attributes if row.category in _CLAIMS]
    if not rows:
        return None
    row = min(rows, key=lambda row: _RANK[row.category])
    return _Place(row.category, row)


def _claimed(one: Evidence, place: _Place | None) -> Evidence:
    if place is None or one.rule.firm or one.category not in _CLAIMS[place.category]:
        return one
    return one._replace(category=place.category, note=place.rule.reason)


def _decide(evidence: list[Evidence]) -> Classification:
    best: dict[Category, Evidence] = {}
    kinds: dict[Category, dict[str, float]] = {}
    for one in evidence:
        known = best.get(one.category)
        if known is None or one.score > known.score:
            best[one.category] = one
        scores = kinds.setdefault(one.category, {})
        scores[one.kind] = max(scores.get(one.kind, 0.0), one.score)
    totals = {category: _joined(list(scores.values())) for category, scores in kinds.items()}
    top = max(totals.values(), default=0.0)
    if top < ENOUGH:
        return Classification(category="unknown", confidence=0.2, reason="no rule fits", severity=USUAL["unknown"])
    category = min((one for one, total in totals.items() if total >= top - EQUAL), key=lambda one: _RANK[one])
    return Classification(
        category=category,
        confidence=calibrated(totals[category]),
        reason=_reason(best[category]),
        severity=_severity(category, evidence),
    )


def _joined(scores: list[float]) -> float:
    """Independent kinds of evidence support each other, the weaker ones by less than half of what they say."""
    strongest, *others = sorted(scores, reverse=True)
    doubt = 1.0 - strongest
    for score in others:
        doubt *= 1.0 - 0.4 * score
    return 1.0 - doubt


def _reason(one: Evidence) -> str:
    return f"{one.rule.reason}, in {one.note}" if one.note and one.kind == "message" else one.rule.reason


def _severity(category: Category, evidence: list[Evidence]) -> Severity:
    told = [one for one in evidence if one.category == category and one.rule.severity]
    return max(told, key=lambda one: one.score).rule.severity or USUAL[category] if told else USUAL[category]
