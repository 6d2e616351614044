"""The spans above a span, as far as the same request holds them."""

from collections.abc import Iterator
from typing import Final

from tracemedic_processor.attributes import named_scalars
from tracemedic_processor.occurrence import Attributes
from tracemedic_processor.wire import Envelope, Positions, glance

ANCESTORS_MAX: Final = 64
"""Deeper ancestry is not followed: real traces are rarely deeper than thirty, and hostile ones may be circular."""


class Ancestry:
    """Finds ancestors within one request; the index is built when somebody first asks.

    What was read of a span is kept, for the failures of one trace share their ancestors.
    """

    def __init__(self, body: bytes, envelope: Envelope) -> None:
        self._body = body
        self._envelope = envelope
        self._positions: Positions | None = None
        self._spans: dict[bytes, tuple[bytes, bytes] | None] = {}
        self._layers: dict[tuple[frozenset[str], bytes], Attributes] = {}

    def above(self, span_id: bytes) -> list[bytes]:
        """The ids of `span_id` and its ancestors, nearest first, as far as they are in the request."""
        return [each for each, _ in self._spans_above(span_id)]

    def attributes_above(self, span_id: bytes, keys: frozenset[str]) -> Iterator[Attributes]:
        """The attributes named in `keys` of `span_id` and its ancestors, nearest first; spans without any left out."""
        for each, raw in self._spans_above(span_id):
            found = self._layers.get((keys, each))
            if found is None:
                found = self._layers[keys, each] = named_scalars(raw, keys)
            if found:
                yield found

    def _spans_above(self, span_id: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Ids and bytes, from `span_id` upwards; a circle ends where it closes."""
        seen: set[bytes] = set()
        while span_id and span_id not in seen and len(seen) < ANCESTORS_MAX:
            span = self._span(span_id)
            if span is None:
                return
            raw, parent_id = span
            seen.add(span_id)
            yield span_id, raw
            span_id = parent_id

    def _span(self, span_id: bytes) -> tuple[bytes, bytes] | None:
        """A span's bytes and its parent's id, None when the request does not hold it."""
        if span_id in self._spans:
            return self._spans[span_id]
        span = self._spans[span_id] = self._read(span_id)
        return span

    def _read(self, span_id: bytes) -> tuple[bytes, bytes] | None:
        if self._positions is None:
            self._positions = Positions(self._body)
        position = self._positions.get(span_id)
        if position is None:
            return None
        i, j, k = position
        raw = self._envelope.resources[i].scopes[j].items[k]
        return raw, glance(raw).parent_span_id
