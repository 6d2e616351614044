"""System health: the mission's three figures and the errors themselves, each against the period before."""

from typing import Final

from tracemedic_processor.kpis.errors import agent_success_percent, error_rate
from tracemedic_storage import health_figures
from tracemedic_storage.database import Database
from tracemedic_storage.diagnostic_report import Figure
from tracemedic_storage.scope import Scope

_NOT_BY_SPRINT: Final = "not by sprint"


def health(database: Database, scope: Scope, before: Scope) -> tuple[Figure, ...]:
    """API error rate, agent success rate, patterns that need attention, errors."""
    return (
        _error_rate(database, scope, before),
        _agent_success(database, scope, before),
        _open_patterns(database, scope, before),
        _errors(database, scope, before),
    )


def _error_rate(database: Database, scope: Scope, before: Scope) -> Figure:
    now, then = error_rate(database, scope), error_rate(database, before)
    return Figure(
        name="api_error_rate",
        title="API error rate",
        unit="%",
        better="lower",
        value=now.value,
        before=then.value,
        counted=now.counted,
        query=now.query,
        note=now.note,
    )


def _agent_success(database: Database, scope: Scope, before: Scope) -> Figure:
    now, finished = agent_success_percent(database, scope)
    then, _ = agent_success_percent(database, before)
    return Figure(
        name="agent_success_rate",
        title="Agent success rate",
        unit="%",
        better="higher",
        value=now,
        before=then,
        counted={"failed": finished.failed, "agent_runs": finished.total},
        query="health_figures.finished(kind='agent_run')",
        note="" if now is not None else _NOT_BY_SPRINT if scope.sprint is not None else "no agent run finished",
    )


def _open_patterns(database: Database, scope: Scope, before: Scope) -> Figure:
    return Figure(
        name="active_patterns",
        title="Active patterns",
        unit="",
        better="lower",
        value=len(health_figures.open_patterns(database, scope)),
        before=len(health_figures.open_patterns(database, before)),
        query="health_figures.open_patterns",
        note="in need of attention at the end",
    )


def _errors(database: Database, scope: Scope, before: Scope) -> Figure:
    now, then = health_figures.detected(database, scope), health_figures.detected(database, before)
    return Figure(
        name="errors",
        title="Errors",
        unit="",
        better="lower",
        value=now.events,
        before=then.events,
        counted={"in_patterns": now.in_patterns, "events": now.events},
        query="health_figures.detected",
    )
