"""When a resolved pattern is seen again: by which event, if by any.

An event counts that occurred after the pattern was resolved and had not been received before, and, where the pattern
was resolved in a version, that says to come from that version or a later one. Versions without an order (hashes of
builds) are later when the service was never seen with them before the pattern was resolved.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import bulk
from tracemedic_storage.records import ErrorEvent, ErrorPattern
from tracemedic_storage.service_versions import same_or_later
from tracemedic_storage.tables import error_events, key_text, request_counts
from tracemedic_storage.thresholds import counted_at
from tracemedic_storage.timestamps import whole_microseconds

LOOK_BACK_NS: Final = 7 * 86_400 * 1_000_000_000
"""A version that was in use when the pattern was resolved answered requests in the week before."""

IsNew = Callable[[str, str], bool]
"""Whether a service (first) was never seen with a version (second) before the pattern was resolved."""


def seen_again(
    connection: Connection, patterns: Mapping[str, ErrorPattern], events: Iterable[ErrorEvent]
) -> dict[str, ErrorEvent]:
    """By id of a pattern, the event that makes it regress; `patterns` are those of the events, by fingerprint.

    The caller holds the locks of the patterns, so that each regresses once.
    """
    candidates = [event for event in events if _occurred_after(patterns.get(event.fingerprint), event)]
    if not candidates:
        return {}
    received = _first_received(connection, candidates)
    found: dict[str, ErrorEvent] = {}
    for event in sorted(candidates, key=lambda event: (event.occurred_at_ns, event.id)):
        pattern = patterns[event.fingerprint]
        resolved_at_ns = pattern.resolved_at_ns or 0
        known_before = received.get(event.id, event.received_at_ns) <= resolved_at_ns
        if (
            pattern.id not in found
            and not known_before
            and is_of_version(
                pattern,
                event,
                lambda service, version, at=resolved_at_ns: not _was_seen(connection, service, version, at),
            )
        ):
            found[pattern.id] = event
    return found


def is_of_version(pattern: ErrorPattern, event: ErrorEvent, is_new: IsNew) -> bool:
    """Whether the event comes from where the pattern should not be any more."""
    wanted = pattern.resolved_in_version
    if wanted is None:
        return True
    version = event.service_version
    if version is None:
        return False
    later = same_or_later(version, wanted)
    return is_new(event.service, version) if later is None else later


def _occurred_after(pattern: ErrorPattern | None, event: ErrorEvent) -> bool:
    if pattern is None or pattern.status != "resolved" or pattern.resolved_at_ns is None:
        return False
    # Whatever the sender's clock says, nothing occurred after it was received.
    at_ns = min(counted_at(event.occurred_at_ns, event.received_at_ns), event.received_at_ns)
    return whole_microseconds(at_ns) > pattern.resolved_at_ns


def _first_received(connection: Connection, events: Iterable[ErrorEvent]) -> dict[str, int]:
    keys = ({"id": id_} for id_ in sorted({event.id for event in events}))
    return {row["id"]: row["received_at"] for row in bulk.select_matching(connection, error_events, keys)}


def _was_seen(connection: Connection, service: str, version: str, before_ns: int) -> bool:
    events, requests = error_events.c, request_counts.c
    among_events = sa.exists().where(
        events.service == service,
        events.service_version == version,
        events.occurred_at.between(before_ns - LOOK_BACK_NS, before_ns),
    )
    among_requests = sa.exists().where(
        requests.service == key_text(service),
        requests.service_version == key_text(version),
        requests.minute.between(before_ns - LOOK_BACK_NS, before_ns),
    )
    return bool(connection.scalar(sa.select(sa.or_(among_events, among_requests))))
