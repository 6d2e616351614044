"""A failure that was met again at the next attempt is still the first one."""

from collections.abc import Iterable, Iterator, Sequence

from tracemedic_processor.origin.sightings import Key, Sighting, Tree


def first_attempts(tree: Tree, origins: Iterable[Key]) -> dict[Key, Key]:
    """For origins of later attempts that of the first: the same error under the same caller, one after the other.

    What fails side by side in parallel calls stays apart.
    """
    by_key = {sighting.key: sighting for sighting in tree.sightings}
    groups: dict[tuple[str, str, str], list[Sighting]] = {}
    for key in origins:
        one = by_key[key]
        groups.setdefault((one.event.service, one.event.fingerprint, _caller(tree, one)), []).append(one)
    return {later: first for group in groups.values() for later, first in _repeated(group)}


def _repeated(group: Sequence[Sighting]) -> Iterator[tuple[Key, Key]]:
    first, *rest = sorted(group, key=lambda each: (each.leaf.started_at_ns, each.key))
    return ((later.key, first.key) for later in rest if later.leaf.started_at_ns >= first.failed_at_ns)


def _caller(tree: Tree, sighting: Sighting) -> str:
    """The span from which the attempt was made, in the service that made it."""
    span_id = sighting.top.parent_span_id
    for other in tree.at.get(span_id, ()):
        if other.event.service != sighting.event.service:
            return other.top.parent_span_id
    return span_id
