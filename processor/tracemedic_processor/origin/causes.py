"""Which of two failures, one above the other, caused the upper one: the rules, from sure to likely."""

from collections.abc import Mapping, Sequence
from typing import Final

from tracemedic_processor.origin import words
from tracemedic_processor.origin.sightings import Above, Sighting, Tree
from tracemedic_storage.records import ExceptionRecord

Chains = Mapping[str, Sequence[ExceptionRecord]]
"""The exceptions of stack traces, the reported one first, by the stack's hash."""

SURE: Final = 3
LIKELY: Final = 2
POSSIBLE: Final = 1
NO: Final = 0

CLOCK_NS: Final = 5_000_000
"""Two times of one service may be this far out of order: a span's end and an exception are noted in turn."""
AT_ONCE_NS: Final = 60_000_000
"""A failure that goes up unhandled is noted on the span above within milliseconds, on a loaded machine some more."""


class Causes:
    """Judges pairs of sightings of one trace."""

    def __init__(self, tree: Tree, chains: Chains) -> None:
        self._tree = tree
        self._chains = chains
        self._services = frozenset(sighting.event.service for sighting in tree.sightings)

    def surely(self, upper: Sighting, lower: Sighting, way: Above) -> int:
        """How surely `upper` failed of `lower`, of which it is known that it stands below."""
        if lower.words.is_cancelled or _is_message(lower):
            return NO
        if upper.event.service == lower.event.service:
            return self.within(upper, lower, way)
        if upper.words.gave_up or upper.words.is_cancelled:
            return NO
        if not way.between:
            return SURE
        return SURE if self.speaks_of(upper, [lower]) else NO

    def speaks_of(self, upper: Sighting, lowers: Sequence[Sighting]) -> bool | None:
        """Whether a caller's failure names the service or a route of these, which are of one service."""
        service = lowers[0].event.service
        names = (place.span_name for each in lowers for place in (each.top, each.leaf))
        routes = frozenset(path for name in names for path in words.paths_in(name))
        return words.speaks_of(upper.words, service, routes, self._services - {service, upper.event.service})

    def within(self, upper: Sighting, lower: Sighting, way: Above) -> int:
        """How surely a failure is an earlier one of the same service, wrapped or passed on."""
        if lower.is_sending or lower.words.is_cancelled or lower.failed_at_ns > upper.failed_at_ns + CLOCK_NS:
            return NO
        told = self._told(upper, lower)
        if told in {SURE, NO}:
            return told
        if way.between or self._did_more(upper, lower):
            return NO
        return max(told, POSSIBLE if upper.failed_at_ns - lower.failed_at_ns <= AT_ONCE_NS else NO)

    def _told(self, upper: Sighting, lower: Sighting) -> int:
        """What words and stack traces tell; below `NO` when they are silent."""
        inner = self._chains.get(upper.event.stack_hash or "", ())[1:]
        if words.quotes(upper.words, lower.words) or lower.words.kind in {
            words.short_type(each.type) for each in inner
        }:
            return SURE
        if upper.words.is_bare and not upper.is_sending:
            return LIKELY
        if upper.words.is_exhausted:
            return _SILENT
        if lower.words.passes_on and upper.words.passes_on:
            return self._passed_on(upper, lower)
        if lower.words.passes_on and any(words.tells_of_others(each.type, each.message) for each in inner):
            return LIKELY
        return NO if self._is_unconnected(upper, lower, inner) else _SILENT

    def _passed_on(self, upper: Sighting, lower: Sighting) -> int:
        """Of a call that failed: whether `upper` tells of that call."""
        callees = self._tree.callees(lower)
        said = [self.speaks_of(upper, [callee]) for callee in callees]
        if True in said:
            return SURE
        return NO if said and None not in said else LIKELY

    def _is_unconnected(self, upper: Sighting, lower: Sighting, inner: Sequence[ExceptionRecord]) -> bool:
        # Python always tells what was being handled when an exception was raised, unless it was told not to.
        stack_hash = upper.event.stack_hash
        known = upper.event.language == "python" and stack_hash in self._chains
        return known and not inner and lower.event.stack_hash != stack_hash

    def _did_more(self, upper: Sighting, lower: Sighting) -> bool:
        """Whether something else was done and succeeded between the two, so that the first had been dealt with."""
        return any(
            lower.failed_at_ns < span.started_at_ns and span.ended_at_ns <= upper.failed_at_ns and not span.failed
            for span in self._tree.below(upper.leaf.span_id)
        )


_SILENT: Final = NO - 1


def _is_message(lower: Sighting) -> bool:
    """Whether it failed over a message: whoever sent it has long gone on."""
    name = lower.top.span_name.lower()
    return (
        lower.words.is_message or name.startswith(("process ", "consume ")) or name.endswith((" process", " receive"))
    )
