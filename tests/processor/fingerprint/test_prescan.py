"""The scan that tells which rows need to be tried: it may name too many, never too few."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.processor.fingerprint.test_normalise import NASTY, REPLACED
from tests.quality.grouping import pairs
from tracemedic_processor.fingerprint.v1.classes import CLASSES, Opening, replace_shape
from tracemedic_processor.fingerprint.v1.phrases import PHRASES, replace_phrase
from tracemedic_processor.fingerprint.v1.prescan import Prescan

SIGNS = Prescan([row.sign for row in CLASSES])
MESSAGES = [message for pair in pairs("tuning") for message in (pair.a, pair.b)]


def changing(text):
    """The numbers of the classes that change a text."""
    return {number for number, row in enumerate(CLASSES) if replace_shape(row, text, Opening(text)) != text}


def assert_found(text):
    found = SIGNS.found(text)
    assert found is None or changing(text) <= set(found)


@pytest.mark.parametrize("message", [message for message, _ in REPLACED.values()], ids=REPLACED.keys())
def test_a_row_that_changes_an_example_is_found(message: str):
    assert_found(message)


def test_a_row_that_changes_a_real_message_is_found():
    for message in MESSAGES:
        assert_found(message)


@given(NASTY | NASTY.map(lambda text: text.replace(" ", "")) | st.text(st.characters(codec="ascii")))
def test_a_row_that_changes_any_text_is_found(text: str):
    assert_found(text)


@given(st.lists(st.from_regex("|".join(f"(?:{row.sign})" for row in CLASSES)), max_size=4).map(" ".join))
def test_a_row_that_changes_a_text_of_signs_is_found(text: str):
    assert_found(text)


def test_few_rows_are_tried_on_real_messages():
    found = [SIGNS.found(message) for message in MESSAGES]
    scanned = [rows for rows in found if rows is not None]
    assert len(scanned) > 0.9 * len(MESSAGES)
    assert sum(map(len, scanned)) < 1.5 * len(scanned)


def test_the_last_comes_first_and_those_up_to_the_given_one_are_left_out():
    prescan = Prescan(["a", "b", "[0-9]c", "d"])
    assert prescan.found("b 7c a") == [2, 1, 0]
    assert prescan.found("b 7c a", 0) == [2, 1]
    assert prescan.found("b 7c a", 2) == []
    assert prescan.found("") == []


@pytest.mark.parametrize("text", ["é a", "٣", "a\x1cb", "a\x1fb"])
def test_what_means_more_to_a_row_than_to_the_scan_is_not_judged(text: str):
    assert SIGNS.found(text) is None


def test_threads_do_not_disturb_each_other():
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(SIGNS.found, MESSAGES * 4))
    assert found == [SIGNS.found(message) for message in MESSAGES] * 4


@pytest.mark.parametrize("row", PHRASES, ids=lambda row: row.mark)
def test_a_sentence_is_left_alone_without_its_mark(row):
    text = row.mark[:-1]
    assert replace_phrase(row, text) == text
