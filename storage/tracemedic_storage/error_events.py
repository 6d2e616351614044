"""Error events in and out of their table. An event is there once; seen again, it grows (`records.merge_events`)."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracemedic_storage import bulk, records
from tracemedic_storage.records import ErrorContext, ErrorEvent, Place
from tracemedic_storage.tables import error_events, key_text
from tracemedic_storage.timestamps import as_text, whole_microseconds

_CONTEXT_COLUMNS = tuple(name for name in ErrorContext.__struct_fields__ if name != "attributes")
_INDEXED_CONTEXT = ("agent_run_id", "sprint_id", "request_id")


def merged(events: Iterable[ErrorEvent]) -> dict[str, ErrorEvent]:
    """The events by id, the repeated ones merged."""
    merged: dict[str, ErrorEvent] = {}
    for event in events:
        known = merged.get(event.id)
        merged[event.id] = event if known is None else _merge(known, event)
    return merged


def store(connection: Connection, events: Mapping[str, ErrorEvent], *, pattern_ids: Mapping[str, str]) -> int:
    """Insert the new events, merge the others into what is there; returns how many were new.

    `pattern_ids` gives the pattern of a fingerprint, for those that have one. The caller holds the locks of all
    fingerprints, so that nobody else stores these events at the same time.
    """
    known = {event.id: event for event in map(from_row, _select(connection, events))}
    new = [event for event in events.values() if event.id not in known]
    grown = [event for event in (_merge(known[id_], events[id_]) for id_ in known) if event != known[event.id]]
    bulk.insert_missing(
        connection,
        error_events,
        ({**to_row(event), "pattern_id": pattern_ids.get(event.fingerprint)} for event in new),
    )
    bulk.update(connection, error_events, map(to_row, grown))
    return len(new)


def link(connection: Connection, pattern_ids: Mapping[str, str]) -> None:
    """Tell the events of these fingerprints their pattern, where they have none."""
    for fingerprint, pattern_id in pattern_ids.items():
        connection.execute(
            sa.update(error_events)
            .where(error_events.c.fingerprint == fingerprint, error_events.c.pattern_id.is_(None))
            .values(pattern_id=pattern_id)
        )


def to_row(event: ErrorEvent) -> dict[str, object]:
    """All columns but `pattern_id`, as `bulk` takes them."""
    context = event.context
    return {
        "id": event.id,
        "occurred_at": as_text(event.occurred_at_ns),
        "received_at": as_text(event.received_at_ns),
        "trace_id": event.trace_id,
        "span_id": (event.places[0] if len(event.places) == 1 else event.innermost).span_id,
        "occurrences": len(event.places),
        "places": event.places,
        "service": event.service,
        "service_namespace": event.service_namespace,
        "service_version": event.service_version,
        "service_instance": event.service_instance,
        "environment": event.environment,
        "host": event.host,
        "language": event.language,
        "error_type": event.error_type,
        "message": event.message,
        "stack_hash": event.stack_hash,
        "fingerprint": event.fingerprint,
        "fingerprint_version": event.fingerprint_version,
        "source": event.source,
        "category": event.category,
        "category_confidence": event.category_confidence,
        "severity": event.severity,
        "logfire_fingerprint": event.logfire_fingerprint,
        "agent_run_id": _key(context.agent_run_id),
        "sprint_id": _key(context.sprint_id),
        "request_id": _key(context.request_id),
        "session_id": context.session_id,
        "user_id": context.user_id,
        "agent_name": context.agent_name,
        "tool_name": context.tool_name,
        "http_method": context.http_method,
        "http_route": context.http_route,
        "http_status": context.http_status,
        "attributes": context.attributes,
    }


def from_row(columns: RowMapping) -> ErrorEvent:
    """The event of a row that has all columns of the table."""
    context = {name: columns[name] for name in _CONTEXT_COLUMNS}
    return ErrorEvent(
        **{name: columns[name] for name in _PLAIN_COLUMNS},
        occurred_at_ns=columns["occurred_at"],
        received_at_ns=columns["received_at"],
        places=msgspec.convert(columns["places"], tuple[Place, ...]),
        context=ErrorContext(**context, attributes=columns["attributes"]),
    )


_PLAIN_COLUMNS: Sequence[str] = tuple(
    name for name in ErrorEvent.__struct_fields__ if name in error_events.columns and name != "places"
)


def _select(connection: Connection, ids: Iterable[str]) -> list[RowMapping]:
    return bulk.select_matching(connection, error_events, ({"id": id_} for id_ in ids))


def _merge(one: ErrorEvent, other: ErrorEvent) -> ErrorEvent:
    return records.merge_events(_as_stored(one), _as_stored(other))


def _as_stored(event: ErrorEvent) -> ErrorEvent:
    # What is compared must be what the database gives back, or the order of deliveries would show in the result.
    return msgspec.structs.replace(
        event,
        occurred_at_ns=whole_microseconds(event.occurred_at_ns),
        received_at_ns=whole_microseconds(event.received_at_ns),
    )


def _key(text: str | None) -> str | None:
    return text if text is None else key_text(text)
