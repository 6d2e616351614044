"""The words in which the tables of this package are written: an entry, and the clues by which it is recognised.

To add a row, write it into the file of its field. Clues, any of which is enough:

- `codes`, separated by spaces: `sqlstate:23505 mysql:1062 errno:ECONNREFUSED http:429 grpc:UNAVAILABLE ora:1
  mssql:1205 exit:137 signal:SIGSEGV named:ER_DUP_ENTRY` (`named` is a name that means the same wherever it stands);
- `types`, separated by spaces: `UniqueViolation` is a type of that name in any package, `psycopg.errors.Error` also
  needs the package's last words, `*TimeoutError` is the end of a name;
- `phrases`: regular expressions of hyperscan's kind (no look-around, no back-references), without regard to case;
- `attributes`, separated by spaces: `key` or `key=value`.
"""

from collections.abc import Sequence

from tracemedic_processor.knowledge.entry import KnowledgeEntry
from tracemedic_storage.records import CATEGORIES, Category, Fix, Record


class Known(Record, frozen=True, kw_only=True):
    """An entry with its clues. `languages` are ecosystems (`python`, `jvm`, ...); none means all."""

    entry: KnowledgeEntry
    codes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()


def fix(what: str, where: str = "", check: str = "") -> Fix:
    """One thing to do, where, and how to see that it helped."""
    return Fix(what=what, where=where, check=check)


def known(
    key: str,
    title: str,
    meaning: str,
    causes: Sequence[str],
    fixes: Sequence[Fix],
    *,
    on: str = "",
    confidence: float = 0.5,
    codes: str = "",
    types: str = "",
    phrases: Sequence[str] = (),
    attributes: str = "",
    languages: str = "",
) -> Known:
    """A row as the tables write it. `on` are the categories it belongs to, the likeliest first."""
    wanted = on.split()
    categories: tuple[Category, ...] = tuple(sorted((one for one in CATEGORIES if one in wanted), key=wanted.index))
    return Known(
        entry=KnowledgeEntry(
            key=key,
            title=title,
            meaning=meaning,
            causes=tuple(causes),
            fixes=tuple(fixes),
            categories=categories,
            confidence=confidence,
        ),
        codes=tuple(codes.split()),
        types=tuple(types.split()),
        phrases=tuple(phrases),
        attributes=tuple(attributes.split()),
        languages=frozenset(languages.split()),
    )
