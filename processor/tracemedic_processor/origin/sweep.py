"""Brings judgement to what was recorded, whichever replica recorded it: one pass, called again and again."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from tracemedic_processor.origin.judge import judge
from tracemedic_storage import origin_shares, origins
from tracemedic_storage.database import Database
from tracemedic_storage.origins import TraceFailures, Window
from tracemedic_storage.records import Record, TraceSpan

_log = logging.getLogger(__name__)

SpansOf = Callable[[Sequence[str]], Mapping[str, Sequence[TraceSpan]]]
"""Gives the spans of traces by their ids, as far as they are known."""

PATTERNS_PER_PASS_MAX: Final = 200
"""Patterns counted anew in one pass, about a millisecond each; those of later failures come with the next."""


class Swept(Record, frozen=True, kw_only=True):
    """What one pass did: traces of one failure and of several, events that got another origin than they had.

    `passed_over` traces were in somebody else's hands and come again. `patterns` were counted anew. `is_more`: there is
    more to judge than one pass takes, so the next should not wait.
    """

    alone: int = 0
    traces: int = 0
    changed: int = 0
    passed_over: int = 0
    patterns: int = 0
    is_more: bool = False


def sweep(
    database: Database,
    *,
    now_ns: int,
    spans_of: SpansOf | None = None,
    settle_s: float = origins.SETTLE_S,
    events_max: int = origins.EVENTS_PER_CALL_MAX,
) -> Swept:
    """Judge what was received before `settle_s` and has not been, and count the patterns concerned.

    Any number of processes may do so at the same time. Raises `DatabaseUnavailable`; calling again is right then.
    """
    window = origins.unjudged(database, now_ns=now_ns, settle_s=settle_s, limit=events_max)
    if not window.events:
        if window.is_worth_remembering:
            origins.remember(database, window, now_ns=now_ns)
        return Swept()
    alone = origins.store_alone(database, [event.id for event in window.events if event.is_alone])
    together = list(dict.fromkeys(event.trace_id for event in window.events if not event.is_alone))
    chosen, left = together[: origins.TRACES_PER_CALL_MAX], together[origins.TRACES_PER_CALL_MAX :]
    failures = origins.traces(database, chosen)
    judged = _judged(failures, {} if spans_of is None or not chosen else spans_of(chosen))
    incomplete = {trace_id for trace_id, of_trace in failures.items() if not of_trace.is_complete}
    stored = origins.store(database, judged, incomplete=incomplete)
    beyond = [each.id for each in window.events if each.trace_id in incomplete and each.id not in judged[each.trace_id]]
    alone += origins.store_alone(database, beyond)
    origins.remember(database, window, passed_over=[*stored.passed_over, *left], now_ns=now_ns)
    counted = origin_shares.shares(database, _concerned(database, window, chosen), now_ns=now_ns)
    return Swept(
        alone=alone,
        traces=len(failures) - len(stored.passed_over),
        changed=stored.changed,
        passed_over=len(stored.passed_over),
        patterns=len(counted),
        is_more=bool(left) or len(window.events) >= events_max,
    )


def _judged(
    failures: Mapping[str, TraceFailures], spans: Mapping[str, Sequence[TraceSpan]]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for trace_id, of_trace in failures.items():
        try:
            found[trace_id] = judge(of_trace.events, spans.get(trace_id, ()), of_trace.chains)
        except Exception:  # noqa: BLE001 one odd trace must not keep all others from being judged
            _log.exception("judging trace %s failed; each of its failures counts as an origin", trace_id)
            found[trace_id] = {event.id: event.id for event in of_trace.events}
    return found


def _concerned(database: Database, window: Window, chosen: Iterable[str]) -> list[str]:
    """The patterns whose share may have changed: those of cascades, and known consequences that now came alone."""
    judged = set(chosen)
    in_cascade = {event.pattern_id for event in window.events if event.trace_id in judged and event.pattern_id}
    on_their_own = {event.pattern_id for event in window.events if event.is_alone and event.pattern_id} - in_cascade
    if on_their_own:
        in_cascade |= origin_shares.with_origin(database, on_their_own)
    return sorted(in_cascade)[:PATTERNS_PER_PASS_MAX]
