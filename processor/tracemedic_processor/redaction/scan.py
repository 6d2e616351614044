"""The pre-filter: one pass over a text that tells which rules need to look at it.

hyperscan takes 3 microseconds for 4 KB and all rules, where the rules one after the other take a thousand times that
(measured). Where it cannot be loaded, the rules' anchors are looked up one by one: slower, never wrong.
"""

import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from .cues import CUES, Cue
from .rule import Rule
from .rules.assignments import SITE, python_sites

try:
    import hyperscan
except ImportError:  # other processors, other platforms
    hyperscan = None

_SITE_ID = 1 << 20
_CUE_ID = 1 << 21
_COUNT = re.compile(r"(?<!\\)\{(\d+)(,?)(\d*)\}")
_COUNT_MAX = 10


class Hits(NamedTuple):
    """What may be found in a text: indices of `rules` to run, ends of the separators after telling names, cues."""

    rules: list[int]
    sites: list[int]
    cues: list[Cue]


class Scan(Protocol):
    """Tells what may be found in a text. May name too much, never too little. Safe to share between threads."""

    def hits(self, text: str) -> Hits:
        """Where to look closer."""
        ...


class AnchorScan:
    """Looks every anchor up."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rows = tuple((index, rule.anchors) for index, rule in enumerate(rules))
        self._cues = tuple((cue, re.compile(pattern.encode("latin-1"))) for cue, pattern in CUES)

    def hits(self, text: str) -> Hits:
        """See `Scan.hits`."""
        lowered = text.lower()
        data = text.encode("utf-8", "replace")
        return Hits(
            [index for index, anchors in self._rows if not anchors or any(anchor in lowered for anchor in anchors)],
            python_sites(text),
            [cue for cue, pattern in self._cues if pattern.search(data)],
        )


class HyperScan:
    """All rules in one automaton, each reported once, and every separator after a telling name.

    Scratch space belongs to a thread, so threads never wait for each other; the database is only read. A forked
    process inherits both, for no scan is under way in the thread that forks.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        assert hyperscan is not None  # noqa: S101 - `scan_for` asks before
        once = hyperscan.HS_FLAG_SINGLEMATCH
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[
                *(relaxed(rule.pattern.pattern).encode() for rule in rules),
                relaxed(SITE).encode(),
                *(_hex_bytes(pattern) for _, pattern in CUES),
            ],
            ids=[*range(len(rules)), _SITE_ID, *range(_CUE_ID, _CUE_ID + len(CUES))],
            flags=[*(_flags(rule.pattern) for rule in rules), 0, *(once for _ in CUES)],
        )
        self._local = threading.local()

    def hits(self, text: str) -> Hits:
        """See `Scan.hits`."""
        hits = Hits([], [], [])
        try:
            scratch = self._local.scratch
        except AttributeError:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        self._database.scan(text.encode("utf-8", "replace"), _note, scratch=scratch, context=hits)
        if hits.sites and not text.isascii():
            return hits._replace(sites=_characters(text, hits.sites))
        return hits


@lru_cache(maxsize=8)
def scan_for(rules: tuple[Rule, ...]) -> Scan:
    """The fastest scan that works here. Compiling takes half a second, so equal rules share one."""
    if hyperscan is None:
        return AnchorScan(rules)
    try:
        return HyperScan(rules)
    except hyperscan.error:  # a processor without SSSE3
        return AnchorScan(rules)


def relaxed(pattern: str) -> str:
    """An expression that matches wherever `pattern` does, with small counts: large ones take seconds to compile."""
    return _COUNT.sub(_relaxed_count, pattern)


def _relaxed_count(count: "re.Match[str]") -> str:
    least, comma, most = min(int(count[1]), _COUNT_MAX), count[2], count[3]
    if (comma and not most) or int(most or count[1]) > _COUNT_MAX:
        return f"{{{least},}}"
    return count[0]


def _note(index: int, _start: int, end: int, _flags: int, hits: Hits) -> None:
    if index < _SITE_ID:
        hits.rules.append(index)
    elif index == _SITE_ID:
        hits.sites.append(end)
    else:
        hits.cues.append(CUES[index - _CUE_ID][0])


def _characters(text: str, offsets: list[int]) -> list[int]:
    """Byte offsets as character offsets."""
    data = text.encode("utf-8", "replace")
    characters: list[int] = []
    count = position = 0
    for offset in offsets:
        count += len(data[position:offset].decode("utf-8", "replace"))
        position = offset
        characters.append(count)
    return characters


def _hex_bytes(pattern: str) -> bytes:
    return "".join(char if char.isascii() else f"\\x{ord(char):02x}" for char in pattern).encode()


def _flags(pattern: re.Pattern[str]) -> int:
    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_PREFILTER
    for ours, theirs in (
        (re.IGNORECASE, hyperscan.HS_FLAG_CASELESS),
        (re.MULTILINE, hyperscan.HS_FLAG_MULTILINE),
        (re.DOTALL, hyperscan.HS_FLAG_DOTALL),
    ):
        if pattern.flags & ours:
            flags |= theirs
    return flags
