"""Random ids: runs of letters and digits that no one would choose as a name."""

import re

_RUN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_HASH_CHARS = frozenset({32, 40, 56, 64, 96, 128})

_NUMBERED_CHARS_MIN = 8
"""Digits from which a prefixed number is taken for a random id: counters hardly ever get there."""

_LETTERED_CHARS_MIN = 8
"""The same for nothing but the letters `a` to `f`: no word is so long."""

_RUN_CHARS_MAX = 2.6
"""A run (`Base`, `64`, `Encoder`) of a name is longer on average, one of a random id shorter. Measured on both."""

_LONG_RUN_CHARS_MAX = 4.0
"""The same for 24 characters and more with three numbers in them."""


def looks_random(word: str) -> bool:
    """Tell whether a run of ASCII letters and digits is an id and no name: it changes its kind all the time."""
    if len(word) < 7 or word.isdigit():
        return False
    if _HEX.fullmatch(word):
        return any(map(str.isdigit, word)) and not word[1:].isdigit()
    if len(word) < (20 if word.isalpha() else 8):
        return False
    runs = _RUN.findall(word)
    if len(word) >= 24 and sum(run[0].isdigit() for run in runs) >= 3:
        return len(runs) * _LONG_RUN_CHARS_MAX >= len(word)
    return len(runs) * _RUN_CHARS_MAX >= len(word)


def replace_random(match: re.Match[str]) -> str:
    """Replace a word that is a hash or looks random."""
    word = match[0]
    if len(word) in _HASH_CHARS and _HEX.fullmatch(word):
        return "<HASH>"
    return "<ID>" if looks_random(word) else word


def replace_prefixed(match: re.Match[str]) -> str:
    """Replace what follows the prefix of an id (group 1), if it is no plain word or short number (group 2).

    Random hexadecimal digits are now and then digits only or letters only, and the same id all the same.
    """
    word = match[2]
    runs = len(_RUN.findall(word))
    if word.isdigit():
        # After a hyphen a number is a word of its own, and stays the mission's number.
        is_id = len(word) >= _NUMBERED_CHARS_MIN and match[1].endswith("_")
    elif any(map(str.isdigit, word)):
        is_id = runs >= 3 or len(word) >= 10
    elif word.islower() or word.isupper():
        is_id = len(word) >= _LETTERED_CHARS_MIN and _HEX.fullmatch(word) is not None
    else:
        is_id = runs * 3 >= len(word)
    return f"{match[1]}<ID>" if is_id else match[0]


def replace_base64(match: re.Match[str]) -> str:
    """Replace base64, but not a path that happens to consist of its characters."""
    word = match[0]
    is_path = "/" in word and not looks_random(word.replace("/", "").replace("+", ""))
    return word if is_path else "<ID>"
