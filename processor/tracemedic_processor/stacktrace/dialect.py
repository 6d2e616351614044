"""What one language's stack traces are to the rest: a row in the table of `parse.DIALECTS`."""

from collections.abc import Callable

from tracemedic_storage.records import ExceptionRecord, Record


class Dialect(Record, frozen=True):
    """How the stack traces of one runtime are recognised and read.

    `languages` are the values of `telemetry.sdk.language` and the spoken names it serves. `recognise` says how sure it
    is, 0 to 1, that a text is of this dialect, by cheap means. `parse` returns the chain, the reported exception first,
    the root cause last, frames innermost first with the dialect's own judgement of `in_app`; an empty list when
    nothing is recognised. Neither ever raises, and both are linear in the text.
    """

    name: str
    languages: frozenset[str]
    recognise: Callable[[str], float]
    parse: Callable[[str], list[ExceptionRecord]]
