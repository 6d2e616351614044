"""Text without what people cannot see: such characters hide words from readers, or reverse what is read."""

import re
import unicodedata
from typing import Final

_INVISIBLE_ASCII: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that show nothing, so that Unicode does not count them as formatting."""


def visible(text: str) -> str:
    """`text` without control characters (line feed and tab stay), bidirectional marks, zero-width and tag characters,
    variation selectors, surrogates and characters of private use."""
    if text.isascii():
        return _INVISIBLE_ASCII.sub("", text)
    return "".join(character for character in text if _is_visible(character))


def _is_visible(character: str) -> bool:
    if character in "\n\t":
        return True
    if character in _FILLERS or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return False
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def one_line(text: str) -> str:
    """`visible` text in one line."""
    return " ".join(visible(text).split())
