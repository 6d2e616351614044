"""What is known of patterns at this moment, in memory, for the enrichment of spans in flight."""

from collections.abc import Iterable
from typing import Final

from tracemedic_storage.records import ErrorPattern

PATTERNS_KEPT_MAX: Final = 100_000
"""At about 1 KB each some 100 MB at the worst; the patterns seen longest ago leave first."""


class KnownPatterns:
    """Patterns by fingerprint; written by the record drain and the refresher, read by the pipeline."""

    def __init__(self, *, patterns_max: int = PATTERNS_KEPT_MAX) -> None:
        self._patterns_max = patterns_max
        self._by_fingerprint: dict[str, ErrorPattern] = {}

    def get(self, fingerprint: str) -> ErrorPattern | None:
        """The pattern of a fingerprint, None while it has none."""
        return self._by_fingerprint.get(fingerprint)

    def update(self, patterns: Iterable[ErrorPattern]) -> None:
        """Learn new and changed patterns."""
        for pattern in patterns:
            self._by_fingerprint.pop(pattern.fingerprint, None)
            self._by_fingerprint[pattern.fingerprint] = pattern
        while len(self._by_fingerprint) > self._patterns_max:
            del self._by_fingerprint[next(iter(self._by_fingerprint))]

    def __len__(self) -> int:
        return len(self._by_fingerprint)
