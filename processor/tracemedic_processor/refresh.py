"""Keeps the patterns in memory as the database has them, whoever changed them."""

import asyncio
import logging
from typing import Final

from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_storage.database import Database
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.queries import pattern_ids, patterns_changed_since

_log = logging.getLogger(__name__)

INTERVAL_S: Final = 2.0
"""How long a change made elsewhere (another replica, the command line) may take to reach spans in flight."""
OVERLAP_NS: Final = 60_000_000_000
"""Asked again each time: a transaction becomes visible a little after the time it carries."""


class Refresher:
    """Asks the database for changed patterns."""

    def __init__(self, database: Database, known: KnownPatterns, *, interval_s: float = INTERVAL_S) -> None:
        self._database = database
        self._interval_s = interval_s
        self._known = known
        self._since_ns = 0

    async def run(self) -> None:
        """Never returns; cancel it to stop."""
        while True:
            try:
                await self._refresh()
            except DatabaseUnavailable as error:
                _log.debug("patterns cannot be refreshed: %s", error)
            await asyncio.sleep(self._interval_s)

    async def _refresh(self) -> None:
        changed = await asyncio.to_thread(patterns_changed_since, self._database, self._since_ns)
        self._known.update(changed.patterns, changed.fingerprints)
        newest = max((pattern.updated_at_ns for pattern in changed.patterns), default=self._since_ns + OVERLAP_NS)
        self._since_ns = max(self._since_ns, newest - OVERLAP_NS)
        if changed.count < len(self._known):
            await self._drop_gone()

    async def _drop_gone(self) -> None:
        known = self._known.ids()  # before asking: what becomes known meanwhile is there
        there = await asyncio.to_thread(pattern_ids, self._database)
        self._known.forget(known - there)
