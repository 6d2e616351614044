"""Which raised errors fall together: the same fault with other values, and different faults of one function."""

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.quality.raised import Concluded

_DIGITS = re.compile(r"\d+")


class Pair(NamedTuple):
    """Two raised errors of one type out of one function, and whether they are the same fault."""

    a: Concluded
    b: Concluded
    same: bool

    @property
    def is_right(self) -> bool:
        """Whether the fingerprint agrees."""
        return self.same == (self.a.explanation.fingerprint == self.b.explanation.fingerprint)


def pairs(group: Iterable[Concluded]) -> Iterator[Pair]:
    """All pairs of one fault raised twice, and of two faults that differ in their meaning only."""
    by_function: dict[tuple[str, ...], list[Concluded]] = {}
    for one in group:
        key = (one.line["language"], one.line["library"], one.function, one.line["type"])
        by_function.setdefault(key, []).append(one)
    for candidates in by_function.values():
        for a, b in itertools.combinations(candidates, 2):
            if a.line["group"] == b.line["group"]:
                yield Pair(a, b, same=True)
            elif _tells_apart(a, b):
                yield Pair(a, b, same=False)


def _tells_apart(a: Concluded, b: Concluded) -> bool:
    """Whether anybody could tell them apart by their messages: by words, or by a number that names the fault."""
    one, other = a.line["message"], b.line["message"]
    if _DIGITS.sub("0", one) != _DIGITS.sub("0", other):
        return True
    return one != other and all(_DIGITS.search(each.line["group"].rpartition("/")[2]) for each in (a, b))
