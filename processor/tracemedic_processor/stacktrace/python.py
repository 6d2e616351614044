"""Stack traces of Python: the traceback module's text of every version, exception groups, and its usual decorations.

Python prints the root first and the reported exception last; our chain is the other way round.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tracemedic_processor.stacktrace.bounds import EXCEPTIONS_PER_CHAIN_MAX, FRAMES_READ_MAX
from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.function_names import clean_function
from tracemedic_processor.stacktrace.python_files import is_application, module_of
from tracemedic_processor.stacktrace.python_groups import Member, has_groups, ungroup
from tracemedic_processor.stacktrace.ways import find_root, related
from tracemedic_storage.records import ExceptionRecord, Frame, Relation

HEADER = "Traceback (most recent call last)"
_HEADERS = (HEADER + ":", HEADER + " ---")
_CONNECTORS: dict[str, Relation] = {
    "The above exception was the direct cause of the following exception:": "cause",
    "During handling of the above exception, another exception occurred:": "context",
}
_FRAME = re.compile(r'[\s>]*File "([^"\n]*)", line (\d+)(?:, in (.+))?$')
_EXCEPTION = re.compile(r"((?:[^\W\d][\w<>]*\.)*[^\W\d][\w<>]*)(?::(?: (.*))?)?$")
_NOT_CODE = re.compile(r"[\s~^│└├─]*$|\s*\[Previous line repeated|\s*[│└├]")
_DIGITS_MAX = 9
_TELLING_TYPE = re.compile(
    r"[\w.<>]*(?:Error|Exception|Warning|Exit|Interrupt|Iteration|Timeout|Group)$|\w+\.[\w.]*[A-Z]\w*$"
)


_Call: TypeAlias = tuple[str, int, str]
"""File, line and function."""


@dataclass(slots=True)
class _Section:
    """One traceback of a chain while it is read; `calls` outermost first, their source lines by their index in `code`.

    `location` is where a SyntaxError stands, which is no call; `relation` is to the exception printed next.
    """

    calls: list[_Call] = field(default_factory=list[_Call])
    code: dict[int, str] = field(default_factory=dict[int, str])
    location: _Call | None = None
    type: str | None = None
    message: list[str] = field(default_factory=list[str])
    relation: Relation = "context"
    members: list[list[ExceptionRecord]] = field(default_factory=list[list[ExceptionRecord]])

    def record(self, relation: Relation) -> ExceptionRecord:
        calls = self.calls or ([self.location] if self.location is not None else [])
        first = max(0, len(calls) - FRAMES_READ_MAX)
        frames = [_frame(call, self.code.get(index)) for index, call in enumerate(calls[first:], first)]
        return ExceptionRecord(
            type=self.type or "",
            message="\n".join(self.message).rstrip(),
            relation=relation,
            frames=tuple(reversed(_without_strings(frames))),
        )


class _Reader:
    """Reads one run of tracebacks, line by line. `runs` holds a list of sections per text inside a text."""

    def __init__(self, *, trusted: bool) -> None:
        self.runs: list[list[_Section]] = [[]]
        self._section: _Section | None = None
        self._trusted = trusted  # the next line that looks like an exception is one, whatever its name
        self._quoted = False  # between the triple quotes of a remote traceback

    def read(self, items: "Sequence[str | Member]") -> None:
        for item in items:
            if isinstance(item, str):
                self._line(item)
            elif self._section is not None:
                self._section.members.append(_read_items(item.items, trusted=True))

    def _line(self, line: str) -> None:
        section = self._section
        if line.endswith(_HEADERS):
            self._begin(nested=section is not None and section.type is not None)
        elif section is not None and section.type is None:
            self._stack_line(section, line)
        elif line in _CONNECTORS:
            self._connect(_CONNECTORS[line])
        elif section is None:
            self._first_line(line)
        elif not (self._quoted and line == '"""'):
            section.message.append(line)

    def _begin(self, *, nested: bool) -> None:
        """A header: the next of the chain, or, inside a message, the traceback of what really happened elsewhere."""
        if nested and self._section is not None and not self._quoted:
            self.runs.append([])
        self._open()

    def _open(self) -> _Section:
        self._section = _Section()
        self.runs[-1].append(self._section)
        return self._section

    def _stack_line(self, section: _Section, line: str) -> None:
        frame = _FRAME.match(line) if 'File "' in line else None
        if frame is not None:
            _add_call(section, *frame.groups())
        elif line[:1].isspace() or not line:
            index = len(section.calls) - 1
            if index not in section.code and not _NOT_CODE.match(line):
                section.code[index] = line.strip()
        elif line in _CONNECTORS:
            self._connect(_CONNECTORS[line])
        else:
            self._exception_line(section, line)

    def _exception_line(self, section: _Section, line: str) -> None:
        found = _EXCEPTION.match(line)
        if found is None:
            return
        name, message = found.groups()
        if name.endswith("RemoteTraceback") and not message:
            self._quoted = True
            self.runs[-1].pop()
            self._section = None
            return
        section.type = clean_function(name, "python")
        section.message.append(message or "")

    def _first_line(self, line: str) -> None:
        """A line before any header: a frame of a text without one, an exception without a stack, or prose."""
        if 'File "' in line and _FRAME.match(line):
            self._stack_line(self._open(), line)
            return
        found = _EXCEPTION.match(line)
        if found is not None and (self._trusted or _TELLING_TYPE.match(found[1])):
            self._exception_line(self._open(), line)

    def _connect(self, relation: Relation) -> None:
        if self._section is None:
            return
        self._section.relation = relation
        self._section = None
        self._trusted = True
        self._quoted = False

    def finish(self) -> None:
        """A text that ends behind a connector was cut: what it would have reported is unknown but for its place."""
        if self._section is None and self.runs[-1] and self._trusted:
            self._open()


def _add_call(section: _Section, file: str, line: str, function: str | None) -> None:
    if function is None:
        section.location = (file, int(line[:_DIGITS_MAX]), "<module>")
    else:
        section.calls.append((file, int(line[:_DIGITS_MAX]), function))


def _frame(call: _Call, code: str | None) -> Frame:
    file, line, function = call
    name = clean_function(function, "python")
    in_app = is_application(file, name)
    return Frame(function=name, module=module_of(file), file=file, line=line, in_app=in_app, code=code)


def _without_strings(frames: list[Frame]) -> list[Frame]:
    """Text given to `eval` is no place in the application, unless the whole program was given so (`python -c`)."""
    if not any(frame.in_app and not (frame.file or "<").startswith("<") for frame in frames):
        return frames
    return [_foreign(frame) if frame.file == "<string>" else frame for frame in frames]


def _foreign(frame: Frame) -> Frame:
    return Frame(function=frame.function, module=frame.module, file=frame.file, line=frame.line, code=frame.code)


def _read_items(items: "Sequence[str | Member]", *, trusted: bool) -> list[ExceptionRecord]:
    reader = _Reader(trusted=trusted)
    reader.read(items)
    reader.finish()
    chain: list[ExceptionRecord] = []
    for run in reader.runs:
        part = _chain(run)
        chain.extend(related(part, "cause") if chain else part)
    return chain


def _chain(sections: list[_Section]) -> list[ExceptionRecord]:
    """Reported first. Members of several kinds stand behind their group; those of one kind lead on to the root."""
    if len(sections) > EXCEPTIONS_PER_CHAIN_MAX:
        sections = [sections[0], *sections[len(sections) - EXCEPTIONS_PER_CHAIN_MAX :]]
    chain: list[ExceptionRecord] = []
    lead: list[ExceptionRecord] = []
    relations: list[Relation] = ["reported", *(section.relation for section in sections[-2::-1])]
    for section, relation in zip(reversed(sections), relations, strict=False):
        chain.append(section.record(relation))
        if _is_one_kind(section.members):
            lead = related(section.members[0], "cause")
        else:
            chain.extend(_beside(section.members))
    return chain + lead


def _is_one_kind(members: list[list[ExceptionRecord]]) -> bool:
    return len({root.type for root in map(find_root, members) if root is not None}) == 1


def _beside(members: list[list[ExceptionRecord]]) -> Iterator[ExceptionRecord]:
    seen: set[ExceptionRecord] = set()
    for member in members:
        for exception in member:
            record = ExceptionRecord(
                type=exception.type, message=exception.message, relation="group_member", frames=exception.frames
            )
            if record not in seen:
                seen.add(record)
                yield record


def _lines(text: str) -> list[str]:
    """The lines without the indentation that a log may have put before all of them, and without a frame cut short."""
    lines = text.split("\n")
    if lines[-1].lstrip().startswith('File "'):
        lines.pop()
    indent = next((len(line) - len(line.lstrip()) for line in lines if line.lstrip().startswith(HEADER)), 0)
    if indent == 0 or has_groups(text):
        return lines
    margin = " " * indent
    return [line.removeprefix(margin) for line in lines]


def parse(text: str) -> list[ExceptionRecord]:
    """The chain of a Python traceback; an exception without a stack is one too, prose is nothing."""
    lines = _lines(text)
    return _read_items(ungroup(lines).items if has_groups(text) else lines, trusted=False)


def recognise(text: str) -> float:
    """Certain by the header at the start of a line, likely by a header elsewhere or by a frame."""
    if HEADER in text:
        return 0.95 if _HEADER_LINE.search(text) else 0.8
    return 0.9 if 'File "' in text and _FRAME_LINE.search(text) else 0.0


_HEADER_LINE = re.compile(rf"^[ \t|+>]*(?:Exception Group )?{re.escape(HEADER)}", re.MULTILINE)
_FRAME_LINE = re.compile(r'^[ \t|>]*File "[^"\n]*", line \d', re.MULTILINE)

DIALECT = Dialect(name="python", languages=frozenset({"python"}), recognise=recognise, parse=parse)
