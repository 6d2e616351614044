"""Signs that a text needs more than the rules: it is encoded, wrapped, in base64, or carries captured locals."""

import re
from typing import Literal

from .encoded import FRAGMENTS
from .names import STEMS
from .rules import RULES

Cue = Literal["encoded", "wrapped", "base64", "locals"]

_PREFIXES = sorted(
    {anchor for rule in RULES if rule.wraps for anchor in rule.anchors if len(anchor) >= (4 if anchor.isalnum() else 3)}
)
_STARTS = "|".join(re.escape(prefix) for prefix in _PREFIXES)

_ENCODED = (
    r"%(?:25)*(?:3[aAdD]|40|22|27|2[fF]|20|7[bB]|2[dDeE]|5[fF])|\\[uU]00[0-9a-fA-F]{2}|\\x[2-7][0-9a-fA-F]"
    r"|&(?:quot|apos|amp|#\d{2,3}|#x[0-9a-f]{2});"
    r"|\xc2[\xa0\xab\xad\xbb]|\xca\xbc|\xcb\x90|\xcd\x8f|\xd6\x89|\xe1\xa0\x8e|\xe2[\x80\x81\x82\x88\x95\xb9]"
    r"|\xe3[\x80\x82]|\xea\x9e|\xef[\xb8-\xbf]"
)
_WRAPPED = (
    rf"(?i)(?:{_STARTS}|bearer\s|basic\s|(?:{'|'.join(STEMS)})[A-Za-z0-9_.-]*[\"']?\s*[:=]\s*[\"'])"
    r"[A-Za-z0-9+/=_.~-]*[\"']?[ \t]*[+\\.&]?[ \t]*(?:\n|\r|\\r|\\n)"
)
_LOCALS = (
    r"\n[ |]* {4}[^\n]+\n[ |]* {4}[A-Za-z_][^\n=]* = |\n[ |]* {4}[A-Za-z_]\w* = <[^\n]* at 0x"
    r"| locals [\xe2-]|\xe2\x94\x94|\.{20}|(?i:\n\s*local(?:s| var))|(?i:\n\s*variables:?\s*\n)"
)

CUES: tuple[tuple[Cue, str], ...] = (
    ("encoded", _ENCODED),
    ("wrapped", _WRAPPED),
    ("base64", "|".join(re.escape(fragment) for fragment in FRAGMENTS)),
    ("locals", _LOCALS),
)
"""For the pre-filter, over UTF-8 bytes: every text that needs the treatment has its cue, few others do."""
