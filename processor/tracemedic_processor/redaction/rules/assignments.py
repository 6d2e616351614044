"""Secrets next to a telling name: NAME=value, JSON, maps, query strings."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tracemedic_processor.redaction.checks import has_digit
from tracemedic_processor.redaction.names import STEMS, telling
from tracemedic_processor.redaction.rule import Span
from tracemedic_processor.redaction.values import CODE_AHEAD, is_code, is_prose, is_secret

_SEPARATOR = r"(?:=>|:=|->|=|:|%3[aAdD])"
SITE = (
    rf"(?i)(?:{'|'.join(STEMS)})[A-Za-z0-9_.-]{{0,40}}(?:\\*[\"'`]|&quot;|&\#39;)?[)\]]?[ \t]{{0,8}}(?:[:=]|->|%3[ad])"
)
"""Where an assignment to a telling name may stand; a match ends with the separator. For the pre-filter."""

_SEPARATOR_END = re.compile(r"=|(?<!:):|->|%3[aAdD]")
_BACKWARDS = re.compile(
    r"(?:[aAdD]3%|>-|[:=]+)[ \t]{0,8}[)\]]?(?:(?P<quote>[\"'`])\\*|;touq&|;93\#&)?(?P<name>[A-Za-z0-9_.-]{1,64}"
    r")(?P<left>.?)"
)
_VALUE = re.compile(
    r"[>=]{0,2}(?P<gap>\s{0,16})(?:[A-Za-z_][\w.]{0,40}(?:\[[\w., |]{0,60}\])?(?:\s?\|\s?\w{1,40})?\s?=\s?(?="
    r"[bru]?[\"']))?"
    r"(?:!!?\w{1,16}\s{1,4}|(?:Some|Just|String|Secret|SecretStr|SecretString|SecretBytes)\(\s?(?=\\*[\"'])|[\[({])?"
    r"(?:[bBrRuUfF@]{0,2}\"(?P<double>(?:[^\"\\\n]|\\.){1,4096})(?:\"|\Z)"
    r"|[bBrRuUfF]{0,2}'(?P<single>(?:[^'\\\n]|\\.){1,4096})(?:'|\Z)"
    r"|`(?P<back>[^`\n]{1,4096})"
    r"|\\+[\"'](?P<escaped>[^\"'\\\n]{1,4096})"
    r"|&(?:quot|\#39);(?P<entity>[^&\n]{1,4096})"
    r"|(?P<bare>[^\s\"'`,;&(){}\[\]>\\|<][^\s\"'`,;&)}\]>\\|<]{0,255}))"
)
JUDGED_CHARACTERS_MAX: Final = 256
"""Whether a value is a secret shows in so much of it."""
BARE_CHARACTERS_MAX: Final = 4096
_BARE = re.compile(rf"[^\s\"'`,;&)}}\]>\\|<]{{0,{BARE_CHARACTERS_MAX}}}")
_ENCODED_DELIMITER = re.compile(r"%(?:2[0267cC]|3[bB]|5[dD]|7[dD])")
_SLOT = re.compile(r"[\w.]+[!:]|[A-Za-z_.]+\Z")
_NAME_CHARS_MAX = 90


def python_sites(text: str) -> list[int]:
    """Ends of all separators: what the pre-filter reports, and more."""
    return [match.end() for match in _SEPARATOR_END.finditer(text)]


def assignments(text: str, sites: Sequence[int], rank: int) -> Iterator[Span]:
    """Secrets assigned to telling names whose separators end at `sites`, in ascending order."""
    done = 0
    for site in sites:
        if site < done or CODE_AHEAD.match(text, site):
            continue
        back = _BACKWARDS.match(text[max(0, site - _NAME_CHARS_MAX) : site][::-1])
        told = telling(back["name"][::-1]) if back else None
        if back is None or told is None or text[site : site + 1] == ":":
            continue
        extent = _value(text, site, back)
        if extent is None:
            continue
        start, end = extent
        secret = text[start : min(end, start + JUDGED_CHARACTERS_MAX)]
        if is_secret(secret, told) and not _same(back["name"][::-1], secret):
            done = end if end - start < JUDGED_CHARACTERS_MAX else _whole_end(text, start, end, back)
            yield Span(start, done, told.kind, rank)


def _value(text: str, site: int, back: "re.Match[str]") -> tuple[int, int] | None:
    """Where the literal after a separator stands."""
    value = _VALUE.match(text, site)
    if value is None or value.lastgroup is None:
        return None
    start, end = value.span(value.lastgroup)
    if text.startswith(("redacted:", "[redacted:"), start):
        return None
    if value.lastgroup != "bare":
        return start, end
    if _is_no_literal(text, site, back, value):
        return None
    return start, _encoded_end(text, start, end) if back[0][1:2] == "3" else end


def _whole_end(text: str, start: int, end: int, back: "re.Match[str]") -> int:
    """Where an unquoted value ends of which only the beginning was judged."""
    rest = _BARE.match(text, end)
    if rest is None or rest.end() == end:
        return end
    return _encoded_end(text, start, rest.end()) if back[0][1:2] == "3" else rest.end()


def _encoded_end(text: str, start: int, end: int) -> int:
    """Where a value after an encoded separator ends: at the next encoded delimiter."""
    delimiter = _ENCODED_DELIMITER.search(text, start, end)
    return delimiter.start() if delimiter else end


def _is_no_literal(text: str, site: int, back: "re.Match[str]", value: "re.Match[str]") -> bool:
    """Whether an unquoted value is code or prose."""
    bare, before, after = value["bare"], text[value.start("bare") - 1], text[value.end() : value.end() + 1]
    if (
        (before == "{" and _SLOT.match(bare))
        or after in {"(", "["}
        or back[0].startswith("==")
        or text[site : site + 1] == "="
    ):
        return True
    spaced = value["gap"] != "" or back.start("name") > 1
    if ("\n" in value["gap"] and not has_digit(bare)) or is_code(bare, spaced=spaced):
        return True
    start = site - back.end("name")
    line_before = text[max(0, start - 24) : start].rpartition("\n")[2].strip(" \t-")
    return is_prose(bare, spaced=spaced, line=not line_before and after in {"", "\n", "\r"})


def _same(name: str, value: str) -> bool:
    """`apiKey = "api_key"` names itself and hides nothing."""
    if len(value) > len(name):
        return False
    plain = value.lower().replace("_", "").replace("-", "").replace(" ", "").replace(".", "")
    return name.lower().replace("_", "").replace("-", "").replace(".", "").endswith(plain or "\n")
