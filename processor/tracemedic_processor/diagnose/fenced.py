"""Text of strangers between delimiters that they cannot know, in a form that cannot close them."""

import re
import secrets
from typing import Final

from tracemedic_processor.diagnose.visible import visible

DELIMITER_CHARACTERS_MIN: Final = 16
"""Eight random bytes in hex: nobody guesses them within the one call they are valid for."""

_TAG: Final = re.compile(r"[<\uff1c\ufe64](?=\s*/?\s*data\b)", re.IGNORECASE)
_TEMPLATE_MARKS: Final = re.compile(
    r"<\|[^|>]{0,60}\|>"  # <|im_start|>, <|eot_id|>, <|system|>
    r"|<<\s*/?\s*SYS\s*>>"
    r"|\[/?\s*INST\s*\]"
    r"|</?(?:start_of_turn|end_of_turn|s|bos|eos)>",
    re.IGNORECASE,
)
"""What separates the speakers in the chat templates of local models; some servers obey it even inside a message."""


def new_delimiter() -> str:
    """A delimiter for one call."""
    return secrets.token_hex(16)


def check_delimiter(delimiter: str) -> None:
    """Raise `ValueError` for one that could be guessed or would not stand in a tag."""
    if len(delimiter) < DELIMITER_CHARACTERS_MIN or not delimiter.isalnum() or not delimiter.isascii():
        raise ValueError(f"a delimiter has at least {DELIMITER_CHARACTERS_MIN} ASCII letters and digits")


def fenced(name: str, text: str, delimiter: str) -> str:
    """`text` as a block of data called `name`."""
    return f"<data-{delimiter} {name}>\n{neutral(text, delimiter)}\n</data-{delimiter}>"


def neutral(text: str, delimiter: str) -> str:
    """`text` made visible, without the delimiter, anything like its tags, or marks of chat templates.

    Angle and square brackets of such look-alikes become typographic ones, so that the words stay readable.
    """
    shown = visible(text)
    shown = re.sub(re.escape(delimiter), "[delimiter]", shown, flags=re.IGNORECASE)
    shown = _TAG.sub("\u2039", shown)
    return _TEMPLATE_MARKS.sub(lambda mark: mark[0].translate(_BRACKETS), shown)


_BRACKETS: Final = str.maketrans({"<": "\u2039", ">": "\u203a", "[": "\u3014", "]": "\u3015", "|": "\u00a6"})
