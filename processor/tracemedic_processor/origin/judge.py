"""For every failure in one trace the one that caused it."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from tracemedic_processor.origin.attempts import first_attempts
from tracemedic_processor.origin.causes import NO, Causes, Chains
from tracemedic_processor.origin.orphans import Hosts, hosts_of
from tracemedic_processor.origin.sightings import Key, Sighting, Tree
from tracemedic_storage.records import ErrorEvent, TraceSpan

_NO_CHAINS: Final[Chains] = {}
BESIDE_MAX: Final = 16
"""Of many failures on one span each is compared with the next ones only: what it caused was noted soon after."""


def judge(
    failures: Sequence[ErrorEvent], spans: Sequence[TraceSpan] = (), chains: Chains = _NO_CHAINS
) -> dict[str, str]:
    """For each failure of one trace, by id, the id of the failure that caused it: its own where it is an origin.

    A trace may hold several origins. `spans` are those of the trace as far as they are known, failed or not; `chains`
    the exceptions of the failures' stack traces by hash (`StoredStack.chain`). The answer depends on no order, and is
    the better the more is given. One failure costs nothing, a few about 0.1 ms each.
    """
    if len(failures) < 2:
        return {event.id: event.id for event in failures}
    tree = Tree(sorted(failures, key=lambda event: event.id), sorted(spans, key=lambda span: span.span_id))
    causes = _causes(tree, Causes(tree, chains))
    ends = {sighting.key: _end(sighting.key, causes) for sighting in tree.sightings}
    firsts = first_attempts(tree, set(ends.values()))
    answers = {id_: firsts.get(ends[key], ends[key])[0] for id_, key in _telling(tree, causes).items()}
    return {id_: _end(id_, answers) for id_ in answers}


def _causes(tree: Tree, rules: Causes) -> dict[Key, Key]:
    """The direct cause of each sighting that has one, without circles."""
    found: list[tuple[int, bool, int, Key, Key]] = []
    for lower in tree.sightings:
        for upper, surely in _uppers(tree, lower, rules):
            is_own = upper.event.service == lower.event.service
            if surely > NO:
                # Of equally sure ones that which failed last: earlier ones were tried again or overtaken.
                found.append((surely, is_own, lower.failed_at_ns, upper.key, lower.key))
            elif _is_ended_by(lower, upper):
                found.append((NO, is_own, upper.failed_at_ns, lower.key, upper.key))
    causes: dict[Key, Key] = {}
    for *_, consequence, cause in sorted(found, reverse=True):
        if consequence not in causes and _end(cause, causes) != consequence:
            causes[consequence] = cause
    return causes


def _uppers(tree: Tree, lower: Sighting, rules: Causes) -> Hosts:
    """What `lower` may have caused or been ended by: what failed on the same span, or on the nearest one above."""
    way = tree.way(lower)
    beside = [other for span_id in lower.span_ids for other in tree.at[span_id] if other.leaf.span_id in lower.span_ids]
    known = {each.key: each for each in (*beside, *tree.at.get(way.span_id, ())) if each.event.id != lower.event.id}
    hosts = [(each, rules.surely(each, lower, way)) for each in _next(lower, list(known.values()))]
    return hosts + hosts_of(tree, lower, rules) if way.missing else hosts


def _next(lower: Sighting, others: list[Sighting]) -> list[Sighting]:
    if len(others) <= BESIDE_MAX:
        return others
    return sorted(others, key=lambda each: (abs(each.failed_at_ns - lower.failed_at_ns), each.key))[:BESIDE_MAX]


def _is_ended_by(lower: Sighting, upper: Sighting) -> bool:
    """Whether `lower` only happened because `upper` had: work that was cancelled, an answer that told of it."""
    return lower.words.is_cancelled or (lower.is_sending and upper.event.service == lower.event.service)


def _telling(tree: Tree, causes: Mapping[Key, Key]) -> dict[str, Key]:
    """Of several sightings of an event that which has a cause and went on upwards, else the first."""
    went_on = set(causes.values())
    ordered = sorted(
        tree.sightings,
        key=lambda each: (
            each.key not in causes,
            each.key not in went_on,
            each.failed_at_ns,
            each.leaf.started_at_ns,
            each.key,
        ),
    )
    return {sighting.event.id: sighting.key for sighting in reversed(ordered)}


T = TypeVar("T", str, Key)


def _end(start: T, following: Mapping[T, T]) -> T:
    """Where following leads; of a circle its smallest member, wherever it was entered."""
    way = [start]
    while (then := following.get(way[-1], way[-1])) != way[-1]:
        if then in way:
            return min(way[way.index(then) :])
        way.append(then)
    return way[-1]
