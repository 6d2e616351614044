"""Replace the variable parts of a message by named placeholders."""

from tracemedic_processor.fingerprint.v1.assigned import replace_assigned
from tracemedic_processor.fingerprint.v1.blobs import replace_json, replace_lists
from tracemedic_processor.fingerprint.v1.classes import DIGITS, replace_shapes
from tracemedic_processor.fingerprint.v1.named import replace_named
from tracemedic_processor.fingerprint.v1.numbers import replace_numbers
from tracemedic_processor.fingerprint.v1.paths import replace_in_paths
from tracemedic_processor.fingerprint.v1.phrases import replace_in_phrases
from tracemedic_processor.fingerprint.v1.quoted import QUOTES, replace_quoted

READ_CHARS_MAX = 4096
"""How much of a message is read: twenty times what counts, and a bound on the work for any text."""

PASSES_MAX = 6
"""A pass may set free what the next one finds; real messages are still after the second."""

_DIGITS = frozenset(DIGITS)
_ASSIGNMENTS = frozenset("=:")
_PATHS = frozenset("/\\.")


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
    text = replace_in_phrases(text)
    present = frozenset(text)
    if "{" in present:
        text = replace_json(text)
    text = replace_shapes(text, present)
    if not _PATHS.isdisjoint(present):
        text = replace_in_paths(text)
    if not QUOTES.isdisjoint(present):
        text = replace_quoted(text)
    if not _ASSIGNMENTS.isdisjoint(present):
        text = replace_assigned(text)
    text = replace_named(text)
    if not _DIGITS.isdisjoint(present) or not text.isascii():
        text = replace_numbers(text)
    return replace_lists(text) if ">" in text else text
