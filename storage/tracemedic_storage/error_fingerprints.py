"""What all events of one fingerprint add up to, and the lock under which they are counted.

`joined` is commutative, associative and idempotent: whatever way the same events are split, reordered or repeated,
the sum is the same. The earliest event gives the sample, the newest the category, the worst the severity.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracemedic_storage import bulk
from tracemedic_storage.records import Category, ErrorEvent, Record, Redacted, Severity
from tracemedic_storage.tables import error_fingerprints
from tracemedic_storage.thresholds import counted_at, highest
from tracemedic_storage.timestamps import as_text, whole_microseconds

_SERVICES_MAX = 50
"""The alphabetically first ones are kept: which that are depends on no order."""


class FingerprintSum(Record, frozen=True, kw_only=True):
    """All events of one fingerprint together. Times are those that windows use (`thresholds.counted_at`).

    `total_traces` and what follows it are not summed from events but counted under the lock.
    """

    fingerprint: str
    version: int
    error_type: str
    source: str
    sample_message: Redacted
    category: Category
    severity: Severity
    services: tuple[str, ...]
    first_seen_ns: int
    last_seen_ns: int
    total_traces: int = 0
    alerted: bool = False
    pattern_id: str | None = None


def summed(events: Iterable[ErrorEvent]) -> dict[str, FingerprintSum]:
    """One sum per fingerprint of these events."""
    sums: dict[str, FingerprintSum] = {}
    for event in events:
        known = sums.get(event.fingerprint)
        seen = _of(event)
        sums[event.fingerprint] = seen if known is None else joined(known, seen)
    return sums


def joined(known: FingerprintSum, seen: FingerprintSum) -> FingerprintSum:
    """The sum of both; what is counted under the lock stays that of `known`."""
    earliest = min(known, seen, key=_sample_order)
    newest = max(known, seen, key=lambda one: (one.last_seen_ns, one.category))
    services = known.services
    if seen.services != services:
        services = tuple(sorted({*services, *seen.services})[:_SERVICES_MAX])
    return msgspec.structs.replace(
        known,
        version=earliest.version,
        error_type=earliest.error_type,
        source=earliest.source,
        sample_message=earliest.sample_message,
        category=newest.category,
        severity=highest(known.severity, seen.severity),
        services=services,
        first_seen_ns=earliest.first_seen_ns,
        last_seen_ns=newest.last_seen_ns,
    )


def lock(
    connection: Connection, sums: Mapping[str, FingerprintSum], *, also: Iterable[str] = ()
) -> dict[str, FingerprintSum]:
    """What is known of these fingerprints, locked until the transaction ends; the unknown ones are begun.

    `also` are locked with them where they are known, and not begun. Locks are always taken in the order of the
    fingerprints, so that replicas never wait for each other in a circle.
    """
    rows = (_to_row(sums[fingerprint]) for fingerprint in sorted(sums))
    bulk.insert_missing(connection, error_fingerprints, rows)
    keys = ({"fingerprint": fingerprint} for fingerprint in sorted({*sums, *also}))
    found = bulk.select_matching(connection, error_fingerprints, keys, lock=True)
    return {known.fingerprint: known for known in map(from_row, found)}


def kin(connection: Connection, known: Iterable[FingerprintSum]) -> dict[str, FingerprintSum]:
    """The other fingerprints of the patterns of `known`. They stand still while the pattern's row is locked."""
    keys = [{"fingerprint": one.fingerprint, "pattern_id": one.pattern_id} for one in known if one.pattern_id]
    if not keys:
        return {}
    given = {key["fingerprint"] for key in keys}
    found = connection.execute(_kin(connection.dialect.name), {"rows": bulk.encoded(keys)}).mappings()
    others = map(from_row, (row for row in found if row["fingerprint"] not in given))
    return {one.fingerprint: one for one in others}


def of_patterns(
    connection: Connection, pattern_ids: Iterable[str], *, locked: bool = False
) -> dict[str, FingerprintSum]:
    """All fingerprints of these patterns, on demand locked in the order of the fingerprints."""
    chosen = (
        sa.select(error_fingerprints)
        .where(error_fingerprints.c.pattern_id.in_(sorted(pattern_ids)))
        .order_by(error_fingerprints.c.fingerprint)
    )
    found = connection.execute(chosen.with_for_update() if locked else chosen).mappings()
    return {one.fingerprint: one for one in map(from_row, found)}


def update(connection: Connection, sums: Iterable[FingerprintSum]) -> None:
    """Write back what has changed under the lock."""
    bulk.update(connection, error_fingerprints, map(_to_row, sums))


@cache
def _kin(dialect_name: str) -> sa.Select[Any]:
    columns = error_fingerprints.c
    wanted = bulk.given(dialect_name, [columns.fingerprint, columns.pattern_id])
    joined_by = sa.and_(columns.pattern_id == wanted.c.pattern_id, columns.fingerprint != wanted.c.fingerprint)
    # The index holds only rows with a pattern; databases use it when they are told so.
    return sa.select(error_fingerprints).join(wanted, joined_by).where(columns.pattern_id.is_not(None)).distinct()


def _of(event: ErrorEvent) -> FingerprintSum:
    at_ns = whole_microseconds(counted_at(event.occurred_at_ns, event.received_at_ns))
    return FingerprintSum(
        fingerprint=event.fingerprint,
        version=event.fingerprint_version,
        error_type=event.error_type,
        source=event.source,
        sample_message=event.message,
        category=event.category,
        severity=event.severity,
        services=(event.service,),
        first_seen_ns=at_ns,
        last_seen_ns=at_ns,
    )


def _sample_order(one: FingerprintSum) -> tuple[object, ...]:
    return one.first_seen_ns, one.sample_message, one.error_type, one.source, one.version


def _to_row(one: FingerprintSum) -> dict[str, object]:
    row = msgspec.structs.asdict(one)
    row["first_seen"] = as_text(row.pop("first_seen_ns"))
    row["last_seen"] = as_text(row.pop("last_seen_ns"))
    return row


def from_row(row: RowMapping) -> FingerprintSum:
    """The sum of a row that has all columns of the table."""
    columns: dict[str, object] = {str(name): value for name, value in row.items()}
    columns["first_seen_ns"] = columns.pop("first_seen")
    columns["last_seen_ns"] = columns.pop("last_seen")
    return msgspec.convert(columns, FingerprintSum)
