"""An ERROR status that only passes on a failure from below is one more place of that failure, not one more error."""

from collections.abc import Iterator, Sequence

import msgspec

from tracemedic_processor.attributes import ERROR_TYPE
from tracemedic_processor.detect.ancestry import Ancestry
from tracemedic_processor.occurrence import Occurrence


def adopt_causes(occurrences: Sequence[Occurrence], ancestry: Ancestry) -> Iterator[Occurrence]:
    """Give a bare ERROR status the exception of the failing spans below it, within one service and one request.

    Instrumentation often records the exception on the inner span and only the status on those around it. A status
    that says something of its own (a description or an `error.type` that differs) stays an error of its own.
    """
    exceptions = [each for each in occurrences if each.carrier == "event"]
    bare = [each for each in occurrences if each.carrier == "status"]
    if not exceptions or not bare:
        yield from occurrences
        return
    failing = {each.place.span_id for each in occurrences}
    below = {
        each.place.span_id: [span_id.hex() for span_id in ancestry.above(bytes.fromhex(each.place.parent_span_id))]
        for each in exceptions
    }
    for occurrence in occurrences:
        cause = _cause(occurrence, exceptions, below, failing) if occurrence.carrier == "status" else None
        yield occurrence if cause is None else _as_place_of(cause, occurrence)


def _cause(
    status: Occurrence, exceptions: Sequence[Occurrence], below: dict[str, list[str]], failing: set[str]
) -> Occurrence | None:
    """The exception nearest below `status` that reaches it through failing spans only."""
    candidates = [
        each
        for each in exceptions
        if each.resource.service == status.resource.service
        and each.trace_id == status.trace_id
        and _reaches(status.place.span_id, below[each.place.span_id], failing)
        and _adds_nothing(status, each)
    ]
    return max(candidates, key=lambda each: each.occurred_at_ns, default=None)


def _reaches(span_id: str, above: list[str], failing: set[str]) -> bool:
    return span_id in above and all(each in failing for each in above[: above.index(span_id)])


def _adds_nothing(status: Occurrence, exception: Occurrence) -> bool:
    error_type = str(status.item_attributes.get(ERROR_TYPE, ""))
    silent_type = error_type in {"", "_OTHER", exception.error_type} or error_type.isdigit()
    return silent_type and (not status.message or exception.message in status.message != "")


def _as_place_of(cause: Occurrence, status: Occurrence) -> Occurrence:
    return msgspec.structs.replace(
        status,
        error_type=cause.error_type,
        message=cause.message,
        stacktrace=cause.stacktrace,
        attributes=cause.attributes,
        occurred_at_ns=cause.occurred_at_ns,
    )
