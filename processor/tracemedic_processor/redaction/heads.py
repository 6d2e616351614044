"""How rules begin. In a large text only the places where a rule's head stands are looked at, not all of it."""

import math
import re
from typing import Final, NamedTuple

HEAD_CHARACTERS_MAX: Final = 160
"""No head matches more: so far before the end of a head its rule may begin."""

_ATOM = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^()|\\\[]")
_GROUP = re.compile(r"\((?:\?(?:P[<=]\w+>?|[a-z-]*:|<?[=!]))?")
_TIMES = re.compile(r"(?:(?P<open>[*+])|(?P<maybe>\?)|\{(?P<least>\d+)(?P<comma>,?)(?P<most>\d*)\})[?+]?")


class _Item(NamedTuple):
    """One item of an expression: `source` without its quantifier, for a group its opening and `branches`."""

    source: str
    branches: "tuple[tuple[_Item, ...], ...]"
    least: int
    most: float

    @property
    def width(self) -> float:
        """How many characters it matches at most."""
        if not self.branches:
            return 0 if self.source in _NO_WIDTH else self.most
        if self.source.endswith(("=", "!")):
            return 0
        return self.most * max(sum(item.width for item in branch) for branch in self.branches)


_NO_WIDTH = frozenset({r"\b", r"\B", r"\A", r"\Z", "^", "$"})


def head(pattern: str) -> str:
    """How every match of `pattern` begins, as an expression of its own; empty where nothing is known."""
    branches, _ = _branches(pattern, 0)
    return "|".join(_beginning(branch, HEAD_CHARACTERS_MAX) for branch in branches) if len(branches) == 1 else ""


def _beginning(items: tuple[_Item, ...], room: float) -> str:
    """The items that fit, the last of them as short as it can be."""
    fitting: list[_Item] = []
    for item in items:
        fitting.append(item)
        if item.width > room:
            break
        room -= item.width
    while fitting:
        last = fitting.pop()
        if shortest := _shortest(last, room + last.width if last.width <= room else room):
            return "".join(map(_whole, fitting)) + shortest
    return ""


def _shortest(item: _Item, room: float) -> str:
    if item.least == 0 or (not item.branches and item.least > room):
        return ""
    if not item.branches:
        return item.source + (f"{{{item.least}}}" if item.least > 1 else "")
    if item.width == 0:
        return _whole(item)
    begun = [_beginning(branch, room) for branch in item.branches]
    return f"{item.source}{'|'.join(begun)})" if all(begun) else ""


def _whole(item: _Item) -> str:
    times = "" if item.least == item.most == 1 else f"{{{item.least},{item.most}}}"
    if not item.branches:
        return item.source + times
    return f"{item.source}{'|'.join(''.join(map(_whole, branch)) for branch in item.branches)}){times}"


def _branches(pattern: str, at: int) -> tuple[tuple[tuple[_Item, ...], ...], int]:
    """The alternatives from `at` to the end of their group, and where that is."""
    branches: list[tuple[_Item, ...]] = []
    items: list[_Item] = []
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            branches.append(tuple(items))
            items, at = [], at + 1
        else:
            item, at = _item(pattern, at)
            items.append(item)
    return (*branches, tuple(items)), at


def _item(pattern: str, at: int) -> tuple[_Item, int]:
    group = _GROUP.match(pattern, at)
    if group is not None:
        branches, close = _branches(pattern, group.end())
        source, end = group[0], close + 1
        if source.startswith("(?P="):  # as wide as the group it repeats
            return _Item(source, (), 0, math.inf), end
    else:
        atom = _ATOM.match(pattern, at)
        branches, source, end = (), atom[0] if atom else pattern[at:], atom.end() if atom else len(pattern)
    times = _TIMES.match(pattern, end)
    if times is None:
        return _Item(source, branches, 1, 1), end
    return _Item(source, branches, *_times(times)), times.end()


def _times(times: "re.Match[str]") -> tuple[int, float]:
    """How often an item stands, at least and at most."""
    if times["open"]:
        return int(times["open"] == "+"), math.inf
    if times["maybe"]:
        return 0, 1
    least = int(times["least"])
    return least, (int(times["most"]) if times["most"] else math.inf) if times["comma"] else least
