"""Whole patterns held still: all their fingerprints, then they themselves, in the order in which recording locks them.

So nothing is recorded for the patterns meanwhile, and what is recorded afterwards finds them as they are then.
"""

from collections.abc import Callable, Collection
from typing import Final, TypeVar

from sqlalchemy.engine import Connection

from tracemedic_storage import error_fingerprints, error_patterns
from tracemedic_storage.database import Database
from tracemedic_storage.error_fingerprints import FingerprintSum
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.pattern_acts import PatternUnknown
from tracemedic_storage.records import ErrorPattern, Record

_ATTEMPTS_MAX: Final = 5

T = TypeVar("T")


class Held(Record, frozen=True, kw_only=True):
    """Patterns by id and all their fingerprints, locked until the transaction ends."""

    patterns: dict[str, ErrorPattern]
    members: dict[str, FingerprintSum]

    def pattern(self, pattern_id: str) -> ErrorPattern:
        """Raises `PatternUnknown`."""
        found = self.patterns.get(pattern_id)
        if found is None:
            raise PatternUnknown(f"no pattern has the id {pattern_id!r}")
        return found

    def members_of(self, pattern_id: str) -> dict[str, FingerprintSum]:
        """The fingerprints of one pattern."""
        return {fingerprint: one for fingerprint, one in self.members.items() if one.pattern_id == pattern_id}


class _Moved(Exception):
    """A fingerprint came to a pattern between looking and locking."""


def holding(database: Database, pattern_ids: Collection[str], act: Callable[[Connection, Held], T]) -> T:
    """Do `act` in one transaction that holds these patterns, as far as they exist. Raises `DatabaseUnavailable`."""
    for _ in range(_ATTEMPTS_MAX):
        try:
            with database.write() as connection:
                return act(connection, _hold(connection, pattern_ids))
        except _Moved:
            continue
    raise DatabaseUnavailable("the pattern's fingerprints keep changing; try again")


def _hold(connection: Connection, pattern_ids: Collection[str]) -> Held:
    members = error_fingerprints.of_patterns(connection, pattern_ids, locked=True)
    patterns = error_patterns.select(connection, sorted(pattern_ids))
    # One that came meanwhile cannot be locked now: whoever holds it may wait for a pattern that we hold.
    if error_fingerprints.of_patterns(connection, pattern_ids).keys() != members.keys():
        raise _Moved
    return Held(patterns=patterns, members=members)
