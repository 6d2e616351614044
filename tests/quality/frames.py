"""Whether the frames, the innermost function and the source in the application are what the raising program knew.

Names are compared by their last part, since a runtime and its printed text decorate them differently; the line of the
innermost frame, where the program knew it, makes up for that.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any

from tests.quality.raised import HALVES, Concluded, by_language
from tracemedic_processor.stacktrace import parse_stacktrace
from tracemedic_storage.records import Frame

_DECORATION = re.compile(
    r"\[[^\]]*\]|(?:::)?\{\{?closure\}?\}|(?:\.func\d+|\.gowrap\d+)(?:\.\d+)*$|\(\*|\)|^block (?:\(\d+ levels\) )?in "
    r"|^(?:rescue|ensure) in |^lambda\$|\$\d+$|(?<=\w)<[^<>]*>$"
)
_SEPARATOR = re.compile(r"::|->|[.\\:#]")
_DIALECTS = {"nodejs": "javascript"}


def measure() -> dict[str, dict[str, dict[str, float | None]]]:
    """By half and language the shares that are right, None where nothing is known."""
    return {half: {name: figures(group) for name, group in by_language(half).items()} for half in HALVES}


def figures(group: Iterable[Concluded]) -> dict[str, float | None]:
    """The shares of one group of raised errors."""
    told = list(group)
    return {name: share(right(one) for one in told) for name, right in CHECKS.items()}


def share(answers: Iterable[bool | None]) -> float | None:
    """The part of the known answers that is right."""
    known = [answer for answer in answers if answer is not None]
    return sum(known) / len(known) if known else None


def frames_right(one: Concluded) -> bool | None:
    """As many frames as the reported exception has, and its innermost function at its place."""
    count, innermost = one.line["expected"].get("frames_count"), innermost_right(one)
    if count is None or innermost is None:
        return innermost
    return innermost and len(one.explanation.frames) == count


def innermost_right(one: Concluded) -> bool | None:
    """The innermost frame of the reported exception: function, file and line."""
    expected = one.line["expected"]
    if not one.line["stacktrace"] or not expected.get("innermost_function"):
        return None
    frame = next(iter(one.explanation.frames), None)
    return frame is not None and same_function(expected["innermost_function"], frame.function) and _at(expected, frame)


def _at(expected: dict[str, Any], frame: Frame) -> bool:
    line, file = expected.get("innermost_line"), expected.get("innermost_file")
    same_file = not file or not frame.file or PurePosixPath(file).name == PurePosixPath(frame.file).name
    return same_file and (line is None or line == frame.line)


def source_right(one: Concluded) -> bool | None:
    """The function of the application where the root cause arose."""
    expected = one.line["expected"].get("in_app_source_function")
    if not one.line["stacktrace"] or not expected:
        return None
    return same_function(expected, one.explanation.source.partition(":")[2])


def chain_right(one: Concluded) -> bool | None:
    """The types from the reported exception to the root cause."""
    expected = one.line["expected"].get("chain_types")
    if not one.line["stacktrace"] or not expected:
        return None
    way = [each for each in one.explanation.chain if each.relation not in ("suppressed", "group_member")]
    causes = [_last(each.type) for each in way[1:]]
    return len(way) == len(expected) and causes == [_last(each) for each in expected[1:]]


def recognised(one: Concluded) -> bool | None:
    """The language from the text alone."""
    text, language = one.line["stacktrace"], one.line["language"]
    if not text or not one.explanation.frames:
        return None
    return parse_stacktrace(text).language == _DIALECTS.get(language, language)


CHECKS: dict[str, Callable[[Concluded], bool | None]] = {
    "frames and innermost": frames_right,
    "in-app source": source_right,
    "chain": chain_right,
    "recognised": recognised,
}


def same_function(known: str, told: str) -> bool:
    """Whether both name one function; a function without a name of its own goes by that of the one around it."""
    one, other = _last(known), _last(told)
    return one == other or one in ("", "{closure}")


def _last(name: str) -> str:
    plain = _DECORATION.sub("", name)
    if plain.startswith("<") and plain.endswith(">") and "::" not in plain:
        return plain
    return _SEPARATOR.split(plain)[-1]
