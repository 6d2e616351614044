"""Traces of which later spans are looked for: for a minute, and only in requests that were not searched yet."""

from collections.abc import Iterable, Set
from typing import Final

import msgspec

from tracemedic_storage.records import Record

YOUNG_NS: Final = 60_000_000_000
"""So long are later spans of a trace looked for: SDKs send every few seconds, a parent when its last child is done."""
WATCHED_MAX: Final = 2_000
"""Traces of which later spans are looked for; the newest stay."""


class Watched(Record, frozen=True, kw_only=True):
    """A trace of a pattern, looked for up to item `searched_seq`, and further until `until_ns`.

    `kept` is whether a part of it was stored: what comes later is worth nothing without that.
    """

    pattern_id: str
    trace_id: str
    until_ns: int
    searched_seq: int = 0
    kept: bool = False


class Watchlist:
    """The traces being watched, at most `WATCHED_MAX`."""

    def __init__(self) -> None:
        self._traces: dict[tuple[str, str], Watched] = {}

    def __contains__(self, key: tuple[str, str]) -> bool:
        return key in self._traces

    def drop_old(self, now_ns: int) -> None:
        """Watch no longer what is no longer young."""
        self._traces = {key: each for key, each in self._traces.items() if each.until_ns > now_ns}

    def to_search(self, last_seq: int) -> list[Watched]:
        """Those not yet searched for up to item `last_seq`."""
        return [each for each in self._traces.values() if each.searched_seq < last_seq]

    def searched(self, traces: Iterable[Watched], *, kept: Set[str], dropped: Set[str], last_seq: int) -> None:
        """All of `traces` were looked for up to `last_seq`; of those `dropped` no more is wanted."""
        for each in traces:
            key = each.pattern_id, each.trace_id
            if each.trace_id in dropped:
                self._traces.pop(key, None)
            else:
                is_kept = each.kept or each.trace_id in kept
                self._traces[key] = msgspec.structs.replace(each, searched_seq=last_seq, kept=is_kept)
        for key in list(self._traces)[:-WATCHED_MAX]:
            del self._traces[key]
