"""Gathers what speaks for which category: every rule that fits the exceptions, frames and attributes of one error."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

from tracemedic_processor.classify.chain import Weighed
from tracemedic_processor.classify.index import AttributeIndex, Fit, ModuleIndex, TypeIndex, words_of
from tracemedic_processor.classify.phrases import PhraseScanner
from tracemedic_processor.classify.rule import Rule, Table
from tracemedic_processor.classify.subject import AttributeValue
from tracemedic_storage.records import Category, Frame

FRAMES_MAX = 25
"""How many of the innermost frames may tell whose code failed."""
NAMES_IN_MESSAGE_MAX = 8
NAMES_WITHIN_CHARACTERS = 2048
TYPES_CACHED_MAX = 4096
OTHER_LANGUAGE = 0.85
"""What a rule is worth when the language is known to be another one."""
CITED = 0.9
"""What a rule for a type is worth when a message only cites the type."""

CITED_LAST = 0.95
"""The same for the last one cited: wrappers put the cause at the end."""
SPOKEN = 0.75
"""What a rule for a sentence is worth when the words of a type's name say it."""
VAGUE_WEIGHT = 0.5
"""Below this the rules for a type's name know so little that its words are read as well."""
WRAPS = 0.9
"""What the type of an error is worth whose message says that another one caused it."""

_NESTED = r"\bcaused by\b|\bcause: |nested exception|--->|\binner exception\b"
"""Words for a cause, looked for in the same scan as the phrases of the rules."""
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_-]+")
_VARIANTS = re.compile(r"\b(?:[a-z_]+::)*[A-Z]\w{2,}\b")
"""The names of types and variants in what Rust shows of an error."""
_NAMES = re.compile(r"[A-Za-z_][\w.$:\\]+")
_PACKAGE = re.compile(
    r"(?:site-packages|dist-packages|node_modules|gems|pkg/mod|vendor|registry/src/[^/]+|deps)/(.{1,120})"
)

Kind = Literal["type", "message", "cited", "frame", "attribute"]


class Evidence(NamedTuple):
    """One rule that fits, what it says here, and where it was found. `score` is its weight after all reductions."""

    category: Category
    score: float
    rule: Rule
    kind: Kind
    inside: str = ""


class Gatherer:
    """All tables, compiled for looking up. Building takes a second; it keeps nothing but a cache of type names."""

    def __init__(self, tables: Iterable[Table]) -> None:
        tables = tuple(tables)
        self._languages = {id(row): part.languages for part in tables for row in part.rules}
        self._by_phrase: dict[str, list[Rule]] = {_NESTED: []}
        for part in tables:
            for row in part.rules:
                for phrase in row.phrases:
                    self._by_phrase.setdefault(phrase, []).append(row)
        self._scanner = PhraseScanner(self._by_phrase)
        self._modules = ModuleIndex(tables)
        self._attributes = AttributeIndex(tables)
        self._all_types = TypeIndex(tables)
        self._types = {
            ecosystem: TypeIndex(part for part in tables if not part.languages or ecosystem in part.languages)
            for ecosystem in {language for part in tables for language in part.languages}
        }
        self._fits = functools.lru_cache(maxsize=TYPES_CACHED_MAX)(self._look_up_type)

    def of_exception(self, one: Weighed, ecosystem: str) -> Iterator[Evidence]:
        """What an exception's type and message say, and the types that the message cites."""
        record = one.record
        found = self._scanner.found_in(record.message)
        outermost = WRAPS if _NESTED in found else 1.0
        for row, factor in self._fits(ecosystem, record.type):
            if not row.phrases or not found.isdisjoint(row.phrases):
                yield Evidence(row.category, row.weight * factor * one.factor * outermost, row, "type")
        for phrase in found:
            for row in self._by_phrase[phrase]:
                if not row.types:
                    score = row.weight * self._language_factor(row, ecosystem) * one.factor
                    yield Evidence(row.category, score, row, "message")
        for row, factor in self._cited(record.message, ecosystem):
            if not row.phrases or not found.isdisjoint(row.phrases):
                yield Evidence(row.category, row.weight * factor * one.factor, row, "cited")

    def _cited(self, message: str, ecosystem: str) -> Iterator[Fit]:
        """The rules for the types a message cites; the last that any rule knows is the nearest to the root."""
        known = [fits for name in _names_in(message) if (fits := self._fits(ecosystem, name))]
        for place, fits in enumerate(known, 1):
            factor = CITED_LAST if place == len(known) else CITED
            yield from (Fit(row, worth * factor) for row, worth in fits)

    def of_frames(self, one: Weighed) -> Iterator[Evidence]:
        """Whose code failed: the libraries below the innermost frame of the application."""
        seen: set[str] = set()
        for frame in one.record.frames[:FRAMES_MAX]:
            if frame.in_app:
                return
            for name in _names_of(frame):
                if name not in seen:
                    seen.add(name)
                    for row in self._modules.fits(name):
                        yield Evidence(row.category, row.weight * one.factor, row, "frame")

    def of_attributes(self, attributes: Mapping[str, AttributeValue]) -> Iterator[Evidence]:
        """What the span says."""
        for row in self._attributes.fits(attributes):
            yield Evidence(row.category, row.weight, row, "attribute")

    def _look_up_type(self, ecosystem: str, name: str) -> tuple[Fit, ...]:
        fits = self._fits_of_type(ecosystem, name)
        known = any(fit.factor * fit.rule.weight >= VAGUE_WEIGHT for fit in fits if not fit.rule.phrases)
        if known or self._all_types.carries(name):
            return fits
        return (*fits, *self._by_words(name, ecosystem))

    def _fits_of_type(self, ecosystem: str, name: str) -> tuple[Fit, ...]:
        own = self._types.get(ecosystem)
        fits = own.fits(name) if own else []
        if any(not fit.rule.phrases for fit in fits):
            return tuple(fits)
        factor = OTHER_LANGUAGE if own else 1.0
        known = {id(fit.rule) for fit in fits}
        others = [fit for fit in self._all_types.fits(name) if id(fit.rule) not in known]
        if self._all_types.carries(name):
            others = [fit for fit in others if fit.rule.phrases]
        return (*fits, *(Fit(fit.rule, fit.factor * factor) for fit in others))

    def _by_words(self, name: str, ecosystem: str) -> Iterator[Fit]:
        """The rules for sentences, read from the words of a type's name that no rule for types knows well."""
        spoken = _WORDS.sub(" ", words[-1] if (words := words_of(name)) else "")
        for phrase in self._scanner.found_in(spoken):
            for row in self._by_phrase[phrase]:
                if not row.types:
                    said = msgspec.structs.replace(row, phrases=(), firm=False)
                    yield Fit(said, SPOKEN * self._language_factor(row, ecosystem))

    def _language_factor(self, row: Rule, ecosystem: str) -> float:
        languages = self._languages[id(row)]
        return OTHER_LANGUAGE if languages and ecosystem and ecosystem not in languages else 1.0


def _names_in(message: str) -> list[str]:
    """Names of exception types that a message cites, as wrappers like to do."""
    head = message[:NAMES_WITHIN_CHARACTERS]
    if "`Err` value: " in head:
        shown = head.partition("`Err` value: ")[2]
        return [name.replace("::", ".") for name in _VARIANTS.findall(shown)][:NAMES_IN_MESSAGE_MAX]
    if " object has no attribute" in head:
        return []  # the type named there is the one of the object
    if "Error" not in head and "Exception" not in head:
        return []
    names = [name.rstrip(".:\\") for name in _NAMES.findall(head)]
    cited = [name for name in names if name.endswith(("Error", "Exception")) and name not in {"Error", "Exception"}]
    return cited[:NAMES_IN_MESSAGE_MAX]


def _names_of(frame: Frame) -> Iterator[str]:
    if frame.module:
        yield frame.module
    if frame.file:
        match = _PACKAGE.search(frame.file[-400:].replace("\\", "/"))
        if match:
            yield match.group(1)
