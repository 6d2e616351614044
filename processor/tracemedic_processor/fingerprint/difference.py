"""Why two errors fall together or apart."""

import re

from tracemedic_processor.fingerprint.grouping import Grouping
from tracemedic_storage.records import Record

EXCERPT_CHARS = 40
"""How much is shown on either side of the first difference."""

_PLACEHOLDER = re.compile(r"<[A-Z]+>")


class Replacement(Record, frozen=True, kw_only=True):
    """One variable part: the placeholder in the normalised message and what stood there."""

    placeholder: str
    value: str


class PartDifference(Record, frozen=True, kw_only=True):
    """A part of the key that is not the same; None where one side has no such part.

    `position` counts characters up to the first difference, the excerpts show what stands around it.
    """

    part: str
    a: str | None
    b: str | None
    position: int
    a_excerpt: str
    b_excerpt: str


class Difference(Record, frozen=True, kw_only=True):
    """Whether two errors fall together, why, and what was left out of account in each."""

    together: bool
    reason: str
    parts: tuple[PartDifference, ...] = ()
    a_replaced: tuple[Replacement, ...] = ()
    b_replaced: tuple[Replacement, ...] = ()


def explain_difference(a: Grouping, b: Grouping) -> Difference:
    """Tell whether two errors fall together and why."""
    parts = _different_parts(dict(a.parts), dict(b.parts))
    return Difference(
        together=a.fingerprint == b.fingerprint,
        reason=_reason(a, b, parts),
        parts=parts,
        a_replaced=replacements(a.message, a.normalised_message),
        b_replaced=replacements(b.message, b.normalised_message),
    )


def replacements(message: str, normalised: str) -> tuple[Replacement, ...]:
    """Return what each placeholder stands for, found by laying the two texts beside each other.

    The last ones are missing where a rule rewrote the words between placeholders, too.
    """
    found: list[Replacement] = []
    marks = list(_PLACEHOLDER.finditer(normalised))
    at = marks[0].start() if marks else 0
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        literal = normalised[mark.end() : following.start() if following else len(normalised)]
        end = _end_of_value(message, at, literal, last=following is None)
        if end < at:
            break
        found.append(Replacement(placeholder=mark[0], value=message[at:end]))
        at = end + len(literal)
    return tuple(found)


def _end_of_value(message: str, at: int, literal: str, *, last: bool) -> int:
    if last:
        return len(message) - len(literal) if message.endswith(literal) else -1
    return message.find(literal, at + 1) if literal else at


def _different_parts(a: dict[str, str], b: dict[str, str]) -> tuple[PartDifference, ...]:
    names = [*a, *(name for name in b if name not in a)]
    return tuple(_part_difference(name, a.get(name), b.get(name)) for name in names if a.get(name) != b.get(name))


def _part_difference(name: str, a: str | None, b: str | None) -> PartDifference:
    position = _first_difference(a or "", b or "")
    return PartDifference(
        part=name,
        a=a,
        b=b,
        position=position,
        a_excerpt=_excerpt(a or "", position),
        b_excerpt=_excerpt(b or "", position),
    )


def _first_difference(a: str, b: str) -> int:
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _excerpt(text: str, position: int) -> str:
    return text[max(0, position - EXCERPT_CHARS) : position + EXCERPT_CHARS]


def _reason(a: Grouping, b: Grouping, parts: tuple[PartDifference, ...]) -> str:
    if a.fingerprint == b.fingerprint:
        return _reason_together(a, b)
    if a.version != b.version:
        return f"apart: keys of different versions, {a.version} and {b.version}"
    if a.reason != b.reason:
        return f"apart: one key is from {a.reason}, the other from {b.reason}"
    names = " and ".join(part.part for part in parts)
    first = parts[0]
    return (
        f"apart: {names} differ; first at character {first.position}: {first.a_excerpt!r} against {first.b_excerpt!r}"
    )


def _reason_together(a: Grouping, b: Grouping) -> str:
    if a.message == b.message:
        return f"together: the same by {a.reason}"
    if a.normalised_message == b.normalised_message:
        return f"together: the same by {a.reason}; the messages differ in variable parts only"
    return f"together: the same by {a.reason}; what differs in the messages does not count"
