"""The text of a stack trace, in whatever language, as a `StackTrace`."""

import re
from collections.abc import Iterator, Sequence
from importlib import import_module

from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.in_app import InAppRules, apply_rules
from tracemedic_storage.records import ExceptionRecord, Frame, StackTrace

TEXT_CHARACTERS_MAX = 1 << 20
"""Text beyond it is cut before parsing. Senders usually cut at 32,000 bytes themselves."""
FRAMES_PER_EXCEPTION_MAX = 250
OUTERMOST_FRAMES_KEPT = 50
"""Of a stack that is too deep the innermost frames and this many of the outermost are kept."""
EXCEPTIONS_PER_CHAIN_MAX = 50
CERTAIN = 0.95
"""A dialect that is so sure of a text is taken without asking the others."""
CYCLE_FRAMES_MAX = 4
"""Recursion through so many functions is still recognised."""
CYCLE_TURNS_MIN = 3
"""A cycle of several frames counts as recursion from so many turns on; a single repeated frame from two."""

_MODULES = ("python", "jvm", "javascript", "go", "dotnet", "ruby", "php", "rust", "beam", "swift", "dart", "cpp")


def _dialects() -> Iterator[Dialect]:
    for name in _MODULES:
        try:
            yield import_module(f"tracemedic_processor.stacktrace.{name}").DIALECT
        except (ImportError, AttributeError):
            continue


DIALECTS: tuple[Dialect, ...] = tuple(_dialects())

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
    chain = [_bound_frames(exception) for exception in _bound_chain(chain)]
    chain[0] = _fill(chain[0], error_type, message)
    if in_app is not None:
        chain = apply_rules(chain, in_app)
    spoken = language if language in dialect.languages else dialect.name
    return StackTrace(language=spoken, chain=tuple(chain))


def _prepare(text: str) -> str:
    """The text bounded, with plain line ends, without colours; one that arrived with escaped line ends has them back."""
    text = text[:TEXT_CHARACTERS_MAX]
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\x1b" in text:
        text = _ANSI_COLOUR.sub("", text)
    if "\n" not in text and "\\n" in text:
        text = text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
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

    A sender's message that begins the text's wins: the text goes on with notes that are no part of the message.
    """
    known = exception.message
    filled = message if message and known.startswith(message) else known or message
    return ExceptionRecord(
        type=exception.type or error_type,
        message=filled,
        relation=exception.relation,
        frames=exception.frames,
    )


def _bound_chain(chain: list[ExceptionRecord]) -> list[ExceptionRecord]:
    if len(chain) <= EXCEPTIONS_PER_CHAIN_MAX:
        return chain
    return [*chain[: EXCEPTIONS_PER_CHAIN_MAX - 1], chain[-1]]


def _bound_frames(exception: ExceptionRecord) -> ExceptionRecord:
    frames = without_recursion(exception.frames)
    if len(frames) > FRAMES_PER_EXCEPTION_MAX:
        innermost = FRAMES_PER_EXCEPTION_MAX - OUTERMOST_FRAMES_KEPT
        frames = (*frames[:innermost], *frames[-OUTERMOST_FRAMES_KEPT:])
    if frames is exception.frames:
        return exception
    return ExceptionRecord(type=exception.type, message=exception.message, relation=exception.relation, frames=frames)


def without_recursion(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """The frames with each repeated frame, or cycle of a few frames, told once."""
    places = [(frame.function, frame.module, frame.line) for frame in frames]
    if len(set(places)) == len(places):
        return frames
    kept: list[Frame] = []
    at = 0
    while at < len(frames):
        period, end = _cycle(places, at)
        kept.extend(frames[at : at + period])
        at = end
    return tuple(kept)


def _cycle(places: Sequence[object], at: int) -> tuple[int, int]:
    """The length of the cycle that begins at `at`, and where its turns end; a length of one when there is none."""
    for period in range(1, CYCLE_FRAMES_MAX + 1):
        end = at + period
        while end + period <= len(places) and places[end : end + period] == places[at : at + period]:
            end += period
        turns = (end - at) // period
        if turns >= (2 if period == 1 else CYCLE_TURNS_MIN):
            return period, end
    return 1, at + 1
