"""What the pre-filter tells: the contract of `AnchorScan` and `HyperScan`."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from .cues import Cue


class Hits(NamedTuple):
    """What may be found in a text: indices of `rules` to run, ends of the separators after telling names, cues."""

    rules: list[int]
    sites: list[int]
    cues: list[Cue]


class Scan(Protocol):
    """Tells what may be found in a text. May name too much, never too little. Safe to share between threads."""

    def hits(self, text: str) -> Hits:
        """Where to look closer."""
        ...

    def places(self, text: str, rules: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """Where the heads of `rules` end in `text`, in ascending order. A rule that is missing must look everywhere."""
        ...
