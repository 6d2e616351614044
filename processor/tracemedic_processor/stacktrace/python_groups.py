"""Exception groups of Python: the drawing of nested members taken apart into plain tracebacks.

+ Exception Group Traceback (most recent call last):
|   File ...
| ExceptionGroup: two (2 sub-exceptions)
+-+---------------- 1 ----------------
  | ValueError: 1
  +---------------- 2 ----------------
  | TypeError: 2
  +------------------------------------
"""

import re
from dataclasses import dataclass, field

DEPTH_MAX = 20
"""The traceback module stops at 10."""

_MARGIN = re.compile(r"( {2,})([|+])(?:(-\+)?-{4,}(?: (\S+) -{4,})?$|(?: (.*))?$)")


@dataclass(slots=True)
class Member:
    """One exception of a group: lines of an ordinary traceback, and where the exception is a group its own members."""

    items: "list[str | Member]" = field(default_factory=list["str | Member"])


def has_groups(text: str) -> bool:
    """Whether the drawing is there at all."""
    return "Exception Group Traceback" in text


def ungroup(lines: list[str]) -> Member:
    """The whole text as one member: its lines without margins, with members standing where their group ends."""
    whole = Member()
    open_members: list[Member] = [whole]
    for line in lines:
        margin = _MARGIN.match(line)
        if margin is None:
            open_members[0].items.append(line)
            del open_members[1:]
            continue
        spaces, _, opens_deeper, number, content = margin.groups()
        level = min(len(spaces) // 2 - 1, DEPTH_MAX)
        if content is not None or margin.end() == len(spaces) + 1:
            open_members[min(level, len(open_members) - 1)].items.append(content or "")
        else:
            _separate(open_members, level + (1 if opens_deeper else 0), number)
    return whole


def _separate(open_members: list[Member], level: int, number: str | None) -> None:
    """A line between members: close what is as deep, and open the next member when the line has a number."""
    del open_members[max(level, 1) :]
    if number is not None:
        member = Member()
        open_members[-1].items.append(member)
        open_members.append(member)
