"""Private keys and signed tokens."""

import re

from ..rule import Rule, rule, token

_LABEL = r"(?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?"
_BODY = r"(?:[\s>|\"'+,]|\\+[nr]?|(?:Proc-Type|DEK-Info|Version|Comment)[^\n\\]{0,80}|[A-Za-z0-9+/=]{20,})*"
_BREAK = re.compile(r"(?:\\+[nr]|[\s\"'+,>|])+")
_LINE = re.compile(r"[A-Za-z0-9+/=]*\Z")
_KEY_CHARS_MAX = 16_384


def _up_to_end(match: "re.Match[str]") -> tuple[int, int] | None:
    """A key whose beginning is cut off: the base64 lines above its END line."""
    floor = max(0, match.start() - _KEY_CHARS_MAX)
    start = match.start()
    for place, gap in enumerate(reversed(list(_BREAK.finditer(match.string, floor, match.start())))):
        line = match.string[gap.end() : start]
        if not _LINE.match(line) or (place > 1 and len(line) < 16):
            return start, match.end()
        start = gap.end() if line else start
        start = gap.start() if place and not line else start
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
    rule("private_key", r"PuTTY-User-Key-File-\d(?s:.{0,4000}?)Private-MAC: [0-9a-f]+", "putty-user-key-file"),
    token(
        "jwt",
        r"eyJ(?:[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,3}|(?:hbGci|0eXAi|raWQi)[A-Za-z0-9_-]*)",
        "eyj",
    ),
)
