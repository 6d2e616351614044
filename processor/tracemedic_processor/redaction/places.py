"""A rule's matches in a large text, looked for only where its head stands."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from .heads import HEAD_CHARACTERS_MAX, head

LOOK_AHEAD_MAX: Final = 64
"""So many characters after its end a head may ask for."""


def matches(pattern: re.Pattern[str], text: str, head_ends: Sequence[int] | None) -> Iterator["re.Match[str]"]:
    """What `pattern.finditer(text)` finds; `head_ends` is where heads of the pattern end, None where unknown."""
    windows = _windows(head_ends, len(text)) if head_ends is not None else None
    return pattern.finditer(text) if windows is None else _near(pattern, text, windows)


def _windows(head_ends: Sequence[int], size: int) -> list[tuple[int, int]] | None:
    """Parts of the text in which matches may begin, in order and apart; None where they are most of it."""
    windows: list[tuple[int, int]] = []
    start = end = total = 0
    for head_end in head_ends:
        if head_end - HEAD_CHARACTERS_MAX > end:
            windows.append((start, end))
            total += end - start
            start = head_end - HEAD_CHARACTERS_MAX
        end = head_end + LOOK_AHEAD_MAX
    windows.append((start, end))
    return windows if total + end - start <= size // 2 else None


def _near(pattern: re.Pattern[str], text: str, windows: list[tuple[int, int]]) -> Iterator["re.Match[str]"]:
    heads, done = _heads_of(pattern), 0
    for start, end in windows:
        for begun in heads.finditer(text, start, end):
            found = pattern.match(text, begun.start()) if begun.start() >= done else None
            if found is not None:
                done = found.end()
                yield found


@lru_cache(maxsize=1024)
def _heads_of(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(f"(?={head(pattern.pattern)})", pattern.flags)
