"""The pre-filter on hyperscan. Importing this raises ImportError where hyperscan cannot be loaded."""

import re
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final, cast

import hyperscan

from tracemedic_processor.automaton import automaton

from .cues import CUES
from .heads import head
from .hits import Hits
from .rule import Rule
from .rules.assignments import SITE

_SITE_ID = 1 << 20
_CUE_ID = 1 << 21
_COUNT = re.compile(r"(?<!\\)\{(\d+)(,?)(\d*)\}")
_COUNT_MAX = 10
_FOLLOWING = bytes(0x80 <= byte < 0xC0 for byte in range(256))
HEADS_PER_CHARACTER_MAX: Final = 0.25
"""A text with more heads than that is looked through from end to end."""


class HyperScan:
    """All rules in one automaton, each reported once, and every separator after a telling name.

    Scratch space belongs to a thread, so threads never wait for each other; the database is only read. A forked
    process inherits both, for no scan is under way in the thread that forks.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        once = hyperscan.HS_FLAG_SINGLEMATCH
        self._rules = tuple(rules)
        self._database = automaton(
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
        data = text.encode("utf-8", "replace")
        self._database.scan(data, _NOTE, scratch=scratch, context=hits)
        if hits.sites and not text.isascii():
            return hits._replace(sites=_characters(_following(data), hits.sites))
        return hits

    def places(self, text: str, rules: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """See `Scan.places`."""
        data = text.encode("utf-8", "replace")
        places = _Places(rules, room=int(len(data) * HEADS_PER_CHARACTER_MAX))
        try:
            self._heads.scan(data, places.note, scratch=self._heads_scratch())
        except hyperscan.ScanTerminated:
            return {}
        return places.found if text.isascii() else places.in_characters(data)

    @cached_property
    def _heads(self) -> hyperscan.Database:
        """Compiled for the first large text: it takes as long as all else together, and few texts are large."""
        heads = {index: head(rule.pattern.pattern) for index, rule in enumerate(self._rules)}
        known = [index for index, source in heads.items() if source]
        return automaton(
            expressions=[relaxed(heads[index]).encode() for index in known],
            ids=known,
            flags=[_flags(self._rules[index].pattern) & ~hyperscan.HS_FLAG_SINGLEMATCH for index in known],
        )

    def _heads_scratch(self) -> hyperscan.Scratch:
        try:
            return self._local.heads_scratch
        except AttributeError:
            self._local.heads_scratch = hyperscan.Scratch(self._heads)
            return self._local.heads_scratch


class _Places:
    """Collects where heads end; stops the scan when there are more than `room`."""

    def __init__(self, rules: Sequence[int], room: int) -> None:
        self.found: dict[int, list[int]] = {index: [] for index in rules}
        self._room = room

    def note(self, index: int, _start: int, end: int, _flags: int, _context: object) -> bool | None:
        ends = self.found.get(index)
        self._room -= 1
        if ends is not None:
            ends.append(end)
        return True if self._room < 0 else None

    def in_characters(self, data: bytes) -> dict[int, list[int]]:
        """The byte offsets as character offsets."""
        following = _following(data)
        return {index: _characters(following, ends) for index, ends in self.found.items()}


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


def _following(data: bytes) -> bytes:
    """A one for each byte that continues a character, a zero for each other."""
    return data.translate(_FOLLOWING)


def _characters(following: bytes, offsets: list[int]) -> list[int]:
    """Ascending byte offsets as character offsets: less by the bytes before them that continue a character."""
    characters: list[int] = []
    less = position = 0
    for offset in offsets:
        less += following.count(1, position, offset)
        position = offset
        characters.append(offset - less)
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
