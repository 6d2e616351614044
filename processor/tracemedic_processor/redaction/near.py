"""Where a text has just changed. A pass after the first looks only there: the rest was looked at already."""

from collections.abc import Callable, Sequence
from typing import Final

from .rule import Span

NEAR_CHARACTERS: Final = 1024
"""A marker changes what its neighbours look like, and no neighbour is farther away: names, keys and most values."""
EDGE_CHARACTERS: Final = 256
"""What is found so near to where a region is cut out may be there only because it was cut."""

Region = tuple[int, int]


def regions(markers: Sequence[Region], size: int) -> list[Region] | None:
    """The surroundings of `markers`, in order and apart; None where they are most of the text."""
    found: list[Region] = []
    for first, last in markers:
        start, end = max(0, first - NEAR_CHARACTERS), min(size, last + NEAR_CHARACTERS)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found if sum(end - start for start, end in found) <= size // 2 else None


def found_in(text: str, regions: Sequence[Region], find: Callable[[str], list[Span]]) -> list[Span]:
    """What `find` finds in the regions; in all of the text where a finding may reach beyond its region."""
    spans: list[Span] = []
    for start, end in regions:
        first = start + EDGE_CHARACTERS if start else 0
        last = end - EDGE_CHARACTERS if end < len(text) else end
        for span in find(text[start:end]):
            moved = span._replace(start=span.start + start, end=span.end + start)
            if moved.start >= first and moved.end <= last:
                spans.append(moved)
            elif moved.end > first and moved.start < last:
                return find(text)
    return spans
