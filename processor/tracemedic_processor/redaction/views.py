"""A text as it reads once its disguise is taken off, and the way back to the original.

Rules run over views too, so that a secret is found however it was quoted, encoded, wrapped or sprinkled with
invisible characters. Each view is one pass, so the work stays linear.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from .rule import MARKER


class View(NamedTuple):
    """`text` made of pieces of an original; piece n starts at `starts[n]` here and covers `origins[n]` there.

    `copied[n]` says that the piece stands there letter by letter.
    """

    text: str
    starts: list[int]
    origins: list[tuple[int, int]]
    copied: list[bool]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where `start:end` of the view came from."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        origin = self.origins[first][0] + (start - self.starts[first] if self.copied[first] else 0)
        until = self.origins[last][0] + end - self.starts[last] if self.copied[last] else self.origins[last][1]
        return origin, until

    def is_copy(self, start: int, end: int) -> bool:
        """Whether all of `start:end` stands in the original, letter by letter and in one piece."""
        piece = bisect_right(self.starts, max(start, 0)) - 1
        return self.copied[piece] and (piece + 1 == len(self.starts) or end <= self.starts[piece + 1])


_CONFUSABLE = {
    **{chr(0xFF01 + offset): chr(0x21 + offset) for offset in range(94)},
    **dict.fromkeys("\u2236\ua789\u02d0\u205a\ufe55\ufe13\u0589", ":"),
    **dict.fromkeys("\u2550\u2e40\ua78a\u30a0\ufe66\u207c\u208c", "="),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe58\ufe63", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\u3000", " "),
    **dict.fromkeys("\ufe6b", "@"),
    **dict.fromkeys("\u2044\u2215", "/"),
    **dict.fromkeys("\u2024\ufe52", "."),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u180e\u034f\ufe0f", ""),
}
_HIDDEN = "".join(_CONFUSABLE)
_ENCODED = re.compile(
    rf"%(?:25)*[0-9A-Fa-f]{{2}}|\\{{1,16}}(?:u00|x)[0-9A-Fa-f]{{2}}|&(?:quot|apos|amp|lt|gt|\#\d{{2,3}}|\#x[0-9a-f]{{2}});|[{_HIDDEN}]"
)
_CHAR = r"[A-Za-z0-9+/=_.~-]"
_WRAP = re.compile(
    rf"(?<=[A-Za-z0-9+/=_.~-])(?:[\"']?[ \t]{{0,4}}[+\\.&]?[ \t]{{0,4}}(?:\r?\n|\\r?\\n|\\n)[ \t>|#*]{{0,64}}"
    rf"[+.&]?[ \t]{{0,4}}[\"']?)"
    rf"(?=[A-Za-z+/=_.~-]{{0,40}}[0-9]|[A-Za-z]{{0,40}}[a-z][A-Z]){_CHAR}{{4,}}"
)
_PIECE_END = re.compile(r"[(:\[<{]")


def decoded(text: str) -> View | None:
    """Escapes (percent, unicode, hex, HTML) decoded, invisible characters gone, look-alikes plain; None without any."""
    return _substituted(text, _ENCODED, _plain)


def joined(text: str) -> View | None:
    """Lines joined where a token seems to have been wrapped; None where none was."""
    return _substituted(text, _WRAP, _unwrapped)


def _plain(match: "re.Match[str]") -> tuple[int, str] | None:
    code = match[0]
    if len(code) == 1:
        return match.end(), _CONFUSABLE[code]
    if code[0] == "&":
        return match.end(), html.unescape(code)
    value = int(code[-2:], 16)
    return (match.end(), chr(value)) if 0x20 <= value < 0x7F else None


def _unwrapped(match: "re.Match[str]") -> tuple[int, str] | None:
    text = match.string
    piece = match.end()
    while piece > match.start() and re.match(_CHAR, text[piece - 1]):
        piece -= 1
    if _PIECE_END.match(text, match.end()) or MARKER.match(text, piece):
        return None
    return piece, ""


def _substituted(
    text: str, pattern: re.Pattern[str], plain: Callable[["re.Match[str]"], tuple[int, str] | None]
) -> View | None:
    parts: list[str] = []
    starts: list[int] = []
    origins: list[tuple[int, int]] = []
    copied: list[bool] = []
    size = position = 0

    def add(piece: str, start: int, end: int, *, copy: bool) -> None:
        nonlocal size
        if piece:
            parts.append(piece)
            starts.append(size)
            origins.append((start, end))
            copied.append(copy)
            size += len(piece)

    for match in pattern.finditer(text):
        replacement = plain(match)
        if replacement is None or match.start() < position:
            continue
        end, piece = replacement
        add(text[position : match.start()], position, match.start(), copy=True)
        add(piece, match.start(), end, copy=False)
        position = end
    if not position:
        return None
    add(text[position:], position, len(text), copy=True)
    return View("".join(parts), starts, origins, copied)
