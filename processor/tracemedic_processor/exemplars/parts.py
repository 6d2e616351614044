"""What one spool has of traces: searched for, put together, kept small."""

import logging
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from tracemedic_processor.trace_tree import Redact, bounded, joined, spans_by_trace
from tracemedic_storage.exemplar_traces import ExemplarPart
from tracemedic_storage.records import TraceSpan
from tracemedic_storage.spool import Found, Spool

_log = logging.getLogger(__name__)

PART_BYTES_MAX: Final = 64 << 10
"""JSON kept of one trace per replica: some 200 spans."""

Spans = tuple[TraceSpan, ...]


def search(spool: Spool, trace_ids: Iterable[str], redact: Redact, *, after_seq: int) -> dict[str, Spans]:
    """The spans of each trace that stand in the spool above `after_seq`, as far as there are any."""
    spans: dict[str, Spans] = {}
    raw_ids = {raw for trace_id in trace_ids if (raw := raw_id(trace_id)) is not None}
    for found in spool.recent(raw_ids, after_seq=after_seq):
        for raw, more in _read(found, redact).items():
            spans[raw.hex()] = together(spans.get(raw.hex(), ()), more)
    return spans


def together(one: Spans, other: Spans) -> Spans:
    """Two parts as one that may be kept."""
    return bounded(joined([one, other]), bytes_max=PART_BYTES_MAX)


def added(known: ExemplarPart | None, part: ExemplarPart) -> ExemplarPart:
    """What is stored already of this trace and spool, where there is anything, with the spans of `part`."""
    return part if known is None else msgspec.structs.replace(known, spans=together(known.spans, part.spans))


def raw_id(trace_id: str) -> bytes | None:
    """The sixteen bytes of a trace id; None for what is none."""
    try:
        raw = bytes.fromhex(trace_id)
    except ValueError:
        return None
    return raw if len(raw) == 16 and any(raw) else None


def _read(found: Found, redact: Redact) -> Mapping[bytes, Spans]:
    try:
        return spans_by_trace(found.item.payload, found.trace_ids, redact)
    except Exception:  # noqa: BLE001 what cannot be read or redacted is not kept; the rest of the trace is
        _log.exception("item %d of the spool cannot be read; its spans are not kept", found.item.seq)
        return {}
