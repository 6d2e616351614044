"""Cutting one export request into several."""

from collections.abc import Iterator, MutableSequence

from google.protobuf.message import DecodeError

from tracemedic_exporters.exporter import Signal
from tracemedic_exporters.metric_parts import metric_parts
from tracemedic_exporters.skim import FRAME_BYTES_MAX, GroupView, Request, ScopeView


def pieces(signal: Signal, body: bytes, *, body_bytes_max: int) -> Iterator[bytes]:
    """Cut `body` between spans, log records or data points into requests of at most `body_bytes_max` bytes.

    Every item keeps its bytes, its place in the order, its resource, scope and schema URLs. An item too large even
    alone gets a piece of its own. A body that is small enough, or is no such request, comes back as it is.
    """
    if len(body) <= body_bytes_max:
        yield body
        return
    try:
        request = Request.FromString(body)
    except DecodeError:
        yield body
        return
    piece = _Piece(body_bytes_max)
    for group in request.groups:
        for leaf in _leaves(signal, group, body_bytes_max):
            if not piece.takes(leaf):
                yield piece.body()
                piece = _Piece(body_bytes_max)
            piece.add(leaf)
    if not piece.empty:
        yield piece.body()
    del request.groups[:]
    if unknown := request.SerializeToString():
        yield unknown


class _Leaf:
    """What is not cut any further, and the emptied envelopes around it, which every piece repeats that needs them.

    Without a scope it is a whole group, without an item a whole scope. Sizes are upper bounds, frames included.
    """

    __slots__ = ("group", "group_bytes", "item", "scope", "scope_bytes")

    def __init__(
        self,
        group: GroupView,
        group_bytes: int,
        scope: ScopeView | None = None,
        scope_bytes: int = 0,
        item: bytes | None = None,
    ) -> None:
        self.group = group
        self.group_bytes = group_bytes
        self.scope = scope
        self.scope_bytes = scope_bytes
        self.item = item


def _leaves(signal: Signal, group: GroupView, body_bytes_max: int) -> Iterator[_Leaf]:
    size_bytes = _framed(group.ByteSize())
    if size_bytes <= body_bytes_max or not group.scopes:
        yield _Leaf(group, size_bytes)
        return
    scopes = list(group.scopes)
    del group.scopes[:]
    group_bytes = _framed(group.ByteSize())
    for scope in scopes:
        yield from _leaves_of_scope(signal, group, group_bytes, scope, body_bytes_max)


def _leaves_of_scope(
    signal: Signal, group: GroupView, group_bytes: int, scope: ScopeView, body_bytes_max: int
) -> Iterator[_Leaf]:
    size_bytes = _framed(scope.ByteSize())
    if group_bytes + size_bytes <= body_bytes_max or not scope.items:
        yield _Leaf(group, group_bytes, scope, size_bytes)
        return
    items = list(scope.items)
    del scope.items[:]
    scope_bytes = _framed(scope.ByteSize())
    room_bytes = body_bytes_max - group_bytes - scope_bytes
    for item in items:
        if signal == "metrics" and _framed(len(item)) > room_bytes:
            for part in metric_parts(item, part_bytes_max=room_bytes - FRAME_BYTES_MAX):
                yield _Leaf(group, group_bytes, scope, scope_bytes, part)
        else:
            yield _Leaf(group, group_bytes, scope, scope_bytes, item)


class _Piece:
    """A request that is being filled."""

    def __init__(self, body_bytes_max: int) -> None:
        self._body_bytes_max = body_bytes_max
        self._request = Request()
        self._size_bytes = 0
        self._group: GroupView | None = None
        self._scope: ScopeView | None = None
        self._items: MutableSequence[bytes] = []
        self.empty = True

    def takes(self, leaf: _Leaf) -> bool:
        """Whether the leaf fits; anything fits into an empty piece."""
        return self.empty or self._size_bytes + self._added_bytes(leaf) <= self._body_bytes_max

    def add(self, leaf: _Leaf) -> None:
        """Put the leaf in, and those of its envelopes that are not open here."""
        self._size_bytes += self._added_bytes(leaf)
        self.empty = False
        if leaf.group is not self._group:
            self._request.groups.append(leaf.group)
            self._group, self._scope = leaf.group, None
        if leaf.scope is not None and leaf.scope is not self._scope:
            scopes = self._request.groups[-1].scopes
            scopes.append(leaf.scope)
            self._scope, self._items = leaf.scope, scopes[-1].items
        if leaf.item is not None:
            self._items.append(leaf.item)

    def body(self) -> bytes:
        """The request as bytes."""
        return self._request.SerializeToString()

    def _added_bytes(self, leaf: _Leaf) -> int:
        added_bytes = 0 if leaf.item is None else _framed(len(leaf.item))
        if leaf.scope is not self._scope:
            added_bytes += leaf.scope_bytes
        if leaf.group is not self._group:
            added_bytes += leaf.group_bytes
        return added_bytes


def _framed(size_bytes: int) -> int:
    return size_bytes + FRAME_BYTES_MAX
