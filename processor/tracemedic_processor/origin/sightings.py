"""The failures of one trace as a tree: which span stands below which, and what failed there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Final

from tracemedic_processor.origin.words import Words, words_of
from tracemedic_storage.records import ErrorEvent, Place, Record, TraceSpan

DEPTH_MAX: Final = 256
"""Spans followed upwards: some times the deepest real traces; a hostile trace may be a circle."""
SIGHTINGS_PER_EVENT_MAX: Final = 32
"""Of a failure met more often, in a loop, the first and the last are looked at: half of these each."""
SENDING: Final = (" http send", " http receive", " websocket send", " websocket receive")
"""How ASGI's instrumentation names the spans of handing over an answer: below the failing span, but after it failed."""

Key = tuple[str, str]
"""A sighting: the event's id and the span where it began."""


class Sighting(Record, frozen=True, kw_only=True):
    """One failure on one way up through the spans of its service.

    `leaf` is the span where it began, `top` the last one it left, `span_ids` all between. `failed_at_ns` is by the
    clock of its service. A failure met several times side by side (retries, parallel calls) has several sightings.
    """

    event: ErrorEvent
    words: Words
    leaf: Place
    top: Place
    span_ids: frozenset[str]
    failed_at_ns: int

    @property
    def key(self) -> Key:
        """What tells it from all others of its trace."""
        return self.event.id, self.leaf.span_id

    @property
    def is_sending(self) -> bool:
        """Whether only the handing over of an answer is known to have failed."""
        return self.leaf.span_name.endswith(SENDING)


class Above(Record, frozen=True, kw_only=True):
    """What stands above a sighting: the nearest failing span, the spans in between that did not fail.

    `span_id` is empty where nothing above failed, or where it is not known: then `missing` is the span that is not.
    """

    span_id: str = ""
    between: tuple[TraceSpan, ...] = ()
    missing: str = ""


class Tree:
    """All sightings of a trace, and the ways between them."""

    def __init__(self, events: Sequence[ErrorEvent], spans: Iterable[TraceSpan]) -> None:
        self._spans = {span.span_id: span for span in spans}
        self._parents = {place.span_id: place.parent_span_id for event in events for place in event.places}
        self._parents |= {span.span_id: span.parent_span_id for span in self._spans.values()}
        self.sightings = [sighting for event in events for sighting in self._sightings(event)]
        self.at: dict[str, list[Sighting]] = {}
        for sighting in self.sightings:
            for span_id in sorted(sighting.span_ids):
                self.at.setdefault(span_id, []).append(sighting)
        self._ways = {sighting.key: self._way(sighting) for sighting in self.sightings}
        self._failed_below: dict[str, list[Sighting]] = {}
        for sighting in self.sightings:
            way = self._ways[sighting.key]
            for span_id in sorted({way.span_id, way.missing, sighting.top.parent_span_id} - {""}):
                self._failed_below.setdefault(span_id, []).append(sighting)
        self._below: dict[str, list[TraceSpan]] = {}
        for span in self._spans.values():
            if not span.name.endswith(SENDING):
                self._below.setdefault(span.parent_span_id, []).append(span)

    def way(self, sighting: Sighting) -> Above:
        """The way up from `sighting` to the nearest span where something else failed."""
        return self._ways[sighting.key]

    def below(self, span_id: str) -> Sequence[TraceSpan]:
        """The spans right below a span, as far as they are known."""
        return self._below.get(span_id, ())

    def failed_below(self, span_id: str) -> Sequence[Sighting]:
        """What failed right below a span, which need not be known itself."""
        return self._failed_below.get(span_id, ())

    def callees(self, caller: Sighting) -> list[Sighting]:
        """What failed in other services right below a call."""
        below = (each for span_id in sorted(caller.span_ids) for each in self.failed_below(span_id))
        return [each for each in below if each.event.service != caller.event.service]

    def all_below(self, sighting: Sighting) -> Set[str]:
        """Its own spans and those of everything known to have failed below them."""
        found, left = set(sighting.span_ids), list(sighting.span_ids)
        while left:
            for below in self.failed_below(left.pop()):
                left += below.span_ids - found
                found |= below.span_ids
        return found

    def _way(self, sighting: Sighting) -> Above:
        between: list[TraceSpan] = []
        span_id = sighting.top.parent_span_id
        for _ in range(DEPTH_MAX):
            if not span_id:
                return Above(between=tuple(between))
            if any(other.event.id != sighting.event.id for other in self.at.get(span_id, ())):
                return Above(span_id=span_id, between=tuple(between))
            if span_id not in self._parents:
                return Above(between=tuple(between), missing=span_id)
            if span_id in self._spans:
                between.append(self._spans[span_id])
            span_id = self._parents[span_id]
        return Above(between=tuple(between))

    def _sightings(self, event: ErrorEvent) -> Iterator[Sighting]:
        places = _where_it_failed(event.places)
        outer = {place.span_id: self._outer(place, places) for place in places.values()}
        leaves = places.keys() - {each.span_id for each in outer.values() if each} or places.keys()  # or a circle
        words = words_of(event)
        for number, leaf in enumerate(_first_and_last(places[span_id] for span_id in leaves)):
            way = _way_through(leaf, outer)
            yield Sighting(
                event=event,
                words=words,
                leaf=leaf,
                top=way[-1],
                span_ids=frozenset(place.span_id for place in way),
                failed_at_ns=self._failed_later(leaf) if number else event.occurred_at_ns,
            )

    def _failed_later(self, leaf: Place) -> int:
        span = self._spans.get(leaf.span_id)
        return span.ended_at_ns if span else leaf.started_at_ns

    def _outer(self, place: Place, places: Mapping[str, Place]) -> Place | None:
        """The span that the same failure left next."""
        above, missing = self._climb(place, places)
        if above or not missing:
            return places.get(above)
        # Spans in between are missing: the same failure on a span begun before, and on another branch, was around it.
        earlier = (other for other in places.values() if other.started_at_ns < place.started_at_ns)
        around = [other for other in earlier if self._climb(other, places)[1] != missing]
        return max(around, key=lambda other: (other.started_at_ns, other.span_id), default=None)

    def _climb(self, place: Place, places: Mapping[str, Place]) -> tuple[str, str]:
        """The nearest span above that is one of `places`, or the first above that is not known."""
        span_id = place.parent_span_id
        for _ in range(DEPTH_MAX):
            if span_id in places and span_id != place.span_id:
                return span_id, ""
            if span_id not in self._parents:
                return "", span_id
            span_id = self._parents[span_id]
        return "", ""


def _where_it_failed(places: Sequence[Place]) -> dict[str, Place]:
    failed = [place for place in places if not place.span_name.endswith(SENDING)]
    return {place.span_id: place for place in failed or places}


def _first_and_last(leaves: Iterable[Place]) -> list[Place]:
    ordered = sorted(leaves, key=lambda place: (place.started_at_ns, place.span_id))
    half = SIGHTINGS_PER_EVENT_MAX // 2
    return ordered if len(ordered) <= SIGHTINGS_PER_EVENT_MAX else ordered[:half] + ordered[-half:]


def _way_through(leaf: Place, outer: Mapping[str, Place | None]) -> list[Place]:
    way = [leaf]
    while (following := outer[way[-1].span_id]) and following not in way:
        way.append(following)
    return way
