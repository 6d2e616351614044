"""From findings that overlap to a text with markers."""

from collections.abc import Iterable

from .rule import MARKER, Span


def settle(spans: Iterable[Span], text: str) -> list[Span]:
    """Findings in order and apart: those that overlap become one, named after the longest, then the most specific.

    Markers already in `text` are not found again, and not cut.
    """
    markers = [match.span() for match in MARKER.finditer(text)] if "[redacted:" in text else []
    settled: list[Span] = []
    best_length = 0
    for span in sorted(_around(spans, markers)):
        if settled and span.start < settled[-1].end:
            last = settled[-1]
            if (span.end - span.start, -span.rank) > (best_length, -last.rank):
                best_length = span.end - span.start
                last = last._replace(kind=span.kind, rank=span.rank)
            settled[-1] = last._replace(end=max(last.end, span.end))
        else:
            settled.append(span)
            best_length = span.end - span.start
    return settled


def replace(text: str, spans: list[Span], *, keep_lines: bool = False) -> tuple[str, list[tuple[int, int]]]:
    """`text` with a marker for each of the settled `spans`, and where the markers stand.

    `keep_lines` keeps the line breaks inside of what is replaced.
    """
    parts: list[str] = []
    markers: list[tuple[int, int]] = []
    position = size = 0
    for span in spans:
        kept = text[position : span.start]
        marker = f"[redacted:{span.kind}]" + ("\n" * text.count("\n", span.start, span.end) if keep_lines else "")
        parts += (kept, marker)
        size += len(kept) + len(marker)
        markers.append((size - len(marker), size))
        position = span.end
    parts.append(text[position:])
    return "".join(parts), markers


def _around(spans: Iterable[Span], markers: list[tuple[int, int]]) -> Iterable[Span]:
    if not markers:
        yield from spans
        return
    following = 0
    for span in sorted(spans):
        start, end = span.start, span.end
        while following < len(markers) and markers[following][1] <= start:
            following += 1
        inside = 0
        index = following
        while index < len(markers) and markers[index][0] < end:
            first, last = markers[index]
            start, end = min(start, first), max(end, last)
            inside += last - first
            index += 1
        if inside < end - start:
            yield span._replace(start=start, end=end)
