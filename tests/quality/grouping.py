"""How well the fingerprint tells same from not the same: pairs of real error messages, by half and kind.

The halves are split by library. Rules are made while looking at the tuning half; the measuring half is only counted.
"""

import json
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from tracemedic_processor.fingerprint import compute_fingerprint

FOLDER = Path(__file__).parent.parent / "data" / "grouping"
SOURCE = "shop.orders.place"

Half = Literal["tuning", "measuring"]


class Pair(NamedTuple):
    """Two messages of one exception type and whether they are the same error."""

    library: str
    same: bool
    error_type: str
    a: str
    b: str

    @property
    def is_right(self) -> bool:
        """Whether the fingerprint agrees."""
        return self.same == (self._key(self.a) == self._key(self.b))

    def _key(self, message: str) -> str:
        return compute_fingerprint(self.error_type, message, SOURCE)


def pairs(half: Half) -> list[Pair]:
    """Read the pairs of one half."""
    lines = (FOLDER / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    return [Pair(row["library"], row["expect"] == "same", row["type"], row["a"], row["b"]) for row in rows]


def measure(*halves: Half) -> dict[str, float]:
    """Return for each half (all by default) how many pairs there are and the share of them judged right, 0 to 1."""
    figures: dict[str, float] = {}
    for half in halves or get_args(Half):
        for name, same in (("variable pairs joined", True), ("meaning pairs kept apart", False)):
            chosen = [pair for pair in pairs(half) if pair.same is same]
            figures[f"{half}: {name}"] = sum(pair.is_right for pair in chosen) / len(chosen)
            figures[f"{half}: {name}, pairs"] = len(chosen)
    return figures
