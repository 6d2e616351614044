"""Diagnostic reports, kept as they were made."""

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from tracemedic_storage import bulk, texts
from tracemedic_storage.cursors import Cursor, after
from tracemedic_storage.database import Database
from tracemedic_storage.diagnostic_report import DiagnosticReport, ReportKind
from tracemedic_storage.records import Record
from tracemedic_storage.tables import diagnostic_reports, error_events, request_counts
from tracemedic_storage.timestamps import as_text

_TIMES = ("period_from", "period_to", "created_at")


class ReportHead(Record, frozen=True, kw_only=True):
    """A report as a listing shows it."""

    id: str
    kind: ReportKind
    title: str
    trigger: str
    author: str
    period_from_ns: int
    period_to_ns: int
    created_at_ns: int
    summary: str
    pattern_id: str | None = None


class ReportPage(Record, frozen=True, kw_only=True):
    """Reports, the newest first; `cursor` asks for the next page and is None on the last."""

    reports: tuple[ReportHead, ...]
    cursor: str | None


def store(database: Database, report: DiagnosticReport) -> DiagnosticReport:
    """Keep a report and return it, or the one that somebody else has kept under this id before.

    One durable transaction: of several replicas that make the same report one wins, and all return the same.
    """
    clean = texts.storable(report, DiagnosticReport)
    with database.write() as connection:
        bulk.insert_missing(connection, diagnostic_reports, [_to_row(clean)])
        chosen = sa.select(diagnostic_reports).where(diagnostic_reports.c.id == clean.id)
        return _from_row(connection.execute(chosen).mappings().one())


def get(database: Database, report_id: str) -> DiagnosticReport | None:
    """The report of this id."""
    chosen = sa.select(diagnostic_reports).where(diagnostic_reports.c.id == report_id)
    with database.read() as connection:
        row = connection.execute(chosen).mappings().one_or_none()
    return None if row is None else _from_row(row)


def known(database: Database, report_ids: tuple[str, ...]) -> frozenset[str]:
    """Which of these reports exist."""
    columns = diagnostic_reports.c
    with database.read() as connection:
        return frozenset(connection.scalars(sa.select(columns.id).where(columns.id.in_(report_ids))))


def list_reports(
    database: Database,
    *,
    kind: ReportKind | None = None,
    pattern_id: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> ReportPage:
    """One page of reports without their contents. Raises `ValueError` for a cursor that no page has given."""
    columns = diagnostic_reports.c
    heads = (columns[name.removesuffix("_ns")] for name in ReportHead.__struct_fields__)
    named = {columns.kind: kind, columns.pattern_id: pattern_id}
    chosen = (
        sa.select(*heads)
        .where(*(column == value for column, value in named.items() if value is not None))
        .where(*after(cursor, columns.created_at, columns.id))
        .order_by(columns.created_at.desc(), columns.id.desc())
        .limit(limit + 1)
    )
    with database.read() as connection:
        found = tuple(msgspec.convert(_timed(row), ReportHead) for row in connection.execute(chosen).mappings())
    last = found[limit - 1] if len(found) > limit else None
    return ReportPage(reports=found[:limit], cursor=str(Cursor(at_ns=last.created_at_ns, id=last.id)) if last else None)


def earliest_data_ns(database: Database) -> int | None:
    """When the first request finished or the first error occurred; None while there is neither."""
    firsts = (
        sa.select(column.label("at")).order_by(column).limit(1)
        for column in (request_counts.c.minute, error_events.c.occurred_at)
    )
    with database.read() as connection:
        found = [connection.scalar(first) for first in firsts]
    return min((at_ns for at_ns in found if at_ns is not None), default=None)


def _to_row(report: DiagnosticReport) -> dict[str, object]:
    row = msgspec.structs.asdict(report)
    row["content"] = msgspec.to_builtins(report.content)
    for name in _TIMES:
        row[name] = as_text(row.pop(f"{name}_ns"))
    return row


def _from_row(row: RowMapping) -> DiagnosticReport:
    return msgspec.convert(_timed(row), DiagnosticReport)


def _timed(row: RowMapping) -> dict[str, object]:
    return {f"{name}_ns" if name in _TIMES else str(name): value for name, value in row.items()}
