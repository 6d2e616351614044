"""An answer of a model held against the evidence: what may not be used is complained about, or refused for good."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from tracemedic_processor.diagnose.answer import Answer
from tracemedic_processor.diagnose.grounds import Grounds, same_frame
from tracemedic_processor.diagnose.plain import Complaint, impurities, plain
from tracemedic_processor.diagnose.suspicion import Suspicion
from tracemedic_processor.diagnose.visible import one_line
from tracemedic_processor.diagnose.wanted import CitedFrame, Wanted
from tracemedic_storage.records import Fix

SUMMARY_CHARACTERS_MAX: Final = 300
ROOT_CAUSE_CHARACTERS_MAX: Final = 1_000
FIX_CHARACTERS_MAX: Final = 500
NOTE_CHARACTERS_MAX: Final = 300
"""A third more than what the model is told: it counts badly, and asking again costs more than a longer line."""
FIXES_MAX: Final = 5
NOTES_MAX: Final = 8
"""Of `evidence` and of `missing` each; more than that nobody reads."""
COMPLAINTS_MAX: Final = 10
"""Told to the model at once."""
SURE_RULES: Final = 0.9
"""Of rules that are this sure nine in ten are right (`make quality`); on suspicious evidence they outweigh a model."""
SUSPICIOUS_CONFIDENCE_MAX: Final = 0.5
"""Of an answer that rests on evidence which instructs its reader."""

SUSPICIOUS_NOTE: Final = (
    "The error's text contains instructions to its reader; this answer may have been steered by them."
)


class Unfit(Exception):
    """The answer may not be used as it is."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("; ".join(self.reasons_of(complaints)))
        self.complaints = complaints

    @staticmethod
    def reasons_of(complaints: tuple[Complaint, ...]) -> tuple[str, ...]:
        """The complaints without the model's own words, as they may be shown."""
        return tuple(dict.fromkeys(complaint.what for complaint in complaints))


def checked(wanted: Wanted, grounds: Grounds, redact: Callable[[str], str]) -> Answer:
    """The model's answer as an `Answer` whose texts are plain, bounded, redacted and rest on `grounds`.

    `answered_by` is empty yet. Raises `Unfit`.
    """
    answer = _plain(wanted, grounds, redact)
    found = list(dict.fromkeys(_complaints(wanted, answer, grounds)))
    if found:
        raise Unfit(tuple(found[:COMPLAINTS_MAX]))
    cited = tuple(dict.fromkeys((*_cited(wanted, redact), *answer.evidence)))
    return msgspec.structs.replace(answer, evidence=cited[:NOTES_MAX])


def trusted(answer: Answer, grounds: Grounds, suspected: Suspicion | None) -> Answer:
    """`answer` with as much trust as suspicious evidence leaves it. Raises `Unfit`, which asking again would not cure.

    Whoever controls an error's text can make a model say anything; the rules read types, codes and frames and cannot be
    talked to. So when the evidence speaks to its reader, a category that contradicts rules that are sure, or one that
    the text itself pushes, is refused. Any other answer is given with little confidence and with a note that says why.
    """
    if suspected is None:
        return answer
    differs = answer.category != grounds.rules.category
    if differs and (grounds.rules.confidence >= SURE_RULES or answer.category in suspected.pushed):
        reason = (
            f"the evidence contains instructions, and {answer.category} contradicts the rules, which say "
            f"{grounds.rules.category} with {grounds.rules.confidence:.2f}"
        )
        raise Unfit((Complaint(what=reason),))
    return msgspec.structs.replace(
        answer,
        confidence=min(answer.confidence, SUSPICIOUS_CONFIDENCE_MAX),
        missing=(SUSPICIOUS_NOTE, *answer.missing)[:NOTES_MAX],
    )


def _plain(wanted: Wanted, grounds: Grounds, redact: Callable[[str], str]) -> Answer:
    def text(raw: str) -> str:
        return redact(plain(raw, grounds))

    return Answer(
        answered_by="",
        category=wanted.category,
        confidence=wanted.confidence,
        summary=text(wanted.summary),
        root_cause=text(wanted.root_cause),
        fixes=tuple(Fix(what=text(fix.what), where=text(fix.where), check=text(fix.check)) for fix in wanted.fixes),
        evidence=tuple(filter(None, map(text, wanted.evidence[:NOTES_MAX]))),
        missing=tuple(filter(None, map(text, wanted.missing[:NOTES_MAX]))),
    )


def _complaints(wanted: Wanted, answer: Answer, grounds: Grounds) -> Iterator[Complaint]:
    for name, text, characters_max in _texts(answer):
        if len(text) > characters_max:
            yield Complaint(what=f"{name} has {len(text)} characters, at most {characters_max} are taken")
        for impurity in impurities(text[:characters_max], grounds):
            yield Complaint(what=f"{name} {impurity.what}", quoted=impurity.quoted)
    yield from _empty(answer)
    if not 1 <= len(wanted.fixes) <= FIXES_MAX:
        yield Complaint(what=f"{len(wanted.fixes)} fixes; one to {FIXES_MAX} are wanted")
    yield from _uncited(wanted, grounds)


def _texts(answer: Answer) -> Iterator[tuple[str, str, int]]:
    """Each text with its name and the characters it may have."""
    yield "summary", answer.summary, SUMMARY_CHARACTERS_MAX
    yield "root_cause", answer.root_cause, ROOT_CAUSE_CHARACTERS_MAX
    for number, fix in enumerate(answer.fixes[:FIXES_MAX], 1):
        yield f"fix {number} what", fix.what, FIX_CHARACTERS_MAX
        yield f"fix {number} where", fix.where, FIX_CHARACTERS_MAX
        yield f"fix {number} check", fix.check, FIX_CHARACTERS_MAX
    for name, notes in (("evidence", answer.evidence), ("missing", answer.missing)):
        for note in notes:
            yield name, note, NOTE_CHARACTERS_MAX


def _empty(answer: Answer) -> Iterator[Complaint]:
    if not answer.summary:
        yield Complaint(what="summary is empty")
    if not answer.root_cause:
        yield Complaint(what="root_cause is empty")
    for number, fix in enumerate(answer.fixes, 1):
        if not fix.what:
            yield Complaint(what=f"fix {number} what is empty")


def _uncited(wanted: Wanted, grounds: Grounds) -> Iterator[Complaint]:
    for frame in wanted.frames:
        cited = (one_line(frame.function), one_line(frame.file))
        if not any(same_frame(cited, known) for known in grounds.frames):
            yield Complaint(what="cites a frame that is not in the stack trace", quoted=_frame(frame))
    for service in wanted.services:
        # A trace or a message may name a callee of which the pattern itself has no occurrence.
        if one_line(service).casefold() not in grounds.services and not grounds.names(one_line(service)):
            yield Complaint(what="names a service that is not in the data", quoted=one_line(service))


def _cited(wanted: Wanted, redact: Callable[[str], str]) -> Iterator[str]:
    """The frames and services as evidence that people can read."""
    for frame in wanted.frames[:3]:
        yield redact(f"frame {_frame(frame)}")
    for service in wanted.services[:2]:
        yield redact(f"service {one_line(service)}")


def _frame(frame: CitedFrame) -> str:
    file = one_line(frame.file)
    return (
        f"{one_line(frame.function)} ({file})"[:NOTE_CHARACTERS_MAX]
        if file
        else one_line(frame.function)[:NOTE_CHARACTERS_MAX]
    )
