"""Replace the variable parts of a message by named placeholders."""

import functools
import re
from typing import Final

from tracemedic_processor.fingerprint.v1.assigned import replace_assigned
from tracemedic_processor.fingerprint.v1.blobs import replace_json, replace_lists
from tracemedic_processor.fingerprint.v1.classes import CLASSES, Opening, replace_shape
from tracemedic_processor.fingerprint.v1.named import replace_named
from tracemedic_processor.fingerprint.v1.numbers import replace_numbers
from tracemedic_processor.fingerprint.v1.paths import replace_in_paths
from tracemedic_processor.fingerprint.v1.phrases import PHRASES, replace_phrase
from tracemedic_processor.fingerprint.v1.prescan import Prescan
from tracemedic_processor.fingerprint.v1.quoted import replace_quoted

READ_CHARS_MAX = 4096
"""How much of a message is read: twenty times what counts, and a bound on the work for any text."""

PASSES_MAX = 6
"""A pass may set free what the next one finds; real messages are still after the second."""

_DIGIT = re.compile("[0-9]")

# The rows by number: the sentences, then JSON, then the classes.
_JSON: Final = len(PHRASES)
_FIRST_CLASS: Final = _JSON + 1
_ROWS: Final = _FIRST_CLASS + len(CLASSES)
_SIGNS: Final = (*(re.escape(phrase.mark) for phrase in PHRASES), r"\{", *(row.sign for row in CLASSES))


def normalise(message: str) -> str:
    """Return the message with its variable parts replaced by placeholders; normalising twice changes nothing.

    Whole numbers and UUIDs become `<NUM>` and `<UUID>` by the mission's own rules of what a word is, other classes
    have names of their own. Numbers and names that are the meaning stay. Only the first `READ_CHARS_MAX` characters
    are read, and no more are returned; any text is taken, nothing is raised.
    """
    text = _cut(message)
    for _ in range(PASSES_MAX):
        before = text
        text = _cut(_pass(text))
        if text == before:
            break
    return text


def _cut(text: str) -> str:
    """Cut at the last space before the limit, so that no word is cut in two and read as another."""
    if len(text) <= READ_CHARS_MAX:
        return text
    head = text[:READ_CHARS_MAX]
    space = max(head.rfind(" ", READ_CHARS_MAX // 2), head.rfind("\n", READ_CHARS_MAX // 2))
    return head if space < 0 else head[:space]


def _pass(text: str) -> str:
    text = replace_in_paths(_replace_rows(text))
    text = replace_quoted(text)
    text = replace_assigned(text)
    text = replace_named(text)
    if _DIGIT.search(text) or not text.isascii():
        text = replace_numbers(text)
    return replace_lists(text) if ">" in text else text


def _replace_rows(text: str) -> str:
    """Run the rows whose signs are in the text, in their order; each change may bring the signs of later ones."""
    opening = None
    rows = _rows_in(text)
    while rows:
        number = rows.pop()
        if opening is None and number >= _JSON:
            opening = Opening(text)
        replaced = _replace_row(number, text, opening)
        if replaced != text:
            text, rows = replaced, _rows_in(replaced, number)
    return text


def _rows_in(text: str, after: int = -1) -> list[int]:
    """The numbers of the rows to run, the last first."""
    found = _prescan().found(text, after)
    return list(range(_ROWS - 1, after, -1)) if found is None else found


def _replace_row(number: int, text: str, opening: Opening | None) -> str:
    if number < _JSON or opening is None:
        return replace_phrase(PHRASES[number], text)
    if number == _JSON:
        return replace_json(text)
    return replace_shape(CLASSES[number - _FIRST_CLASS], text, opening)


@functools.cache
def _prescan() -> Prescan:
    # Made at the first message: compiling takes a tenth of a second.
    return Prescan(_SIGNS)
