"""One row of the redactor's tables: how a secret looks, and what its marker says."""

import re
from collections.abc import Callable
from typing import NamedTuple

MARKER = re.compile(r"\[redacted:[a-z0-9_]+\]")
"""What stands where a secret stood. Nothing ever changes it again."""

_LITERAL = re.compile(r"[A-Za-z0-9_-]+(?![?*+{A-Za-z0-9_-])")

Extent = Callable[["re.Match[str]"], "tuple[int, int] | None"]
"""Start and end of the secret inside a match, or None when a closer look says that it is none."""


Known = Callable[[int, int], bool]
"""Whether what stands from start to end was looked at already, in another view of the same text."""


def nothing_known(_start: int, _end: int) -> bool:
    """Of a text seen for the first time."""
    return False


class Span(NamedTuple):
    """A secret at `start:end` of a text. `rank` breaks ties between rules: the lower is the more specific."""

    start: int
    end: int
    kind: str
    rank: int


class Rule(NamedTuple):
    """Secrets of one kind.

    `pattern` is ASCII-only, linear, and may be approximated by the pre-filter. `anchors` are lower-case literals, one
    of which is in every text that matches (empty: unknown); the scan without hyperscan lives on them.
    `wraps` marks secrets that are recognised by their own prefix, so that they are found across wrapped lines too.
    """

    kind: str
    pattern: re.Pattern[str]
    extent: Extent
    anchors: tuple[str, ...] = ()
    wraps: bool = False


def whole(match: "re.Match[str]") -> tuple[int, int]:
    """The group `secret` where the pattern has one, else the whole match."""
    return match.span("secret" if "secret" in match.re.groupindex else 0)


def when(check: Callable[[str], bool]) -> Extent:
    """Like `whole`, where `check` agrees with the secret's text."""

    def extent(match: "re.Match[str]") -> tuple[int, int] | None:
        start, end = whole(match)
        return (start, end) if check(match.string[start:end]) else None

    return extent


def rule(
    kind: str,
    pattern: str,
    *anchors: str,
    extent: Extent = whole,
    flags: int = 0,
) -> Rule:
    """A rule from its source."""
    return Rule(kind, re.compile(pattern, re.ASCII | flags), extent, anchors)


def token(kind: str, pattern: str, *anchors: str, extent: Extent = whole) -> Rule:
    """A secret that its own prefix gives away; not found inside a longer word.

    What must not stand before it is asked after its first letters, for only a pattern that starts with letters is
    searched at the speed of memory (7 times faster, measured).
    """
    first = _LITERAL.match(pattern)
    start = first[0] if first else ""
    source = f"{start}(?<![A-Za-z0-9]{start}){pattern[len(start) :]}"
    return Rule(kind, re.compile(source, re.ASCII), extent, anchors, wraps=True)
