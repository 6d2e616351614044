"""Private keys and signed tokens."""

import re

from tracemedic_processor.redaction.rule import Rule, rule, token

_LABEL = r"(?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?"
_BODY = r"(?:[\s>|\"'+,]|\\+[nr]?|(?:Proc-Type|DEK-Info|Version|Comment)[^\n\\]{0,80}|[A-Za-z0-9+/=]{20,})*"
_LINE = re.compile(r"(?:(?<=\\n)|(?<=\\r)|(?<![A-Za-z0-9+/=\\]))[^\s\"',>|\\]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]+")
_KEY_CHARS_MAX = 16_384


def _up_to_end(match: "re.Match[str]") -> tuple[int, int]:
    """A key whose beginning is cut off: the base64 lines above its END line."""
    start = match.start()
    floor = max(0, start - _KEY_CHARS_MAX)
    floor = max(floor, match.string.rfind("-----", floor, start))  # so that many END lines do not share a walk
    for place, line in enumerate(reversed(list(_LINE.finditer(match.string, floor, start)))):
        if not _BASE64.fullmatch(line[0]) or (place and len(line[0]) < 16):
            break
        start = line.start()
    return start, match.end()


RULES: tuple[Rule, ...] = (
    rule(
        "private_key",
        rf"-----BEGIN {_LABEL}-----{_BODY}(?:[A-Za-z0-9+/=]{{0,76}}(?:\\+[nr]|\s){{0,4}}-----END {_LABEL}-----"
        r"|[A-Za-z0-9+/=]{1,19}\Z)?",
        "private key",
    ),
    rule("private_key", rf"-----END {_LABEL}-----", "private key", extent=_up_to_end),
    rule("private_key", r"AGE-SECRET-KEY-1[0-9A-Z]{30,}", "age-secret-key-1"),
    rule(
        "private_key",
        r"PuTTY-User-Key-File-\d(?s:(?:(?!PuTTY-User).){0,4000}?)Private-MAC: [0-9a-f]+",
        "putty-user-key-file",
    ),
    token(
        "jwt",
        r"eyJ(?:[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,3}|(?:hbGci|0eXAi|raWQi)[A-Za-z0-9_-]*)",
        "eyj",
    ),
)
