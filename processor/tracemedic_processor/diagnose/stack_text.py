"""A stack trace as a model reads it best: the root cause first, application code with the lines around it, libraries
counted rather than shown."""

from collections.abc import Iterator, Sequence
from typing import Final

from tracemedic_processor.diagnose.evidence import CodeLines
from tracemedic_storage.records import ExceptionRecord, Frame, Relation

APP_FRAMES_MAX: Final = 30
"""Of one exception; deeper ones are recursion or glue."""
LIBRARY_FRAMES_FIRST: Final = 3
"""Innermost frames of libraries that are shown: they tell what the library was doing when it failed."""
MESSAGE_CHARACTERS_MAX: Final = 600
"""Of each exception of the chain; the reported message stands in full elsewhere."""

_RELATIONS: Final[dict[Relation, str]] = {
    "reported": "as reported",
    "cause": "caused the one below",
    "context": "was being handled when the one below was raised",
    "suppressed": "suppressed by the one below",
    "group_member": "member of the group below",
}


def stack_text(chain: Sequence[ExceptionRecord], code: Sequence[CodeLines]) -> str:
    """The chain, the root cause first so that a cut costs the least, each with its frames, innermost call first."""
    lines_of = {(each.file, each.line): each for each in code}
    return "\n".join(line for exception in reversed(chain) for line in _exception(exception, lines_of)).strip()


def _exception(exception: ExceptionRecord, code: dict[tuple[str, int], CodeLines]) -> Iterator[str]:
    yield f"{exception.type}: {exception.message[:MESSAGE_CHARACTERS_MAX]} ({_RELATIONS[exception.relation]})"
    app = left_out = 0
    for at, frame in enumerate(exception.frames):
        app += frame.in_app
        if (at >= LIBRARY_FRAMES_FIRST and not frame.in_app) or (frame.in_app and app > APP_FRAMES_MAX):
            left_out += 1
            continue
        yield from _elided(left_out)
        left_out = 0
        yield from _frame(frame, code)
    yield from _elided(left_out)


def _elided(frames: int) -> Iterator[str]:
    if frames:
        yield f"  ... {frames} more frame{'s' if frames > 1 else ''}, mostly of libraries"


def _frame(frame: Frame, code: dict[tuple[str, int], CodeLines]) -> Iterator[str]:
    line = f":{frame.line}" if frame.line is not None else ""
    place = f" ({frame.file}{line})" if frame.file else f" (module {frame.module})" if frame.module else ""
    yield f"  at {frame.function}{place}{' [application]' if frame.in_app else ''}"
    around = code.get((frame.file or "", frame.line or 0))
    if around is not None:
        yield from _code(around)
    elif frame.code:
        yield f"      > {frame.code.strip()}"


def _code(around: CodeLines) -> Iterator[str]:
    for number, text in enumerate(around.lines, around.first_line):
        yield f"      {'>' if number == around.line else ' '} {number:>5} | {text}"
