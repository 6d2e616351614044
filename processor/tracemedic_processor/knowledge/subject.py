"""What is looked up."""

from collections.abc import Mapping

from tracemedic_storage.records import Category, Record


class Subject(Record, frozen=True, kw_only=True):
    """One kind of error: its types and messages with the root cause first, as far as they are known.

    `attributes` are the failing span's. `language` is what OpenTelemetry or the stack trace's dialect says.
    """

    types: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    attributes: Mapping[str, str] = {}
    category: Category = "unknown"
    language: str | None = None
