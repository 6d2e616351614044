"""Keeps the patterns in memory as the database has them, whoever changed them."""

import asyncio
import logging
from typing import Final

from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_storage.database import Database
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.queries import patterns_changed_since

_log = logging.getLogger(__name__)

INTERVAL_S: Final = 2.0
"""How long a change made elsewhere (another replica, the command line) may take to reach spans in flight."""
OVERLAP_NS: Final = 60_000_000_000
"""Asked again each time: a transaction becomes visible a little after the time it carries."""


class Refresher:
    """Asks the database for changed patterns."""

    def __init__(self, database: Database, known: KnownPatterns) -> None:
        self._database = database
        self._known = known
        self._since_ns = 0

    async def run(self) -> None:
        """Never returns; cancel it to stop."""
        while True:
            try:
                changed = await asyncio.to_thread(patterns_changed_since, self._database, self._since_ns)
            except DatabaseUnavailable as error:
                _log.debug("patterns cannot be refreshed: %s", error)
            else:
                self._known.update(changed)
                newest = max((pattern.updated_at_ns for pattern in changed), default=self._since_ns + OVERLAP_NS)
                self._since_ns = max(self._since_ns, newest - OVERLAP_NS)
            await asyncio.sleep(INTERVAL_S)
