"""The words that a passage is found by, the same on both databases and on both sides of a search.

The databases' own parsers take `shop.cart` for a host name and `40P01` for two words; here names are split as
programmers write them, and only letters and digits remain, so that nothing can be read as query syntax.
"""

import re
from functools import lru_cache
from typing import Final

WORD_CHARS_MAX: Final = 40
_TOKENS: Final = re.compile(r"[^\W_]+(?:_[^\W_]+)*")
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z0-9]*|[^\W_]+", re.ASCII)
_ENDINGS: Final = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
_STEM_CHARS_MIN: Final = 4
_STOP_WORDS: Final = (
    "a an and are as at be but by can could did do does for from had has have how if in into is it its may more most "
    "no not of on or our out so some such than that the their then there these they this to was we were what when "
    "where which while who why will with would you your error exception failed"
)
_STOP: Final = frozenset(_STOP_WORDS.split())


def words_of(text: str) -> list[str]:
    """The words of a text in its order: whole names and their parts, lower-case, without endings and stop words."""
    return [word for token in _TOKENS.findall(text) for word in _of_token(token)]


def weights_of(texts: list[str]) -> dict[str, float]:
    """The words of a question and how much finding each says: codes and compound names three times the rest."""
    weights: dict[str, float] = {}
    for text in texts:
        for token in _TOKENS.findall(text):
            words = _of_token(token)
            for number, word in enumerate(words):
                compound = number == 0 and len(words) > 1
                weight = 3.0 if compound or (len(word) > 2 and any(map(str.isdigit, word))) else 1.0
                weights[word] = max(weights.get(word, 0.0), weight)
    return weights


@lru_cache(maxsize=32_768)  # runbooks say the same words again and again
def _of_token(token: str) -> tuple[str, ...]:
    parts = [part for piece in token.split("_") for part in _PARTS.findall(piece)]
    whole = token.replace("_", "")
    names = [whole, *parts] if len(parts) > 1 else [whole]
    return tuple(word for name in names if _says_something(word := _stem(name.lower())))


def _stem(word: str) -> str:
    if any(map(str.isdigit, word)):
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM_CHARS_MIN and not word.endswith("ss"):
            return word[: len(word) - len(ending)] + instead
    return word


def _says_something(word: str) -> bool:
    return 1 < len(word) <= WORD_CHARS_MAX and word not in _STOP
