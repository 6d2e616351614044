"""What the pre-filter tells: the contract of `AnchorScan` and `HyperScan`."""

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
