"""What is known of patterns at this moment, in memory, for the enrichment of spans in flight."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from tracemedic_storage.records import ErrorPattern

PATTERNS_KEPT_MAX: Final = 100_000
"""At about 1 KB each some 100 MB at the worst; the patterns seen longest ago leave first."""


class KnownPatterns:
    """Patterns by each of their fingerprints; written by the record drain and the refresher, read by the pipeline."""

    def __init__(self, *, patterns_max: int = PATTERNS_KEPT_MAX) -> None:
        self._patterns_max = patterns_max
        self._by_fingerprint: dict[str, ErrorPattern] = {}
        self._fingerprints: dict[str, tuple[str, ...]] = {}
        """By id of the pattern, those learned last at the end."""

    def get(self, fingerprint: str) -> ErrorPattern | None:
        """The pattern of a fingerprint, None while it has none."""
        return self._by_fingerprint.get(fingerprint)

    def update(self, patterns: Iterable[ErrorPattern], fingerprints: Mapping[str, tuple[str, ...]] = {}) -> None:
        """Learn new and changed patterns; `fingerprints`, by id, of those that have more than their own.

        A fingerprint belongs to the pattern that named it last: one that was merged away is gone with its last one.
        """
        for pattern in patterns:
            self._forget(pattern.id)
            own = fingerprints.get(pattern.id) or (pattern.fingerprint,)
            for fingerprint in own:
                self._take(fingerprint)
                self._by_fingerprint[fingerprint] = pattern
            self._fingerprints[pattern.id] = own
        while len(self._fingerprints) > self._patterns_max:
            self._forget(next(iter(self._fingerprints)))

    def ids(self) -> frozenset[str]:
        """The ids of all that are known."""
        return frozenset(self._fingerprints)

    def forget(self, ids: Collection[str]) -> None:
        """These patterns are no more."""
        for id_ in ids:
            self._forget(id_)

    def _forget(self, id_: str) -> None:
        for fingerprint in self._fingerprints.pop(id_, ()):
            del self._by_fingerprint[fingerprint]

    def _take(self, fingerprint: str) -> None:
        holder = self._by_fingerprint.get(fingerprint)
        if holder is None:
            return
        left = tuple(one for one in self._fingerprints[holder.id] if one != fingerprint)
        if left:
            self._fingerprints[holder.id] = left
        else:
            del self._fingerprints[holder.id]

    def __len__(self) -> int:
        return len(self._fingerprints)
