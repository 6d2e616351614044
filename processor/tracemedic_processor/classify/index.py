"""Finds the rules that fit a type name, a module, or an attribute, by dictionary instead of by walking the tables."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tracemedic_processor.classify.rule import Rule, Table
from tracemedic_processor.classify.subject import AttributeValue
from tracemedic_storage.records import Category

_SEPARATORS = re.compile(r"::|[./\\$:+#]")
_GENERIC_ARITY = re.compile(r"`\d+|\[.*|<.*", re.DOTALL)

OTHER_PACKAGE = 0.95
"""What a rule for a bare name is worth for a type of that name in some package."""
BARE_NAME = 0.85
"""What a rule for a qualified name is worth when only the last word is known."""
TYPE_CHARACTERS_MAX = 300
MODULE_WORDS_MAX = 6
FOREIGN_NAME = 0.65
"""What a rule for a qualified name is worth for a type of that name in an unrelated package."""
VAGUE: frozenset[Category] = frozenset(
    {"network", "dependency", "filesystem", "configuration", "validation", "programming_error"}
)
"""What a package is for says little beside the name of the type, where it says one of these."""
PACKAGE_ONLY = 0.92
"""What such a rule is worth when the name's ending says nothing: a sentence then knows better."""
TELLING = 0.76
"""From this weight on a rule for a name's ending is heard beside the rule for the name's package."""
BESIDE_SUFFIX = 0.85
"""What the rule for the package is then worth."""
GENERIC_NAMES = frozenset({"error", "exception", "errors", "errorkind", "report", "apierror"})
"""Names that mean something only together with their package: `pq.Error` says nothing of `stripe.Error`."""


class Fit(NamedTuple):
    """A rule that fits, and what of its weight remains."""

    rule: Rule
    factor: float


def words_of(name: str) -> list[str]:
    """A qualified name in any language's spelling, in its parts."""
    bare = _GENERIC_ARITY.sub("", name[:TYPE_CHARACTERS_MAX]).strip("*&() \t\n'\"")
    return [word for word in _SEPARATORS.split(bare) if word]


class TypeIndex:
    """The type rules of some tables. Looks from the exact name to the vaguest pattern and stops at the first that fits.

    Rules that also want a phrase are conditions, not answers: they are added from every level.
    """

    def __init__(self, tables: Iterable[Table]) -> None:
        self._exact: dict[str, list[Rule]] = {}
        self._last: dict[str, list[tuple[str, Rule]]] = {}
        self._packages: dict[str, list[Rule]] = {}
        self._suffixes: list[tuple[str, Rule]] = []
        self._prefixes: list[tuple[str, Rule]] = []
        self._wrappers: set[str] = set()
        for table in tables:
            self._wrappers.update(".".join(words_of(name)) for name in table.wrappers)
            for rule in table.rules:
                for name in rule.types:
                    self._add(name, rule)

    def _add(self, name: str, rule: Rule) -> None:
        if name.startswith("*") and len(name) > 1 and name[1].isalpha():
            self._suffixes.append((name[1:].lower(), rule))
            return
        if name.endswith(".*"):
            self._packages.setdefault(".".join(words_of(name[:-2])), []).append(rule)
            return
        if name.endswith("*"):
            self._prefixes.append((name[:-1].lower(), rule))
            return
        words = words_of(name)
        self._exact.setdefault(".".join(words), []).append(rule)
        if len(words) > 1:
            self._last.setdefault(words[-1], []).append((words[0], rule))

    def is_wrapper(self, words: list[str]) -> bool:
        """Whether a type only carries another error, so that its name alone says nothing."""
        return ".".join(words) in self._wrappers or words[-1] in self._wrappers

    def carries(self, name: str) -> bool:
        """Whether a type of that name only carries another error in some language."""
        words = words_of(name)
        return bool(words) and self.is_wrapper(words)

    def fits(self, name: str) -> list[Fit]:
        """The rules for a type, best level first; empty for a name nobody has written a rule for."""
        words = words_of(name)
        if not words:
            return []
        conditions: list[Fit] = []
        answers: list[Fit] = []
        for level in self._levels(words):
            conditions += [fit for fit in level if fit.rule.phrases]
            if not answers:
                answers = [fit for fit in level if not fit.rule.phrases]
        if answers and self._is_by_package(answers, words):
            answers = self._with_telling_suffix(answers, words[-1].lower())
        return answers + conditions

    def _is_by_package(self, answers: list[Fit], words: list[str]) -> bool:
        if not {fit.rule.category for fit in answers} <= VAGUE:
            return False
        packages = (self._packages.get(".".join(words[:length]), ()) for length in range(1, len(words)))
        return any(fit.rule is rule for rules in packages for rule in rules for fit in answers)

    def _with_telling_suffix(self, answers: list[Fit], last: str) -> list[Fit]:
        """What the name's own ending says is nearer to the case than what its package is for."""
        telling = [
            Fit(rule, 1.0)
            for end, rule in self._suffixes
            if last.endswith(end) and rule.weight >= TELLING and not rule.phrases
        ]
        worth = BESIDE_SUFFIX if telling else PACKAGE_ONLY
        return [Fit(fit.rule, fit.factor * worth) for fit in answers] + telling

    def _levels(self, words: list[str]) -> Iterable[list[Fit]]:
        full, last = ".".join(words), words[-1]
        lowered = last.lower()
        generic = lowered in GENERIC_NAMES
        wrapper = self.is_wrapper(words)
        yield [Fit(rule, 1.0) for rule in self._exact.get(full, ())]
        if wrapper and not (generic and full not in self._wrappers):
            return
        for length in range(len(words) - 1, 0, -1):
            yield [Fit(rule, 1.0) for rule in self._packages.get(".".join(words[:length]), ())]
        if wrapper or (generic and len(words) > 1):
            return
        if len(words) > 1:
            yield [Fit(rule, OTHER_PACKAGE) for rule in self._exact.get(last, ())]
        named = self._last.get(last, ())
        yield [Fit(rule, BARE_NAME) for package, rule in named if len(words) == 1 or package == words[0]]
        yield [
            Fit(rule, 1.0)
            for suffix, rule in sorted(self._suffixes, key=lambda row: -len(row[0]))
            if lowered.endswith(suffix)
        ] + [Fit(rule, 1.0) for prefix, rule in self._prefixes if lowered.startswith(prefix)]
        yield [Fit(rule, FOREIGN_NAME) for _, rule in named]


class ModuleIndex:
    """The module rules of all tables, by the parts of a module's name or by the package a file belongs to."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._rules: dict[str, list[Rule]] = {}
        for table in tables:
            for rule in table.rules:
                for module in rule.modules:
                    self._rules.setdefault(".".join(words_of(module)).lower(), []).append(rule)

    def fits(self, module: str) -> list[Rule]:
        """The rules for the longest known beginning of `module`."""
        words = words_of(module.lower())[:MODULE_WORDS_MAX]
        for length in range(len(words), 0, -1):
            rules = self._rules.get(".".join(words[:length]))
            if rules:
                return rules
        return []


class AttributeIndex:
    """The attribute rules of all tables, by key."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._rules: dict[str, list[tuple[str, Rule]]] = {}
        for table in tables:
            for rule in table.rules:
                for condition in rule.attributes:
                    key, _, value = condition.partition("=")
                    self._rules.setdefault(key, []).append((value.lower(), rule))

    def fits(self, attributes: Mapping[str, AttributeValue]) -> list[Rule]:
        """The rules of which one condition holds."""
        found: list[Rule] = []
        for key in attributes.keys() & self._rules.keys():
            value = _text_of(attributes[key])
            found += [rule for wanted, rule in self._rules[key] if _holds(wanted, value)]
        return found


def _text_of(value: AttributeValue) -> str:
    if isinstance(value, int) and value.bit_length() > 64:
        return ""  # no OTLP integer; Python refuses to write out thousands of digits
    return str(value)[:TYPE_CHARACTERS_MAX].lower()


def _holds(wanted: str, value: str) -> bool:
    if not wanted:
        return value not in {"", "none", "false"}
    if wanted.endswith("*"):
        return value.startswith(wanted[:-1])
    return value == wanted
