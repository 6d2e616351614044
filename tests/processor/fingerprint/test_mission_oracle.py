import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemedic_processor.fingerprint import VERSION, compute_fingerprint, fingerprints, normalise


def mission_normalise(message: str) -> str:
    normalized = re.sub(r"\b[0-9a-fA-F-]{36}\b", "<UUID>", message)
    return re.sub(r"\b\d+\b", "<NUM>", normalized)


def mission_fingerprint(error_type: str, message: str, source: str) -> str:
    data = f"{error_type}|{mission_normalise(message)[:200]}|{source}"
    return hashlib.sha256(data.encode()).hexdigest()


# No codes, names of persons or units among them: their numbers and names are treated with more care than the mission's.
PLAIN_WORDS = st.sampled_from(
    [
        "the",
        "row",
        "in",
        "step",
        "attempt",
        "of",
        "retries",
        "seconds",
        "minutes",
        "tried",
        "while",
        "Connection",
        "abc",
    ]
) | st.sampled_from(
    ["Timeout", "limit", "exceeded", "waiting", "could", "not", "be", "found", "item42", "page2", "a_7"]
)
PLAIN_NUMBERS = st.integers(min_value=0, max_value=10**12).map(str)
UUIDS = st.uuids().map(str) | st.uuids().map(lambda value: str(value).upper())
PLAIN_MESSAGES = st.lists(PLAIN_WORDS | PLAIN_NUMBERS | UUIDS, max_size=60).map(" ".join)


@given(
    st.sampled_from(["ValueError", "app.errors.NotFound", ""]), PLAIN_MESSAGES, st.sampled_from(["shop.pay.run", ""])
)
def test_messages_with_uuids_and_plain_numbers_have_the_key_of_the_mission(error_type: str, message: str, source: str):
    assert normalise(message) == mission_normalise(message)
    assert compute_fingerprint(error_type, message, source) == mission_fingerprint(error_type, message, source)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Connection refused",
        "User 12345 not found",
        "User '123' not found",
        "Order 123e4567-e89b-12d3-a456-426614174000 failed after 3 retries",
        "Order 123E4567-E89B-12D3-A456-426614174000 failed",
        "Connection timed out after 30 seconds",
        "Index 5 out of range for list of length 3",
        "item42 is gone",
        "user_id=42",
        "id: 42, page: 7",
        "Cannot reach localhost:5432",
        "GET /users/42/orders/17 failed",
        "Row 17 of 200 (batch 3) rejected",
        "attempt 3/5",
        "Thread-12 died",
        "item #42",
        "[17]",
        "Failed: 12 of 13 checks.",
        "invalid literal for int() with base 10",
        "1 2 3 " * 100,
        "x" * 199 + " 12345",
    ],
)
def test_plain_messages_keep_the_bytes_of_the_mission(message: str):
    assert compute_fingerprint("E", message, "m.f") == mission_fingerprint("E", message, "m.f")


def test_the_message_is_cut_after_normalising():
    long_id = "123e4567-e89b-12d3-a456-426614174000"
    one, other = ("x" * 180 + f" {value}" for value in (long_id, long_id.replace("1", "2")))
    assert compute_fingerprint("E", one, "s") == compute_fingerprint("E", other, "s")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a|b", "c", "d"), ("a", "b|c", "d")),
        (("a", "b|c", "d"), ("a", "b", "c|d")),
        (("a\\", "b", "c"), ("a", "\\b", "c")),
        (("a\\|b", "c", "d"), ("a|b", "c", "d")),
        (("a\\", "b|", "c"), ("a\\|b", "", "c")),
    ],
)
def test_a_separator_inside_a_part_makes_no_two_errors_one(one: tuple[str, str, str], other: tuple[str, str, str]):
    assert compute_fingerprint(*one) != compute_fingerprint(*other)


PIECES = st.text(alphabet="a|\\", max_size=4)


@given(st.tuples(PIECES, PIECES, PIECES), st.tuples(PIECES, PIECES, PIECES))
def test_different_parts_never_join_to_one_text(one: tuple[str, str, str], other: tuple[str, str, str]):
    assert (compute_fingerprint(*one) == compute_fingerprint(*other)) == (one == other)


def test_every_version_still_matched_has_a_key():
    keys = fingerprints("ValueError", "row 7 is bad", "shop.load")
    assert keys[VERSION] == compute_fingerprint("ValueError", "row 9 is bad", "shop.load")
    assert list(keys) == sorted(keys, reverse=True)


def test_keys_of_version_1_are_frozen():
    message = "Key (email)=(a@b.com) already exists. HTTP 404 at 10.0.0.5 after 1.5s in /tmp/x 0x7f00aa11"
    assert fingerprints("E", message, "m.f")[1] == "31bc2a643feef7f45f84f5041ba57f70644dd7d53d22dbb01e0c98dfc3cd7300"
