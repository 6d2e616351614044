"""How many requests and agent runs finished and failed, per service and minute: what error rates are made of."""

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from tracemedic_storage import bulk
from tracemedic_storage.records import RequestCount
from tracemedic_storage.tables import key_text, request_counts
from tracemedic_storage.timestamps import as_text

_MINUTE_NS = 60 * 1_000_000_000


def add(connection: Connection, counts: Iterable[RequestCount]) -> None:
    """Add to what is there. Repeating this counts twice: the spool position keeps that from happening."""
    sums: dict[tuple[int, str, str, str, str], tuple[int, int]] = {}
    for one in counts:
        key = one.minute, one.kind, key_text(one.service), key_text(one.environment), key_text(one.service_version)
        total, failed = sums.get(key, (0, 0))
        sums[key] = total + one.total, failed + one.failed
    # Sorted, so that replicas never wait for each other in a circle.
    rows = (_to_row(key, sums[key]) for key in sorted(sums))
    bulk.insert_adding(connection, request_counts, rows, added=("total", "failed"))


def _to_row(key: tuple[int, str, str, str, str], counted: tuple[int, int]) -> dict[str, object]:
    minute, kind, service, environment, service_version = key
    return {
        "minute": as_text(minute * _MINUTE_NS),
        "kind": kind,
        "service": service,
        "environment": environment,
        "service_version": service_version,
        "total": counted[0],
        "failed": counted[1],
    }
