"""What an answer may speak of: the names and texts of the evidence, ready to be looked up."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_processor.diagnose.visible import visible
from tracemedic_storage.records import Classification, Frame, Record

_WORD: Final = re.compile(r"[\w$]+")
_LINE: Final = re.compile(r"(?::\d+){1,2}$")
"""What a model leaves at a file's name although it is asked not to."""


class Grounds(Record, frozen=True, kw_only=True):
    """The evidence as what an answer is held against.

    `frames` are (function, file or module), `services` lower-case, `told` all texts that strangers could write,
    `documents` those of our own and of the operator (knowledge, runbooks). `rules` is the category by rules.
    """

    frames: frozenset[tuple[str, str]]
    services: frozenset[str]
    told: tuple[str, ...]
    documents: str
    rules: Classification

    def says(self, text: str) -> bool:
        """Whether `text` stands anywhere in the evidence."""
        wanted = text.casefold()
        return wanted in self.documents or any(wanted in each for each in self.told)

    def names(self, name: str) -> bool:
        """Whether `name` stands in the evidence as a word of its own, not as a part of another."""
        word = re.compile(rf"(?<!\w){re.escape(name.casefold())}(?!\w)")
        return bool(name) and any(word.search(each) for each in (self.documents, *self.told))


def grounds_of(evidence: Evidence) -> Grounds:
    """What an answer about `evidence` may speak of. Texts are case-folded."""
    frames = [frame for exception in evidence.chain for frame in exception.frames]
    services = {share.value for share in evidence.services} | set(evidence.pattern.services)
    documents = [_texts(evidence.knowledge), _texts(evidence.passages)]
    return Grounds(
        frames=frozenset({(evidence.pattern.source, ""), *(place for frame in frames for place in _places(frame))}),
        services=frozenset(service.casefold() for service in services),
        told=tuple(visible(text).casefold() for text in _told(evidence)),
        documents="\n".join(visible(text).casefold() for texts in documents for text in texts),
        rules=evidence.rules,
    )


def _places(frame: Frame) -> Iterator[tuple[str, str]]:
    yield frame.function, frame.file or ""
    if frame.module:
        yield frame.function, frame.module


def _told(evidence: Evidence) -> Iterator[str]:
    """Every text that came with telemetry or from a model, in the order in which a prompt shows them."""
    yield from (evidence.pattern.error_type, evidence.pattern.sample_message)
    yield from _texts(evidence.chain)
    yield from _texts(evidence.code)
    yield from evidence.messages
    yield from evidence.pattern.services
    yield evidence.pattern.source
    for shares in (evidence.services, evidence.versions, evidence.environments, evidence.routes):
        yield from (share.value for share in shares)
    for shares in (evidence.agents, evidence.tools):
        yield from (share.value for share in shares)
    yield from (text for key in sorted(evidence.attributes) for text in (key, evidence.attributes[key]))
    yield from _texts(evidence.origin)
    yield from _texts(evidence.similar)
    yield from evidence.traces


def _texts(value: object) -> Iterator[str]:
    """The strings inside of records and tuples."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _texts(each)  # pyright: ignore[reportUnknownArgumentType]


def same_frame(cited: tuple[str, str], known: tuple[str, str]) -> bool:
    """Whether a cited function and file mean a known frame: a path may be shortened at its front, and a function may be
    named without its class or package."""
    function, file = cited
    return _same_function(function, known[0]) and (not file or _same_file(file, known[1]))


def _same_function(cited: str, known: str) -> bool:
    """Punctuation differs by language (`Shop::pay`, `Shop.pay`, `pay()`), the words do not."""
    words, known_words = _WORD.findall(cited), _WORD.findall(known)
    starts = range(len(known_words) - len(words) + 1)
    return bool(words) and any(known_words[start : start + len(words)] == words for start in starts)


def _same_file(cited: str, known: str) -> bool:
    one, other = (_LINE.sub("", path.replace("\\", "/")) for path in (cited.removeprefix("module "), known))
    return one == other or _ends_with(one, other) or _ends_with(other, one)


def _ends_with(path: str, end: str) -> bool:
    return bool(end) and path.endswith("/" + end.lstrip("/"))
