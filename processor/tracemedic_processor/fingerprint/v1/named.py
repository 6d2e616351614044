"""Persons and things whose name follows without quotes: `User alice not found`, `Unknown host: db-7`."""

import re

from tracemedic_processor.fingerprint.v1 import vocabulary
from tracemedic_processor.fingerprint.v1.vocabulary import words

# The first are hardly ever part of another phrase, the second often are and need more around them, of the last only
# an adjective and a colon say that a value follows.
_PERSONS = words(
    "user users username customer tenant account member employee patient player login subscriber merchant student"
)
_THINGS = words(
    """
    order invoice pod node container device session product sku instance booking transaction payment shipment workspace
    organization organisation email item subscription branch commit host hostname cart ticket record document seat
    flight vehicle room project team
    """
)
_SCALARS = words(
    "id address domain value number date ip uuid amount quantity query string identifier literal timestamp url input"
)
_NOUNS = _PERSONS | _THINGS | _SCALARS

_VERBS = words("for of by from as unknown such invalid find load get delete create update fetch lock")
_ADJECTIVES = words("invalid unknown unrecognized unrecognised malformed illegal such bad unexpected")

_LETTERS = re.compile(r"[a-z]+")
_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz>")
_LOWER_OR_SPACE = bytes(low if low in _KEPT else 32 for low in (bytes(range(256)).lower()))
_WORD = re.compile(r"(?<!\w)[A-Za-z]+")
_LABEL = r"[ ](?:(?:name|id|with[ ]id|with[ ]name|with[ ]email|with[ ]username|named|number|no\.)[ ])?"
_FATE = re.compile(
    rf"""{_LABEL}(?P<name>[\w<][\w.@<>+#-]{{0,80}})
    [ ](?:not[ ]found|does[ ]not[ ]exist|doesn't[ ]exist|already|unreachable|not[ ]reachable|was[ ]not|could[ ]not
    |cannot|can't
    |is[ ](?:not|already|locked|disabled|blocked|inactive|suspended|out|banned)
    |has[ ](?:no|been|already|exceeded|insufficient)|not[ ](?:authorized|allowed|exist))""",
    re.VERBOSE | re.IGNORECASE,
)
_LAST = re.compile(
    rf"{_LABEL}(?P<name>[\w<][\w.@<>+#-]{{0,80}})(?=[.!]?$|,)",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_NUMBERED = re.compile(
    rf"{_LABEL}(?P<name>[\w<-]{{0,40}}\d[\w.@<>+\#-]{{0,80}})(?=[\s.,;:!)]|$)", re.VERBOSE | re.IGNORECASE
)
_VALUE = r"(?P<name>[^\s,;:'\"`(){}\[\]=]{1,120})(?=[.!]?$)"
_COLON = re.compile(rf"(?:[ ](?:id|name))?:[ ]{_VALUE}", re.MULTILINE | re.IGNORECASE)
_FATE_AND_COLON = re.compile(
    rf"[ ](?:not[ ]found|unknown|does[ ]not[ ]exist|already[ ]exists|locked):[ ]{_VALUE}", re.MULTILINE | re.IGNORECASE
)
_CLASS = re.compile(r"(?:\w+[.\\])+[A-Z]\w*|(?:\w+::)+\w+")
_NO_NAME = re.compile(r"-?[\d.,]+|<NUM>|<UUID>|<VALUE>|-?\d[\d.,]*(?:%|ms|s|m|h|d|us|µs|ns|[kKMGT]i?[bB]|B)")


def replace_named(text: str) -> str:
    """Replace the name after the word for a person or thing, where the sentence says that a name it is."""
    if _NOUNS.isdisjoint(_words(text)):
        return text
    parts: list[str] = []
    at = 0
    second = previous = ""
    for word in _WORD.finditer(text):
        noun = word[0].lower()
        if noun in _NOUNS and word.start() >= at and text.startswith((" ", ":"), word.end()):
            found = _name_after(text, word.end(), noun, previous, second)
            if found is not None:
                parts += [text[at : found[0]], "<VALUE>"]
                at = found[1]
        second, previous = previous, noun
    return "".join([*parts, text[at:]]) if parts else text


def _words(text: str) -> list[str]:
    """The words in lower case; of an ASCII text those that a name may follow, which no placeholder is."""
    if text.isascii():
        return text.replace(">", "> ").encode("ascii").translate(_LOWER_OR_SPACE).decode("ascii").split()
    return _LETTERS.findall(text.lower())


def _name_after(text: str, end: int, noun: str, previous: str, second: str) -> tuple[int, int] | None:
    for pattern in _patterns(noun, previous, second):
        match = pattern.match(text, end)
        if match is not None:
            name = match["name"].rstrip(".")
            return None if _is_no_name(name) else (match.start("name"), match.start("name") + len(name))
    return None


def _patterns(noun: str, previous: str, second: str) -> list[re.Pattern[str]]:
    """What may follow this noun after these words."""
    if noun in _PERSONS:
        return [_FATE, _COLON, _FATE_AND_COLON, *([_LAST] if previous in _VERBS else [])]
    found = [_COLON] if previous in _ADJECTIVES or second in _ADJECTIVES else []
    return [_FATE, _NUMBERED, _FATE_AND_COLON, *found] if noun in _THINGS else found


def _is_no_name(name: str) -> bool:
    word = name.lower()
    is_word = word in vocabulary.PLAIN_WORDS or word in vocabulary.VALUE_NOUNS or word in vocabulary.NAME_NOUNS
    return is_word or _NO_NAME.fullmatch(name) is not None or _CLASS.fullmatch(name) is not None
