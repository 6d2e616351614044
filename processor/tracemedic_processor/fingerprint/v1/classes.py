"""Variable parts that are recognised by their shape alone: one row per class.

Rows run in order. A row runs only when one of the characters or marks it needs is in the text. Patterns are linear:
every repetition is bounded or starts where nothing before it could have matched.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from tracemedic_processor.fingerprint.v1 import hosts, random_ids
from tracemedic_processor.fingerprint.v1.vocabulary import HEX_CODE_NOUNS, words

_DIGITS = "0123456789"

Replace = str | Callable[[re.Match[str]], str]


class ShapeClass(NamedTuple):
    """One row: what it recognises and what stands there instead.

    `needs` are characters and `marks` tests, one of which the text must hold before the first row has run. `sign` is
    in every ASCII text that the row changes (`Prescan`); it only saves time.
    """

    name: str
    needs: frozenset[str]
    marks: tuple[str, ...]
    pattern: re.Pattern[str]
    replace: Replace
    sign: str


class Opening:
    """The text as it was before the first row: it tells which rows may run."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._characters = frozenset(text)
        self._marks: dict[str, bool] = {}

    def admits(self, row: ShapeClass) -> bool:
        """Tell whether one of the characters or marks that the row needs is there."""
        return not row.needs.isdisjoint(self._characters) or any(map(self._has, row.marks))

    def _has(self, mark: str) -> bool:
        known = self._marks.get(mark)
        if known is None:
            known = self._marks[mark] = _MARKS[mark].search(self._text) is not None
        return known


def replace_shape(row: ShapeClass, text: str, opening: Opening) -> str:
    """Replace one class, if the text as it was at the beginning admits it."""
    return row.pattern.sub(row.replace, text) if opening.admits(row) else text


_MARKS = {
    "tight colon": re.compile(r":[0-9A-Fa-f:]"),
    "scheme": re.compile(r"://|jdbc:|mailto:|data:"),
    "urn": re.compile(r"urn:", re.IGNORECASE),
    "jwt": re.compile(r"eyJ"),
    "tmp": re.compile(r"tmp"),
    "arn": re.compile(r"arn:"),
    "dot and digit": re.compile(r"\.\d"),
    "dot and letter": re.compile(r"\.(?<=[a-z0-9_-]\.)[a-z]"),
    "long": re.compile(r"(?<![A-Za-z0-9_-])(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{5}"),
}
"""Cheap tests before several rows."""


def _row(name: str, needs: str | set[str], pattern: str, replace: Replace, flags: int = 0, *, sign: str) -> ShapeClass:
    return ShapeClass(
        name=name,
        needs=frozenset(needs if isinstance(needs, str) else ()),
        marks=() if isinstance(needs, str) else tuple(sorted(needs)),
        pattern=re.compile(pattern, flags | re.VERBOSE),
        replace=replace,
        sign=sign,
    )


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


# Signs that several rows share
_HEX = "[0-9A-Fa-f-]"
_PAIRS = "[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]"
_MONTH_SIGN = (
    r"(?:Jan|Feb|Mar|Apr|Ma[iy]|Jun|Jul|Aug|Sep|O[ck]t|Nov|De[cz]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
)
_DATE_SIGN = (
    rf"{_MONTH_SIGN}[a-z]{{0,6}} +[0-9]|[0-9]\.?[ /-]{_MONTH_SIGN}|[0-9][-./][0-9]{{1,2}}[-./][0-9]"
    r"|[0-9]:[0-9]{2}|[0-9]T[0-9]|-W[0-9]|days?, [0-9]"
)


def _mixed(kind: str, length: int) -> str:
    """The sign of so many letters of one kind and digits in a row, of both at least one."""
    changes = (
        f"[0-9{kind}]{{{before}}}(?:[0-9][{kind}]|[{kind}][0-9])[0-9{kind}]{{{length - 2 - before}}}"
        for before in range(length - 1)
    )
    return "|".join(changes).replace(f"[0-9{kind}]{{0}}", "")


CLASSES: tuple[ShapeClass, ...] = (
    _row(
        "url",
        {"scheme"},
        r"""\b(?:jdbc:(?:[a-z0-9]{1,20}:){1,3}(?://|@|thin)[^\s'"<>|]*
        |(?:[a-zA-Z][a-zA-Z0-9+.-]{1,30})://[^\s'"`<>|\])}]*
        |mailto:[^\s'"<>]+|data:[a-z]+/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=]*)
        (?:<[A-Z]+>[^\s'"`<>|\])}]*)*""",
        lambda match: "<URL>" + match[0][len(match[0].rstrip(".,;:!?")) :],
        sign=r"://|jdbc:|mailto:|data:",
    ),
    _row(
        "email",
        "@",
        r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,5}[A-Za-z][\w-]{1,62}(?![\w@])",
        "<EMAIL>",
        sign=r"@[\w-]",
    ),
    _row(
        "arn",
        {"arn"},
        r"\barn:(?:aws|aws-cn|aws-us-gov):[a-z0-9-]*:[a-z0-9-]*:\d*:[\w+=,.@:/*$-]*[\w*]",
        "<ARN>",
        sign="arn:",
    ),
    _row(
        "traceparent", {"long"}, r"\b[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b", "<TRACE>", sign=_HEX + "{55}"
    ),
    _row("aws trace", {"long"}, r"\b(?:Root=)?1-[0-9a-f]{8}-[0-9a-f]{24}\b", "<TRACE>", sign=_HEX + "{35}"),
    _row(
        "uuid in braces",
        "{",
        r"\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}",
        "<UUID>",
        sign=r"\{" + _HEX + "{36}",
    ),
    _row("uuid urn", {"urn"}, r"\burn:uuid:[0-9a-fA-F-]{36}\b", "<UUID>", re.IGNORECASE, sign=":" + _HEX + "{36}"),
    _row("uuid", "-0123456789abcdefABCDEF", r"\b[0-9a-fA-F-]{36}\b", "<UUID>", sign=_HEX + "{36}"),
    _row("token", {"jwt"}, r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?", "<TOKEN>", sign="eyJ"),
    _row("masked token", "*", r"(?<![\w*-])[\w-]{0,40}\*{3,40}[\w-]{0,40}", "<TOKEN>", sign=r"\*\*\*"),
    _row("erlang process", "#", r"\#(PID|Reference|Port)<\d[\d.]*>", r"#\1<ID>", sign="#(?:PID|Reference|Port)<"),
    _row("escaped byte", "\\", r"\\x[0-9a-fA-F]{2}(?:\\x[0-9a-fA-F]{2})*", r"\\x<HEX>", sign=r"\\x"),
    _row("telephone", "+", r"(?<![\w+])\+\d{1,3}[ ()-]{1,2}\d[\d ()/-]{4,18}\d\b", "<PHONE>", sign=r"\+[0-9]"),
    _row("dimensions", "x", r"(?<![\w.])(?!0x)\d+(?:x\d+){1,7}\b", "<DIM>", sign="[0-9]x[0-9]"),
    _row("certificate bytes", {"tight colon"}, r"\b[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){7,63}\b", "<HASH>", sign=_PAIRS),
    _row(
        "python date",
        "(",
        r"\bdatetime\.(?:datetime|date|time|timedelta)\((?:[^()]|\([^()]*\)){0,120}\)",
        "<TIME>",
        sign=r"datetime\.",
    ),
    _row(
        "date and time",
        _DIGITS,
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
        sign=_DATE_SIGN,
    ),
    _row("period", "P", r"\bP(?=T?\d)(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?\b", "<DURATION>", sign="PT?[0-9]"),
    _row(
        "mac",
        {"tight colon", "long"},
        r"(?<![\w:.-])[0-9a-fA-F]{2}(?:([:-])[0-9a-fA-F]{2})(?:\1[0-9a-fA-F]{2}){4}(?![\w:-])",
        "<MAC>",
        sign=_PAIRS + "|" + _HEX + "{17}",
    ),
    _row("ipv4", {"dot and digit"}, hosts.IPV4, "<HOST>", sign=r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"),
    _row("ipv6", {"tight colon"}, hosts.IPV6, hosts.replace_ipv6, sign=":[0-9a-fA-F]{0,4}:"),
    _row("host", {"dot and letter"}, hosts.HOST, hosts.replace_host, sign=r"[a-z0-9_-]\." + hosts.TLD),
    _row("host and port", {"tight colon"}, hosts.HOST_AND_PORT, "<HOST>", sign=":[0-9]{3}"),
    _row("hexadecimal", "xX", r"0(?<!\w0)[xX](?P<digits>[0-9a-fA-F]+)\b", _replace_hexadecimal, sign="0[xX]"),
    _row("object address", "@", r"(?<=[\w\];>$])@[0-9a-f]{4,8}\b(?![\w.@-])", "@<ADDR>", sign="@[0-9a-f]{4}"),
    _row(
        "request id in groups",
        {"tight colon"},
        r"\b[0-9A-F]{4}(?::[0-9A-F]{4,8}){3,4}\b",
        "<ID>",
        sign="[0-9A-F]{4}:[0-9A-F]{4}",
    ),
    _row(
        "base64",
        "+/=",
        r"(?<![\w+/=.-])(?=[A-Za-z/+]{0,40}\d)(?:[A-Za-z0-9+/]{4}){5,}(?:[A-Za-z0-9+/]{2,3}={1,2})?(?![\w+/-])",
        random_ids.replace_base64,
        sign="[A-Za-z0-9+/]{20}",
    ),
    _row(
        "kubernetes pod",
        {"long"},
        rf"(?<=[a-z0-9])-(?=[\d-]{{0,16}}[a-z])(?:{_POD}{{8,10}}|[a-f0-9]{{8,10}})-{_POD}{{5}}\b(?!-)",
        "-<ID>-<ID>",
        sign="[a-z0-9]-[a-z0-9]{8,10}-[a-z0-9]{5}",
    ),
    _row(
        "kubernetes daemon",
        {"long"},
        rf"(?<=[a-z0-9])-(?=[a-z]{{0,4}}\d)(?=\d{{0,4}}[a-z])(?!html5|x86|sha|md5|utf|p\d){_POD}{{5}}(?![\w.-])",
        "-<ID>",
        sign="[a-z0-9]-(?:" + _mixed("a-z", 5) + ")",
    ),
    _row(
        "prefixed id",
        "_-",
        rf"(?<![A-Za-z0-9])((?:{_ID_PREFIX})[_-])([A-Za-z0-9]{{7,64}})(?![A-Za-z0-9])",
        random_ids.replace_prefixed,
        sign="[A-Za-z0-9][_-][A-Za-z0-9]{7}",
    ),
    _row("ulid", {"long"}, r"\b[0-7](?=\d{0,24}[A-Z])[0-9A-HJKMNP-TV-Z]{25}\b", "<ID>", sign="[0-9A-Z]{26}"),
    _row(
        "temporary name",
        {"tmp"},
        r"\btmp(?=[a-z0-9_]{8}\b)(?!\w{0,3}_)[a-z0-9_]{8}\b|\btmp\.[A-Za-z0-9]{6,12}\b",
        "tmp<ID>",
        sign="tmp",
    ),
    _row(
        "random token",
        {"long"},
        r"(?<![A-Za-z0-9])[A-Za-z0-9]{7,}(?![A-Za-z0-9])",
        random_ids.replace_random,
        sign="[A-Za-z]{20}|[0-9]{32}|" + _mixed("A-Za-z", 7),
    ),
    _row(
        "number in a name",
        {"long"},
        r"(?=\d{4})(?<=_)\d{4,}(?=_|\b)|(?=\d{7})(?<=[A-Za-z]{2})(?<!0x[0-9a-fA-F])\d{7,}\b",
        "<NUM>",
        sign="_[0-9]{4}|[A-Za-z][0-9]{7}",
    ),
    _row(
        "random letters",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        r"(?<![A-Za-z0-9])[A-Za-z]{20,}(?![A-Za-z0-9])",
        random_ids.replace_random,
        sign="[A-Za-z]{20}",
    ),
)
