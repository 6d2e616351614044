"""`tracemedic report`: make, show and list diagnostic reports."""

import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.cli.listings import pattern_named
from tracemedic_processor.cli.output import Columns, moment, print_rows
from tracemedic_processor.cli.period import period_of
from tracemedic_processor.cli.settings import reading, settings_for
from tracemedic_processor.cli.signing import author_of
from tracemedic_processor.reports import Order, make_pattern_report, make_report
from tracemedic_processor.reports.as_html import as_html
from tracemedic_processor.reports.as_json import as_json
from tracemedic_processor.reports.as_markdown import as_markdown
from tracemedic_processor.reports.periods import day_of, midnight_ns
from tracemedic_storage import diagnostic_reports
from tracemedic_storage.database import Database
from tracemedic_storage.diagnostic_report import DiagnosticReport, ReportKind
from tracemedic_storage.records import Record
from tracemedic_storage.scope import Scope

ReportFormat = Literal["md", "html", "json"]
_WRITERS: Final = {"md": as_markdown, "html": as_html, "json": as_json}
_DEFAULT_S: Final[dict[ReportKind, int]] = {
    "daily": 86_400,
    "weekly": 7 * 86_400,
    "manual": 7 * 86_400,
    "pattern": 7 * 86_400,
}
_COLUMNS: Final = Columns(
    shown=("id", "kind", "title", "trigger", "created_at"), flexible=("title",), optional=("trigger",)
)


class Wanted(Record, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    kind: Literal["daily", "weekly", "manual"] = "manual"
    since: str | None = None
    until: str | None = None
    pattern: str | None = None
    service: str | None = None
    environment: str | None = None
    version: str | None = None
    sprint: str | None = None


def report(config: Path | None, wanted: Wanted, *, form: ReportFormat, output: Path | None) -> None:
    """Make a report up to now (the last day, or seven), keep it, and write it."""
    zone = _zone(settings_for(config).reports.time_zone)
    with reading(config) as database:
        made = _made(database, wanted, zone)
    _write(made, form, output)


def show(config: Path | None, report_id: str, *, form: ReportFormat, output: Path | None) -> None:
    """Write a report that is kept."""
    with reading(config) as database:
        found = diagnostic_reports.get(database, report_id)
    if found is None:
        message = f"there is no report {report_id!r}; `tracemedic report --list` names them"
        raise Failure(message)
    _write(found, form, output)


def list_reports(config: Path | None, *, as_json: bool, limit: int) -> None:
    """Print what reports there are, the newest first."""
    with reading(config) as database:
        page = diagnostic_reports.list_reports(database, limit=limit)
    rows = [
        {
            "id": head.id,
            "kind": head.kind,
            "title": head.title,
            "trigger": head.trigger,
            "created_at": moment(head.created_at_ns),
            "author": head.author,
            "period_from": moment(head.period_from_ns),
            "period_to": moment(head.period_to_ns),
            "pattern_id": head.pattern_id,
            "summary": head.summary,
        }
        for head in page.reports
    ]
    print_rows(rows, columns=_COLUMNS, as_json=as_json, empty="No report yet. `tracemedic report` makes one.")


def _made(database: Database, wanted: Wanted, zone: ZoneInfo) -> DiagnosticReport:
    now_ns = time.time_ns()
    kind: ReportKind = "pattern" if wanted.pattern is not None else wanted.kind
    since_ns, until_ns = period_of(wanted.since, wanted.until, now_ns=now_ns, default_s=_DEFAULT_S[kind], zone=zone)
    if kind == "weekly" and wanted.since is None:
        # Six whole days and the present one: a chart whose first bar is the rest of a day misleads.
        since_ns = midnight_ns(day_of(until_ns, zone) - timedelta(days=6), zone)
    order = Order(
        # Not the id of the report that is due by the clock: this one ends now, that one at midnight.
        id=f"{kind}:by-hand:{uuid.uuid4().hex[:12]}",
        kind=kind,
        scope=Scope(
            since_ns=since_ns,
            until_ns=until_ns,
            service=wanted.service,
            environment=wanted.environment,
            version=wanted.version,
            sprint=wanted.sprint,
        ),
        zone=zone,
        author=author_of(None),
    )
    if wanted.pattern is None:
        return make_report(database, order, now_ns=now_ns)
    return make_pattern_report(database, order, pattern_named(database, wanted.pattern), now_ns=now_ns)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        message = f"reports.time_zone: {name!r} is no time zone that this machine knows"
        raise Failure(message) from None


def _write(made: DiagnosticReport, form: ReportFormat, output: Path | None) -> None:
    text = _WRITERS[form](made)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"cannot write {output}: {error.strerror}"
        raise Failure(message) from None
    sys.stderr.write(f"{output}: {made.title} (kept as {made.id})\n")
