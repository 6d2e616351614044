"""Stack traces of the Java platform: Java, Kotlin, Scala, Clojure, and what logging libraries make of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tracemedic_processor.stacktrace.bounds import EXCEPTIONS_READ_MAX, FRAMES_PER_EXCEPTION_MAX, FRAMES_READ_MAX
from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.jvm_names import read_name
from tracemedic_processor.stacktrace.recursion import without_recursion
from tracemedic_storage.records import ExceptionRecord, Frame, Relation

_LOCATION = (
    r"(?:[^():\n]*\.(?:java|kt|kts|scala|sc|clj|cljc|cljs|groovy|jsp|gradle|aj|xtend|mill)(?::-?\d+)?"
    r"|Native Method|Unknown Source(?::\d+)?|<generated>|<native code>"
    r"|[A-Za-z_][^():\n]*:-?\d+|NO_SOURCE_FILE[^()\n]*|[\w$. -]+)"
)
_FRAME = re.compile(rf"\s*at ([^\s(][^(\n]*)\(({_LOCATION}|)\)")
_OMITTED = re.compile(r"\s*\.\.\. (\d{1,9}) (?:more|common frames omitted)")
_MARKER = re.compile(r"(\s*)(Caused by|Suppressed|Wrapped by): ?(.*)$")
_THREAD = re.compile(r'(?:Exception in thread "[^"\n]*"(?: #\d+)?|Uncaught exception(?: in [^:]*)?:?|\[[^\]\n]*\]) ')
_QUALIFIED = re.compile(r"((?:[^\W\d][\w$-]*\.)+[^\W\d][\w$]*)(?::(?:\s(.*))?)?$", re.DOTALL)
_SIMPLE = re.compile(r"([^\W\d][\w$]*)(?::(?:\s(.*))?)?$", re.DOTALL)
_EMBEDDED = re.compile(
    r"((?:[a-z_][\w-]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable|Failure))(?::(?:\s(.*))?)?$", re.DOTALL
)
_LOG_LINES_MAX = 10
_LOG_CHARACTERS_MAX = 2000
_CIRCULAR = "[CIRCULAR REFERENCE:"
_CLOJURE_FILES = (".clj", ".cljc", "NO_SOURCE_FILE")


@dataclass(slots=True, eq=False)
class _Node:
    """One exception while it is read; `indent` of its marker, `encloser` the one it was printed inside of.

    `places` are the frames as printed: a lambda and the method around it have one name when cleaned, and are two calls.
    """

    indent: int
    marker: str
    type: str = ""
    message: list[str] = field(default_factory=list[str])
    frames: list[Frame] = field(default_factory=list[Frame])
    places: list[str] = field(default_factory=list[str])
    omitted: int = 0
    encloser: "_Node | None" = None
    cause: "_Node | None" = None
    suppressed: "list[_Node]" = field(default_factory=list["_Node"])

    def all_frames(self) -> tuple[Frame, ...]:
        """Own frames, and those that `... n more` left to the enclosing stack; recursion told once."""
        if self.omitted and self.encloser is not None and self.omitted <= len(self.encloser.frames):
            first = len(self.encloser.frames) - self.omitted
            self.frames += self.encloser.frames[first : first + FRAMES_PER_EXCEPTION_MAX]
            self.places += self.encloser.places[first : first + FRAMES_PER_EXCEPTION_MAX]
            self.omitted = 0
        return without_recursion(self.frames, self.places)


class _Reader:
    """Reads line by line; `top` is the first exception printed."""

    def __init__(self) -> None:
        self.preface: list[str] = []
        self.top: _Node | None = None
        self.last: _Node | None = None
        self._open: list[_Node] = []
        self._exceptions = 0
        self._node: _Node | None = None

    def line(self, line: str) -> None:
        frame = _FRAME.match(line)
        if frame is not None:
            self._frame(frame[1], frame[2])
            return
        marker = _MARKER.match(line)
        if marker is not None:
            self._mark(len(marker[1]), marker[2], marker[3])
        elif self._node is None:
            self.preface.append(line)
        else:
            self._other(self._node, line)

    def _other(self, node: _Node, line: str) -> None:
        omitted = _OMITTED.match(line)
        if omitted is not None:
            node.omitted = int(omitted[1])
        elif not node.frames:
            node.message.append(line)

    def _frame(self, qualified: str, location: str) -> None:
        node = self._node if self._node is not None else self._begin()
        frame = _read_frame(qualified, location) if len(node.frames) < FRAMES_READ_MAX else None
        if frame is not None:
            node.frames.append(frame)
            node.places.append(f"{qualified}:{location}")

    def _begin(self) -> _Node:
        """The first exception: its header stands somewhere in the lines so far."""
        node = _Node(indent=0, marker="")
        _read_preface(node, self.preface)
        self.top = self.last = self._node = node
        self._open.append(node)
        return node

    def _mark(self, indent: int, marker: str, rest: str) -> None:
        if self._node is None:
            self._begin()
        self._exceptions += 1
        if rest.startswith(_CIRCULAR) or self._exceptions > EXCEPTIONS_READ_MAX:
            return
        node = _Node(indent=indent, marker=marker)
        _read_header(node, rest)
        if marker == "Suppressed":
            self._suppress(node)
        else:
            self._link(node)
        self._node = node
        self._open.append(node)

    def _suppress(self, node: _Node) -> None:
        node.indent = max(node.indent, 1)
        self._close(node.indent - 1)
        owner = self._open[-1]
        node.encloser = owner
        owner.suppressed.append(node)

    def _link(self, node: _Node) -> None:
        self._close(node.indent)
        owner = self._open.pop()
        if node.marker == "Wrapped by":
            node.cause, owner.encloser = owner, node
            self.top = node if self.top is owner else self.top
        else:
            owner.cause, node.encloser = node, owner

    def _close(self, indent: int) -> None:
        """Close what is printed deeper than `indent`; the first exception always stays."""
        while len(self._open) > 1 and self._open[-1].indent > indent:
            self._open.pop()


def _read_preface(node: _Node, lines: list[str]) -> None:
    """The header among the lines before the first frame: the first qualified class, else the first line with words."""
    for read in (_QUALIFIED, _SIMPLE):
        for at, line in enumerate(lines):
            found = read.match(_without_thread(line).strip())
            if found is not None:
                node.type = found[1]
                node.message = [found[2] or "", *lines[at + 1 :]]
                return
            if read is _SIMPLE and line.strip():
                break
    _read_embedded(node, lines)


def _without_thread(line: str) -> str:
    thread = _THREAD.match(line)
    return line[thread.end() :] if thread is not None else line


def _read_embedded(node: _Node, lines: list[str]) -> None:
    """A header behind the prefix of a log line."""
    first = max(0, len(lines) - _LOG_LINES_MAX)
    for at, line in enumerate(lines[first:], first):
        found = _EMBEDDED.search(line[:_LOG_CHARACTERS_MAX])
        if found is not None:
            node.type = found[1]
            node.message = [found[2] or "", *lines[at + 1 :]]
            return


def _read_header(node: _Node, header: str) -> None:
    found = _QUALIFIED.match(header) or _SIMPLE.match(header)
    if found is not None:
        node.type, node.message = found[1], [found[2] or ""]
    else:
        node.message = [header]


def _read_frame(qualified: str, location: str) -> Frame | None:
    """None for what is no frame of ours: no class before the method."""
    if "." not in qualified:
        return None
    file, _, line = location.partition(":")
    known = bool(file) and file not in {"Native Method", "Unknown Source", "<generated>", "<native code>"}
    name = read_name(qualified, clojure=file.endswith(_CLOJURE_FILES))
    return Frame(
        function=name.function,
        module=name.module,
        file=file if known else None,
        line=int(line) if known and line.isdecimal() and len(line) < 10 else None,
        in_app=not (name.library or name.generated or location == "<generated>"),
    )


def _chain(top: _Node) -> Iterator[ExceptionRecord]:
    """The reported exception first, the root last but for what was suppressed, which stands behind its owner."""
    node, relation = top, "reported"
    seen: set[int] = set()
    while node is not None and id(node) not in seen:
        seen.add(id(node))
        yield _record(node, relation)
        yield from _suppressed(node, seen)
        node, relation = node.cause, "cause"


def _suppressed(node: _Node, seen: set[int]) -> Iterator[ExceptionRecord]:
    """Suppressed exceptions with their causes, without recursion: they nest as deep as the sender likes."""
    waiting = [*reversed(node.suppressed)]
    while waiting:
        beside = waiting.pop()
        if id(beside) in seen:
            continue
        seen.add(id(beside))
        yield _record(beside, "suppressed")
        waiting.extend(reversed(beside.suppressed))
        if beside.cause is not None:
            waiting.append(beside.cause)


def _record(node: _Node, relation: Relation) -> ExceptionRecord:
    return ExceptionRecord(
        type=node.type,
        message="\n".join(node.message).strip(),
        relation=relation,
        frames=node.all_frames(),
    )


def parse(text: str) -> list[ExceptionRecord]:
    """The chain of a JVM stack trace, the root cause last."""
    reader = _Reader()
    for line in text.split("\n"):
        reader.line(line)
    if reader.top is None:
        return []
    return [*_chain(reader.top)]


_TELLING = re.compile(
    r"^[ \t]*at (?:[\w.@-]*/){0,2}[\w.$<>/-]+\((?:[^():\n]+\.(?:java|kt|scala|cljc?|groovy)(?::\d+)?"
    r"|Native Method|Unknown Source|<generated>|NO_SOURCE_FILE[^)\n]*)\)"
    r"|^[ \t]*\.\.\. \d+ common frames omitted$",
    re.MULTILINE,
)
_MORE = re.compile(r"^[ \t]*\.\.\. \d+ more$", re.MULTILINE)


def recognise(text: str) -> float:
    """Certain by one frame with its file, likely by `... 3 more`, which PHP's SDK writes too, doubtful by a chain."""
    if _TELLING.search(text):
        return 0.95
    if _MORE.search(text):
        return 0.9
    return 0.3 if "Caused by: " in text or "Exception in thread " in text else 0.0


DIALECT = Dialect(
    name="java",
    languages=frozenset({"java", "kotlin", "scala", "clojure", "jvm"}),
    recognise=recognise,
    parse=parse,
)
