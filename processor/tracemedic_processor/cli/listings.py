"""`tracemedic errors`, `patterns` and `query`: what the database knows."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast, get_args

import msgspec

from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.cli.history import History
from tracemedic_processor.cli.output import Columns, Row, moment, print_rows, short_moment
from tracemedic_processor.cli.settings import reading
from tracemedic_storage import queries
from tracemedic_storage.database import Database
from tracemedic_storage.records import CATEGORIES, Category, ErrorPattern, PatternStatus

NOTHING = "Nothing yet. Point a service's OTEL_EXPORTER_OTLP_ENDPOINT at tracemedic and make it fail."
NO_PATTERNS = "No pattern yet. A third failing trace of one kind within 24 hours makes one."
NO_OPEN_PATTERNS = "No pattern needs attention; --all shows those that are resolved or ignored, too."


def errors(
    config: Path | None,
    *,
    as_json: bool,
    limit: int,
    service: str | None,
    category: str | None,
    trace: str | None,
    pattern: str | None,
    archive: bool = False,
) -> None:
    """Print the newest errors that fit."""
    with reading(config) as database:
        chosen = queries.ErrorFilter(
            service=service,
            category=_category(category),
            trace_id=trace,
            pattern_id=None if pattern is None else pattern_named(database, pattern).id,
        )
        found = History(config, database, archive=archive).list_errors(chosen, limit=limit)
    rows = [_error_row(each, short=not as_json) for each in found]
    print_rows(rows, columns=_ERROR_COLUMNS, as_json=as_json, empty=NOTHING)


def patterns(
    config: Path | None, *, as_json: bool, limit: int, category: str | None, status: str | None, everything: bool
) -> None:
    """Print the patterns that fit, the most recently seen first: those that need attention unless asked otherwise."""
    statuses = () if everything or status else queries.OPEN
    with reading(config) as database:
        chosen = queries.PatternFilter(category=_category(category), status=_status(status), statuses=statuses)
        page = queries.list_patterns(database, chosen, limit=limit)
        is_empty = not queries.list_patterns(database, limit=1).patterns
    print_patterns(page.patterns, as_json=as_json, empty=NO_PATTERNS if is_empty else NO_OPEN_PATTERNS)


def errors_by_category(config: Path | None, *, as_json: bool, hours: float, archive: bool = False) -> None:
    """Print how many errors each category had."""
    with reading(config) as database:
        since_ns = time.time_ns() - round(hours * 3600e9)
        counts = History(config, database, archive=archive).errors_by_category(since_ns=since_ns)
    rows = [{"category": each.category, "count": each.count} for each in counts]
    print_rows(rows, columns=Columns(shown=("category", "count")), as_json=as_json, empty=NOTHING)


def active_patterns(config: Path | None, *, as_json: bool, more_than: int) -> None:
    """Print the active patterns with many occurrences."""
    with reading(config) as database:
        found = queries.active_patterns(database, more_than=more_than)
    print_patterns(found, as_json=as_json)


def agent_run(config: Path | None, agent_run_id: str, *, as_json: bool, archive: bool = False) -> None:
    """Print the errors of one agent run, in their order."""
    with reading(config) as database:
        found = History(config, database, archive=archive).errors_for_agent_run(agent_run_id)
    print_rows(
        [_error_row(each, short=not as_json) for each in found],
        columns=_ERROR_COLUMNS,
        as_json=as_json,
        empty=f"No error of agent run {agent_run_id}. Which attributes carry the id is set by `context.agent_run_id`.",
    )


_ERROR_COLUMNS: Final = Columns(
    shown=("when", "service", "error_type", "message", "category", "severity", "pattern", "trace_id"),
    flexible=("message", "pattern"),
    optional=("pattern", "trace_id", "severity", "when"),
)
_PATTERN_COLUMNS: Final = Columns(
    shown=("name", "occurrences", "category", "severity", "status", "last", "fingerprint"),
    flexible=("name",),
    optional=("fingerprint", "last"),
)


def _error_row(known: queries.KnownError, *, short: bool) -> Row:
    event = known.event
    if short:
        return {
            "when": short_moment(event.occurred_at_ns),
            "service": event.service,
            "error_type": event.error_type.rpartition(".")[2],
            "message": event.message,
            "category": event.category,
            "severity": event.severity,
            "pattern": known.pattern_name,
            "trace_id": event.trace_id,
        }
    context = {key: value for key, value in msgspec.structs.asdict(event.context).items() if value not in (None, {})}
    return {
        "occurred_at": moment(event.occurred_at_ns),
        "received_at": moment(event.received_at_ns),
        "id": event.id,
        "trace_id": event.trace_id,
        "span_id": event.innermost.span_id,
        "occurrences": event.occurrences,
        "service": event.service,
        "service_version": event.service_version,
        "environment": event.environment,
        "error_type": event.error_type,
        "message": event.message,
        "source": event.source,
        "category": event.category,
        "category_confidence": event.category_confidence,
        "severity": event.severity,
        "fingerprint": event.fingerprint,
        "pattern_id": known.pattern_id,
        "pattern_name": known.pattern_name,
        "root_cause": known.ai_root_cause,
        **context,
    }


def print_patterns(found: Sequence[ErrorPattern], *, as_json: bool, empty: str = NO_PATTERNS) -> None:
    """Print patterns as a listing."""
    rows = [pattern_row(each) if as_json else _short_pattern_row(each) for each in found]
    print_rows(rows, columns=_PATTERN_COLUMNS, as_json=as_json, empty=empty)


def _short_pattern_row(pattern: ErrorPattern) -> Row:
    return {
        "name": pattern.name,
        "occurrences": pattern.total_occurrences,
        "category": pattern.category,
        "severity": pattern.severity + ("↑" if pattern.escalated else ""),
        "status": pattern.status,
        "last": short_moment(pattern.last_seen_ns),
        "fingerprint": pattern.fingerprint[:12],
    }


def pattern_row(pattern: ErrorPattern) -> Row:
    """A pattern as listings print it in JSON."""
    return {
        "name": pattern.name,
        "occurrences": pattern.total_occurrences,
        "category": pattern.category,
        "severity": pattern.severity,
        "status": pattern.status,
        "last_seen": moment(pattern.last_seen_ns),
        "fingerprint": pattern.fingerprint,
        "id": pattern.id,
        "first_seen": moment(pattern.first_seen_ns),
        "escalated": pattern.escalated,
        "error_type": pattern.error_type,
        "source": pattern.source,
        "sample_message": pattern.sample_message,
        "services": list(pattern.services),
        "summary": pattern.ai_summary,
        "root_cause": pattern.ai_root_cause,
    }


def pattern_named(database: Database, reference: str) -> ErrorPattern:
    """The pattern that `reference` leads to. Raises `Failure`."""
    try:
        found = queries.get_pattern(database, reference)
    except queries.AmbiguousReference as error:
        raise Failure(str(error)) from None
    if found is None:
        message = (
            f"no pattern has the id or a fingerprint beginning with {reference!r}; `tracemedic patterns` lists them"
        )
        raise Failure(message)
    return found


def _category(name: str | None) -> Category | None:
    return None if name is None else cast("Category", _one_of(name, CATEGORIES, "category"))


def _status(name: str | None) -> PatternStatus | None:
    return None if name is None else cast("PatternStatus", _one_of(name, get_args(PatternStatus), "status"))


def _one_of(name: str, known: Sequence[str], what: str) -> str:
    if name not in known:
        message = f"{name!r} is no {what}; there are {', '.join(known)}"
        raise Failure(message)
    return name
