"""Variable parts that are recognised by their shape alone: one row per class.

Rows run in order. A row runs only when one of the characters it `needs` is in the text. Patterns are linear: every
repetition is bounded or starts where nothing before it could have matched.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

DIGITS = "0123456789"

Replace = str | Callable[[re.Match[str]], str]


class ShapeClass(NamedTuple):
    """One row: what it recognises and what stands there instead."""

    name: str
    needs: frozenset[str]
    pattern: re.Pattern[str]
    replace: Replace


def _row(name: str, needs: str, pattern: str, replace: Replace, flags: int = 0) -> ShapeClass:
    return ShapeClass(name, frozenset(needs), re.compile(pattern, flags | re.VERBOSE), replace)


_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
_MONTH_NAME = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Januar|Februar|März"
    r"|Mai|Juni|Juli|Oktober|Dezember|" + _MONTH[3:]
)
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:day|sday|nesday|rsday|urday)?"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:[ ]?[AaPp]\.?[Mm]\b\.?)?"
_ZONE = r"(?:[ ]?(?:Z\b|UTC|GMT|CET|CEST|[ECMP][SD]T\b|[+-]\d{2}:?\d{2}\b)(?:[+-]\d{2}:?\d{2})?(?:[ ]\([A-Za-z ]{3,40}\))?)?"
_TLD = (
    r"(?:com|net|org|io|dev|app|ai|co|cloud|internal|local|localdomain|lan|corp|intra|home|svc|edu|gov|mil|int|info|biz"
    r"|example|test|invalid|uk|de|fr|eu|us|nl|ch|at|it|es|se|no|dk|fi|jp|cn|br|ca|au|in|ru|online|site|tech|store|xyz"
    r"|consul|arpa|amazonaws)"
)


def _ip6(match: re.Match[str]) -> str:
    text = match[0].strip("[]")
    groups = text.split("%")[0].split(":")
    if "::" not in text and len(groups) != 8:
        return match[0]
    if text.count("::") > 1 or not any(map(str.isdigit, text)):
        return match[0]
    return "<HOST>"


_NO_HOST_START = frozenset(
    "com org net io java javax jakarta dev de android kotlin scala self this cls app system".split()
)


# Endings of hosts that are endings of dotted names in programs as well: `user.home`, `logger.info`, `app.test`.
_NAME_ENDINGS = frozenset(
    "app ai info home local test example invalid dev store site tech online int it no at in us is co svc cloud internal "
    "es se au io net de to me be".split()
)


def _host(match: re.Match[str]) -> str:
    labels = match["name"].strip(".").split(".")
    if labels[0] in _NO_HOST_START:
        return match[0]
    if labels[-1] in _NAME_ENDINGS and len(labels) < 3 and match[0] == match["name"] and "-" not in match[0]:
        return (
            match["name"]
            if labels[-1] not in {"local", "internal", "example", "test", "svc", "io", "de"} or len(labels) < 2
            else _short_host(labels, match[0])
        )
    return "<HOST>" + ("." if match[0].endswith(".") else "")


def _short_host(labels: list[str], text: str) -> str:
    return "<HOST>" if labels[0] not in _PROGRAM_WORDS else text


_PROGRAM_WORDS = frozenset(
    "app apps config settings env environment application spring logger log console module modules node user users unit "
    "integration e2e main index build file files java socket system path data model models util utils core".split()
)


_MIXED_RUN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_WORD_WITH_DIGITS = re.compile(
    r"(?:base|utf|sha|md|http|oauth|x|ipv|s|ec|p|k|log|ora|sql|tls|ssl|aes|rsa|int|uint|float|bool|char|f|u|i|latin|cp)\d"
)


def looks_random(word: str) -> bool:
    """Tell whether a run of ASCII letters and digits is an id and no name: it changes its kind all the time."""
    if len(word) < 7 or word.isdigit():
        return False
    if _HEX.fullmatch(word):
        return any(map(str.isdigit, word)) and not word[1:].isdigit()
    if len(word) < 8 or word.isalpha():
        return len(word) >= 20 and len(_MIXED_RUN.findall(word)) * 2.6 >= len(word)
    runs = _MIXED_RUN.findall(word)
    if len(word) >= 24 and sum(map(str.isdigit, (run[0] for run in runs))) >= 3:
        return len(runs) * 4 >= len(word)
    return len(runs) * 2.6 >= len(word)


def _token(match: re.Match[str]) -> str:
    word = match[0]
    if len(word) >= 32 and len(word) in {32, 40, 56, 64, 96, 128} and _HEX.fullmatch(word):
        return "<HASH>"
    return "<ID>" if looks_random(word) else word


def _prefixed(match: re.Match[str]) -> str:
    word = match[2]
    runs = len(_MIXED_RUN.findall(word))
    digits = any(map(str.isdigit, word))
    if digits and (runs >= 3 or len(word) >= 10) and not word.isdigit():
        return f"{match[1]}<ID>"
    mixed = not digits and not word.islower() and not word.isupper() and runs * 3 >= len(word)
    return f"{match[1]}<ID>" if mixed else match[0]


def _hexadecimal(match: re.Match[str]) -> str:
    return match[0] if match["code"] or match["hresult"] else "<HEX>"


CLASSES: tuple[ShapeClass, ...] = (
    _row(
        "url",
        ":",
        r"""\b(?:jdbc:(?:[a-z0-9]{1,20}:){1,3}(?://|@|thin)[^\s'"<>|]*
        |(?:[a-zA-Z][a-zA-Z0-9+.-]{1,30})://[^\s'"`<>|\])}]*
        |mailto:[^\s'"<>]+|data:[a-z]+/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=]*)
        (?:<[A-Z]+>[^\s'"`<>|\])}]*)*""",
        lambda match: "<URL>" + match[0][len(match[0].rstrip(".,;:!?")) :],
    ),
    _row(
        "email",
        "@",
        r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,5}[A-Za-z][\w-]{1,62}(?![\w@])",
        "<EMAIL>",
    ),
    _row("arn", ":", r"\barn:(?:aws|aws-cn|aws-us-gov):[a-z0-9-]*:[a-z0-9-]*:\d*:[\w+=,.@:/*$-]*[\w*]", "<ARN>"),
    _row("traceparent", DIGITS, r"\b[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b", "<TRACE>"),
    _row("aws trace", DIGITS, r"\b(?:Root=)?1-[0-9a-f]{8}-[0-9a-f]{24}\b", "<TRACE>"),
    _row("uuid in braces", "{", r"\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}", "<UUID>"),
    _row("uuid urn", ":", r"\burn:uuid:[0-9a-fA-F-]{36}\b", "<UUID>", re.IGNORECASE),
    _row("uuid", "-0123456789abcdefABCDEF", r"\b[0-9a-fA-F-]{36}\b", "<UUID>"),
    _row("token", ".", r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?", "<TOKEN>"),
    _row("masked token", "*", r"(?<![\w*-])[\w-]{0,40}\*{3,40}[\w-]{0,40}", "<TOKEN>"),
    _row("erlang process", "#", r"\#(PID|Reference|Port)<\d[\d.]*>", r"#\1<ID>"),
    _row("escaped byte", "\\", r"\\x[0-9a-fA-F]{2}(?:\\x[0-9a-fA-F]{2})*", r"\\x<HEX>"),
    _row("telephone", "+", r"(?<![\w+])\+\d{1,3}[ ()-]{1,2}\d[\d ()/-]{4,18}\d\b", "<PHONE>"),
    _row("dimensions", "x", r"(?<![\w.])(?!0x)\d+(?:x\d+){1,7}\b", "<DIM>"),
    _row("certificate bytes", ":", r"\b[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){7,63}\b", "<HASH>"),
    _row("python date", "(", r"\bdatetime\.(?:datetime|date|time|timedelta)\((?:[^()]|\([^()]*\)){0,120}\)", "<TIME>"),
    _row(
        "date and time",
        DIGITS,
        rf"""(?=[\dA-Z])(?<![0-9A-Za-z.])(?:
        (?:{_DAY},?[ ]+)?\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}(?:[ ,T-]*{_CLOCK}{_ZONE})?
        |(?:{_DAY},?[ ]+)?{_MONTH}[ ]+\d{{1,2}},?[ ]+(?:\d{{4}}(?:,?[ ]+{_CLOCK}{_ZONE})?|{_CLOCK}{_ZONE}(?:[ ]\d{{4}})?)
        |(?:{_DAY},?[ ]+)?(?:{_MONTH_NAME})[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ]\d{{4}}(?:(?:,|[ ]at)?[ ]{_CLOCK}{_ZONE})?
        |\d{{1,2}}\.?[ ](?:{_MONTH_NAME})[ ]\d{{4}}(?:(?:,|[ ]um)?[ ]{_CLOCK}{_ZONE})?
        |\d{{1,2}}/{_MONTH}/\d{{4}}:{_CLOCK}{_ZONE}
        |(?:19|20)\d{{2}}(?P<sep>[-/.])\d{{1,2}}(?P=sep)\d{{1,2}}(?:(?:T|[ ]+|_|[ ]at[ ]){_CLOCK}{_ZONE}|{_ZONE})
        |(?:19|20)\d{{6}}T?\d{{6}}(?:\.\d+)?Z?
        |\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d{{2}})(?:,?[ ]+{_CLOCK}{_ZONE})?
        |\d{{2}}\.\d{{2}}\.\d{{4}}(?:,?[ ]+{_CLOCK}{_ZONE})?
        |(?:19|20)\d{{2}}-W\d{{2}}(?:-\d)?
        |\d+[ ]days?,[ ]\d{{1,2}}:\d{{2}}:\d{{2}}(?:\.\d+)?
        |\d{{1,3}}:\d{{2}}:\d{{2}}(?:[.,]\d{{1,9}})?(?:[ ]?[AP]M\b)?{_ZONE}
        |\d{{1,2}}:\d{{2}}[ ]?[AaPp][Mm]\b
        )(?![\w])""",
        "<TIME>",
    ),
    _row("period", "P", r"\bP(?=T?\d)(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?\b", "<DURATION>"),
    _row("mac", ":-", r"(?<![\w:.-])[0-9a-fA-F]{2}(?:([:-])[0-9a-fA-F]{2})(?:\1[0-9a-fA-F]{2}){4}(?![\w:-])", "<MAC>"),
    _row(
        "ipv4",
        ".",
        r"(?<![\w.])(?<![Vv]ersion[ =])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\w-]*[A-Za-z_])(?!\.?\d)(?:/\d{1,2}\b|:\d{1,5}\b)?",
        "<HOST>",
    ),
    _row(
        "ipv6",
        ":",
        r"\[(?:[0-9a-fA-F]{0,4}:){2,8}[0-9a-fA-F.:]{0,16}(?:%\w{1,15})?\](?::\d{1,5}\b)?"
        r"|(?<![\w:.<])(?:[0-9a-fA-F]{0,4}:){2,8}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4})(?:%\w{1,15})?(?![\w:.]\w)(?!\w)",
        lambda match: _ip6(match),
    ),
    _row(
        "host",
        ".",
        rf"(?<![\w@/.\\$%<>-])(?P<name>(?:\*\.)?(?:[a-z0-9](?:[a-z0-9_-]{{0,62}})\.){{1,8}}{_TLD}\.?)"
        rf"(?![\w@(\\-])(?<!\.)(?!\.[\w])(?::\d{{1,5}}\b|:<NUM>)?(?:/[\w./%?&=+~:@-]*)?",
        _host,
    ),
    _row(
        "host and port",
        ":",
        r"(?<![\w@/.\\$%<>-])(?=[a-z0-9.]{0,60}[-0-9])[a-z][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62}){1,8}"
        r"(?<!\.py)(?<!\.js)(?<!\.ts)(?<!\.go)(?<!\.rs)(?<!\.rb)(?<!\.cc)(?<!\.kt)(?<!\.cs)(?<!\.ex)(?<!\.java)(?<!\.php)"
        r"(?<!\.[ch])(?<!\.cpp)(?<!\.hpp)(?<!\.mjs)(?<!\.cjs)(?<!\.tsx)(?<!\.jsx)(?<!\.vue)(?<!\.erl)(?<!\.sql)(?<!\.xml)"
        r"(?<!\.yml)(?<!\.yaml)(?<!\.json)(?<!\.html)(?<!\.dart)(?<!\.scala)(?<!\.swift)(?<!\.clj):\d{3,5}(?![\w:])",
        "<HOST>",
    ),
    _row(
        "hexadecimal",
        "xX",
        r"""(?P<code>\b(?:code|error|hresult|status|exception|ntstatus|result|errno|hr|err|sense)\b[\s:=(#'"]{1,4})?
        \b0[xX](?:(?P<hresult>[8cC][0-9a-fA-F]{7})|[0-9a-fA-F]+)\b""",
        _hexadecimal,
        re.IGNORECASE,
    ),
    _row("object address", "@", r"(?<=[\w\];>$])@[0-9a-f]{4,8}\b(?![\w.@-])", "@<ADDR>"),
    _row("request id in groups", ":", r"\b[0-9A-F]{4}(?::[0-9A-F]{4,8}){3,4}\b", "<ID>"),
    _row(
        "base64",
        "+/=",
        r"(?<![\w+/=.-])(?=[A-Za-z/+]{0,40}\d)(?:[A-Za-z0-9+/]{4}){5,}(?:[A-Za-z0-9+/]{2,3}={1,2})?(?![\w+/-])",
        lambda match: (
            match[0] if "/" in match[0] and not looks_random(match[0].replace("/", "").replace("+", "")) else "<ID>"
        ),
    ),
    _row(
        "kubernetes pod",
        "-",
        r"(?<=[a-z0-9])-(?:[bcdfghjklmnpqrstvwxz2456789]{8,10}|[a-f0-9]{8,10})-[bcdfghjklmnpqrstvwxz2456789]{5}\b(?!-)",
        "-<ID>-<ID>",
    ),
    _row(
        "kubernetes daemon",
        "-",
        r"(?<=[a-z0-9])-(?=[a-z]{0,4}\d)(?!html5|x86|sha|md5|utf|p\d)[bcdfghjklmnpqrstvwxz2456789]{5}(?![\w.-])",
        "-<ID>",
    ),
    _row(
        "prefixed id",
        "_-",
        r"(?<![A-Za-z0-9])((?:req|cus|sub|ch|pi|evt|msg|run|call|chatcmpl|cmpl|sess|session|tok|txn|tx|ord|order|usr|user"
        r"|acct|org|proj|file|asst|thread|step|batch|job|task|inv|price|prod|pm|seti|toolu|resp|trace|exec|execution|wf"
        r"|workflow|src|re|po|li|cs|key|ws|team|item|cart|pay|payment|invoice|customer|conv|ftjob|vs|snap|vol|ami|eni|sg"
        r"|subnet|vpc|rtb|igw|nat|eipalloc|i|r|s|u|tmp|ses|doc|node|inst|lock|upload|rq|rid|req-id)[_-])"
        r"([A-Za-z0-9]{7,64})(?![A-Za-z0-9])",
        _prefixed,
    ),
    _row("ulid", DIGITS, r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b", "<ID>"),
    _row(
        "temporary name",
        "tT",
        r"\btmp(?=[a-z0-9_]{8}\b)(?!\w{0,3}_)[a-z0-9_]{8}\b|\btmp\.[A-Za-z0-9]{6,12}\b",
        "tmp<ID>",
    ),
    _row("random token", DIGITS, r"(?<![A-Za-z0-9])[A-Za-z0-9]{7,}(?![A-Za-z0-9])", _token),
    _row("number in a name", DIGITS, r"(?<=_)\d{4,}(?=_|\b)|(?<=[A-Za-z]{2})(?<!0x[0-9a-fA-F])\d{7,}\b", "<NUM>"),
    _row("random letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", r"(?<![A-Za-z0-9])[A-Za-z]{20,}(?![A-Za-z0-9])", _token),
)
