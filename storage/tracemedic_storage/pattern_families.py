"""The fingerprints that are counted together: those of one pattern, or a single one that is no pattern yet.

A pattern has several fingerprints after it was merged, or when an error came under the key of a new version while its
former key had a pattern already.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from tracemedic_storage import error_fingerprints
from tracemedic_storage.error_fingerprints import FingerprintSum
from tracemedic_storage.records import ErrorEvent, ErrorPattern, Record


class Family(Record, frozen=True, kw_only=True):
    """One pattern and its fingerprints as they were before a batch, `seen` what the batch says of some of them.

    `joining` are those that belong to the pattern from now on. Without a pattern there is one member.
    """

    pattern: ErrorPattern | None
    members: dict[str, FingerprintSum]
    seen: dict[str, FingerprintSum]
    joining: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """What tells it from other families of the batch."""
        return self.pattern.id if self.pattern else next(iter(self.members))

    @property
    def before(self) -> FingerprintSum:
        """What was known of those that belonged to it before."""
        if len(self.members) == 1:
            return next(iter(self.members.values()))
        old = (member for fingerprint, member in self.members.items() if fingerprint not in self.joining)
        return together(old, self.pattern)

    def grown(self, new_traces: Mapping[str, int]) -> dict[str, FingerprintSum]:
        """The members after the batch, which brought each fingerprint so many new traces."""
        return {
            fingerprint: member
            if fingerprint not in self.seen
            else msgspec.structs.replace(
                error_fingerprints.joined(member, self.seen[fingerprint]),
                total_traces=member.total_traces + new_traces.get(fingerprint, 0),
            )
            for fingerprint, member in self.members.items()
        }


def former_keys(events: Iterable[ErrorEvent]) -> dict[str, str]:
    """The former fingerprint of each that has one."""
    found: dict[str, str] = {}
    for event in events:
        if event.former_fingerprint is not None and event.former_fingerprint != event.fingerprint:
            known = found.get(event.fingerprint, event.former_fingerprint)
            found[event.fingerprint] = min(known, event.former_fingerprint)
    return found


def gathered(
    seen: Mapping[str, FingerprintSum],
    known: Mapping[str, FingerprintSum],
    patterns: Mapping[str, ErrorPattern],
    former: Mapping[str, str],
) -> list[Family]:
    """The families of a batch.

    `known` are all fingerprints of `patterns` (by id) and those of the batch, `former` the former key of a fingerprint.
    """
    members: dict[str, dict[str, FingerprintSum]] = {id_: {} for id_ in patterns}
    for fingerprint, member in known.items():
        if member.pattern_id is not None and member.pattern_id in patterns:
            members[member.pattern_id][fingerprint] = member
    alone: list[Family] = []
    seen_of: dict[str, set[str]] = {}
    for fingerprint in seen:
        pattern_id = _pattern_of(fingerprint, known, patterns, former)
        if pattern_id is None:
            alone.append(
                Family(pattern=None, members={fingerprint: known[fingerprint]}, seen=_only(seen, {fingerprint}))
            )
        else:
            seen_of.setdefault(pattern_id, set()).add(fingerprint)
    grouped = [
        Family(
            pattern=patterns[id_],
            members=members[id_] | _only(known, fingerprints),
            seen=_only(seen, fingerprints),
            joining=frozenset(fingerprints - members[id_].keys()),
        )
        for id_, fingerprints in seen_of.items()
    ]
    return sorted([*alone, *grouped], key=lambda family: min(family.seen))


def _pattern_of(
    fingerprint: str,
    known: Mapping[str, FingerprintSum],
    patterns: Mapping[str, ErrorPattern],
    former: Mapping[str, str],
) -> str | None:
    """The pattern of a fingerprint: its own, else that of its former key."""
    for key in (fingerprint, former.get(fingerprint, "")):
        member = known.get(key)
        if member is not None and member.pattern_id in patterns:
            return member.pattern_id
    return None


def _only(sums: Mapping[str, FingerprintSum], fingerprints: Collection[str]) -> dict[str, FingerprintSum]:
    return {fingerprint: sums[fingerprint] for fingerprint in sorted(fingerprints)}


def together(members: Iterable[FingerprintSum], pattern: ErrorPattern | None) -> FingerprintSum:
    """The sum over all fingerprints of a pattern.

    Its first fingerprint, that of the pattern itself, says what the pattern is. `total_traces` is what the pattern
    has counted so far: a trace with several of its fingerprints counts once, so they cannot be added up.
    """
    found = sorted(members, key=lambda member: member.fingerprint)
    first = _first(found, pattern)
    whole = first
    for member in found:
        whole = error_fingerprints.joined(whole, member)
    return msgspec.structs.replace(
        whole,
        version=first.version,
        error_type=first.error_type,
        source=first.source,
        sample_message=first.sample_message,
        total_traces=pattern.total_occurrences if pattern and len(found) > 1 else first.total_traces,
        alerted=any(member.alerted for member in found),
    )


def _first(members: Sequence[FingerprintSum], pattern: ErrorPattern | None) -> FingerprintSum:
    own = (member for member in members if pattern and member.fingerprint == pattern.fingerprint)
    return next(own, members[0])
