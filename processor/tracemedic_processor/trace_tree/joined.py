"""The parts of one trace as one."""

from collections.abc import Iterable

import msgspec

from tracemedic_storage.records import TraceSpan


def joined(parts: Iterable[Iterable[TraceSpan]]) -> tuple[TraceSpan, ...]:
    """All spans of all parts, each id once, in the order of their start.

    Commutative, associative and idempotent: where two parts disagree about a span, the one that failed or tells more is
    kept, whichever came first.
    """
    by_id: dict[str, TraceSpan] = {}
    for part in parts:
        for span in part:
            known = by_id.get(span.span_id)
            by_id[span.span_id] = span if known is None else max(known, span, key=_fullness)
    return tuple(sorted(by_id.values(), key=lambda span: (span.started_at_ns, span.span_id)))


def _fullness(span: TraceSpan) -> tuple[bool, bool, int, bytes]:
    return span.failed, bool(span.error), len(span.attributes), msgspec.json.encode(span, order="deterministic")
