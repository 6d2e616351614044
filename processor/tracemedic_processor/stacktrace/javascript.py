"""Stack traces of JavaScript: V8 (Node.js, Chrome, Deno, Bun), Firefox and Safari, with causes and aggregates."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tracemedic_processor.stacktrace.bounds import EXCEPTIONS_READ_MAX, FRAMES_READ_MAX
from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.function_names import clean_function
from tracemedic_processor.stacktrace.javascript_files import is_application, module_of
from tracemedic_processor.stacktrace.recursion import without_recursion
from tracemedic_processor.stacktrace.ways import find_root, related
from tracemedic_storage.records import ExceptionRecord, Frame, Relation

ANONYMOUS = "<anonymous>"

_TAIL = " ,{}]"
_GECKO = re.compile(r"\s*([^@\s(]?[^@\n]*)@((?:[a-z][\w.+-]*:|/|\[native code\]|[\w.-]+\.[cm]?[jt]sx?|<|[A-Z]:\\).*)$")
_SAFARI_ANONYMOUS = re.compile(r"(?:https?|file|capacitor|webpack)[\w-]*:\S+:\d+:\d+$")
_DIGITS_MAX = 9
_EVAL_CHARACTERS_MAX = 500
_EVAL_ORIGIN = re.compile(r"\(((?:[^()\n]|\([\w-]+\))*):(\d{1,9}):\d{1,9}\)")
_GECKO_EVAL = re.compile(r" line (\d{1,9}) > .*$")
_TYPE = r"([^\W\d][\w$.]*)(?: \[([\w.:-]+)\])?"
_HEADER = re.compile(rf"(?:<ref \*\d+> )?(?:Uncaught )?(?:\(in promise\) )?\[?{_TYPE}(?:: ?(.*))?$")
_NESTED = re.compile(r"(\s*)(?:\[cause\]|cause|\[reason\]|(?:[Cc]aused [Bb]y)): ?(.*)$")
_MEMBERS = re.compile(r"(\s*)\[?errors\]?: \[\s*$")
_CARET = re.compile(r"\s*\^+\s*$")
_TELLING_TYPE = re.compile(r"(?:[\w$.]*(?:Error|Exception|Rejection|Warning)|[A-Z][\w$.]*)$")
_GLUE_NAMES = """
    __awaiter fulfilled rejected Generator.next Generator.throw asyncGeneratorStep _next _throw _asyncToGenerator
    tryCatch __generator __webpack_require__ __webpack_exec__ __webpack_modules__ Generator.invoke Generator._invoke
"""
_GLUE = frozenset(_GLUE_NAMES.split())
_STEPPED_BY = frozenset({"Generator.next", "Object.next", "next"})


@dataclass(slots=True, eq=False)
class _Node:
    """One error while it is read; `indent` of the line that began it.

    `places` are the lines of the frames: minified code stands in one line, so that only the column tells recursion.
    """

    indent: int
    type: str = ""
    message: list[str] = field(default_factory=list[str])
    frames: list[Frame] = field(default_factory=list[Frame])
    places: list[str] = field(default_factory=list[str])
    open_message: bool = True
    cause: "_Node | None" = None
    members: "list[_Node]" = field(default_factory=list["_Node"])


class _Reader:
    """Reads line by line. What stands before the first frame is kept apart, since the header hides in it."""

    def __init__(self, read_frame: Callable[[str], Frame | None]) -> None:
        self.top: _Node | None = None
        self.preface: list[str] = []
        self._read_frame = read_frame
        self._open: list[_Node] = []
        self._errors = 0
        self._members_indent = -1

    def line(self, line: str) -> None:
        if self._open and len(self._open[-1].frames) >= FRAMES_READ_MAX and self._is_plain(line):
            return
        frame = self._read_frame(line)
        if frame is not None:
            node = self._current()
            node.frames.append(frame)
            node.places.append(line.strip().rstrip(_TAIL))
        elif self.top is None:
            self._before_frames(line)
        else:
            self._between(line)

    def _is_plain(self, line: str) -> bool:
        """Whether a line begins nothing new, so that it can be left out of a stack that is deep enough."""
        return not (_NESTED.match(line) or _MEMBERS.match(line)) and self._members_indent < 0

    def _before_frames(self, line: str) -> None:
        nested = _NESTED.match(line) if "[cause]" in line else _MEMBERS.match(line)
        if nested is None:
            self.preface.append(line)
            return
        self._current()
        self._between(line)

    def _current(self) -> _Node:
        if self.top is None:
            self.top = _read_preface(self.preface)
            self._open.append(self.top)
        return self._open[-1]

    def _between(self, line: str) -> None:
        nested = _NESTED.match(line)
        members = _MEMBERS.match(line) if nested is None else None
        indent = len(line) - len(line.lstrip())
        if nested is not None:
            self._cause(len(nested[1]), nested[2])
        elif members is not None:
            self._close(len(members[1]))
            self._members_indent = len(members[1]) + 2
        elif indent == self._members_indent and line.strip()[:1] not in ("]", "}", ""):
            self._member(indent, line.strip())
        elif indent < self._members_indent:
            self._members_indent = -1
        else:
            self._continue(line)

    def _continue(self, line: str) -> None:
        node = self._open[-1]
        if node.open_message and not node.frames:
            node.message.append(line)

    def _cause(self, indent: int, header: str) -> None:
        node = _read_header(header, indent)
        self._errors += 1
        if node is None or self._errors > EXCEPTIONS_READ_MAX:
            return
        self._close(indent)
        self._open[-1].cause = node
        self._open.append(node)

    def _member(self, indent: int, header: str) -> None:
        node = _read_header(header, indent)
        self._errors += 1
        if node is None or self._errors > EXCEPTIONS_READ_MAX:
            return
        self._close(indent)
        self._open[-1].members.append(node)
        self._open.append(node)

    def _close(self, indent: int) -> None:
        """Close what was opened as deep or deeper; a cause in no brackets hangs on the innermost error."""
        if indent == 0:
            return
        while len(self._open) > 1 and self._open[-1].indent >= indent:
            self._open.pop()


def _read_header(text: str, indent: int) -> _Node | None:
    """An error named by `Type: message` or `[Type: message]`; None for other values, such as `undefined`."""
    bracketed = text.startswith("[")
    header = text.removesuffix(" {").removesuffix(",").removesuffix("]") if bracketed else text.removesuffix(" {")
    found = _HEADER.match(header)
    if found is None or not _TELLING_TYPE.match(found[1]):
        return None
    return _Node(
        indent=indent,
        type=found[1],
        message=[found[3] or ""],
        open_message=not bracketed and not text.endswith(" {"),
    )


def _read_preface(lines: list[str]) -> _Node:
    """The header: behind the caret that Node.js prints under the line that threw, else the first line with words."""
    start = next((at + 1 for at, line in enumerate(lines) if _CARET.match(line)), 0)
    words = next((at for at in range(start, len(lines)) if lines[at].strip()), None)
    if words is None:
        return _Node(indent=-1)
    line = lines[words].strip()
    found = _HEADER.match(line)
    if found is None:
        return _Node(indent=-1, message=lines[words:])
    first = found[3] or ""
    if line.startswith("["):
        first = first.removesuffix(" {").removesuffix("]")
    return _Node(indent=-1, type=found[1], message=[first, *lines[words + 1 :]])


def _v8_frame(line: str) -> Frame | None:
    stripped = line.strip()
    if not stripped.startswith("at "):
        return None
    call = stripped[3:].rstrip(_TAIL).lstrip()
    if call.endswith(")") and (opening := call.find(" (")) > 0:
        return _frame(call[:opening], call[opening + 2 : -1])
    if call[-1:].isdecimal():
        return _frame("", call)
    return _frame(call, ANONYMOUS) if call.endswith(ANONYMOUS) else None


def _gecko_frame(line: str) -> Frame | None:
    found = _GECKO.match(line)
    if found is not None:
        place = _GECKO_EVAL.sub(r":\1", found[2])
        return _frame(found[1], place)
    stripped = line.strip()
    return _frame("", stripped) if _SAFARI_ANONYMOUS.match(stripped) else None


def _frame(name: str, place: str) -> Frame | None:
    """A frame of a name and `file:line:column`; None when the text between the brackets is no place at all."""
    function = clean_function(name, "javascript") or ANONYMOUS
    if place.startswith("eval at "):
        origin = _EVAL_ORIGIN.search(place[:_EVAL_CHARACTERS_MAX])
        if origin is None:
            return Frame(function=function)
        return _placed(function, origin[1], int(origin[2]))
    file, line = _split(place.removeprefix("address at ").removeprefix("async "))
    if line is not None:
        return _placed(function, file, line)
    if place in (ANONYMOUS, "native", "[native code]", "index 0", "") or place.startswith(("index ", "wasm:")):
        return Frame(function=function)
    return None


def _split(place: str) -> tuple[str, int | None]:
    """File and line of `file:line:column` or `file:line`."""
    file, _, number = place.rpartition(":")
    if not number.isdecimal() or len(number) > _DIGITS_MAX:
        return place, None
    outer, _, line = file.rpartition(":")
    if line.isdecimal() and len(line) <= _DIGITS_MAX:
        return outer, int(line)
    return file, int(number)


def _placed(function: str, file: str, line: int) -> Frame:
    in_app = function not in _GLUE and is_application(file)
    return Frame(function=function, module=module_of(file), file=file, line=line, in_app=in_app)


def _without_steps(frames: list[Frame]) -> Iterator[Frame]:
    """The frames with the `step` that compilers of `async` put around a generator as what it is: no application."""
    for at, frame in enumerate(frames):
        driven = at > 0 and frames[at - 1].function in _STEPPED_BY
        if frame.in_app and driven and frame.function == "step":
            yield Frame(function=frame.function, module=frame.module, file=frame.file, line=frame.line)
        else:
            yield frame


def _chain(top: _Node) -> list[ExceptionRecord]:
    chain: list[ExceptionRecord] = []
    node: _Node | None = top
    relation: Relation = "reported"
    while node is not None:
        chain.append(_record(node, relation))
        lead = _lead(node.members)
        if not lead:
            chain.extend(_record(member, "group_member") for member in node.members)
        elif node.cause is None:
            chain.extend(related(lead, "cause"))
        node, relation = node.cause, "cause"
    return chain


def _lead(members: list[_Node]) -> list[ExceptionRecord]:
    """The chain of the first member when all are of one kind: an aggregate of one kind is that kind."""
    chains = [_straight(member) for member in members]
    kinds = {root.type for root in map(find_root, chains) if root is not None}
    return chains[0] if len(kinds) == 1 else []


def _straight(node: _Node) -> list[ExceptionRecord]:
    chain: list[ExceptionRecord] = []
    at: _Node | None = node
    while at is not None:
        chain.append(_record(at, "cause"))
        at = at.cause
    return chain


def _record(node: _Node, relation: Relation) -> ExceptionRecord:
    return ExceptionRecord(
        type=node.type,
        message="\n".join(node.message).strip(),
        relation=relation,
        frames=without_recursion([*_without_steps(node.frames)], node.places),
    )


_V8_SHAPE = re.compile(
    r"^[ \t]*at .*(?::\d+:\d+\)?(?:,| \{)?$|\((?:<anonymous>|native|index \d+)\)$)",
    re.MULTILINE,
)
_COMPILED = re.compile(r"\.(?:rs|swift|c|cc|cpp|h|hpp|go|ex|dart):\d+:\d+")
_GECKO_SHAPE = re.compile(r"^[^@\n]{0,200}@(?:(?:[a-z][\w.+-]*:|/)\S*:\d+:\d+|\[native code\])$", re.MULTILINE)


def _read(lines: list[str], read_frame: Callable[[str], Frame | None]) -> _Reader:
    reader = _Reader(read_frame)
    for line in lines:
        reader.line(line)
    return reader


def parse(text: str) -> list[ExceptionRecord]:
    """The chain of a JavaScript stack; an error without a stack is one too, prose is nothing."""
    lines = text.split("\n")
    reader = _read(lines, _v8_frame)
    if reader.top is None and ("@" in text or "://" in text):
        reader = _read(lines, _gecko_frame)
    if reader.top is None:
        node = _read_header(text.strip().split("\n", 1)[0], 0)
        return [_record(node, "reported")] if node is not None else []
    return _chain(reader.top)


def recognise(text: str) -> float:
    """By the column behind the line, which besides JavaScript only the backtraces of compiled languages print."""
    shape = _V8_SHAPE.search(text)
    if shape is not None:
        return 0.3 if _COMPILED.search(shape[0]) else 0.95
    return 0.85 if "@" in text and _GECKO_SHAPE.search(text) else 0.0


DIALECT = Dialect(
    name="javascript",
    languages=frozenset({"nodejs", "webjs", "javascript", "typescript"}),
    recognise=recognise,
    parse=parse,
)
