"""Single lines of a tree: one span, or what stands for several."""

from typing import Final

from tracemedic_processor.trace_tree.forest import Node, earliest
from tracemedic_storage.records import TraceSpan

INDENT_MAX: Final = 24
"""Levels shown by indentation; deeper ones stand below each other, or a deep trace would be mostly spaces."""
LINKS_TOLD_MAX: Final = 4

MARK: Final = "✗"


def span_lines(
    node: Node,
    depth: int,
    *,
    trace_start_ns: int,
    attributes_max: int,
    error_characters_max: int,
    names: dict[str, str],
) -> list[str]:
    """A span's line, and below it one for its error. `names` are those of spans it may link to."""
    span = node.span
    words = [
        MARK if node.failing else "-",
        f"[{plain(span.service)}]",
        plain(span.name),
        *(() if span.kind == "internal" else (f"({span.kind})",)),
        _between(span.started_at_ns, span.ended_at_ns),
        f"at {offset(span.started_at_ns - trace_start_ns)}" if span.started_at_ns else "at an unknown time",
        *(("ERROR",) if span.failed else ()),
        *(f"{plain(key)}={plain(value)}" for key, value in list(span.attributes.items())[:attributes_max]),
        *(f"links to {plain(names.get(link, link))}" for link in span.links[:LINKS_TOLD_MAX] if attributes_max),
    ]
    lines = [_indent(depth) + " ".join(word for word in words if word)]
    error = plain(span.error)[:error_characters_max]
    return [*lines, f"{_indent(depth)}    error: {error}"] if error else lines


def collapsed_line(nodes: list[Node], depth: int) -> str:
    """One line for whole subtrees in which nothing failed."""
    count = sum(node.count for node in nodes)
    took = _between(earliest(node.started_at_ns for node in nodes), max(node.ended_at_ns for node in nodes))
    return f"{_indent(depth)}… {count} more span{'' if count == 1 else 's'}, {took}"


def head_line(spans: list[TraceSpan], count: int) -> str:
    """How large the whole is."""
    services = len({span.service for span in spans if span.service})
    took = _between(earliest(span.started_at_ns for span in spans), max(span.ended_at_ns for span in spans))
    return f"{count} span{'' if count == 1 else 's'} of {services} service{'' if services == 1 else 's'}, {took}"


def plain(text: str) -> str:
    """Text on one line: what the sender wrote must not look like a line of the tree."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).replace(MARK, "x").split())


def duration(took_ns: int) -> str:
    """Milliseconds, or seconds where they read better; 0 where the clocks say it ended before it began."""
    took_ms = max(0, took_ns) / 1e6
    return (
        f"{took_ms / 1e3:.1f} s" if took_ms >= 10_000 else f"{took_ms:.0f} ms" if took_ms >= 10 else f"{took_ms:.1f} ms"
    )


def offset(since_ns: int) -> str:
    """Time since the start of the trace."""
    return f"-{duration(-since_ns)}" if since_ns < 0 else f"+{duration(since_ns)}"


def _between(started_at_ns: int, ended_at_ns: int) -> str:
    return duration(ended_at_ns - started_at_ns if started_at_ns else 0)


def _indent(depth: int) -> str:
    return "  " * min(depth, INDENT_MAX)
