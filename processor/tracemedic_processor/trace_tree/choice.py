"""Which spans of a long trace stay: the failing ones and what stands around them. The others are counted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from tracemedic_storage.records import Record, TraceSpan

SPANS_MAX: Final = 200
"""Spans kept of one trace and request: with all texts at their usual length, 64 KiB of JSON."""
NEIGHBOURS: Final = 2
"""Siblings kept before and after a failing span."""
LEFT_OUT: Final = "left_out"
"""The attribute of a stand-in for spans that were left out: how many it stands for. It has no service."""


class Outline(Record, frozen=True, kw_only=True):
    """A span as far as the choice needs it; `spans` is how many it stands for."""

    span_id: str
    parent_span_id: str
    failed: bool
    started_at_ns: int
    ended_at_ns: int
    spans: int = 1


def outline_of(span: TraceSpan) -> Outline:
    """The outline of a span or of a stand-in."""
    return Outline(
        span_id=span.span_id,
        parent_span_id=span.parent_span_id,
        failed=span.failed,
        started_at_ns=span.started_at_ns,
        ended_at_ns=span.ended_at_ns,
        spans=spans_in(span),
    )


def spans_in(span: TraceSpan) -> int:
    """How many spans this one stands for."""
    count = "" if span.service else span.attributes.get(LEFT_OUT, "")
    return int(count) if count.isascii() and count.isdigit() and len(count) < 10 else 1


def chosen(outlines: Sequence[Outline], spans_max: int) -> frozenset[str]:
    """The ids of at most `spans_max` spans: failing ones (half at the most), their ancestors, their neighbours, and
    then the longest. The same for the same spans in any order."""
    by_id = {each.span_id: each for each in sorted(outlines, key=_order)}
    if len(by_id) <= spans_max:
        return frozenset(by_id)
    failing = [each for each in by_id.values() if each.failed][: max(1, spans_max // 2)]
    longest = sorted(by_id.values(), key=lambda each: (each.started_at_ns - each.ended_at_ns, each.span_id))
    kept: dict[str, None] = {}
    for group in (failing, _ancestors(failing, by_id), _neighbours(failing, by_id), longest):
        for each in group:
            if len(kept) >= spans_max:
                break
            kept[each.span_id] = None
    return frozenset(kept)


def stand_ins(outlines: Sequence[Outline], kept: frozenset[str]) -> tuple[TraceSpan, ...]:
    """One span for all that were left out below the same kept one, as long as they took together."""
    by_id = {each.span_id: each for each in sorted(outlines, key=_order)}
    groups: dict[str, list[Outline]] = defaultdict(list)
    anchors: dict[str, str] = {}
    for each in by_id.values():
        if each.span_id not in kept:
            groups[_anchor(each, by_id, kept, anchors)].append(each)
    return tuple(_stand_in(anchor, groups[anchor]) for anchor in sorted(groups))


def bounded(spans: Sequence[TraceSpan], *, bytes_max: int) -> tuple[TraceSpan, ...]:
    """As many of the spans as fit into `bytes_max` of JSON, the others as stand-ins; none when not even one fits."""
    fitting, spans_max = tuple(spans), len(spans)
    while (size := len(msgspec.json.encode(fitting))) > bytes_max:
        spans_max = min(spans_max - 1, spans_max * bytes_max // size)
        if spans_max < 1:
            return ()
        fitting = _reduced(spans, spans_max)
    return fitting


def _reduced(spans: Sequence[TraceSpan], spans_max: int) -> tuple[TraceSpan, ...]:
    outlines = [outline_of(span) for span in spans]
    kept = chosen(outlines, spans_max)
    return (*(span for span in spans if span.span_id in kept), *stand_ins(outlines, kept))


def _order(each: Outline) -> tuple[int, str]:
    return each.started_at_ns, each.span_id


def _ancestors(failing: Iterable[Outline], by_id: Mapping[str, Outline]) -> Iterator[Outline]:
    seen: set[str] = set()
    for each in failing:
        above = by_id.get(each.parent_span_id)
        while above is not None and above.span_id not in seen:
            seen.add(above.span_id)
            yield above
            above = by_id.get(above.parent_span_id)


def _neighbours(failing: Iterable[Outline], by_id: Mapping[str, Outline]) -> Iterator[Outline]:
    siblings: dict[str, list[Outline]] = defaultdict(list)
    places: dict[str, int] = {}
    for each in by_id.values():
        places[each.span_id] = len(siblings[each.parent_span_id])
        siblings[each.parent_span_id].append(each)
    for each in failing:
        place = places[each.span_id]
        yield from siblings[each.parent_span_id][max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]


def _anchor(left: Outline, by_id: Mapping[str, Outline], kept: frozenset[str], anchors: dict[str, str]) -> str:
    """The nearest kept span above, empty when there is none; `anchors` are those found already."""
    way: dict[str, None] = {}
    at: Outline | None = left
    while at is not None and at.span_id not in kept and at.span_id not in anchors and at.span_id not in way:
        way[at.span_id] = None
        at = by_id.get(at.parent_span_id)
    found = "" if at is None or at.span_id in way else at.span_id if at.span_id in kept else anchors[at.span_id]
    anchors.update(dict.fromkeys(way, found))
    return found


def _stand_in(anchor: str, left: Sequence[Outline]) -> TraceSpan:
    count = sum(each.spans for each in left)
    return TraceSpan(
        span_id=f"left-out:{anchor}:{min(each.span_id for each in left)[-16:]}",
        parent_span_id=anchor,
        name=f"… {count} more spans",
        service="",
        failed=any(each.failed for each in left),
        started_at_ns=min(each.started_at_ns for each in left),
        ended_at_ns=max(each.ended_at_ns for each in left),
        attributes={LEFT_OUT: str(count)},
    )
