"""Patterns in and out of their table, and how a pattern follows the sum of its events."""

from collections.abc import Iterable

import msgspec
from sqlalchemy.engine import Connection, RowMapping

from tracemedic_storage import bulk
from tracemedic_storage.error_fingerprints import FingerprintSum
from tracemedic_storage.records import ErrorPattern
from tracemedic_storage.tables import error_patterns
from tracemedic_storage.thresholds import highest, raised
from tracemedic_storage.timestamps import as_text

_NAME_CHARS_MAX = 120
_TIMES = {
    "first_seen_ns": "first_seen",
    "last_seen_ns": "last_seen",
    "created_at_ns": "created_at",
    "updated_at_ns": "updated_at",
    "resolved_at_ns": "resolved_at",
    "ignored_until_ns": "ignored_until",
}


def pattern_id(fingerprint: str) -> str:
    """The id of a fingerprint's pattern: its first 128 bits, so that one prefix finds both."""
    return fingerprint[:32]


def pattern_name(error_type: str, message: str, source: str) -> str:
    """A short name for people: `KeyError in shop.cart: 'sku'`. From redacted text only, on one line."""
    short_type = error_type.rsplit(".", 1)[-1] or error_type or "Error"
    place = f" in {source}" if source else ""
    text = " ".join(message[: 4 * _NAME_CHARS_MAX].split())
    name = f"{short_type}{place}: {text}" if text else f"{short_type}{place}"
    return name if len(name) <= _NAME_CHARS_MAX else name[: _NAME_CHARS_MAX - 1].rstrip() + "…"


def begun(fingerprint: FingerprintSum, *, now_ns: int) -> ErrorPattern:
    """The pattern of a fingerprint that has become one."""
    return ErrorPattern(
        id=pattern_id(fingerprint.fingerprint),
        fingerprint=fingerprint.fingerprint,
        fingerprint_version=fingerprint.version,
        name=pattern_name(fingerprint.error_type, fingerprint.sample_message, fingerprint.source),
        status="active",
        error_type=fingerprint.error_type,
        source=fingerprint.source,
        sample_message=fingerprint.sample_message,
        category=fingerprint.category,
        severity=fingerprint.severity,
        escalated=False,
        total_occurrences=fingerprint.total_traces,
        first_seen_ns=fingerprint.first_seen_ns,
        last_seen_ns=fingerprint.last_seen_ns,
        created_at_ns=now_ns,
        updated_at_ns=now_ns,
        services=fingerprint.services,
    )


def followed(pattern: ErrorPattern, before: FingerprintSum, after: FingerprintSum, *, now_ns: int) -> ErrorPattern:
    """The pattern once its fingerprint has grown from `before` to `after`.

    What somebody decided stays: a name given by hand, the category of a diagnosis, and a severity set by hand until
    a worse event arrives than any before.
    """
    named = pattern_name(pattern.error_type, pattern.sample_message, pattern.source)
    severity = pattern.severity
    if after.severity != before.severity:
        severity = highest(severity, raised(after.severity) if pattern.escalated else after.severity)
    grown = msgspec.structs.replace(
        pattern,
        fingerprint_version=after.version,
        name=pattern_name(after.error_type, after.sample_message, after.source)
        if pattern.name == named
        else pattern.name,
        error_type=after.error_type,
        source=after.source,
        sample_message=after.sample_message,
        category=after.category if pattern.diagnosed_by is None else pattern.category,
        severity=severity,
        total_occurrences=after.total_traces,
        first_seen_ns=after.first_seen_ns,
        last_seen_ns=after.last_seen_ns,
        services=after.services,
    )
    return grown if grown == pattern else msgspec.structs.replace(grown, updated_at_ns=now_ns)


def escalated(pattern: ErrorPattern, *, now_ns: int) -> ErrorPattern:
    """One step more severe, once in the life of a pattern."""
    return msgspec.structs.replace(pattern, escalated=True, severity=raised(pattern.severity), updated_at_ns=now_ns)


def select(connection: Connection, ids: Iterable[str]) -> dict[str, ErrorPattern]:
    """Patterns by id, locked until the transaction ends."""
    keys = ({"id": id_} for id_ in ids)
    found = bulk.select_matching(connection, error_patterns, keys, lock=True)
    return {pattern.id: pattern for pattern in map(from_row, found)}


def insert(connection: Connection, patterns: Iterable[ErrorPattern]) -> None:
    """Store new patterns."""
    bulk.insert_missing(connection, error_patterns, map(_to_row, patterns))


def update(connection: Connection, patterns: Iterable[ErrorPattern]) -> None:
    """Write patterns back that were selected in this transaction."""
    bulk.update(connection, error_patterns, map(_to_row, patterns))


def from_row(row: RowMapping) -> ErrorPattern:
    """The pattern of a row that has all columns of the table."""
    columns: dict[str, object] = {str(name): value for name, value in row.items()}
    for field, column in _TIMES.items():
        columns[field] = columns.pop(column)
    return msgspec.convert(columns, ErrorPattern)


def _to_row(pattern: ErrorPattern) -> dict[str, object]:
    row = msgspec.structs.asdict(pattern)
    for field, column in _TIMES.items():
        at_ns = row.pop(field)
        row[column] = None if at_ns is None else as_text(at_ns)
    return row
