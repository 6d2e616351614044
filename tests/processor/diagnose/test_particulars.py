import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemedic_processor.diagnose.particulars import PARTICULARS_MAX, VALUE_CHARS_MAX, particulars
from tracemedic_processor.diagnose.wording import clipped, plain, sentence


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('relation "orders" does not exist', {"table": "orders"}),
        ("no such table: orders", {"table": "orders"}),
        ('violates unique constraint "orders_pkey"', {"constraint": "orders_pkey"}),
        ("UNIQUE constraint failed: users.email", {"constraint": "users.email"}),
        ('column "total" does not exist', {"column": "total"}),
        ('password authentication failed for user "shop"', {"user": "shop"}),
        ("connect ECONNREFUSED 10.0.0.7:5432", {"host": "10.0.0.7:5432"}),
        ("dial tcp db.internal:5432: i/o timeout", {"host": "db.internal:5432"}),
        ("getaddrinfo ENOTFOUND api.internal", {"host": "api.internal"}),
        ("KeyError: 'STRIPE_API_KEY'", {"setting": "STRIPE_API_KEY"}),
        ("environment variable DATABASE_URL is not set", {"setting": "DATABASE_URL"}),
        ("No module named 'numpy'", {"module": "numpy"}),
        ("The model `gpt-9` does not exist", {"model": "gpt-9"}),
        ("Cannot read properties of undefined (reading 'map')", {"property": "map"}),
        ("[Errno 2] No such file or directory: '/etc/shop/shop.yaml'", {"path": "/etc/shop/shop.yaml"}),
        ("maximum context length is 8192 tokens", {"limit": "8192 tokens"}),
        ("nothing to be found", {}),
        ("order 17 of 9", {}),
    ],
)
def test_a_message_names_what_it_is_about(message: str, expected: dict[str, str]) -> None:
    assert dict(particulars([message])) == expected


def test_the_first_of_each_kind_from_the_first_message_that_has_one() -> None:
    found = particulars(['relation "orders" does not exist', 'relation "other" in database "shop"'])
    assert found == (("table", "orders"), ("database", "shop"))


@given(st.lists(st.text(max_size=3_000), max_size=4))
def test_any_text_gives_a_few_short_names(messages: list[str]) -> None:
    found = particulars(messages)
    assert len(found) <= PARTICULARS_MAX
    assert all(len(name) <= VALUE_CHARS_MAX for _, name in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n\tb\0c", "a bc"),
        ("see [here](http://x/y) now", "see here now"),
        ("at https://shop.example/cart?x=1", "at shop.example/cart?x=1"),
        ("<b>bold</b> a<b", "bold a<b"),
        ("ask @team and a@b.c", "ask team and a@b.c"),
        ("<!channel> stop", "stop"),
        ("<module> List<String> <SCRIPT src=x>", "<module> List<String>"),
        ("\u202ea\u200bb\ufeff", "ab"),
    ],
)
def test_plain_text_is_one_line_without_mark_up(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text(max_size=500))
def test_plain_text_stays_as_it_is(text: str) -> None:
    once = plain(text)
    assert "://" not in once or plain(once) != once or "\n" not in once
    assert "\n" not in once


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("one two three", 9, "one two…"), ("a,  b c d e f", 4, "a…")],
)
def test_cut_text_ends_at_a_word_with_an_ellipsis(text: str, limit: int, expected: str) -> None:
    assert clipped(text, limit) == expected


@pytest.mark.parametrize(("text", "expected"), [("", ""), ("a b", "A b."), ("Why?", "Why?"), ("x…", "X…")])
def test_a_sentence_begins_and_ends_as_one(text: str, expected: str) -> None:
    assert sentence(text) == expected
