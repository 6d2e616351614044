"""The spans above a span, as far as the same request holds them."""

from collections.abc import Sequence
from typing import Final

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tracemedic_processor.attributes import scalars
from tracemedic_processor.occurrence import Address, Attributes
from tracemedic_processor.wire import Envelope, GlanceRequest

ANCESTORS_MAX: Final = 64
"""Deeper ancestry is not followed: real traces are rarely deeper than thirty, and hostile ones may be circular."""


class Ancestry:
    """Finds ancestors within one request; the index is built when somebody first asks."""

    def __init__(self, view: GlanceRequest, envelope: Envelope) -> None:
        self._view = view
        self._envelope = envelope
        self._index: dict[bytes, tuple[bytes, Address]] | None = None
        self._attributes: dict[bytes, Attributes] = {}

    def above(self, span_id: bytes) -> list[bytes]:
        """The ids of `span_id` and its ancestors, nearest first, as far as they are in the request."""
        index = self._indexed()
        chain: list[bytes] = []
        while span_id in index and span_id not in chain and len(chain) < ANCESTORS_MAX:
            chain.append(span_id)
            span_id = index[span_id][0]
        return chain

    def attributes_above(self, span_id: bytes) -> Sequence[Attributes]:
        """The attributes of `span_id` and its ancestors, nearest first."""
        return [self._attributes_of(each) for each in self.above(span_id)]

    def _attributes_of(self, span_id: bytes) -> Attributes:
        known = self._attributes.get(span_id)
        if known is None:
            at = self._indexed()[span_id][1]
            raw = self._envelope.resources[at.resource].scopes[at.scope].items[at.item]
            known = self._attributes[span_id] = scalars(Span.FromString(raw).attributes)
        return known

    def _indexed(self) -> dict[bytes, tuple[bytes, Address]]:
        if self._index is None:
            self._index = {
                span.span_id: (span.parent_span_id, Address(resource=i, scope=j, item=k))
                for i, resource in enumerate(self._view.resources)
                for j, scope in enumerate(resource.scopes)
                for k, span in enumerate(scope.items)
            }
        return self._index
