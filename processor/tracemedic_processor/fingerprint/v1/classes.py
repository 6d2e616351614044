"""Variable parts that are recognised by their shape alone: one row per class.

Rows run in order. A row runs only when one of the characters or marks it `needs` is in the text. Patterns are linear:
every repetition is bounded or starts where nothing before it could have matched.
"""

import functools
import re
from collections.abc import Callable
from typing import NamedTuple

from tracemedic_processor.fingerprint.v1 import hosts, random_ids
from tracemedic_processor.fingerprint.v1.vocabulary import HEX_CODE_NOUNS, words

DIGITS = "0123456789"

Replace = str | Callable[[re.Match[str]], str]


class ShapeClass(NamedTuple):
    """One row: what it recognises and what stands there instead."""

    name: str
    needs: frozenset[str]
    pattern: re.Pattern[str]
    replace: Replace


def replace_shapes(text: str, present: frozenset[str]) -> str:
    """Replace every class whose characters are among those `present` in the text."""
    triggers = present & _TRIGGERS
    marks = {mark.name for mark in _MARKS if not mark.needs.isdisjoint(triggers) and mark.pattern.search(text)}
    for row in _rows_for(triggers | marks):
        text = row.pattern.sub(row.replace, text)
    return text


@functools.lru_cache(maxsize=4096)
def _rows_for(triggers: frozenset[str]) -> tuple[ShapeClass, ...]:
    return tuple(row for row in CLASSES if row.needs & triggers)


class _Mark(NamedTuple):
    """A cheap test before several rows; its name may stand among what a row needs."""

    name: str
    needs: frozenset[str]
    pattern: re.Pattern[str]


_MARKS = (
    _Mark("tight colon", frozenset(":"), re.compile(r":[0-9A-Fa-f:]")),
    _Mark("scheme", frozenset(":"), re.compile(r"://|jdbc:|mailto:|data:")),
    _Mark("urn", frozenset(":"), re.compile(r"urn:", re.IGNORECASE)),
    _Mark("jwt", frozenset("."), re.compile(r"eyJ")),
    _Mark("tmp", frozenset("t"), re.compile(r"tmp")),
    _Mark("arn", frozenset(":"), re.compile(r"arn:")),
    _Mark("dot and digit", frozenset("."), re.compile(r"\.\d")),
    _Mark("dot and letter", frozenset("."), re.compile(r"\.(?<=[a-z0-9_-]\.)[a-z]")),
    _Mark("long", frozenset(DIGITS), re.compile(r"(?<![A-Za-z0-9_-])(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{5}")),
)


def _row(name: str, needs: str | set[str], pattern: str, replace: Replace, flags: int = 0) -> ShapeClass:
    return ShapeClass(name, frozenset(needs), re.compile(pattern, flags | re.VERBOSE), replace)


_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
_MONTH_NAME = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Januar|Februar|März"
    r"|Mai|Juni|Juli|Oktober|Dezember|" + _MONTH[3:]
)
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:day|sday|nesday|rsday|urday)?"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:[ ]?[AaPp]\.?[Mm]\b\.?)?"
_ZONE = (
    r"(?:[ ]?(?:Z\b|UTC|GMT|CET|CEST|[ECMP][SD]T\b|[+-]\d{2}:?\d{2}\b)(?:[+-]\d{2}:?\d{2})?(?:[ ]\([A-Za-z ]{3,40}\))?"
    r"(?:[ ]UTC)?)?"
)

# The alphabet of generated names in Kubernetes: no vowels, so that no words come about.
_POD = "[bcdfghjklmnpqrstvwxz2456789]"

# What services put before their random ids: Stripe, OpenAI, AWS and others.
_ID_PREFIX = "|".join(
    sorted(
        words(
            """
    req cus sub ch pi evt msg run call chatcmpl cmpl sess session tok txn tx ord order usr user acct org proj
    file asst thread step batch job task inv price prod pm seti toolu resp trace exec execution wf workflow src
    re po li cs key ws team item cart pay payment invoice customer conv ftjob vs snap vol ami eni sg subnet vpc
    rtb igw nat eipalloc i r s u tmp ses doc node inst lock upload rq rid req-id cust inv shp pkg trk acc ref card
    account product booking ticket shipment refund request event message
    """
        )
    )
)

_CODE_BEFORE = re.compile(r"""[\s:=(#'"]{1,4}(\w{1,20})""")
_FAILURE = re.compile(r"[8cC][0-9a-fA-F]{7}")


def _replace_hexadecimal(match: re.Match[str]) -> str:
    """Keep HRESULT and NTSTATUS, whose highest bit says that something failed, and what is called a code."""
    before = _CODE_BEFORE.match(match.string[max(0, match.start() - 26) : match.start()][::-1])
    is_code = before is not None and before[1][::-1].lower() in HEX_CODE_NOUNS
    return match[0] if is_code or _FAILURE.fullmatch(match["digits"]) else "<HEX>"


CLASSES: tuple[ShapeClass, ...] = (
    _row(
        "url",
        {"scheme"},
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
    _row("arn", {"arn"}, r"\barn:(?:aws|aws-cn|aws-us-gov):[a-z0-9-]*:[a-z0-9-]*:\d*:[\w+=,.@:/*$-]*[\w*]", "<ARN>"),
    _row("traceparent", {"long"}, r"\b[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b", "<TRACE>"),
    _row("aws trace", {"long"}, r"\b(?:Root=)?1-[0-9a-f]{8}-[0-9a-f]{24}\b", "<TRACE>"),
    _row("uuid in braces", "{", r"\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}", "<UUID>"),
    _row("uuid urn", {"urn"}, r"\burn:uuid:[0-9a-fA-F-]{36}\b", "<UUID>", re.IGNORECASE),
    _row("uuid", "-0123456789abcdefABCDEF", r"\b[0-9a-fA-F-]{36}\b", "<UUID>"),
    _row("token", {"jwt"}, r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?", "<TOKEN>"),
    _row("masked token", "*", r"(?<![\w*-])[\w-]{0,40}\*{3,40}[\w-]{0,40}", "<TOKEN>"),
    _row("erlang process", "#", r"\#(PID|Reference|Port)<\d[\d.]*>", r"#\1<ID>"),
    _row("escaped byte", "\\", r"\\x[0-9a-fA-F]{2}(?:\\x[0-9a-fA-F]{2})*", r"\\x<HEX>"),
    _row("telephone", "+", r"(?<![\w+])\+\d{1,3}[ ()-]{1,2}\d[\d ()/-]{4,18}\d\b", "<PHONE>"),
    _row("dimensions", "x", r"(?<![\w.])(?!0x)\d+(?:x\d+){1,7}\b", "<DIM>"),
    _row("certificate bytes", {"tight colon"}, r"\b[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){7,63}\b", "<HASH>"),
    _row("python date", "(", r"\bdatetime\.(?:datetime|date|time|timedelta)\((?:[^()]|\([^()]*\)){0,120}\)", "<TIME>"),
    _row(
        "date and time",
        DIGITS,
        rf"""(?=[\dA-Z])(?<![0-9A-Za-z.])(?:
        (?:{_DAY},?[ ]+)?\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}(?:[ ,T-]*{_CLOCK}{_ZONE})?
        |(?:{_DAY},?[ ]+)?{_MONTH}[ ]+\d{{1,2}},?[ ]+
          (?:\d{{4}}(?:,?[ ]+{_CLOCK}{_ZONE})?|{_CLOCK}{_ZONE}(?:[ ]\d{{4}})?)
        |(?:{_DAY},?[ ]+)?(?:{_MONTH_NAME})[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ]\d{{4}}(?:(?:,|[ ]at)?[ ]{_CLOCK}{_ZONE})?
        |\d{{1,2}}\.?[ ](?:{_MONTH_NAME})[ ]\d{{4}}(?:(?:,|[ ]um)?[ ]{_CLOCK}{_ZONE})?
        |\d{{1,2}}/{_MONTH}/\d{{4}}:{_CLOCK}{_ZONE}
        |(?:19|20)\d{{2}}(?P<sep>[-/.])\d{{1,2}}(?P=sep)\d{{1,2}}(?:(?:T|[ ]+|_|[ ]at[ ]){_CLOCK}{_ZONE}|{_ZONE})
        |(?:19|20)\d{{6}}T\d{{4,6}}(?:\.\d+)?Z?
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
    _row(
        "mac",
        {"tight colon", "long"},
        r"(?<![\w:.-])[0-9a-fA-F]{2}(?:([:-])[0-9a-fA-F]{2})(?:\1[0-9a-fA-F]{2}){4}(?![\w:-])",
        "<MAC>",
    ),
    _row("ipv4", {"dot and digit"}, hosts.IPV4, "<HOST>"),
    _row("ipv6", {"tight colon"}, hosts.IPV6, hosts.replace_ipv6),
    _row("host", {"dot and letter"}, hosts.HOST, hosts.replace_host),
    _row("host and port", {"tight colon"}, hosts.HOST_AND_PORT, "<HOST>"),
    _row("hexadecimal", "xX", r"0(?<!\w0)[xX](?P<digits>[0-9a-fA-F]+)\b", _replace_hexadecimal),
    _row("object address", "@", r"(?<=[\w\];>$])@[0-9a-f]{4,8}\b(?![\w.@-])", "@<ADDR>"),
    _row("request id in groups", {"tight colon"}, r"\b[0-9A-F]{4}(?::[0-9A-F]{4,8}){3,4}\b", "<ID>"),
    _row(
        "base64",
        "+/=",
        r"(?<![\w+/=.-])(?=[A-Za-z/+]{0,40}\d)(?:[A-Za-z0-9+/]{4}){5,}(?:[A-Za-z0-9+/]{2,3}={1,2})?(?![\w+/-])",
        random_ids.replace_base64,
    ),
    _row(
        "kubernetes pod",
        {"long"},
        rf"(?<=[a-z0-9])-(?=[\d-]{{0,16}}[a-z])(?:{_POD}{{8,10}}|[a-f0-9]{{8,10}})-{_POD}{{5}}\b(?!-)",
        "-<ID>-<ID>",
    ),
    _row(
        "kubernetes daemon",
        {"long"},
        rf"(?<=[a-z0-9])-(?=[a-z]{{0,4}}\d)(?=\d{{0,4}}[a-z])(?!html5|x86|sha|md5|utf|p\d){_POD}{{5}}(?![\w.-])",
        "-<ID>",
    ),
    _row(
        "prefixed id",
        "_-",
        rf"(?<![A-Za-z0-9])((?:{_ID_PREFIX})[_-])([A-Za-z0-9]{{7,64}})(?![A-Za-z0-9])",
        random_ids.replace_prefixed,
    ),
    _row("ulid", {"long"}, r"\b[0-7](?=\d{0,24}[A-Z])[0-9A-HJKMNP-TV-Z]{25}\b", "<ID>"),
    _row(
        "temporary name",
        {"tmp"},
        r"\btmp(?=[a-z0-9_]{8}\b)(?!\w{0,3}_)[a-z0-9_]{8}\b|\btmp\.[A-Za-z0-9]{6,12}\b",
        "tmp<ID>",
    ),
    _row("random token", {"long"}, r"(?<![A-Za-z0-9])[A-Za-z0-9]{7,}(?![A-Za-z0-9])", random_ids.replace_random),
    _row(
        "number in a name",
        {"long"},
        r"(?=\d{4})(?<=_)\d{4,}(?=_|\b)|(?=\d{7})(?<=[A-Za-z]{2})(?<!0x[0-9a-fA-F])\d{7,}\b",
        "<NUM>",
    ),
    _row(
        "random letters",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        r"(?<![A-Za-z0-9])[A-Za-z]{20,}(?![A-Za-z0-9])",
        random_ids.replace_random,
    ),
)

_TRIGGERS = frozenset[str]().union(*(row.needs for row in (*CLASSES, *_MARKS)))
