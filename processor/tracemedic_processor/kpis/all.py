"""All seven together: as a list, and as gauges for Prometheus and OpenTelemetry."""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from tracemedic_processor.kpis import errors
from tracemedic_processor.kpis import feedback as of_feedback
from tracemedic_processor.kpis.feedback import FeedbackFigures, nobody_collects
from tracemedic_storage.database import Database
from tracemedic_storage.feedback_figures import FeedbackSums
from tracemedic_storage.kpi import Kpi
from tracemedic_storage.records import Record
from tracemedic_storage.scope import Scope


class Gauge(Record, frozen=True, kw_only=True):
    """One value to be told: `name` in OpenTelemetry's form, `unit` in UCUM."""

    name: str
    value: float
    unit: str
    description: str


_Counted = Callable[[FeedbackSums], tuple[float | None, dict[str, int]]]
_OF_FEEDBACK: Final[tuple[tuple[Kpi, _Counted, str], ...]] = (
    (of_feedback.RESPONSE_TIME, of_feedback.response_hours, "no feedback was answered"),
    (of_feedback.RESOLUTION, of_feedback.resolved_percent, "no feedback came"),
    (of_feedback.SATISFACTION, of_feedback.mean_rating, "no rating was given"),
)
_UCUM: Final = {"%": "%", "h": "h", "of 5": "1", "": "1"}


def kpis(database: Database, scope: Scope, *, feedback: FeedbackFigures = nobody_collects) -> tuple[Kpi, ...]:
    """The seven key figures over a scope, in the mission's order; `feedback` knows the last three.

    Raises `DatabaseUnavailable`.
    """
    collected = feedback(database, scope)
    return (
        errors.error_rate(database, scope),
        errors.detection_rate(database, scope),
        errors.mttr(database, scope),
        errors.accuracy(database, scope),
        *(_from_feedback(kpi, counted, nothing, collected, scope) for kpi, counted, nothing in _OF_FEEDBACK),
    )


def gauges(found: Iterable[Kpi]) -> tuple[Gauge, ...]:
    """Value and target of each figure that has data; one without is not told, since zero would be a lie."""
    return tuple(
        gauge
        for kpi in found
        if kpi.value is not None
        for gauge in (
            _gauge(kpi, "", kpi.value, kpi.title),
            _gauge(kpi, ".target", kpi.target, f"{kpi.title}: what it is to stay {_side(kpi)}"),
        )
    )


def _gauge(kpi: Kpi, suffix: str, value: float, description: str) -> Gauge:
    return Gauge(name=f"tracemedic.kpi.{kpi.name}{suffix}", value=value, unit=_UCUM[kpi.unit], description=description)


def _side(kpi: Kpi) -> str:
    return "below" if kpi.better == "lower" else "above"


def _from_feedback(kpi: Kpi, counted: _Counted, nothing: str, sums: FeedbackSums | None, scope: Scope) -> Kpi:
    if sums is None:
        return msgspec.structs.replace(kpi, note=of_feedback.NO_FEEDBACK)
    missing = [name for name in scope.chosen if name in sums.not_by]
    if missing:
        return msgspec.structs.replace(kpi, note=f"not by {', '.join(missing)}", not_by=sums.not_by)
    value, counts = counted(sums)
    note = nothing if value is None else ""
    return msgspec.structs.replace(kpi, value=value, counted=counts, note=note, not_by=sums.not_by)
