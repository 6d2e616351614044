"""Steps that wait for the database: one that is away ends no job, whose change counts as handled already."""

from typing import Final

from dbos import StepOptions

from tracemedic_storage.failures import DatabaseUnavailable

ATTEMPTS_MAX: Final = 12
"""With a second's pause that doubles, more than an hour."""


def patient(name: str) -> StepOptions:
    """The options of the step `name`."""
    return {
        "name": name,
        "retries_allowed": True,
        "interval_seconds": 1.0,
        "backoff_rate": 2.0,
        "max_attempts": ATTEMPTS_MAX,
        "should_retry": _is_away,
    }


def _is_away(error: BaseException) -> bool:
    return isinstance(error, DatabaseUnavailable)
