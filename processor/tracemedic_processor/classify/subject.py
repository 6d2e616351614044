"""What the classifier looks at."""

from collections.abc import Mapping

from tracemedic_storage.records import Record, StackTrace

AttributeValue = str | int | float | bool


class Subject(Record, frozen=True):
    """One error: `error_type` and `message` as reported, the rest as far as it is known.

    `attributes` are the failing span's, `language` is what OpenTelemetry or the stack trace's dialect says.
    """

    error_type: str
    message: str
    stack: StackTrace = StackTrace()
    language: str | None = None
    attributes: Mapping[str, AttributeValue] = {}
    span_kind: str = ""
    span_name: str = ""
    service: str = ""
