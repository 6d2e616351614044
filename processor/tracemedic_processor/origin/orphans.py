"""Failures whose way up is not known: spans that were lost, not sampled, or did not fail and were not given."""

from collections.abc import Sequence

from tracemedic_processor.origin.causes import AT_ONCE_NS, LIKELY, NO, POSSIBLE, Causes
from tracemedic_processor.origin.sightings import Above, Sighting, Tree

_UNKNOWN = Above(missing="?")

Hosts = list[tuple[Sighting, int]]
"""Failures that another may have caused, and how surely."""


def hosts_of(tree: Tree, lower: Sighting, rules: Causes) -> Hosts:
    """What `lower` probably failed below of: at most one, chosen by words, else by time within its service."""
    below = tree.all_below(lower)
    others = [each for each in tree.sightings if each.event.id != lower.event.id and each.leaf.span_id not in below]
    own = [each for each in others if each.event.service == lower.event.service and _is_around(tree, each, lower)]
    if lower.words.is_cancelled:
        return _ended_by(lower, own, others, rules)
    near = [] if lower.is_sending else [each for each in own if _is_near(rules, each, lower)]
    if near:
        host = _latest(near)
        return [(host, min(rules.within(host, lower, _UNKNOWN), LIKELY))]
    foreign = [each for each in others if each.event.service != lower.event.service]
    return _caller_of(tree, lower, foreign, rules)


def _ended_by(lower: Sighting, own: Sequence[Sighting], others: Sequence[Sighting], rules: Causes) -> Hosts:
    """What cancelled `lower`: a failure around it, a caller that gave up, else the outermost failure of the trace."""
    enders = [each for each in others if not each.words.is_cancelled]
    around = [each for each in own if not each.words.is_cancelled]
    gave_up = [each for each in enders if each.words.gave_up and rules.speaks_of(each, [lower]) is not False]
    if around or gave_up:
        return [(_latest(around or gave_up), NO)]
    outermost = sorted(enders, key=lambda each: (bool(each.top.parent_span_id), each.top.started_at_ns, each.key))
    return [(each, NO) for each in outermost[:1]]


def _is_near(rules: Causes, upper: Sighting, lower: Sighting) -> bool:
    surely = rules.within(upper, lower, _UNKNOWN)
    return surely >= LIKELY or (surely > NO and 0 <= upper.failed_at_ns - lower.failed_at_ns <= AT_ONCE_NS)


def _caller_of(tree: Tree, lower: Sighting, foreign: Sequence[Sighting], rules: Causes) -> Hosts:
    """The failed call of another service that speaks of `lower`, or of what else failed below the same missing span."""
    together = tree.failed_below(tree.way(lower).missing)
    group = [lower, *(each for each in together if each.event.service == lower.event.service)]
    callers = [each for each in foreign if _may_call(tree, each, rules)]
    said = {each.key: rules.speaks_of(each, group) for each in callers}
    named = [each for each in callers if said[each.key]]
    if named:
        return [(_latest(named), LIKELY)]
    if len(foreign) > 1:
        callers = [each for each in callers if not each.is_sending]
    silent = [each for each in callers if said[each.key] is None and not _failed_below(tree, each)]
    return [(silent[-1], POSSIBLE)] if len({each.event.id for each in silent}) == 1 else []


def _may_call(tree: Tree, caller: Sighting, rules: Causes) -> bool:
    """Whether it tells of a failure elsewhere, and no other is known to be what it tells of."""
    if not caller.words.passes_on or caller.words.gave_up or _is_explained(tree, caller):
        return False
    others = (each for each in _failed_below(tree, caller) if each.event.service != caller.event.service)
    return all(rules.speaks_of(caller, [each]) is False for each in others)


def _is_explained(tree: Tree, caller: Sighting) -> bool:
    """Whether it is the handing over of an answer, and known what that answer tells of."""
    way = tree.way(caller)
    return caller.is_sending and (bool(way.span_id) or len(tree.failed_below(way.missing)) > 1)


def _failed_below(tree: Tree, caller: Sighting) -> list[Sighting]:
    below = tree.all_below(caller)
    return [each for each in tree.sightings if each.leaf.span_id in below and each.event.id != caller.event.id]


def _is_around(tree: Tree, outer: Sighting, inner: Sighting) -> bool:
    if outer.is_sending:
        return tree.way(outer).missing == tree.way(inner).missing
    return outer.top.started_at_ns <= inner.top.started_at_ns


def _latest(sightings: Sequence[Sighting]) -> Sighting:
    return max(sightings, key=lambda each: (each.leaf.started_at_ns, each.leaf.span_id, each.event.id))
