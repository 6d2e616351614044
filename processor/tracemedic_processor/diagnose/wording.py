"""Plain bounded text: what an answer by rules may say, whatever the error's text contains."""

import re
from typing import Final

from tracemedic_processor.diagnose.visible import one_line

_SCHEME: Final = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.\-]{0,20}://")
_MENTION: Final = re.compile(r"(?<![\w.])[@#](?=\w)|<[!@#][^>]{0,40}>")
_TAGS: Final = (
    "a|audio|b|base|body|br|button|code|details|div|embed|form|frame|h[1-6]|head|hr|html|i|iframe|img|input|li|link|"
    "marquee|math|meta|object|ol|p|pre|script|select|source|span|style|svg|table|td|template|textarea|title|tr|u|ul|video"
)
"""Of HTML; `<module>`, `<anonymous>` and `List<String>` are names."""
_MARKUP: Final = re.compile(
    rf"</?(?:{_TAGS})(?:[\s/][^>]{{0,400}})?>|<!--|!?\[([^\]]{{0,200}})\]\([^)]{{0,400}}\)|`{{3,}}", re.IGNORECASE
)
_READ_CHARS_MAX: Final = 4_000
"""Longer texts are cut before they are cleaned: nothing shown is longer than 600."""


def plain(text: str) -> str:
    """One line without mark-up, links, mentions and characters that cannot be seen.

    A link keeps its host and path as text. What HTML and Markdown would hide or embed is left out.
    """
    head = _MARKUP.sub(lambda match: match[1] or " ", text[:_READ_CHARS_MAX])
    return " ".join(_MENTION.sub("", _SCHEME.sub("", one_line(head))).split())


def clipped(text: str, characters_max: int) -> str:
    """The text, cut at a word where one ends near the limit, with an ellipsis when something is missing."""
    if len(text) <= characters_max:
        return text
    head = text[: characters_max - 1]
    at_word = head.rfind(" ")
    return (head[:at_word] if at_word > characters_max * 0.7 else head).rstrip(" ,;:") + "…"


def sentence(text: str) -> str:
    """The text as a sentence: begun with a capital, ended with a full stop."""
    if not text:
        return ""
    whole = text[0].upper() + text[1:]
    return whole if whole[-1] in ".!?…" else f"{whole}."
