"""Spans as trees, whatever their parents say: missing parents, circles and clocks that disagree are all usual."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from tracemedic_processor.trace_tree.choice import spans_in
from tracemedic_storage.records import TraceSpan


def earliest(times_ns: Iterable[int]) -> int:
    """The earliest of the times that are known; 0 says that one is not."""
    return min((at_ns for at_ns in times_ns if at_ns), default=0)


class Node:
    """A span and what it called, in the order of their starts.

    `loud` is whether something failed in it or below it; `count`, `started_at_ns` and `ended_at_ns` are of the whole
    subtree.
    """

    __slots__ = ("children", "count", "ended_at_ns", "failing", "loud", "span", "started_at_ns")

    def __init__(self, span: TraceSpan, *, failing: bool) -> None:
        self.span = span
        self.failing = failing
        self.children: list[Node] = []
        self.loud = failing or (span.failed and bool(span.service))
        self.count = spans_in(span)
        self.started_at_ns = span.started_at_ns
        self.ended_at_ns = span.ended_at_ns

    def add_up(self) -> None:
        """Take over what the children know, who know it of theirs."""
        self.loud = self.loud or any(child.loud for child in self.children)
        self.count += sum(child.count for child in self.children)
        self.started_at_ns = earliest((self.started_at_ns, *(child.started_at_ns for child in self.children)))
        self.ended_at_ns = max((self.ended_at_ns, *(child.ended_at_ns for child in self.children)))


class Forest:
    """`roots` began the trace; `orphans` are trees below a parent that was not seen, or that is below them itself."""

    def __init__(self, spans: Iterable[TraceSpan], failing: Collection[str]) -> None:
        ordered = sorted(spans, key=lambda span: (span.started_at_ns, span.span_id))
        nodes = {span.span_id: Node(span, failing=span.span_id in failing) for span in ordered}
        children: dict[str, list[Node]] = defaultdict(list)
        for node in nodes.values():
            children[node.span.parent_span_id].append(node)
        self.roots = [node for node in nodes.values() if not node.span.parent_span_id]
        self.orphans = [node for node in nodes.values() if _is_orphan(node, nodes)]
        reached = _grow([*self.roots, *self.orphans], children, set())
        for node in nodes.values():  # whoever is left goes round in a circle, which is cut before its first span
            if node.span.span_id not in reached:
                self.orphans.append(node)
                _grow([node], children, reached)


def _is_orphan(node: Node, nodes: Collection[str]) -> bool:
    parent = node.span.parent_span_id
    return bool(parent) and (parent not in nodes or parent == node.span.span_id)


def _grow(roots: Sequence[Node], children: dict[str, list[Node]], reached: set[str]) -> set[str]:
    """Hang the children under their parents, each once; returns all ids reached so far. Not recursive: traces can be
    thousands of calls deep."""
    reached.update(node.span.span_id for node in roots)
    order = list(roots)
    for node in order:
        node.children = [child for child in children[node.span.span_id] if child.span.span_id not in reached]
        reached.update(child.span.span_id for child in node.children)
        order.extend(node.children)
    for node in reversed(order):
        node.add_up()
    return reached
