"""What the pipeline makes of one exception, and why: the very code of the pipeline, without a service."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from tracemedic_processor.capture import Capturer
from tracemedic_processor.capture.capture import MESSAGE_CHARACTERS_MAX
from tracemedic_processor.capture.stacks import MESSAGE_MARK
from tracemedic_processor.fingerprint import Difference, explain_difference
from tracemedic_processor.occurrence import Address, Attributes, Occurrence, Resource
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.stacktrace import SourceCode, repository_in
from tracemedic_processor.stacktrace.code_context import CODE_FRAMES_MAX, CodeLines
from tracemedic_processor.stacktrace.parse import parse_stacktrace
from tracemedic_processor.stacktrace.ways import find_root
from tracemedic_storage.records import (
    Category,
    ExceptionRecord,
    Frame,
    Place,
    Record,
    Redacted,
    RedactionCount,
    Severity,
)

_NOWHERE: Final = Address(resource=0, scope=0, item=0)


class Question(Record, frozen=True, kw_only=True):
    """One exception as a sender would report it. One of `type`, `message` and `stacktrace` at least."""

    type: str = ""
    message: str = ""
    stacktrace: str = ""
    language: str | None = None
    service: str = ""
    span_name: str = ""
    attributes: dict[str, str | int | float | bool] = {}


class CodeContext(Record, frozen=True, kw_only=True):
    """Source lines around a frame's, redacted; `first_line` is the number of the first of `lines`."""

    first_line: int
    lines: tuple[str, ...]


class CodedFrame(Frame, frozen=True, kw_only=True):
    """A frame whose code is known beyond what the stack trace carries."""

    context: CodeContext | None = None
    permalink: str | None = None


class Explanation(Record, frozen=True, kw_only=True):
    """Everything the pipeline concludes from one exception. A frame is a `CodedFrame` where its code was found."""

    language: str | None
    error_type: str
    message: str
    normalised_message: str
    frames: tuple[Frame, ...]
    chain: tuple[ExceptionRecord, ...]
    root_type: str
    source: str
    fingerprint: str
    fingerprint_version: int
    grouping_reason: str
    category: Category
    category_confidence: float
    category_reason: str
    severity: Severity
    redactions: tuple[RedactionCount, ...]
    redacted_message: Redacted
    redacted_stacktrace: Redacted


def explain(
    question: Question,
    capturer: Capturer,
    redactor: Redactor,
    *,
    source_roots: Mapping[str, Sequence[Path]] = {},
) -> Explanation:
    """What the pipeline concludes from `question`. Where type and message are missing the stack trace tells them.

    `source_roots` are the folders of each service's code; with the question's `vcs.` attributes they give the lines
    around its frames and their links.
    """
    told = _told_by_stack(question)
    examined = capturer.examine(_occurrence(told))
    message = redactor.redact(told.message[:MESSAGE_CHARACTERS_MAX])
    code = SourceCode(
        source_roots.get(question.service, ()),
        *repository_in(question.attributes),
        redact=lambda text: redactor.redact_stacktrace(text).text,
    )
    chain = tuple(_coded(_with_message(each, examined.message), code) for each in examined.read.stack.chain)
    root = find_root(chain)
    return Explanation(
        language=examined.read.stack.language,
        error_type=examined.error_type,
        message=examined.message,
        normalised_message=examined.grouping.normalised_message,
        frames=chain[0].frames if chain else (),
        chain=chain,
        root_type=root.type if root else examined.error_type,
        source=examined.source,
        fingerprint=examined.grouping.fingerprint,
        fingerprint_version=examined.grouping.version,
        grouping_reason=examined.grouping.reason,
        category=examined.classification.category,
        category_confidence=examined.classification.confidence,
        category_reason=examined.classification.reason,
        severity=examined.classification.severity,
        redactions=_added(message.counts, examined.read.redactions),
        redacted_message=examined.message,
        redacted_stacktrace=examined.read.with_message(examined.message),
    )


def explain_pair(one: Question, other: Question, capturer: Capturer) -> Difference:
    """Whether two exceptions fall together, and why or why not."""
    first, second = (capturer.examine(_occurrence(_told_by_stack(each))).grouping for each in (one, other))
    return explain_difference(first, second)


def _told_by_stack(question: Question) -> Question:
    if question.type and question.message:
        return question
    chain = parse_stacktrace(
        question.stacktrace, language=question.language, error_type=question.type, message=question.message
    ).chain
    if not chain or not (question.type or question.message or chain[0].type or chain[0].message):
        return msgspec.structs.replace(question, message=_first_line(question.stacktrace))
    return msgspec.structs.replace(
        question, type=question.type or chain[0].type, message=question.message or chain[0].message
    )


def _first_line(text: str) -> str:
    """What is neither a stack trace nor anything else we know is a message."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _occurrence(question: Question) -> Occurrence:
    return Occurrence(
        carrier="event",
        item=_NOWHERE,
        trace_id="",
        place=Place(span_id="", span_name=question.span_name),
        error_type=question.type,
        message=question.message,
        stacktrace=question.stacktrace,
        occurred_at_ns=0,
        resource=Resource(service=question.service, language=question.language),
        attributes={},
        item_attributes=question.attributes,
        ancestors=_no_ancestors,
    )


def _no_ancestors(_keys: frozenset[str]) -> Iterable[Attributes]:
    return ()


def _with_message(exception: ExceptionRecord, message: Redacted) -> ExceptionRecord:
    return msgspec.structs.replace(exception, message=exception.message.replace(MESSAGE_MARK, message))


def _coded(exception: ExceptionRecord, code: SourceCode) -> ExceptionRecord:
    """The exception with the code around its first application frames."""
    own = [number for number, frame in enumerate(exception.frames) if frame.in_app][:CODE_FRAMES_MAX]
    found = {number: lines for number in own if (lines := code.around(exception.frames[number])) is not None}
    if not found:
        return exception
    frames = (
        _coded_frame(frame, found[number]) if number in found else frame
        for number, frame in enumerate(exception.frames)
    )
    return msgspec.structs.replace(exception, frames=tuple(frames))


def _coded_frame(frame: Frame, code: CodeLines) -> CodedFrame:
    at = code.line - code.first_line
    return CodedFrame(
        function=frame.function,
        module=frame.module,
        file=frame.file,
        line=frame.line,
        in_app=frame.in_app,
        code=frame.code or (code.lines[at].strip() if code.lines else None),
        context=CodeContext(first_line=code.first_line, lines=code.lines) if code.lines else None,
        permalink=code.permalink,
    )


def _added(*counts: tuple[RedactionCount, ...]) -> tuple[RedactionCount, ...]:
    totals: dict[str, int] = {}
    for each in (count for part in counts for count in part):
        totals[each.kind] = totals.get(each.kind, 0) + each.count
    return tuple(RedactionCount(kind=kind, count=count) for kind, count in sorted(totals.items()))
