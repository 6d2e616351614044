"""Has exemplar traces kept as patterns appear: of those that this process made at once, of others' within seconds."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from tracemedic_processor.exemplars import Exemplars, PatternKey
from tracemedic_storage.database import Database
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.pattern_facts import created_since
from tracemedic_storage.records import PatternChange

INTERVAL_S: Final = 3.0
"""How often later spans of young traces, and patterns that other processes made, are looked for."""
NEW_NS: Final = 300_000_000_000
"""A pattern older than this was gathered for by whoever was there."""
ASKED_MAX: Final = 10_000
"""Patterns remembered as looked for."""
_KINDS: Final = frozenset({"created", "escalated", "regressed"})


class ExemplarKeeper:
    """Tells `exemplars` which patterns to look for."""

    def __init__(self, exemplars: Sequence[Exemplars], database: Database, now_ns: Callable[[], int]) -> None:
        self._exemplars = exemplars
        self._database = database
        self._now_ns = now_ns
        self._changed: dict[PatternKey, None] = {}
        self._asked: dict[PatternKey, None] = {}
        self._wake = asyncio.Event()

    def note(self, changes: Sequence[PatternChange]) -> None:
        """Patterns have changed; look for their traces now."""
        fresh = {(change.pattern_id, change.fingerprint): None for change in changes if change.kind in _KINDS}
        if fresh:
            self._changed |= fresh
            self._wake.set()

    async def run(self) -> None:
        """Never returns; cancel it to stop."""
        while True:
            self._wake.clear()
            changed = list(self._changed)
            self._changed.clear()
            await asyncio.to_thread(self._gather, changed)
            try:
                async with asyncio.timeout(INTERVAL_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _gather(self, changed: Sequence[PatternKey]) -> None:
        wanted = [*changed, *self._made_elsewhere(changed)]
        self._remember(wanted)
        for each in self._exemplars:
            each.gather(wanted)

    def _made_elsewhere(self, changed: Sequence[PatternKey]) -> list[PatternKey]:
        try:
            made = created_since(self._database, self._now_ns() - NEW_NS)
        except DatabaseUnavailable:
            return []  # the recorder tells of it; the next round asks again
        return [key for key in made if key not in self._asked and key not in changed]

    def _remember(self, keys: Sequence[PatternKey]) -> None:
        self._asked |= dict.fromkeys(keys)
        for key in list(self._asked)[:-ASKED_MAX]:
            del self._asked[key]
