"""The pre-filter on hyperscan. Importing this raises ImportError where hyperscan cannot be loaded."""

import re
import threading
from collections.abc import Sequence
from typing import cast

import hyperscan

from .cues import CUES
from .hits import Hits
from .rule import Rule
from .rules.assignments import SITE

_SITE_ID = 1 << 20
_CUE_ID = 1 << 21
_COUNT = re.compile(r"(?<!\\)\{(\d+)(,?)(\d*)\}")
_COUNT_MAX = 10


class HyperScan:
    """All rules in one automaton, each reported once, and every separator after a telling name.

    Scratch space belongs to a thread, so threads never wait for each other; the database is only read. A forked
    process inherits both, for no scan is under way in the thread that forks.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        once = hyperscan.HS_FLAG_SINGLEMATCH
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[
                *(relaxed(rule.pattern.pattern).encode() for rule in rules),
                relaxed(SITE).encode(),
                *(pattern.encode() for _, pattern in CUES),
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
        self._database.scan(text.encode("utf-8", "replace"), _NOTE, scratch=scratch, context=hits)
        if hits.sites and not text.isascii():
            return hits._replace(sites=_characters(text, hits.sites))
        return hits


def hyper_scan(rules: Sequence[Rule]) -> HyperScan | None:
    """None where hyperscan is there but does not run, as on a processor without SSSE3."""
    try:
        return HyperScan(rules)
    except hyperscan.error:
        return None


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


_NOTE = cast("hyperscan.match_event_callback", _note)


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
