"""A Markdown file in passages: what stands below each heading."""

import re
from collections.abc import Iterator
from typing import Final

from tracemedic_processor.diagnose.visible import visible
from tracemedic_storage.documents import DocumentPassage

PASSAGE_CHARS_MAX: Final = 2_000
"""What a prompt or a person takes in at once; longer sections go on in a further passage."""
PASSAGES_MAX: Final = 200
"""Of one file."""
TITLE_CHARS_MAX: Final = 200

_HEADING: Final = re.compile(r" {0,3}(#{1,6})\s+(.{1,400}?)[\s#]*$")
_FENCE: Final = re.compile(r" {0,3}(```|~~~)")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FRONT_MATTER: Final = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)(?:\n|\Z)", re.DOTALL)


def passages_of(text: str, *, name: str) -> tuple[DocumentPassage, ...]:
    """The passages of a file in its order. `name` is the title of what stands above the first heading.

    Comments, front matter and characters that nobody sees are left out: nobody reviews what they cannot see.
    """
    seen = _COMMENT.sub("", _FRONT_MATTER.sub("", visible(text.replace("\r\n", "\n")), count=1))
    found = (
        DocumentPassage(title=title, text=part) for title, section in _sections(seen, name) for part in _parts(section)
    )
    return tuple(passage for passage, _ in zip(found, range(PASSAGES_MAX), strict=False))


def _sections(text: str, name: str) -> Iterator[tuple[str, str]]:
    """Titles with the headings above them, and what stands below each."""
    above: list[tuple[int, str]] = []
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        fence = _after(line, fence)
        heading = None if fence else _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        yield _title(above, name), "\n".join(lines).strip()
        level = len(heading[1])
        above = [*((depth, one) for depth, one in above if depth < level), (level, heading[2])]
        lines = []
    yield _title(above, name), "\n".join(lines).strip()


def _after(line: str, fence: str) -> str:
    """The fence that is open after this line: within code a `#` is no heading."""
    mark = _FENCE.match(line)
    if mark is None:
        return fence
    if not fence:
        return mark[1]
    return "" if mark[1] == fence else fence


def _title(above: list[tuple[int, str]], name: str) -> str:
    return " > ".join(heading for _, heading in above)[:TITLE_CHARS_MAX] if above else name


def _parts(section: str) -> Iterator[str]:
    """The section in parts of bounded length, cut between paragraphs or lines where there are any."""
    rest = section
    while len(rest) > PASSAGE_CHARS_MAX:
        head = rest[:PASSAGE_CHARS_MAX]
        cuts = (head.rfind("\n\n"), head.rfind("\n"), head.rfind(" "))
        cut = next((cut for cut in cuts if cut > PASSAGE_CHARS_MAX // 2), PASSAGE_CHARS_MAX)
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest
