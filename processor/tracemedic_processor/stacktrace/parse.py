"""The text of a stack trace, in whatever language, as a `StackTrace`."""

import re
from collections.abc import Iterator

from tracemedic_processor.stacktrace import (
    beam,
    cpp,
    dart,
    dotnet,
    go,
    javascript,
    jvm,
    php,
    python,
    ruby,
    rust,
    swift,
)
from tracemedic_processor.stacktrace.bounds import (
    EXCEPTIONS_PER_CHAIN_MAX,
    FRAMES_PER_EXCEPTION_MAX,
    LINES_MAX,
    OUTERMOST_FRAMES_KEPT,
    TEXT_CHARACTERS_MAX,
)
from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.in_app import InAppRules, apply_rules
from tracemedic_processor.stacktrace.recursion import without_recursion
from tracemedic_storage.records import ExceptionRecord, StackTrace

CERTAIN = 0.95
"""A dialect that is so sure of a text is taken without asking the others."""

DIALECTS: tuple[Dialect, ...] = (
    python.DIALECT,
    jvm.DIALECT,
    javascript.DIALECT,
    go.DIALECT,
    dotnet.DIALECT,
    ruby.DIALECT,
    php.DIALECT,
    rust.DIALECT,
    beam.DIALECT,
    swift.DIALECT,
    dart.DIALECT,
    cpp.DIALECT,
)
_WITHOUT_RECURSION = (jvm.DIALECT, javascript.DIALECT)
"""Dialects that take recursion out themselves, by what is lost in a frame: columns, and names before cleaning."""
_BY_LANGUAGE = {language: dialect for dialect in DIALECTS for language in dialect.languages}
_ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]{0,16}m")


def parse_stacktrace(
    text: str,
    *,
    language: str | None = None,
    error_type: str = "",
    message: str = "",
    in_app: InAppRules | None = None,
) -> StackTrace:
    """The chain of exceptions that `text` tells, in the natural format of any known runtime. Never raises.

    `language` is what the sender's SDK says; its dialect is asked first, and the text decides when that one finds
    nothing. `error_type` and `message` fill the reported exception where the text lacks them; a text that tells no
    stack at all becomes one exception without frames.
    """
    prepared = _prepare(text)
    dialect, chain = _read(prepared, language)
    if dialect is None:
        return StackTrace(language=language, chain=(ExceptionRecord(type=error_type, message=message),))
    recursive = dialect not in _WITHOUT_RECURSION
    chain = [_bound_frames(exception, recursive=recursive) for exception in _bound_chain(chain)]
    chain[0] = _fill(chain[0], error_type, message)
    if in_app is not None:
        chain = apply_rules(chain, in_app)
    spoken = language if language in dialect.languages else dialect.name
    return StackTrace(language=spoken, chain=tuple(chain))


def _prepare(text: str) -> str:
    """The text bounded, with plain line ends, without colours; line ends that were escaped are line ends again."""
    text = text[:TEXT_CHARACTERS_MAX]
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\x1b" in text:
        text = _ANSI_COLOUR.sub("", text)
    if "\n" not in text and "\\n" in text:
        text = text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
    if text.count("\n") > LINES_MAX:
        text = "\n".join(text.split("\n", LINES_MAX)[:LINES_MAX])
    return text


def _read(text: str, language: str | None) -> tuple[Dialect | None, list[ExceptionRecord]]:
    """The first dialect that finds frames; failing that, the first that finds at least a type."""
    best: tuple[Dialect | None, list[ExceptionRecord]] = (None, [])
    for dialect in _candidates(text, language):
        chain = dialect.parse(text)
        if any(exception.frames for exception in chain):
            return dialect, chain
        if chain and best[0] is None:
            best = (dialect, chain)
    return best


def _rate(text: str, spoken: Dialect | None) -> Iterator[tuple[float, Dialect]]:
    """How sure each dialect is; the first that is certain ends the round."""
    for dialect in DIALECTS:
        if dialect is not spoken:
            certainty = dialect.recognise(text)
            yield certainty, dialect
            if certainty >= CERTAIN:
                return


def _candidates(text: str, language: str | None) -> Iterator[Dialect]:
    spoken = _BY_LANGUAGE.get(language.lower()) if language else None
    if spoken is not None:
        yield spoken
    for certainty, dialect in sorted(_rate(text, spoken), key=lambda pair: -pair[0]):
        if certainty > 0:
            yield dialect


def _fill(exception: ExceptionRecord, error_type: str, message: str) -> ExceptionRecord:
    """The exception with what the sender says about it where the text lacks it.

    The sender's word wins over one cut short, and a sender's message that begins the text's wins as well: the text
    goes on with notes that are no part of the message.
    """
    known_type, known_message = exception.type, exception.message
    replaced = message and (known_message.startswith(message) or message.startswith(known_message))
    return ExceptionRecord(
        type=error_type if error_type.startswith(known_type) else known_type,
        message=message if replaced else known_message,
        relation=exception.relation,
        frames=exception.frames,
    )


def _bound_chain(chain: list[ExceptionRecord]) -> list[ExceptionRecord]:
    if len(chain) <= EXCEPTIONS_PER_CHAIN_MAX:
        return chain
    return [*chain[: EXCEPTIONS_PER_CHAIN_MAX - 1], chain[-1]]


def _bound_frames(exception: ExceptionRecord, *, recursive: bool) -> ExceptionRecord:
    frames = without_recursion(exception.frames) if recursive else exception.frames
    if len(frames) > FRAMES_PER_EXCEPTION_MAX:
        innermost = FRAMES_PER_EXCEPTION_MAX - OUTERMOST_FRAMES_KEPT
        frames = (*frames[:innermost], *frames[-OUTERMOST_FRAMES_KEPT:])
    if frames is exception.frames:
        return exception
    return ExceptionRecord(type=exception.type, message=exception.message, relation=exception.relation, frames=frames)
