"""Quoted and assigned things: a name stays, a value goes. The words beside it tell which."""

import re

from tracemedic_processor.fingerprint.v1 import vocabulary as words
from tracemedic_processor.fingerprint.v1.classes import looks_random

QUOTES = frozenset("['\"`“”„‘’«»「」『』")

_QUOTED = re.compile(
    r"(?<![\w\\])(?:'(?P<single>[^'\n]{1,400})'|\"(?P<double>(?:[^\"\\\n]|\\.){1,400})\"|`(?P<back>[^`\n]{1,400})`"
    r"|\[(?P<bracket>[^\[\]\s]{1,200})\])(?!\w)"
    r"|[“„](?P<curly>[^“”\n]{1,400})[”“]|‘(?P<curled>[^’\n]{1,400})’|«\s?(?P<out>[^«»\n]{1,400}?)\s?»"
    r"|»(?P<into>[^«»\n]{1,400})«|「(?P<corner>[^」\n]{1,400})」|『(?P<double_corner>[^』\n]{1,400})』"
)
_PLACEHOLDER = re.compile(r"<[A-Z]+>")
_MISSION = re.compile(r"\d+|<NUM>|<UUID>|<VALUE>")
_BEFORE = re.compile(r"([^\w\n]{0,4})([\w]*)([^\w\n]{0,3})([\w]*)")
_HEAD_CHARS = 64
_MISSING = re.compile(r"[Mm]issing|[Rr]equired|[Uu]nset|[Uu]ndefined")
_AFTER_VALUE = re.compile(
    r"""\s(?:is|was|are|does|do|has|have|must|should|cannot|could|can|already|not|to|ist|wurde|est|n'est|no|non|не)\s?
    (?:(?:not|n't|nicht|pas|es|è)\s)?
    (?:an?\s|been\s|already\s|be\s|keine?\s|un[ea]?\s)?
    (?:valid|one\sof|of\stype|in\s\[|in\senum|allowed|known|recogni[sz]ed|acceptable|accepted|number|integer|string|boolean
    |email|uri|uuid|match|too\s(?:long|short|small|large|big|old|young)|exist(?:s|ed)?\b|taken|registered|parsed|converted
    |greater|less|a\sdate|between|numeric|array|object|list|dict|parsable|float|double|gültig|valide|válido|valido
    |unique|blacklisted|float|int\b|datetime|date)""",
    re.VERBOSE,
)
_AFTER_NAME = re.compile(
    r"""\s(?:object\shas\sno|is\snot\s(?:defined|callable|iterable|subscriptable|a\sfunction|a\sconstructor|supported|installed)
    |is\s(?:a\s)?(?:required|undefined|missing|deprecated|null|not\sset|read-only)|was\snot\sinjected|argument|column|field|property|attribute
    |parameter|table|relation|index|constraint|module|package|codec|method|function|class|does\snot\sprovide
    |violates|must\sbe\s(?:set|specified|provided|defined)|needs|takes|got\san\sunexpected|import)""",
    re.VERBOSE,
)
_IDENTIFIER = re.compile(r"[^\W\d][\w$]*(?:(?:[.\-:/$\\]|::|->|\.\.)[\w$*]+)*(?:\(\))?")


def replace_quoted(text: str) -> str:
    """Replace the inside of every pair of quotes that holds a value."""
    return _QUOTED.sub(_replace, text)


def _replace(match: re.Match[str]) -> str:
    content = match[match.lastindex or 0]
    if _MISSION.fullmatch(content):
        return match[0]
    start = match.start(match.lastindex or 0) - match.start()
    inside = "<VALUE>" if _is_value(match, content) else _QUOTED.sub(_replace, content)
    return f"{match[0][:start]}{inside}{match[0][start + len(content) :]}"


def _is_value(match: re.Match[str], content: str) -> bool:
    text = match.string
    head = text[max(0, match.start() - _HEAD_CHARS) : match.start()]
    word, second = _words_before(head)
    if not any(map(str.isalnum, content)):
        return word in words.SCALAR_TYPES  # punctuation is what a parser met; a number that is none is a value
    if content in words.TYPE_NAMES:
        return False
    if text[match.end() : match.end() + 2].lstrip()[:1] == ":" and head.rstrip()[-1:] in {"{", ","}:
        return False  # a key of JSON
    if match["bracket"]:
        return head.endswith(" ") and not _PLACEHOLDER.fullmatch(content) and word in words.VALUE_NOUNS
    if head.endswith("@"):
        return True
    if _MISSING.search(head):
        return False
    if word in words.VALUE_NOUNS or word.endswith(words.VALUE_NOUNS_CJK) or _is_value_key(head):
        return True
    if word in words.NAME_NOUNS or _AFTER_NAME.match(text, match.end()):
        return False
    if word == "name" and second in words.VALUE_NOUNS:
        return True
    if word.isdigit() and second == "base":
        return True
    if _AFTER_VALUE.match(text, match.end()):
        return True
    return looks_like_value(content)


def _is_value_key(head: str) -> bool:
    return head[-1:] == "=" and is_value_key(head[:-1].rpartition(" ")[2].rpartition("(")[2].rpartition("[")[2])


def _words_before(head: str) -> tuple[str, str]:
    before = _BEFORE.match(head[::-1])
    if before is None:
        return "", ""
    return before[2][::-1].lower(), before[4][::-1].lower()


def looks_like_value(content: str) -> bool:
    """Tell from the inside alone; identifiers, prose and punctuation do not look like values."""
    if _IDENTIFIER.fullmatch(content) or not any(map(str.isalnum, content)):
        return False
    if any(map(str.isdigit, content)):
        return " " not in content and any(map(looks_random, re.findall(r"[A-Za-z0-9]+", content)))
    return False


def is_value_key(key: str) -> bool:
    """Tell whether the value of this key differs from one occurrence to the next."""
    plain = key.lower().strip("\"'").replace("_", "").replace("-", "").replace(".", "")
    return plain in words.VALUE_KEYS or (
        len(plain) > 3 and plain.endswith("id") and plain not in {"valid", "invalid", "paid", "void", "grid"}
    )


_ASSIGNED = re.compile(
    r"""(?<![\w.-])(["']?)([A-Za-z_][\w.-]{0,40})\1(=|:[ ]?|=>|[ ]=[ ]|[ ]:[ ])((?:<[A-Z]+>|[^\s,;&|)\]}'"<>(\[{=])(?:<[A-Z]+>|[^\s,;&|)\]}'"<>=])*)"""
)
_VALUE_END = re.compile(r"\s*(?:[,;)\]}&|]|$|[\w.-]+[=:])")


def replace_assigned(text: str) -> str:
    """Replace values after `=` and `:` whose key says that they vary."""
    return _ASSIGNED.sub(_replace_assigned, text)


def _replace_assigned(match: re.Match[str]) -> str:
    value = match[4]
    bare = value.rstrip(".!?:")
    if _MISSION.fullmatch(bare) or not bare or not is_value_key(match[2]):
        return match[0]
    if ":" in match[3] or " " in match[3]:
        if ":" in match[3] and _PLACEHOLDER.fullmatch(bare):
            return match[0]
        if bare.lower() in words.PLAIN_WORDS or not _VALUE_END.match(match.string, match.end()):
            return match[0]
        if (
            match[2].lower() in {"value", "id", "data", "content", "text", "connection", "password", "address"}
            and match[3][0] == ":"
            and not match[1]
        ):
            return match[0]
    elif bare.lower() in {"null", "none", "nil", "undefined", "true", "false"}:
        return match[0]
    return f"{match[0][: match.start(4) - match.start()]}<VALUE>{value[len(bare) :]}"


# Words for persons and things whose name follows unquoted. The first are hardly ever part of another phrase.
_PERSONS = (
    "user|users|username|customer|tenant|account|member|employee|patient|player|login|subscriber|merchant|student"
)
_THINGS = (
    "order|invoice|pod|node|container|device|session|product|sku|instance|booking|transaction|payment|shipment"
    "|workspace|organi[sz]ation|email|item|subscription|branch|commit|host|hostname|cart|ticket|record|document"
    "|seat|flight|vehicle|room|project|team"
)
_STEMS = tuple(
    "user|custom|tenant|account|member|employe|patient|player|login|subscri|merchant|student|order|invoice|pod|node"
    "|contain|device|session|product|sku|instance|booking|transact|payment|shipment|workspace|organi|email|item"
    "|branch|commit|host|cart|ticket|record|document|seat|flight|vehicle|room|project|team"
    "|unknown|invalid|illegal|unrecogni|malformed|no such|bad |unexpected".split("|")
)
_LABEL = r"(?:(?:name|id|ID|with[ ]id|with[ ]ID|with[ ]name|with[ ]email|with[ ]username|named|number|no\.)[ ])?"
_FATE = (
    r"(?:not[ ]found|does[ ]not[ ]exist|doesn't[ ]exist|already|is[ ](?:not|already|locked|disabled|blocked|inactive|suspended|out|banned)"
    r"|was[ ]not|has[ ](?:no|been|already|exceeded|insufficient)|could[ ]not|cannot|can't|not[ ](?:authorized|allowed|exist)"
    r"|unreachable|not[ ]reachable)"
)
_SUBJECT = re.compile(
    rf"""\b(?:
      (?:{_PERSONS})[ ]{_LABEL}(?P<person>[\w<][\w.@<>+#-]{{0,80}})(?=[ ]{_FATE})
      |(?:for|of|by|from|as|unknown|no[ ]such|invalid|find|load|get|delete|create|update|fetch|lock)[ ]
        (?:{_PERSONS})[ ]{_LABEL}(?P<last>[\w<][\w.@<>+#-]{{0,80}})(?=[.!]?$|,)
      |(?:{_THINGS})[ ]{_LABEL}(?P<thing>[\w<][\w.@<>+#-]{{0,80}})(?=[ ]{_FATE})
      |(?:{_THINGS})[ ]{_LABEL}(?P<numbered>[\w<-]{{0,40}}\d[\w.@<>+#-]{{0,80}})(?=[\s.,;:!)]|$)
    )""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_TRAILING = re.compile(
    rf"""\b(?:
      (?:{_PERSONS})(?:[ ](?:id|name))?
      |(?:{_PERSONS}|{_THINGS})[ ](?:not[ ]found|unknown|does[ ]not[ ]exist|already[ ]exists|locked)
      |(?:invalid|unknown|unrecogni[sz]ed|malformed|illegal|no[ ]such|bad|unexpected)[ ](?:\w+[ ])?(?:{_PERSONS}|{_THINGS}|id|address
        |hostname|domain|value|number|date|ip|uuid|amount|currency[ ]amount|quantity|query|string|identifier|literal|timestamp|url|input)
    ):[ ](?P<value>[^\s,;:'"`(){{}}\[\]=]{{1,120}})(?=[.!]?$)""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)


def replace_named(text: str) -> str:
    """Replace what follows the word for a person or thing: `User alice not found`, `Unknown host: db-7`."""
    lower = text.lower()
    if not any(stem in lower for stem in _STEMS):
        return text
    return _TRAILING.sub(_replace_subject, _SUBJECT.sub(_replace_subject, text))


_CLASS = re.compile(r"(?:\w+[.\\])+[A-Z]\w*|(?:\w+::)+\w+")
_NO_NAME = re.compile(r"-?[\d.,]+|<NUM>|<UUID>|<VALUE>|-?\d[\d.,]*(?:%|ms|s|m|h|d|us|µs|ns|[kKMGT]i?[bB]|B)")


def _replace_subject(match: re.Match[str]) -> str:
    value = match[match.lastgroup or 0].rstrip(".")
    word = value.lower()
    if (
        word in words.PLAIN_WORDS
        or word in words.VALUE_NOUNS
        or word in words.NAME_NOUNS
        or _NO_NAME.fullmatch(value)
        or _CLASS.fullmatch(value)
    ):
        return match[0]
    start = match.start(match.lastgroup or 0) - match.start()
    return f"{match[0][:start]}<VALUE>{match[0][start + len(value) :]}"
