"""A key figure with its target, as plain values."""

from typing import Literal

from tracemedic_storage.records import Record

KpiName = Literal[
    "error_rate",  # requests that failed
    "pattern_detection_rate",  # error events that belong to a pattern
    "mttr",  # mean time to resolution
    "ai_accuracy",  # diagnoses that were judged right
    "feedback_response_time",  # mean time to the first answer
    "resolution_rate",  # feedback that was resolved
    "user_satisfaction",  # mean rating
]
KpiState = Literal["met", "missed", "no data"]
Unit = Literal["%", "h", "of 5", ""]


class Kpi(Record, frozen=True, kw_only=True):
    """One figure over one scope. `value` is in `unit`; without data it is None, never zero.

    `definition` says in words what counts; `target` is not to be reached but passed, in the direction of `better`.
    `counted` holds the sums behind the value, `query` the function of the storage that gave them, `note` why there
    is no value, `not_by` the restrictions that this figure cannot be asked by.
    """

    name: KpiName
    title: str
    definition: str
    unit: Unit
    better: Literal["lower", "higher"]
    target: float
    query: str
    value: float | None = None
    counted: dict[str, int] = {}
    note: str = ""
    not_by: tuple[str, ...] = ()

    @property
    def state(self) -> KpiState:
        """`met`, `missed` (exactly on the target is missed) or `no data`."""
        if self.value is None:
            return "no data"
        is_met = self.value < self.target if self.better == "lower" else self.value > self.target
        return "met" if is_met else "missed"
