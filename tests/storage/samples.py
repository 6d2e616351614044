"""Error events for tests, and what a database holds afterwards."""

from hashlib import sha256

import sqlalchemy as sa

from tracemedic_storage import tables
from tracemedic_storage.database import Database
from tracemedic_storage.recording import Recorded, record
from tracemedic_storage.records import ErrorContext, ErrorEvent, Findings, Place, Redacted
from tracemedic_storage.thresholds import Thresholds

SECOND_NS = 1_000_000_000
HOUR_NS = 3_600 * SECOND_NS
DAY_NS = 24 * HOUR_NS
NOON_NS = 1_767_268_800 * SECOND_NS
"""2026-01-01 12:00 UTC."""


def hex_of(*parts: object) -> str:
    return sha256("|".join(map(str, parts)).encode(errors="surrogatepass")).hexdigest()


def error(
    trace: object = 1,
    *,
    fingerprint: object = "a",
    message: str = "boom",
    at_ns: int = NOON_NS,
    received_at_ns: int | None = None,
    span: object = 1,
    **changes: object,
) -> ErrorEvent:
    fields: dict[str, object] = {
        "id": hex_of("id", trace, fingerprint, message)[:32],
        "trace_id": hex_of("trace", trace)[:32],
        "places": (Place(span_id=hex_of("span", span)[:16], span_name="GET /", started_at_ns=NOON_NS - 1),),
        "service": "shop",
        "error_type": "shop.errors.OutOfStock",
        "message": Redacted(message),
        "fingerprint": hex_of("fingerprint", fingerprint),
        "fingerprint_version": 1,
        "source": "shop.cart.add",
        "category": "validation",
        "category_confidence": 0.9,
        "severity": "low",
        "occurred_at_ns": at_ns,
        "received_at_ns": at_ns + SECOND_NS if received_at_ns is None else received_at_ns,
        "context": ErrorContext(request_id="r-1", http_status=500, attributes={"shop.item": "7"}),
    }
    return ErrorEvent(**fields | changes)


def errors(count: int, *, step_ns: int = SECOND_NS, first: int = 0, **fields: object) -> list[ErrorEvent]:
    """Errors in `count` distinct traces, one every `step_ns`."""
    return [error(number, at_ns=NOON_NS + number * step_ns, **fields) for number in range(first, first + count)]


class Recorder:
    """Records batches one after the other, as the drain of one spool does."""

    def __init__(self, database: Database, *, spool_id: str = "spool", thresholds: Thresholds | None = None) -> None:
        self.database = database
        self.spool_id = spool_id
        self.thresholds = thresholds or Thresholds()
        self.seq = 0

    def __call__(self, *events: ErrorEvent, now_ns: int = NOON_NS) -> Recorded:
        return self.findings(Findings(events=events), now_ns=now_ns)

    def findings(self, *items: Findings, now_ns: int = NOON_NS) -> Recorded:
        batch = [(self.seq + number, item) for number, item in enumerate(items, start=1)]
        self.seq += len(items)
        return record(self.database, batch, spool_id=self.spool_id, thresholds=self.thresholds, now_ns=now_ns)


_DEPENDS_ON_BATCHES = {"created_at", "updated_at", "stored_at", "at"}


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All that is kept, but for what is about batches and our clock: when and at which count a batch ended."""
    held: dict[str, list[tuple[object, ...]]] = {}
    with database.read() as connection:
        for table in tables.metadata.sorted_tables:
            left_out = _DEPENDS_ON_BATCHES | ({"occurrences"} if table is tables.pattern_changes else set())
            columns = [column for column in table.columns if column.name not in left_out]
            if table is not tables.spool_positions:
                rows = connection.execute(sa.select(*columns).order_by(*table.primary_key.columns))
                held[table.name] = [tuple(row) for row in rows]
    return held
