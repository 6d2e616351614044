"""The four key figures of error health, and the agents' success beside them."""

from typing import Final

import msgspec

from tracemedic_processor.kpis.repair import repairs_within
from tracemedic_storage import health_figures, judgements, repairs
from tracemedic_storage.database import Database
from tracemedic_storage.kpi import Kpi
from tracemedic_storage.scope import Scope

_HOUR_NS: Final = 3_600_000_000_000

ERROR_RATE: Final = Kpi(
    name="error_rate",
    title="Error rate",
    definition="Share of finished requests (SERVER spans) that failed, by the minute in which they ended (the "
    "sender's clock). Agent runs and work without a request, such as jobs and consumers, are left out; so is what "
    "the senders' sampling leaves out. Nothing is known of sprints.",
    unit="%",
    better="lower",
    target=1.0,
    query="health_figures.finished(kind='request')",
    not_by=("sprint",),
)
DETECTION: Final = Kpi(
    name="pattern_detection_rate",
    title="Pattern detection rate",
    definition="Share of the error events that occurred in the period (the sender's clock) whose fingerprint belongs "
    "to a pattern by now, whatever its status. Events that have left the database are left out.",
    unit="%",
    better="higher",
    target=80.0,
    query="health_figures.detected",
)
MTTR: Final = Kpi(
    name="mttr",
    title="Mean time to resolution",
    definition="Mean time, by our clock, from the moment a pattern was made or regressed to the moment somebody "
    "resolved it, over the repairs that ended in the period. A regression begins a new repair; a pattern reopened by "
    "hand goes on with its old one, and the end before does not count. Resolving again changes nothing; what is "
    "ignored or still open is left out. By service, environment, version or sprint: patterns with an event there.",
    unit="h",
    better="lower",
    target=24.0,
    query="repairs.histories",
)
ACCURACY: Final = Kpi(
    name="ai_accuracy",
    title="AI categorisation accuracy",
    definition="Share of the verdicts given in the period (our clock) that call a diagnosis, by a model or by rules, "
    "right; partly right counts half. Of several verdicts of one person on one diagnosis the newest counts; "
    "diagnoses that nobody judged are left out. By service, environment, version or sprint: of patterns with an "
    "event there.",
    unit="%",
    better="higher",
    target=90.0,
    query="judgements.judged",
)


def error_rate(database: Database, scope: Scope) -> Kpi:
    """Failed requests of all requests."""
    if scope.sprint is not None:
        return msgspec.structs.replace(ERROR_RATE, note="not by sprint")
    finished = health_figures.finished(database, scope, "request")
    return _filled(
        ERROR_RATE,
        _percent(finished.failed, finished.total),
        {"failed": finished.failed, "requests": finished.total},
        "no request finished",
    )


def agent_success_percent(database: Database, scope: Scope) -> tuple[float | None, health_figures.Finished]:
    """Agent runs that did not fail, of all that finished; a figure of health without a target, not by sprint."""
    if scope.sprint is not None:
        return None, health_figures.Finished(total=0, failed=0)
    finished = health_figures.finished(database, scope, "agent_run")
    return _percent(finished.total - finished.failed, finished.total), finished


def detection_rate(database: Database, scope: Scope) -> Kpi:
    """Error events that belong to a pattern."""
    detected = health_figures.detected(database, scope)
    counted = {"in_patterns": detected.in_patterns, "events": detected.events}
    return _filled(DETECTION, _percent(detected.in_patterns, detected.events), counted, "no error occurred")


def mttr(database: Database, scope: Scope) -> Kpi:
    """Mean hours from a pattern's beginning to its end."""
    found = repairs_within(repairs.histories(database, scope), scope.since_ns, scope.until_ns)
    mean = sum(repair.took_ns for repair in found) / len(found) / _HOUR_NS if found else None
    return _filled(MTTR, mean, {"repairs": len(found)}, "no pattern was resolved")


def accuracy(database: Database, scope: Scope) -> Kpi:
    """Diagnoses that were judged right."""
    judged = judgements.judged(database, scope)
    value = None if judged.share is None else 100 * judged.share
    counted = {"right": judged.right, "partly": judged.partly, "wrong": judged.wrong}
    return _filled(ACCURACY, value, counted, "no diagnosis was judged")


def _filled(kpi: Kpi, value: float | None, counted: dict[str, int], nothing: str) -> Kpi:
    return msgspec.structs.replace(kpi, value=value, counted=counted, note=nothing if value is None else "")


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
