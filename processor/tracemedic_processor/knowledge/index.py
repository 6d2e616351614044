"""Finds the entries whose clues an error shows, by dictionaries and one scan for all phrases at once."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemedic_processor.classify.phrases import PhraseScanner
from tracemedic_processor.classify.rule import ecosystem_of
from tracemedic_processor.knowledge.codes import codes_in, codes_of
from tracemedic_processor.knowledge.known import Known
from tracemedic_processor.knowledge.subject import Subject

TYPES_MAX: Final = 16
MESSAGES_MAX: Final = 16
"""Of a chain so many links are looked at; chains of more are recursion."""
TYPE_CHARS_MAX: Final = 300

_CODE, _NAME_IN_CODE, _TYPE, _PHRASE, _SUFFIX, _ATTRIBUTE, _CITED = 1.0, 0.97, 0.95, 0.95, 0.7, 0.6, 0.85
"""How much each kind of clue says: a code means one thing, the end of a type's name often several."""
_QUALIFIED: Final = 1.0
"""A type named with its package is meant, no other of that name."""
BARE_NAME: Final = 0.85
"""What such a row says for a type of that name whose package is not known."""
GENERIC_NAMES: Final = frozenset(
    {"Error", "Exception", "SyntaxError", "TimeoutError", "ConnectionError", "AuthenticationError", "RuntimeError"}
)
"""Names that say nothing without their package."""
DEPTH: Final = 0.96
"""What each step away from the root cause takes away."""
OTHER_CATEGORY: Final = 0.8
OTHER_LANGUAGE: Final = 0.75
OWN_CATEGORY: Final = 1.03
"""For the category that an entry is first of all about: a refused connection of a database is the database's."""
SECOND_CLUE: Final = 1.04
"""Two clues of different kinds for one entry support each other."""

_SEPARATORS: Final = re.compile(r"::|[./\\$:+#]")
_CITED_NAMES: Final = re.compile(r"[A-Za-z_][\w.$:\\]{0,120}(?:Error|Exception)\b")


class Found(NamedTuple):
    """An entry that an error shows a clue for, and how much that says, 0 to about 1."""

    known: Known
    score: float


class Index:
    """All entries of some tables. Built once; safe to use from several threads."""

    def __init__(self, rows: Sequence[Known]) -> None:
        self._rows = rows
        self._codes: dict[str, list[int]] = {}
        self._types: dict[str, list[tuple[list[str], int]]] = {}
        self._suffixes: list[tuple[str, int]] = []
        self._phrases: dict[str, list[int]] = {}
        self._attributes: dict[str, list[tuple[str, int]]] = {}
        for number, row in enumerate(rows):
            self._add(number, row)
        self._scanner = PhraseScanner(self._phrases)

    def _add(self, number: int, row: Known) -> None:
        for code in row.codes:
            self._codes.setdefault(code, []).append(number)
        for name in row.types:
            if name.startswith("*"):
                self._suffixes.append((name[1:].lower(), number))
            else:
                words = words_of(name)
                self._types.setdefault(words[-1], []).append((words, number))
        for phrase in row.phrases:
            self._phrases.setdefault(phrase, []).append(number)
        for condition in row.attributes:
            key, _, value = condition.partition("=")
            self._attributes.setdefault(key, []).append((value.lower(), number))

    def find(self, subject: Subject) -> list[Found]:
        """The entries that fit, best first."""
        clues: dict[int, dict[str, float]] = {}
        for number, kind, strength in self._clues(subject):
            kinds = clues.setdefault(number, {})
            kinds[kind] = max(kinds.get(kind, 0.0), strength)
        found = [Found(self._rows[number], self._score(number, kinds, subject)) for number, kinds in clues.items()]
        return sorted(found, key=lambda one: (-one.score, one.known.entry.key))

    def _score(self, number: int, kinds: Mapping[str, float], subject: Subject) -> float:
        row = self._rows[number]
        score = max(kinds.values()) * (0.6 + 0.4 * row.entry.confidence)
        if len(kinds) > 1:
            score *= SECOND_CLUE
        categories = row.entry.categories
        if categories and subject.category not in {*categories, "unknown"}:
            score *= OTHER_CATEGORY
        if categories[:1] == (subject.category,):
            score *= OWN_CATEGORY
        language = ecosystem_of(subject.language)
        if row.languages and language and language not in row.languages:
            score *= OTHER_LANGUAGE
        return score

    def _clues(self, subject: Subject) -> Iterator[tuple[int, str, float]]:
        for depth, name in enumerate(subject.types[:TYPES_MAX]):
            for number, kind, strength in self._of_type(name):
                yield number, kind, strength * DEPTH**depth
        for depth, message in enumerate(subject.messages[:MESSAGES_MAX]):
            for number, kind, strength in self._of_message(message):
                yield number, kind, strength * DEPTH**depth
        yield from self._of_attributes(subject.attributes)

    def _of_type(self, name: str) -> Iterator[tuple[int, str, float]]:
        words = words_of(name)
        if not words:
            return
        last = words[-1]
        for wanted, number in self._types.get(last, ()):
            if words[-len(wanted) :] == wanted:
                yield number, "type", _TYPE if len(wanted) == 1 else _QUALIFIED
            elif len(words) == 1 and last not in GENERIC_NAMES:
                yield number, "type", _TYPE * BARE_NAME
        for end, number in self._suffixes:
            if last.lower().endswith(end):
                yield number, "type", _SUFFIX
        yield from self._of_codes((f"named:{last}", f"errno:{last}"))

    def _of_message(self, message: str) -> Iterator[tuple[int, str, float]]:
        yield from self._of_codes(codes_in(message))
        for phrase in self._scanner.found_in(message):
            for number in self._phrases[phrase]:
                yield number, "phrase", _PHRASE
        for name in dict.fromkeys(_CITED_NAMES.findall(message[:2_048])):
            for number, kind, strength in self._of_type(name[-TYPE_CHARS_MAX:]):
                yield number, kind, strength * _CITED

    def _of_codes(self, codes: Iterable[str]) -> Iterator[tuple[int, str, float]]:
        for code in codes:
            for number in self._codes.get(code, ()):
                broad = code.endswith("***")
                yield number, "code", _SUFFIX if broad else _NAME_IN_CODE if code.startswith("named:") else _CODE

    def _of_attributes(self, attributes: Mapping[str, str]) -> Iterator[tuple[int, str, float]]:
        for code in codes_of(attributes):
            for number in self._codes.get(code, ()):
                yield number, "attribute", _SUFFIX
        for key in attributes.keys() & self._attributes.keys():
            for wanted, number in self._attributes[key]:
                if not wanted or attributes[key].lower() == wanted:
                    yield number, "attribute", _ATTRIBUTE


def words_of(name: str) -> list[str]:
    """A qualified name of any language in its parts."""
    return [word for word in _SEPARATORS.split(name[-TYPE_CHARS_MAX:].strip("*&() \t\n'\"")) if word]
