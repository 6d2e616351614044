"""A trace as a compact tree of text: everything around what failed, and little of the rest."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from tracemedic_processor.trace_tree.forest import Forest, Node, earliest
from tracemedic_processor.trace_tree.joined import joined
from tracemedic_processor.trace_tree.lines import MARK, collapsed_line, head_line, span_lines
from tracemedic_storage.records import Record, TraceSpan

PARENT_NOT_SEEN: Final = "(parent not seen)"
LEADING_LINES: Final = 8
"""Where the beginning of a tree and its first marked span do not both fit, so many lines before that span are kept."""
_CUT: Final = "… cut here"


class Detail(Record, frozen=True, kw_only=True):
    """How much is told of subtrees in which nothing failed, and of the others.

    Of the former `neighbours` are shown before and after one of the latter, with `quiet_depth` levels below them.
    """

    quiet_depth: int
    neighbours: int
    quiet_attributes_max: int
    attributes_max: int
    error_characters_max: int


DETAILS: Final = (
    Detail(quiet_depth=2, neighbours=3, quiet_attributes_max=12, attributes_max=12, error_characters_max=300),
    Detail(quiet_depth=1, neighbours=2, quiet_attributes_max=4, attributes_max=12, error_characters_max=300),
    Detail(quiet_depth=0, neighbours=2, quiet_attributes_max=2, attributes_max=8, error_characters_max=200),
    Detail(quiet_depth=0, neighbours=1, quiet_attributes_max=0, attributes_max=4, error_characters_max=120),
    Detail(quiet_depth=0, neighbours=0, quiet_attributes_max=0, attributes_max=0, error_characters_max=80),
)
"""Tried in this order until the tree fits."""


def render(spans: Iterable[TraceSpan], failing: Collection[str], characters_max: int) -> str:
    """The trace as text of at most `characters_max`, the spans with ids in `failing` marked with ✗; empty for no spans.

    A line tells service, name, duration, start since the trace's, ERROR, attributes, links. Spans whose parent was not
    seen stand at the end under a line that says so. The same spans give the same text in any order, and nothing is
    raised for any: parents may be missing or go round in circles, clocks may disagree.
    """
    told = list(joined([spans]))
    if not told:
        return ""
    forest = Forest(told, frozenset(failing))
    lines: list[str] = []
    for detail in DETAILS:
        lines = list(_Tree(told, forest, detail).lines())
        if sum(len(line) + 1 for line in lines) - 1 <= characters_max:
            return "\n".join(lines)
    return _cut(lines, characters_max)


class _Tree:
    """The lines of a forest at one level of detail."""

    def __init__(self, spans: list[TraceSpan], forest: Forest, detail: Detail) -> None:
        self._spans = spans
        self._forest = forest
        self._detail = detail
        self._start_ns = earliest(span.started_at_ns for span in spans)
        self._names = {span.span_id: span.name for span in spans}

    def lines(self) -> Iterator[str]:
        roots, orphans = self._forest.roots, self._forest.orphans
        yield head_line(self._spans, sum(root.count for root in (*roots, *orphans)))
        yield from self._below(roots, 0)
        if orphans:
            yield PARENT_NOT_SEEN
            yield from self._below(orphans, 1)

    def _below(self, roots: Sequence[Node], depth: int) -> Iterator[str]:
        """Depth first, by a stack of what is still to be written: nodes, or lines that are ready."""
        stack = self._shown(roots, depth, self._detail.quiet_depth + 1)
        while stack:
            node, depth, levels_left = stack.pop()
            if isinstance(node, list):
                yield collapsed_line(node, depth)
                continue
            yield from self._told(node, depth)
            levels = self._detail.quiet_depth + 1 if node.loud else levels_left - 1
            stack += self._shown(node.children, depth + 1, levels)

    def _shown(self, siblings: Sequence[Node], depth: int, levels: int) -> list[tuple[Node | list[Node], int, int]]:
        """The siblings in reverse order, quiet ones that are not shown as a list of their own."""
        shown: list[tuple[Node | list[Node], int, int]] = []
        hidden: list[Node] = []
        for node, near in zip(siblings, self._near(siblings), strict=True):
            if node.loud or (near and levels > 0 and node.span.service):
                if hidden:
                    shown.append((hidden, depth, 0))
                    hidden = []
                shown.append((node, depth, levels))
            else:
                hidden.append(node)
        if hidden:
            shown.append((hidden, depth, 0))
        return shown[::-1]

    def _near(self, siblings: Sequence[Node]) -> list[bool]:
        """Which siblings stand next to one in which something failed; the first few where there is none."""
        reach = self._detail.neighbours
        loud = [place for place, node in enumerate(siblings) if node.loud]
        near = [not loud and place < reach for place in range(len(siblings))]
        for place in loud:
            for beside in range(max(0, place - reach), min(len(siblings), place + reach + 1)):
                near[beside] = True
        return near

    def _told(self, node: Node, depth: int) -> list[str]:
        detail = self._detail
        return span_lines(
            node,
            depth,
            trace_start_ns=self._start_ns,
            attributes_max=detail.attributes_max if node.loud else detail.quiet_attributes_max,
            error_characters_max=detail.error_characters_max,
            names=self._names,
        )


def _cut(lines: Sequence[str], characters_max: int) -> str:
    """The beginning, and what leads to the first marked line where that comes later; as many lines as fit."""
    room = characters_max - len(_CUT) - 2
    marked = next((place for place, line in enumerate(lines) if line.lstrip().startswith(MARK)), 0)
    head = _fitting(lines, room)
    if marked < len(head):
        return "\n".join([*head, _CUT])[: max(0, characters_max)]
    head = _fitting(lines, room // 3)
    rest = _fitting(lines[max(len(head), marked - LEADING_LINES) :], room - sum(len(line) + 1 for line in head))
    return "\n".join([*head, _CUT, *rest])[: max(0, characters_max)]


def _fitting(lines: Sequence[str], room: int) -> Sequence[str]:
    count = 0
    while count < len(lines) and (room := room - len(lines[count]) - 1) >= 0:
        count += 1
    return lines[:count]
