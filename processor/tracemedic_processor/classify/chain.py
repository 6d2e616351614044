"""Which exceptions of a chain are looked at, and what each one's word is worth beside the root's."""

from typing import NamedTuple

from tracemedic_processor.classify.subject import Subject
from tracemedic_storage.records import ExceptionRecord

EXCEPTIONS_MAX = 6
"""How many exceptions of a chain are looked at: the reported one and those nearest to the root."""
STEP_OUTWARD = 0.06
OUTERMOST = 0.8
HANDLED = 0.9


class Weighed(NamedTuple):
    """One exception of the chain; `factor` is 1 for the root and less for what only wraps it."""

    record: ExceptionRecord
    factor: float


def weighed_exceptions(subject: Subject) -> list[Weighed]:
    """The exceptions worth a look, the root first."""
    chain = [one for one in subject.stack.chain if one.relation != "suppressed"]
    if not chain:
        return [Weighed(ExceptionRecord(type=subject.error_type, message=subject.message), 1.0)]
    reported = ExceptionRecord(
        type=subject.error_type or chain[0].type,
        message=subject.message or chain[0].message,
        frames=chain[0].frames,
    )
    chain = [reported, *chain[1:]]
    if len(chain) > EXCEPTIONS_MAX:
        chain = [chain[0], *chain[1 - EXCEPTIONS_MAX :]]
    return [Weighed(one, _worth(chain, place)) for place, one in reversed(list(enumerate(chain)))]


def _worth(chain: list[ExceptionRecord], place: int) -> float:
    """The root counts in full and each wrapper less; what was only being handled meanwhile is no clear root."""
    outward = len(chain) - 1 - place
    handled = any(one.relation == "context" for one in chain[1 : place + 1])
    by_distance = max(OUTERMOST, 1.0 - STEP_OUTWARD * outward)
    return min(by_distance, HANDLED) if handled else by_distance
