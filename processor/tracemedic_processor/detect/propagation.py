"""An ERROR status that only passes on a failure is one more place of that failure, not one more error."""

from collections.abc import Iterator, Mapping, Sequence, Set

import msgspec

from tracemedic_processor.attributes import ERROR_TYPE
from tracemedic_processor.detect.ancestry import Ancestry
from tracemedic_processor.occurrence import Occurrence


def adopt_causes(occurrences: Sequence[Occurrence], ancestry: Ancestry) -> Iterator[Occurrence]:
    """Give a bare ERROR status the exception it passes on, within one service and one request.

    Instrumentation often records the exception on one span and only the status on those around it: on the spans above
    (the exception went through them) or on an internal span below (the ASGI instrumentation's `http send`, which
    carries the answer 500). A status that says something of its own (a description or an `error.type` that differs)
    stays an error of its own, and so does that of a call to another service.
    """
    failing = {each.place.span_id for each in occurrences}
    exceptions = {each.place.span_id: each for each in occurrences if each.carrier == "event"}
    if not exceptions or len(exceptions) == len(occurrences):
        yield from occurrences
        return
    passed_on = _passed_on(exceptions, failing, ancestry)
    for occurrence in occurrences:
        if occurrence.carrier == "status":
            cause = passed_on.get(occurrence.place.span_id) or _around(occurrence, exceptions, failing, ancestry)
            yield _as_place_of(cause, occurrence) if cause and _adds_nothing(occurrence, cause) else occurrence
        else:
            yield occurrence


def _passed_on(exceptions: Mapping[str, Occurrence], failing: Set[str], ancestry: Ancestry) -> dict[str, Occurrence]:
    """For each failing span the latest exception that came to it from below, through failing spans only."""
    passed: dict[str, Occurrence] = {}
    for exception in sorted(exceptions.values(), key=lambda each: each.occurred_at_ns):
        for span_id in _above(exception, ancestry):
            if span_id not in failing:
                break
            passed[span_id] = exception
    return passed


def _around(
    status: Occurrence, exceptions: Mapping[str, Occurrence], failing: Set[str], ancestry: Ancestry
) -> Occurrence | None:
    """The exception of the span around an internal one, where everything between failed too."""
    if status.span_kind != "INTERNAL":
        return None
    for span_id in _above(status, ancestry):
        if span_id in exceptions:
            return exceptions[span_id]
        if span_id not in failing:
            return None
    return None


def _above(occurrence: Occurrence, ancestry: Ancestry) -> list[str]:
    parent = bytes.fromhex(occurrence.place.parent_span_id)
    return [span_id.hex() for span_id in ancestry.above(parent)]


def _adds_nothing(status: Occurrence, exception: Occurrence) -> bool:
    """Whether `status` is of the same service and trace and says nothing that `exception` does not."""
    if (status.resource.service, status.trace_id) != (exception.resource.service, exception.trace_id):
        return False
    error_type = str(status.item_attributes.get(ERROR_TYPE, ""))
    silent_type = error_type in {"", "_OTHER", exception.error_type} or error_type.isdigit()
    silent_message = not status.message or (exception.message != "" and exception.message in status.message)
    return silent_type and silent_message


def _as_place_of(cause: Occurrence, status: Occurrence) -> Occurrence:
    return msgspec.structs.replace(
        status,
        error_type=cause.error_type,
        message=cause.message,
        stacktrace=cause.stacktrace,
        attributes=cause.attributes,
        occurred_at_ns=cause.occurred_at_ns,
    )
