"""Captured locals in stack traces: which lines they stand on, in the formats of the common tracers."""

import re

from .local_values import mask_local

_GROUP = re.compile(r"(?:  )*  [|] ")
_FRAME = re.compile(r"\s*File \"[^\"\n]*\", line \d+")
_CARETS = re.compile(r"\s*[~^]+\s*\Z")
_NAME = r"[A-Za-z_][\w.\[\]'\"]{0,80}"
_CAPTURED = re.compile(rf"(?P<head>    {_NAME} = )(?P<value>\S.*)")
_OBJECT = re.compile(r"<[^>]+ at 0x|<module |<function |<class ")
_RICH_TITLE = re.compile(r"[│|]\s*[╭+][─-]+ locals [─-]+")
_RICH_END = re.compile(r"[│|]\s*[╰+][─-]+")
_RICH_LOCAL = re.compile(r"(?P<head>[│|] [│|]\s+[A-Za-z_]\w{0,80}\s+= )(?P<value>\S.*?)(?P<tail>\s*[│|] +[│|]\s*)\Z")
_RICH_MORE = re.compile(r"(?P<head>[│|] [│|])(?P<value>.*?)(?P<tail>[│|] +[│|]\s*)\Z")
_HUNG = re.compile(r"(?P<head>\s*(?:[│|]\s+)*└\s*)(?P<value>\S.*)")
_RULER = re.compile(r"\s{4,}\.{20,}\s*\Z")
_TITLE = re.compile(r"\s*(?:local(?:s| variables| vars)|variables)\b[^=\n]{0,60}\Z", re.IGNORECASE)
_LISTED = re.compile(rf"(?P<head>\s*{_NAME}\s*(?:=>|=|:)\s+)(?P<value>\S.*)")


def mask_locals(text: str) -> tuple[str, int]:
    """`text` with captured values replaced by their types, and how many they were. Every line stays a line.

    Known: `traceback` with `capture_locals`, rich, stackprinter, better-exceptions and loguru, and blocks under a
    title such as "Local variables".
    """
    walk = _Walk()
    lines = text.split("\n")
    masked = [walk.line(line) for line in lines]
    return "\n".join(masked), sum(one != other for one, other in zip(lines, masked, strict=True))


class _Walk:
    """Goes through the lines of a trace and remembers what block it is in."""

    def __init__(self) -> None:
        self._block = self._outside
        self._lines_since_frame: int | None = None
        self._indent: int | None = None
        self._in_value = False

    def line(self, line: str) -> str:
        return self._block(line)

    def _outside(self, line: str) -> str:
        if _RICH_TITLE.search(line):
            self._block = self._rich
            return line
        if _RULER.match(line) or _TITLE.match(line):
            self._block, self._indent = self._listed, None
            return line
        if "└" in line:
            hung = _HUNG.fullmatch(line)
            return hung["head"] + mask_local(hung["value"]) if hung else line
        group = _GROUP.match(line)
        prefix = group[0] if group else ""
        return prefix + self._framed(line[len(prefix) :])

    def _framed(self, line: str) -> str:
        """Python's own: the frame, its source line, marks under it, then a line for each local."""
        if _FRAME.match(line):
            self._lines_since_frame, self._in_value = 0, False
            return line
        if self._lines_since_frame is None or not line.startswith("    "):
            self._in_value = False
            self._lines_since_frame = self._lines_since_frame if line.startswith("  ") else None
            return line
        self._lines_since_frame += 1
        local = _CAPTURED.fullmatch(line)
        if local and (self._lines_since_frame > 1 or _OBJECT.match(local["value"])):
            self._in_value = True
            return local["head"] + mask_local(local["value"])
        return "    ..." if self._in_value and not _CARETS.match(line) else line

    def _rich(self, line: str) -> str:
        local = _RICH_LOCAL.search(line)
        if local is None and _RICH_END.search(line):
            self._block = self._outside
            return line
        match = local or _RICH_MORE.search(line)
        if match is None:
            self._block = self._outside
            return self._outside(line)
        shown = mask_local(match["value"]) if local else ""
        tail = match["tail"].lstrip()
        width = len(match["value"]) + len(match["tail"]) - len(tail)
        return line[: match.start()] + match["head"] + shown.ljust(width) + tail

    def _listed(self, line: str) -> str:
        """`name = value` lines; what is indented deeper than the last name belongs to its value."""
        listed = _LISTED.fullmatch(line)
        indent = len(line) - len(line.lstrip())
        if listed and (self._indent is None or indent == self._indent):
            self._indent = indent
            return listed["head"] + mask_local(listed["value"])
        if self._indent is not None and indent > self._indent and line.strip():
            return line[:indent] + "..."
        if _RULER.match(line):
            return line
        self._block = self._outside
        return self._outside(line)
