"""Runbooks in passages, found by the full-text index of the database.

Everything that replicas do here at the same time is done one after the other, under one lock: the index then always
holds whole files.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracemedic_storage import bulk, texts
from tracemedic_storage.database import Database
from tracemedic_storage.document_words import weights_of, words_of
from tracemedic_storage.records import Record
from tracemedic_storage.tables import documents
from tracemedic_storage.timestamps import as_text

_LOCK: Final = 0x7472_6163_6564_6F63
"""The advisory lock of this table: "tracedoc" as a number."""
WORDS_MAX: Final = 48
"""Of one question: the rest of a long message says nothing new."""
CANDIDATES_MAX: Final = 200
"""What the index may hand over to be scored."""
ENOUGH: Final = 6.0
"""So much weight found is a certain hit: a code and a compound name, or six ordinary words."""
COMMON: Final = 0.3
"""What a word counts that stands in more than half of all passages found."""
TITLE: Final = 1.5
"""What a word counts that stands in the title."""


class DocumentPassage(Record, frozen=True, kw_only=True):
    """A part of a document: what stands below one heading. `title` names the headings above as well."""

    title: str
    text: str


class Document(Record, frozen=True, kw_only=True):
    """A file by its path below the folder; `digest` is of its bytes. Its texts are redacted."""

    path: str
    digest: str
    passages: tuple[DocumentPassage, ...]


class FoundPassage(Record, frozen=True, kw_only=True):
    """A passage that answers a question; `score` is 0 to 1."""

    path: str
    title: str
    text: str
    score: float


class Synced(Record, frozen=True, kw_only=True):
    """The paths that were stored anew and those that were taken out."""

    stored: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def digests(database: Database) -> dict[str, str]:
    """The digest of every document there is, by path."""
    with database.read() as connection:
        return _digests(connection)


def sync(database: Database, changed: Iterable[Document], kept: Collection[str], *, now_ns: int) -> Synced:
    """Make the index hold `changed`, and of all other documents only those whose path is in `kept`.

    One transaction; nothing is written for a document that is there already.
    """
    wanted = {document.path: _prepared(texts.storable(document, Document), now_ns) for document in changed}
    with database.write() as connection:
        _lock(connection)
        known = _digests(connection)
        fresh = [path for path in sorted(wanted) if known.get(path) != wanted[path][0]["digest"]]
        gone = sorted(known.keys() - wanted.keys() - set(kept))
        _remove(connection, [*gone, *fresh])
        for path in fresh:
            _insert(connection, wanted[path])
    return Synced(stored=tuple(fresh), removed=tuple(gone))


def search(database: Database, words: Sequence[str], limit: int = 3) -> tuple[FoundPassage, ...]:
    """The passages that speak of these words, best first. `words` may be any text: only letters and digits count."""
    weights = _heaviest(weights_of(list(words)))
    if not weights:
        return ()
    with database.read() as connection:
        rows = _candidates(connection, sorted(weights))
    found = _scored(rows, weights)
    return tuple(sorted(found, key=lambda one: (-one.score, one.path, one.title))[:limit])


def _digests(connection: Connection) -> dict[str, str]:
    chosen = sa.select(documents.c.path, documents.c.digest).where(documents.c.number == 0)
    return {row.path: row.digest for row in connection.execute(chosen)}


def _lock(connection: Connection) -> None:
    # On SQLite a transaction that writes is alone anyway.
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _remove(connection: Connection, paths: Sequence[str]) -> None:
    connection.execute(sa.delete(documents).where(documents.c.path.in_(paths)))
    if connection.dialect.name == "sqlite":
        by_path = sa.text("DELETE FROM documents_words WHERE path IN :paths")
        connection.execute(by_path.bindparams(sa.bindparam("paths", paths, expanding=True)))


def _prepared(document: Document, now_ns: int) -> list[dict[str, object]]:
    # A file without any passage still has a row, so that it is not read again and again.
    passages = document.passages or (DocumentPassage(title="", text=""),)
    return [_to_row(document, number, passage, now_ns) for number, passage in enumerate(passages)]


def _insert(connection: Connection, rows: Sequence[dict[str, object]]) -> None:
    bulk.insert_missing(connection, documents, rows)
    if connection.dialect.name == "sqlite":
        into_index = sa.text("INSERT INTO documents_words (path, number, words) VALUES (:path, :number, :words)")
        connection.execute(into_index, [{name: row[name] for name in ("path", "number", "words")} for row in rows])


def _to_row(document: Document, number: int, passage: DocumentPassage, now_ns: int) -> dict[str, object]:
    return {
        "path": document.path,
        "number": number,
        "digest": document.digest,
        "title": passage.title,
        "text": passage.text,
        "words": " ".join(dict.fromkeys(words_of(f"{passage.title} {passage.text}"))),
        "stored_at": as_text(now_ns),
    }


def _heaviest(weights: Mapping[str, float]) -> dict[str, float]:
    chosen = sorted(weights, key=lambda word: -weights[word])[:WORDS_MAX]
    return {word: weights[word] for word in chosen}


_POSTGRES = sa.text("""
SELECT title, text, path, words FROM documents, CAST(:question AS tsquery) AS question
WHERE array_to_tsvector(string_to_array(words, ' ')) @@ question
ORDER BY ts_rank(array_to_tsvector(string_to_array(words, ' ')), question) DESC, path, number
LIMIT :limit
""")
_SQLITE = sa.text("""
SELECT d.title, d.text, d.path, d.words
FROM (SELECT path, number FROM documents_words WHERE documents_words MATCH :question ORDER BY rank LIMIT :limit) AS w
JOIN documents AS d ON d.path = w.path AND d.number = w.number
""")


def _candidates(connection: Connection, words: Sequence[str]) -> Sequence[RowMapping]:
    # Words are letters and digits only, and quoted: neither database reads anything else into them.
    is_postgres = connection.dialect.name == "postgresql"
    question = " | ".join(f"'{word}'" for word in words) if is_postgres else " OR ".join(f'"{word}"' for word in words)
    statement = _POSTGRES if is_postgres else _SQLITE
    return connection.execute(statement, {"question": question, "limit": CANDIDATES_MAX}).mappings().all()


def _scored(rows: Sequence[RowMapping], weights: Mapping[str, float]) -> list[FoundPassage]:
    held = [frozenset(row["words"].split()) for row in rows]
    counted = {
        word: weight * (COMMON if len(rows) > 3 and 2 * sum(word in one for one in held) > len(rows) else 1.0)
        for word, weight in weights.items()
    }
    return [_found(row, words, counted) for row, words in zip(rows, held, strict=True)]


def _found(row: RowMapping, words: frozenset[str], counted: Mapping[str, float]) -> FoundPassage:
    titled = frozenset(words_of(row["title"]))
    weight = sum(counted[word] * (TITLE if word in titled else 1.0) for word in counted.keys() & words)
    score = round(min(1.0, weight / ENOUGH), 3)
    return FoundPassage(path=row["path"], title=row["title"], text=row["text"], score=score)
