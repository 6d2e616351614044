"""The versions of the fingerprint: the newest makes the keys, the one before is still matched for a while.

A version is a frozen module: once released, a message keeps its key under it for ever. A change of any rule is a new
module and a new line in `RELEASES`. While it is younger than `OVERLAP_S`, every error is given its former key as well,
and storage lets the new one join the pattern that the former has.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from tracemedic_processor.fingerprint import v1
from tracemedic_storage.records import Record

OVERLAP_S: Final = 30 * 86_400
"""30 days: an error that recurs less often than that may as well be new."""


class Version(Protocol):
    """What a version's module provides."""

    @property
    def MESSAGE_CHARS_MAX(self) -> int:  # noqa: N802 - a constant of the module
        """How much of a normalised message counts."""
        ...

    def normalise(self, message: str) -> str:
        """Return the message with its variable parts replaced by placeholders."""
        ...

    def compute_fingerprint(self, error_type: str, message: str, source: str) -> str:
        """Return the key of an error, 64 hex digits."""
        ...

    def hash_of(self, parts: tuple[str, ...]) -> str:
        """Return the key of parts chosen by a rule, 64 hex digits."""
        ...

    def fingerprint_of(self, error_type: str, normalised_message: str, source: str) -> str:
        """Return the key of an error whose message is normalised already."""
        ...


class Release(Record, frozen=True, kw_only=True):
    """A version with its number, and since when it makes the keys."""

    number: int
    version: Version
    released_at_ns: int


class Releases:
    """All versions still matched. Raises `ValueError` when they are not in the order of numbers and times."""

    def __init__(self, releases: Sequence[Release]) -> None:
        order = [(release.number, release.released_at_ns) for release in releases]
        if not order or order != sorted(order):
            raise ValueError("releases of the fingerprint stand in the order in which they came")
        self.all = tuple(releases)
        self.current = self.all[-1]
        self._former = self.all[-2] if len(self.all) > 1 else None
        self._former_until_ns = self.current.released_at_ns + OVERLAP_S * 1_000_000_000

    def former(self, at_ns: int) -> Release | None:
        """The version whose keys are still asked for beside the current ones; None once these are old enough."""
        return self._former if at_ns < self._former_until_ns else None


RELEASES: Final = Releases([Release(number=1, version=v1, released_at_ns=1_795_392_000_000_000_000)])
"""Version 1: 2026-11-23."""

CURRENT: Final = RELEASES.current
VERSION: int = CURRENT.number
"""The version of new keys."""

normalise = CURRENT.version.normalise
compute_fingerprint = CURRENT.version.compute_fingerprint


def fingerprints(error_type: str, message: str, source: str) -> dict[int, str]:
    """The key of an error under every version still matched, the current one first."""
    return {
        release.number: release.version.compute_fingerprint(error_type, message, source)
        for release in reversed(RELEASES.all)
    }
