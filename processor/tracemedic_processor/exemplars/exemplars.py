"""Gathering exemplar traces: which are wanted, which are worth keeping, and what to do when the database is away.

A trace comes in several requests, over some time, and to several replicas: each replica keeps the part that it had, and
looks for later spans of a trace for a minute.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from tracemedic_processor.exemplars.parts import Spans, added, raw_id, search
from tracemedic_processor.exemplars.watched import YOUNG_NS, Watched, Watchlist
from tracemedic_processor.trace_tree import Redact
from tracemedic_storage import exemplar_traces
from tracemedic_storage.database import Database
from tracemedic_storage.exemplar_traces import ExemplarPart
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.spool import Spool

_log = logging.getLogger(__name__)

CANDIDATES: Final = 2
"""Traces looked for, per trace that is kept: not all of them still are in the spool, and some tell more than others."""
PATTERNS_AT_ONCE_MAX: Final = 20
"""Patterns gathered in one call, some 0.2 s of work; the others are owed to the next calls."""
OWED_MAX: Final = 1_000
"""Patterns remembered while the database is away; the newest stay."""

PatternKey = tuple[str, str]
"""A pattern's id and one of its fingerprints."""


class Exemplars:
    """Gathers exemplar traces out of one spool. Safe to share between threads."""

    def __init__(
        self, database: Database, spool: Spool, redact: Redact, *, per_pattern: int, now_ns: Callable[[], int]
    ) -> None:
        self._database = database
        self._spool = spool
        self._redact = redact
        self._per_pattern = per_pattern
        self._now_ns = now_ns
        self._owed: dict[PatternKey, None] = {}
        self._watched = Watchlist()
        self._away = False
        self._lock = threading.Lock()

    @property
    def owing(self) -> bool:
        """Whether patterns wait for the next call: too many at once, or the database was away."""
        return bool(self._owed)

    def gather(self, patterns: Sequence[PatternKey] = ()) -> int:
        """Look for the most recent traces of these patterns, of those still owed, and for later spans of young ones.

        Call it when patterns are new, escalated or seen again, and with none every few seconds. Returns how many parts
        of traces were stored. Never raises for a database that is away: the next call makes up for it.
        """
        if self._per_pattern == 0:
            return 0
        with self._lock:
            self._owe(patterns)
            try:
                stored = self._gather()
            except DatabaseUnavailable as error:
                if not self._away:
                    _log.warning("whole traces of patterns cannot be kept for now: %s", error)
                self._away = True
                return 0
            self._away = False
            return stored

    def _owe(self, patterns: Sequence[PatternKey]) -> None:
        self._owed.update(dict.fromkeys(patterns))
        for key in list(self._owed)[:-OWED_MAX]:
            del self._owed[key]

    def _gather(self) -> int:
        now_ns, last_seq = self._now_ns(), self._spool.last_seq
        self._watched.drop_old(now_ns)
        keys = list(self._owed)[-PATTERNS_AT_ONCE_MAX:]  # the newest first: their traces are the likeliest to be there
        until_ns = now_ns + YOUNG_NS
        fresh = [
            Watched(pattern_id=pattern_id, trace_id=trace_id, until_ns=until_ns)
            for pattern_id, trace_id in self._candidates(keys)
        ]
        stored = self._look_for(fresh, last_seq, now_ns)
        for key in keys:
            del self._owed[key]
        return stored + self._look_for(self._watched.to_search(last_seq), last_seq, now_ns)

    def _candidates(self, keys: Iterable[PatternKey]) -> list[tuple[str, str]]:
        """Patterns and ids of traces to look for: the newest, then what other replicas keep; none looked for yet."""
        wanted: dict[tuple[str, str], None] = {}
        with self._database.read() as connection:
            for pattern_id, fingerprint in keys:
                known = exemplar_traces.spools_of(connection, pattern_id)
                newest = exemplar_traces.recent_trace_ids(
                    connection, fingerprint, traces_max=self._per_pattern * CANDIDATES
                )
                missing = [each for each in (*newest, *known) if self._spool.id not in known.get(each, ())]
                wanted |= dict.fromkeys((pattern_id, trace_id) for trace_id in missing)
        return [key for key in wanted if key not in self._watched and raw_id(key[1]) is not None]

    def _look_for(self, wanted: Sequence[Watched], last_seq: int, now_ns: int) -> int:
        """Search, store what was found, and watch on; returns how many parts were stored."""
        if not wanted:
            return 0
        after_seq = min(each.searched_seq for each in wanted)
        found = search(self._spool, {each.trace_id for each in wanted}, self._redact, after_seq=after_seq)
        by_pattern: dict[str, list[Watched]] = {}
        for each in wanted:
            by_pattern.setdefault(each.pattern_id, []).append(each)
        stored = 0
        for traces in by_pattern.values():
            seen = [each for each in traces if each.trace_id in found]
            kept = self._store(seen, found, now_ns) if seen else set[str]()
            dropped = {each.trace_id for each in seen} - kept
            self._watched.searched(traces, kept=kept, dropped=dropped, last_seq=last_seq)
            stored += len(kept)
        return stored

    def _store(self, traces: Sequence[Watched], found: Mapping[str, Spans], now_ns: int) -> set[str]:
        """Add to what is stored of one pattern, as far as it is among the best; returns the traces that were."""
        pattern_id = traces[0].pattern_id
        with self._database.write() as connection:
            known = {
                (part.trace_id, part.spool_id): part for part in exemplar_traces.of_pattern(connection, pattern_id)
            }
            more: dict[tuple[str, str], ExemplarPart] = {}
            for rank, each in enumerate(traces):
                # Of traces found at the same time the newest, which comes first, is to stay.
                part = self._part(each, found[each.trace_id], now_ns - rank * 1_000)
                key = part.trace_id, part.spool_id
                if key in known or not each.kept:
                    more[key] = added(known.get(key), part)
            best = exemplar_traces.best((known | more).values(), traces_max=self._per_pattern)
            worth = [part for part in more.values() if part.trace_id in best]
            exemplar_traces.store(connection, worth)
            exemplar_traces.trim(connection, pattern_id, traces_max=self._per_pattern)
        return {part.trace_id for part in worth}

    def _part(self, trace: Watched, spans: Spans, at_ns: int) -> ExemplarPart:
        return ExemplarPart(
            pattern_id=trace.pattern_id,
            trace_id=trace.trace_id,
            spool_id=self._spool.id,
            spans=spans,
            stored_at_ns=at_ns,
        )
