"""The cases of the evaluation: labelled errors that nobody tuned on, as the evidence a diagnosis would rest on.

Of each category as many as `PER_CATEGORY_MAX`, taken from one library after the other, so that no library speaks for a
category. The choice depends on nothing but the data.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_evals import Case

from tests.quality import raised
from tests.quality.classify import subject_of
from tracemedic_processor.capture import Capturer
from tracemedic_processor.classify import classify
from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_processor.explain import Question, explain
from tracemedic_processor.knowledge import Subject, lookup
from tracemedic_processor.redaction import Redactor
from tracemedic_storage.records import (
    CATEGORIES,
    Classification,
    ErrorPattern,
    ExceptionRecord,
    Frame,
    Redacted,
)

PER_CATEGORY_MAX = 12
"""Enough for a share of a category to mean something, few enough that a run with a model costs about a dollar."""
DATA = Path(__file__).parents[1] / "data"
COLLECTED = (DATA / "classify" / "measuring.jsonl", DATA / "classify_collected" / "measuring.jsonl")

Label = dict[str, Any]
"""What is known of a case: `category`, `also` (further ones that a reasonable engineer would accept), `language`."""
EvalCase = Case[Evidence, Any, Label]


class Candidate(NamedTuple):
    """A labelled error before it is chosen; understanding all of them would take ten seconds."""

    name: str
    line: Label
    understood: Callable[[Label], Evidence]

    def case(self) -> EvalCase:
        label = {key: self.line[key] for key in ("category", "also", "language", "library")}
        return Case(name=self.name, inputs=self.understood(self.line), metadata=label)


def cases(limit: int | None = None) -> list[EvalCase]:
    """The cases, one of each category in turn; with a `limit` the first of them."""
    groups: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in chain(_raised(), _collected()):
        groups[candidate.line["category"]].append(candidate)
    sampled = [_sampled(groups[category]) for category in CATEGORIES]
    return [candidate.case() for candidate in list(_in_turn(sampled))[:limit]]


def _sampled(group: list[Candidate]) -> list[Candidate]:
    by_library: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in sorted(group, key=lambda candidate: _digest(candidate.name)):
        by_library[candidate.line["library"]].append(candidate)
    ordered = [by_library[library] for library in sorted(by_library, key=_digest)]
    return list(_in_turn(ordered))[:PER_CATEGORY_MAX]


def _in_turn(groups: Iterable[list[Candidate]]) -> Iterator[Candidate]:
    return (candidate for row in zip_longest(*groups) for candidate in row if candidate is not None)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _raised() -> Iterator[Candidate]:
    for number, line in enumerate(raised.lines("measuring")):
        yield Candidate(f"raised {number}", line, _of_raised)


def _of_raised(line: Label) -> Evidence:
    """An error that a real library raised, as the pipeline understands it."""
    question = Question(
        type=line["type"],
        message=line["message"],
        stacktrace=line["stacktrace"],
        language=line["language"],
        service="shop",
        attributes=line["attributes"],
    )
    told = explain(question, _capturer, _redactor)
    rules = Classification(
        category=told.category,
        confidence=told.category_confidence,
        reason=told.category_reason,
        severity=told.severity,
    )
    return _evidence(told.error_type, str(told.redacted_message), told.source, told.chain, told.language, rules)


_redactor = Redactor()
_capturer = Capturer(_redactor)


def _collected() -> Iterator[Candidate]:
    for file in COLLECTED:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
            yield Candidate(f"{file.parent.name} {number}", json.loads(line), _of_collected)


def _of_collected(line: Label) -> Evidence:
    """An error that people collected: type and message, seldom more."""
    subject = subject_of(line)
    told = tuple(_told(exception) for exception in subject.stack.chain)
    message = str(_redactor.redact(line["message"]).text)
    attributes = {key: str(value) for key, value in line.get("attributes", {}).items()}
    return _evidence(line["type"], message, "", told, line["language"], classify(subject), attributes)


def _told(exception: ExceptionRecord) -> ExceptionRecord:
    """Of frames only the modules were collected."""
    frames = tuple(Frame(function=frame.module or frame.function, module=frame.module) for frame in exception.frames)
    return ExceptionRecord(
        type=exception.type,
        message=str(_redactor.redact(exception.message).text),
        relation=exception.relation,
        frames=frames,
    )


def _evidence(
    error_type: str,
    message: str,
    source: str,
    told: tuple[ExceptionRecord, ...],
    language: str | None,
    rules: Classification,
    attributes: dict[str, str] | None = None,
) -> Evidence:
    attributes = attributes or {}
    subject = Subject(
        types=(*(exception.type for exception in reversed(told)), error_type),
        messages=(*(exception.message for exception in reversed(told)), message),
        attributes=attributes,
        category=rules.category,
        language=language,
    )
    return Evidence(
        pattern=_pattern(error_type, message, source, rules),
        rules=rules,
        language=language,
        chain=told,
        attributes=attributes,
        knowledge=lookup(subject),
    )


def _pattern(error_type: str, message: str, source: str, rules: Classification) -> ErrorPattern:
    return ErrorPattern(
        id=_digest(error_type + message)[:32],
        fingerprint=_digest(error_type + message),
        fingerprint_version=1,
        name=error_type,
        status="active",
        error_type=error_type,
        source=source,
        sample_message=Redacted(message),
        category=rules.category,
        severity=rules.severity,
        escalated=False,
        total_occurrences=3,
        first_seen_ns=1_767_268_800_000_000_000,
        last_seen_ns=1_767_268_860_000_000_000,
        created_at_ns=1_767_268_860_000_000_000,
        updated_at_ns=1_767_268_860_000_000_000,
        services=("shop",),
    )
