from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracemedic_storage import documents
from tracemedic_storage.database import Database
from tracemedic_storage.document_words import WORD_CHARS_MAX, weights_of, words_of
from tracemedic_storage.documents import Document, DocumentPassage, Synced, search, sync


def document(path: str, *texts: str, digest: str = "1") -> Document:
    passages = tuple(DocumentPassage(title=text.partition("|")[0], text=text.partition("|")[2]) for text in texts)
    return Document(path=path, digest=digest, passages=passages)


BOOKS = (
    document("pool.md", "Pool|QueuePool limit reached: raise pool_size in settings.", "Other|Nothing to see."),
    document("keys.md", "Keys|On SQLSTATE 23505 look for repeated messages in shop.cart."),
    document("net.md", "Network|Connections are refused while the gateway restarts."),
)


@pytest.fixture
def library(database: Database) -> Database:
    sync(database, BOOKS, [], now_ns=1_000)
    return database


QUESTIONS = (
    (["sqlalchemy.exc.TimeoutError", "QueuePool limit of size 5"], "pool.md"),
    (["pool_size"], "pool.md"),
    (["poolSize"], "pool.md"),
    (["psycopg.errors.UniqueViolation", "23505"], "keys.md"),
    (["shop.cart"], "keys.md"),
    (["ConnectionRefusedError", "connection refused by gateway"], "net.md"),
)


def test_a_passage_is_found_by_codes_names_and_words(library: Database) -> None:
    for words, path in QUESTIONS:
        found = search(library, words)
        assert found[0].path == path, words
        assert 0 < found[0].score <= 1
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_no_more_passages_than_asked_for(library: Database) -> None:
    assert len(search(library, ["pool connection shop messages"], limit=2)) == 2
    assert search(library, ["nothingness"]) == ()
    assert search(library, []) == ()
    assert search(library, ["the of and", "!?"]) == ()


def test_the_title_counts_more(database: Database) -> None:
    sync(database, [document("a.md", "Other|about kafka"), document("b.md", "Kafka|about")], [], now_ns=1_000)
    assert [one.path for one in search(database, ["kafka"])] == ["b.md", "a.md"]


HOSTILE = (
    '") OR 1=1 --',
    "' | 'a' & !'b",
    "pool'; DROP TABLE documents; --",
    "NEAR(pool AND NOT limit) * ^ :",
    "words: path: {number}",
    "\\ \0 %s :question ?",
    "\u00b2\u0301 \ud800",
)


def test_user_text_is_never_query_syntax(library: Database) -> None:
    for hostile in HOSTILE:
        search(library, [hostile])
        assert search(library, [hostile, "QueuePool"])[0].path == "pool.md"
    assert len(documents.digests(library)) == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=200), max_size=5))
def test_any_text_is_searched_for(library: Database, words: list[str]) -> None:
    assert all(0 <= one.score <= 1 for one in search(library, words))


def test_only_what_changed_is_written(library: Database) -> None:
    kept = [one.path for one in BOOKS]
    assert sync(library, BOOKS, kept, now_ns=2_000) == Synced()
    newer = document("pool.md", "Pool|Use pgbouncer.", digest="2")
    assert sync(library, [newer], ["keys.md"], now_ns=3_000) == Synced(stored=("pool.md",), removed=("net.md",))
    assert search(library, ["limit"]) == ()
    assert search(library, ["pgbouncer"])[0].text == "Use pgbouncer."
    assert documents.digests(library) == {"pool.md": "2", "keys.md": "1"}


def test_a_document_without_passages_is_known(database: Database) -> None:
    sync(database, [document("empty.md")], [], now_ns=1_000)
    assert documents.digests(database) == {"empty.md": "1"}


def test_text_that_no_database_takes_is_replaced(database: Database) -> None:
    sync(database, [document("a.md", "A\0|kafka\ud800")], [], now_ns=1_000)
    assert search(database, ["kafka"])[0].title == "A\N{REPLACEMENT CHARACTER}"


def test_replicas_at_once_leave_whole_documents(database: Database) -> None:
    versions = [[document("a.md", *(f"T{n}|version{v} {n}" for n in range(20)), digest=str(v))] for v in range(1, 5)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda one: sync(database, one, [], now_ns=1_000), versions))
    (digest,) = documents.digests(database).values()
    found = search(database, [f"version{v}" for v in range(1, 5)], limit=100)
    assert {one.text.split()[0] for one in found} == {f"version{digest}"}
    assert len(found) == 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("psycopg.errors.UniqueViolation", ["psycopg", "uniqueviolation", "unique", "violation"]),
        ("pool_size", ["poolsize", "pool", "size"]),
        ("HTTPServer", ["httpserver", "http", "server"]),
        ("Connections refused, retries", ["connection", "refus", "retry"]),
        ("SQLSTATE 40P01 and E11000", ["sqlstate", "40p01", "e11000"]),
        ("a, the: of", []),
        ("Größe", ["größe"]),
        ("x" * (WORD_CHARS_MAX + 1), []),
    ],
)
def test_names_are_split_as_programmers_write_them(text: str, expected: list[str]) -> None:
    found = words_of(text)
    assert [word for word in found if word in expected] == expected
    assert bool(found) == bool(expected)


def test_codes_and_compound_names_say_more() -> None:
    assert weights_of(["UniqueViolation 23505 pool"]) == {
        "uniqueviolation": 3.0,
        "unique": 1.0,
        "violation": 1.0,
        "23505": 3.0,
        "pool": 1.0,
    }
