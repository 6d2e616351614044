"""`tracemedic explain`: exceptions in, conclusions out."""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tracemedic_processor.capture import Capturer
from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.cli.output import visible
from tracemedic_processor.cli.settings import settings_for
from tracemedic_processor.config import Settings
from tracemedic_processor.explain import CodedFrame, Explanation, Question, explain_pair
from tracemedic_processor.explain import explain as explain_one
from tracemedic_processor.fingerprint import Difference
from tracemedic_processor.parts import capturer_of, redactor_of, source_roots_of
from tracemedic_processor.redaction import Redactor


def explain(file: str, config: Path | None, *, as_json: bool) -> None:
    """Explain each exception in `file`, or standard input for `-`."""
    settings = settings_for(config)
    capturer, redactor = _parts(settings)
    roots = source_roots_of(settings)
    for question in _questions_in(file):
        explanation = explain_one(question, capturer, redactor, source_roots=roots)
        if as_json:
            sys.stdout.write(msgspec.json.encode(explanation).decode() + "\n")
        else:
            _print(explanation)


def explain_diff(one: str, other: str, config: Path | None, *, as_json: bool) -> None:
    """Say why the exceptions in two files fall together or apart."""
    capturer, _ = _parts(settings_for(config))
    difference = explain_pair(_only_question_in(one), _only_question_in(other), capturer)
    if as_json:
        sys.stdout.write(msgspec.json.encode(difference).decode() + "\n")
    else:
        _print_difference(difference, one, other)


def _parts(settings: Settings) -> tuple[Capturer, Redactor]:
    try:
        return capturer_of(settings), redactor_of(settings)
    except ValueError as error:
        raise Failure(str(error)) from None


def _questions_in(file: str) -> Iterator[Question]:
    return questions(_read(file), where="standard input" if file == "-" else file)


def _only_question_in(file: str) -> Question:
    found = list(_questions_in(file))
    if len(found) != 1:
        message = f"{file} holds {len(found)} exceptions; --diff compares one with one"
        raise Failure(message)
    return found[0]


def questions(text: str, *, where: str) -> Iterator[Question]:
    """The exceptions in `text`: JSON lines, or the whole text as one stack trace.

    Raises `Failure` for a line of JSON that is no question, before anything is yielded.
    """
    lines = text.splitlines()
    first = next((line.strip() for line in lines if line.strip()), "")
    if not first:
        message = f"{where} is empty; give a stack trace or JSON lines"
        raise Failure(message)
    if not first.startswith("{"):
        yield Question(stacktrace=text)
        return
    yield from [_question(line, where, number) for number, line in enumerate(lines, start=1) if line.strip()]


def _question(line: str, where: str, number: int) -> Question:
    try:
        return _QUESTION.decode(line)
    except msgspec.MsgspecError as error:
        message = f"{where}, line {number}: {error}"
        raise Failure(message) from None


_QUESTION = msgspec.json.Decoder(Question)


def _read(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        message = f"{file}: {error.strerror}"
        raise Failure(message) from None
    return raw.decode(errors="replace")


def _print(explanation: Explanation) -> None:
    console = Console(highlight=False)
    console.print(f"[bold red]{escape(visible(explanation.error_type))}[/] {escape(visible(explanation.message))}")
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column(style="bold")
    facts.add_column(overflow="fold")
    for name, value in _facts(explanation):
        facts.add_row(name, escape(visible(value)))
    console.print(facts)
    for number, exception in enumerate(explanation.chain):
        title = "stack" if number == 0 else f"{exception.relation}: {exception.type}: {exception.message}"
        console.print(f"[bold]{escape(visible(title))}[/]")
        for frame in exception.frames:
            where = f"{frame.module or frame.file or '?'}:{frame.function}" + (
                f" line {frame.line}" if frame.line else ""
            )
            console.print(f"  {escape(visible(where))}", style=None if frame.in_app else "dim")
            if isinstance(frame, CodedFrame):
                _print_code(console, frame)
    console.print()


def _print_code(console: Console, frame: CodedFrame) -> None:
    """The frame's own line, and where the rest of the file can be read."""
    for shown in (frame.code if frame.context else None, frame.permalink):
        if shown:
            console.print(f"    {escape(visible(shown))}", style="dim", soft_wrap=True)


def _facts(explanation: Explanation) -> Iterator[tuple[str, object]]:
    yield "language", explanation.language or "unknown"
    yield "root cause", explanation.root_type
    yield "source", explanation.source
    yield "same as", explanation.normalised_message
    yield "grouped by", explanation.grouping_reason
    yield "fingerprint", f"{explanation.fingerprint} (version {explanation.fingerprint_version})"
    yield "category", f"{explanation.category} ({explanation.category_confidence:.0%}): {explanation.category_reason}"
    yield "severity", explanation.severity
    yield "redacted", ", ".join(f"{each.count} {each.kind}" for each in explanation.redactions) or "nothing"


def _print_difference(difference: Difference, one: str, other: str) -> None:
    console = Console(highlight=False)
    console.print(escape(visible(difference.reason)), style="bold green" if difference.together else "bold red")
    for part in difference.parts:
        console.print(f"[bold]{escape(part.part)}[/] differs at character {part.position}:")
        console.print(f"  {escape(one)}: {escape(visible(part.a_excerpt))}")
        console.print(f"  {escape(other)}: {escape(visible(part.b_excerpt))}")
    for file, replaced in ((one, difference.a_replaced), (other, difference.b_replaced)):
        values = ", ".join(f"{each.value} as {each.placeholder}" for each in replaced)
        if values:
            console.print(f"left out of account in {escape(file)}: {escape(visible(values))}")
