"""The words in which the tables of this package are written: a rule, a table of rules, and who the tables are for.

A row says what it takes (any of its type names, phrases, modules or attributes; of *every* kind it names) and what
follows (category, weight, reason, perhaps a severity). To add one, write a line in the file of its ecosystem.

Type names, separated by spaces: `psycopg.errors.*` is everything below a package, `*TimeoutError` a suffix and
`AccessDenied*` a prefix of the last word, anything else the name itself. A name written without a package also fits a
type of that name in any package, a little less surely; and a name with one fits a bare name, less surely still.
Phrases are regular expressions of hyperscan's kind (no look-around, no back-references), without regard to case
unless they start with `(?-i)`. Modules are prefixes of a frame's module, or the names of packages.
Attributes are `key` or `key=value` or `key=prefix*`.
"""

from collections.abc import Sequence

from tracemedic_storage.records import Category, Record, Severity


class Rule(Record, frozen=True):
    """One row. `weight` is how often the rule alone is right, 0 to 1.

    `firm` keeps a rule's category when the error happened inside a database, a model provider or a tool; a rule that
    is not firm, such as "connection refused", then counts for that. `languages` is filled in by the table.
    """

    category: Category
    weight: float
    reason: str
    types: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    severity: Severity | None = None
    firm: bool = False


class Table(Record, frozen=True):
    """The rules of one ecosystem. No `languages` means all. `wrappers` are type names that never decide."""

    rules: tuple[Rule, ...]
    languages: frozenset[str] = frozenset()
    wrappers: tuple[str, ...] = ()


def rule(
    category: Category,
    weight: float,
    reason: str,
    *,
    types: str = "",
    phrases: Sequence[str] = (),
    modules: str = "",
    attributes: str = "",
    severity: Severity | None = None,
    firm: bool = False,
) -> Rule:
    """A row as the tables write it: names separated by white space, phrases in a list."""
    return Rule(
        category=category,
        weight=weight,
        reason=reason,
        types=tuple(types.split()),
        phrases=tuple(phrases),
        modules=tuple(modules.split()),
        attributes=tuple(attributes.split()),
        severity=severity,
        firm=firm,
    )


def table(*rules: Rule, languages: str = "", wrappers: str = "") -> Table:
    """The rows of one file, for the ecosystems named."""
    return Table(rules=rules, languages=frozenset(languages.split()), wrappers=tuple(wrappers.split()))


_ECOSYSTEMS = {
    "python": "python",
    "java": "jvm",
    "kotlin": "jvm",
    "scala": "jvm",
    "clojure": "jvm",
    "groovy": "jvm",
    "android": "jvm",
    "jvm": "jvm",
    "javascript": "javascript",
    "typescript": "javascript",
    "nodejs": "javascript",
    "node": "javascript",
    "webjs": "javascript",
    "go": "go",
    "golang": "go",
    "dotnet": "dotnet",
    "csharp": "dotnet",
    "c#": "dotnet",
    "ruby": "ruby",
    "php": "php",
    "rust": "rust",
    "erlang": "beam",
    "elixir": "beam",
    "beam": "beam",
    "swift": "native",
    "dart": "native",
    "cpp": "native",
    "c++": "native",
    "c": "native",
}


def ecosystem_of(language: str | None) -> str:
    """The table family of a language as OpenTelemetry, or a stack trace, names it; empty when unknown."""
    return _ECOSYSTEMS.get(language.lower(), "") if language else ""
