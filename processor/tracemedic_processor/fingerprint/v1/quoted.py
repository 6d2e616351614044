"""Quoted things: a name stays, a value goes. The words beside the quotes tell which."""

import re

from tracemedic_processor.fingerprint.v1 import vocabulary as words
from tracemedic_processor.fingerprint.v1.assigned import is_value_key
from tracemedic_processor.fingerprint.v1.random_ids import looks_random

_OPENING = re.compile(r"['\"`\[“„‘«»「『]")

_QUOTED = re.compile(
    r"(?=['\"`\[“„‘«»「『])(?:(?<![\w\\])(?:'(?P<single>[^'\n]{1,400})'|\"(?P<double>(?:[^\"\\\n]|\\.){1,400})\"|`(?P<back>[^`\n]{1,400})`"
    r"|\[(?P<bracket>[^\[\]\s]{1,200})\])(?!\w)"
    r"|[“„](?P<curly>[^“”\n]{1,400})[”“]|‘(?P<curled>[^’\n]{1,400})’|«\s?(?P<out>[^«»\n]{1,400}?)\s?»"
    r"|»(?P<into>[^«»\n]{1,400})«|「(?P<corner>[^」\n]{1,400})」|『(?P<double_corner>[^』\n]{1,400})』)"
)
_SETTLED = re.compile(r"\d+|<NUM>|<UUID>|<VALUE>")  # the mission's own, and what was replaced before
_PLACEHOLDER = re.compile(r"<[A-Z]+>")
_BEFORE = re.compile(r"([^\w\n]{0,4})(\w*)([^\w\n]{0,3})(\w*)")
_HEAD_CHARS = 64
_MISSING = ("Missing", "missing", "Required", "required", "Unset", "unset", "Undefined", "undefined")
_AFTER_VALUE = re.compile(
    r"""\s(?:is|was|are|does|do|has|have|must|should|cannot|could|can|already|not|to|ist|wurde|est|n'est|no|non|не)\s?
    (?:(?:not|n't|nicht|pas|es|è)\s)?
    (?:an?\s|been\s|already\s|be\s|keine?\s|un[ea]?\s)?
    (?:valid|one\sof|of\stype|in\s\[|in\senum|allowed|known|recogni[sz]ed|acceptable|accepted|number|integer|string
    |boolean|email|uri|uuid|match|appear\sto\sbe\s(?:an?\s)?(?:valid|IPv?|number|date|ur[li])|too\s(?:long|short|small|large|big|old|young)|exist(?:s|ed)?\b|taken|registered
    |parsed|converted|greater|less|a\sdate|between|numeric|array|object|list|dict|parsable|float|double|int\b|date
    |gültig|valide|válido|valido|unique)""",
    re.VERBOSE,
)
_AFTER_NAME = re.compile(
    r"""\s(?:object\shas\sno|violates|needs|takes|got\san\sunexpected|does\snot\sprovide|was\snot\sinjected
    |is\snot\s(?:defined|callable|iterable|subscriptable|a\sfunction|a\sconstructor|supported|installed)
    |is\s(?:a\s)?(?:required|undefined|missing|deprecated|null|not\sset|read-only)
    |must\sbe\s(?:set|specified|provided|defined)
    |argument|column|field|property|attribute|parameter|table|relation|index|constraint|module|package|codec|method
    |function|class|import)""",
    re.VERBOSE,
)
_IDENTIFIER = re.compile(r"[^\W\d][\w$]*(?:(?:[.\-:/$\\]|::|->|\.\.)[\w$*]+)*(?:\(\))?")
_COUNTED = re.compile(r"([a-z]{1,16})[_-]?\d{5,}")  # `order40213`; codes of errors are written in capitals
_RUN = re.compile(r"[A-Za-z0-9]+")


def replace_quoted(text: str) -> str:
    """Replace the inside of every pair of quotes that holds a value; quotes within quotes are looked into."""
    return _QUOTED.sub(_replace, text) if _OPENING.search(text) else text


def _replace(match: re.Match[str]) -> str:
    kind = match.lastgroup or "single"
    content = match[kind]
    if _SETTLED.fullmatch(content):
        return match[0]
    inside = "<VALUE>" if _is_value(match, content) else replace_quoted(content)
    if inside == content:
        return match[0]
    start = match.start(kind) - match.start()
    return f"{match[0][:start]}{inside}{match[0][start + len(content) :]}"


def _is_value(match: re.Match[str], content: str) -> bool:
    text, end = match.string, match.end()
    head = text[max(0, match.start() - _HEAD_CHARS) : match.start()]
    before = _BEFORE.match(head[::-1])
    word, second = (before[2][::-1].lower(), before[4][::-1].lower()) if before else ("", "")
    if not any(map(str.isalnum, content)):
        return word in words.SCALAR_TYPES  # punctuation is what a parser met; a number that is none is a value
    if match["bracket"]:
        return head.endswith(" ") and word in words.VALUE_NOUNS and not _PLACEHOLDER.fullmatch(content)
    if _is_name_at_sight(head, text[end : end + 2], content):
        return False
    if _follows_value_word(head, word, second):
        return True
    if word in words.NAME_NOUNS or _AFTER_NAME.match(text, end):
        return False
    return _AFTER_VALUE.match(text, end) is not None or _looks_like_value(content)


def _is_name_at_sight(head: str, tail: str, content: str) -> bool:
    """A type, a key of JSON, or what is missing."""
    is_json_key = tail.lstrip()[:1] == ":" and head.rstrip()[-1:] in {"{", ","}
    return content in words.TYPE_NAMES or is_json_key or any(map(head.__contains__, _MISSING))


def _follows_value_word(head: str, word: str, second: str) -> bool:
    if word in words.VALUE_NOUNS or word.endswith(words.VALUE_NOUNS_CJK) or head.endswith("@"):
        return True
    if head.endswith("=") and is_value_key(re.split(r"[ (\[]", head[:-1])[-1]):
        return True
    return (word == "name" and second in words.VALUE_NOUNS) or (word.isdigit() and second == "base")


def _looks_like_value(content: str) -> bool:
    """Tell from the inside alone: identifiers and prose do not look like values, random ids do."""
    counted = _COUNTED.fullmatch(content)
    if counted is not None:
        return counted[1] not in words.PRODUCTS
    if " " in content or _IDENTIFIER.fullmatch(content):
        return False
    return any(map(looks_random, _RUN.findall(content)))
