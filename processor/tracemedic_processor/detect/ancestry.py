"""The spans above a span, as far as the same request holds them."""

from collections.abc import Iterator
from typing import Final

from tracemedic_processor.attributes import named_scalars
from tracemedic_processor.occurrence import Attributes
from tracemedic_processor.wire import Envelope, glance, positions_by_span_id

ANCESTORS_MAX: Final = 64
"""Deeper ancestry is not followed: real traces are rarely deeper than thirty, and hostile ones may be circular."""


class Ancestry:
    """Finds ancestors within one request; the index is built when somebody first asks."""

    def __init__(self, body: bytes, envelope: Envelope) -> None:
        self._body = body
        self._envelope = envelope
        self._positions: dict[bytes, tuple[int, int, int]] | None = None

    def above(self, span_id: bytes) -> list[bytes]:
        """The ids of `span_id` and its ancestors, nearest first, as far as they are in the request."""
        if not span_id:
            return []
        positions = self._indexed()
        chain: list[bytes] = []
        while span_id in positions and span_id not in chain and len(chain) < ANCESTORS_MAX:
            chain.append(span_id)
            span_id = glance(self._raw(span_id)).parent_span_id
        return chain

    def attributes_above(self, span_id: bytes, keys: frozenset[str]) -> Iterator[Attributes]:
        """The attributes named in `keys` of `span_id` and its ancestors, nearest first; spans without any left out."""
        for each in self.above(span_id):
            found = named_scalars(self._raw(each), keys)
            if found:
                yield found

    def _raw(self, span_id: bytes) -> bytes:
        i, j, k = self._indexed()[span_id]
        return self._envelope.resources[i].scopes[j].items[k]

    def _indexed(self) -> dict[bytes, tuple[int, int, int]]:
        if self._positions is None:
            self._positions = positions_by_span_id(self._body)
        return self._positions
