"""Whether the evidence tries to instruct its reader.

Nothing that an error says can be told from an instruction with certainty, and a model may obey one. So what is found
here does not forbid a diagnosis; it takes away the trust in one: see `checked.trusted`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_processor.diagnose.grounds import Grounds
from tracemedic_storage.records import CATEGORIES, Category, Record

_NAMES: Final = "|".join(category.replace("_", "") for category in CATEGORIES)

_PHRASES: Final = re.compile(
    r"(?:ignor(?:e|ing)|disregard|forget|override|bypass|overrule)"
    r"(?:the|of|these|my){0,12}(?:any|all|your|every|those|previous|prior|above|earlier|preceding|foregoing|system)"
    r"(?:any|all|the|your|every|these|those|previous|prior|above|earlier|preceding|foregoing|of|my|system){0,12}"
    r"(?:instruction|prompt|rule|direction|message|context|guideline|evidence|everything|above|data)"
    r"|(?:ignore|disregard|forget)(?:the|these|everything){1,12}(?:instruction|prompt|above|before|direction)"
    r"|(?:ignorier|vergiss|missacht)(?:e|en)?(?:sie)?(?:alle|die|deine|ihre|vorherigen|bisherigen|obigen){1,12}(?:anweisung|regel)"
    r"|(?:ignore[rz]?|oublie[rz]|ignorar?|olvida)(?:toutes|tous|les|las|todas|tus|vos|precedentes|anteriores){1,12}"
    r"(?:instruction|consigne|instruccion)"
    r"|忽略(?:之前|以上|所有|前面)|(?:以前|上記)の指示"
    r"|(?:new|updated|revised|real|actual|important|additional|following)(?:system)?instructions?(?:are|for|from|to|is|you)"
    r"|instructions?(?:to|for)(?:the)?(?:ai|assistant|model|llm|analyst|reader|diagnos)"
    r"|(?:note|message|attention|dear|hey|hello)(?:to|for)?(?:the)?(?:ai|assistant|llm|language)(?:model|assistant|agent|reader)"
    r"|youarenow|youarean?(?:ai|assistant|helpful|expert)|actasan?(?:ai|assistant|expert|helpful)|pretend(?:to|that)you"
    r"|fromnowon|jailbreak|asanai(?:assistant|model|language)"
    r"|(?:answer|respond|reply|output|classify|categori[sz]e|label|diagnose|mark|treat|report)"
    r"(?:only|always|this|it|the|error|pattern|exactly|just|simply){0,12}(?:with|as)(?:the)?"
    rf"(?:category|following|low|benign|harmless|resolved|fixed|{_NAMES})"
    r"|(?:set|use|choose|pick|return|give)(?:the)?(?:category|confidence|rootcause)(?:to|as)"
    rf"|category(?:is|mustbe|shouldbe|to|as)?(?:{_NAMES})(?!error)"
    r"|confidence(?:is|of|to)?(?:10?0?|09\d*|certain)(?!\d)"
    r"|status(?:is)?(?:resolved|ignored|fixed)|markedas(?:resolved|fixed)|nofix(?:is)?(?:needed|required)"
    r"|do(?:not|nt)(?:report|mention|analy[sz]e|diagnose|flag|alert)"
    r"|(?:call|invoke|execute)the\w{0,20}tool(?:with|now|to|and)"
)
"""How texts speak to a model. Matched against letters and digits only, so that spaces, signs and line breaks between
them, or a seam between two fields, hide nothing. Some honest errors match; the price is less trust, no lost answer."""

NEAR_CHARACTERS: Final = 300
"""Around such a phrase, the categories it may be pushing."""


class Suspicion(Record, frozen=True, kw_only=True):
    """Something in the evidence speaks to its reader; `pushed` are the categories named near it."""

    pushed: frozenset[Category] = frozenset()


def suspicion(evidence: Evidence, grounds: Grounds) -> Suspicion | None:
    """What is suspicious about the texts of `evidence`, each alone and joined; None when nothing is.

    A payload may be split over fields and patterns, between which the question shows other words. So the texts of each
    kind are joined as well, and all of prose.
    """
    squashed = cache(_squashed)
    kinds = [[squashed(text) for text in texts] for texts in _kinds(evidence)]
    prose = "".join(squashed(text) for texts in _kinds(evidence) for text in texts if " " in text.strip())
    told = [squashed(text) for text in grounds.told]
    found = _found([*told, "".join(told), *("".join(texts) for texts in kinds), prose])
    return Suspicion(pushed=_pushed(found)) if found else None


def _kinds(evidence: Evidence) -> Iterator[list[str]]:
    """The free texts of the evidence, those of one kind together, in the order in which the question shows them."""
    frames = [frame for exception in evidence.chain for frame in exception.frames]
    messages = [exception.message for exception in evidence.chain]
    yield [evidence.pattern.sample_message, *messages, *evidence.messages]
    yield [frame.function for frame in frames]
    yield [frame.file or "" for frame in frames]
    yield [*(frame.code or "" for frame in frames), *(line for code in evidence.code for line in code.lines)]
    yield [evidence.attributes[key] for key in sorted(evidence.attributes)]
    yield [similar.name for similar in evidence.similar]
    yield [similar.root_cause for similar in evidence.similar]
    yield [similar.suggested_fix for similar in evidence.similar]
    yield [text for passage in evidence.passages for text in (passage.title, passage.text)]
    yield list(evidence.traces)


def _found(texts: Sequence[str]) -> list[str]:
    return [
        text[max(0, match.start() - NEAR_CHARACTERS) : match.end() + NEAR_CHARACTERS]
        for text in texts
        for match in _PHRASES.finditer(text)
    ]


def _pushed(surroundings: Sequence[str]) -> frozenset[Category]:
    return frozenset(
        category for category in CATEGORIES if any(category.replace("_", "") in text for text in surroundings)
    )


_LATIN_LOOKS: Final = str.maketrans("\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0458", "aeopcyxisj")
"""Cyrillic letters that nobody can tell from Latin ones."""


def _squashed(text: str) -> str:
    """Letters and digits only, without accents, case, compatibility forms."""
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_LATIN_LOOKS)
    return "".join(character for character in decomposed if character.isalnum())
