"""Whether what stands after a telling name is a secret, or code, a placeholder, a word of prose."""

import re
from itertools import pairwise

from .checks import entropy_bits, looks_random
from .names import Telling
from .placeholders import is_placeholder

UUID = re.compile(r"(?i)\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?\Z")
_HEX = re.compile(r"(?i)(?:0x)?[0-9a-f]+\Z")
_CALL = re.compile(r"[A-Za-z_$@!&*][\w.$:]*\s?(?:\(|\[|->|::)|(?:lambda|await|new|not|f?[\"'])\b")
_OWNERS = (
    r"(?i:self|this|cls|cfg|config|conf|settings|os|sys|process|env|environ|args|opts|options|req|request|ctx|"
    r"context|user|props|params|data|event|app|payload|body|form|kwargs|creds|state|obj|e|ex|err|resp|response|"
    r"secrets|vault|input|session|client|account|db|parsed|url|uri)[.?!]+[A-Za-z_]"
)
_DOTTED = re.compile(_OWNERS)
CODE_AHEAD = re.compile(
    rf"[ \t]{{0,8}}(?:{_OWNERS}|(?!(?:Some|Just|String|Secret\w*)\()[A-Za-z_]\w{{0,60}}(?:\.[A-Za-z_]\w{{0,60}}"
    rf"){{0,6}}(?:\(|\[[\"'\d]))"
)
"""A member, a call or an element where a value should be: settled with one look, as most source lines are."""
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z")
_IDENTIFIERS = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_TELLING_WORDS = frozenset({
    "auth", "authorization", "cookie", "cookies", "cred", "credential", "credentials", "creds", "csrf", "jwt",
    "key", "keys", "name", "pass", "passphrase", "passwd", "password", "passwords", "pin", "pw", "pwd",
    "secret", "secrets", "self", "session", "sig", "signature", "token", "tokens", "value", "values",
})  # fmt: skip
_VERSION_DIGITS_MAX = 1
"""`token_2` and `apiKeyV2` are names; `password123` and `pwd2024` are what people choose as passwords."""
_WORD = re.compile(r"[A-Za-z_-]+\Z")
_PATH = re.compile(
    r"(?:\.{0,2}|~|[A-Za-z]:)[\\/](?!/)|[\w./-]+\.(?:pem|key|crt|cer|txt|json|ya?ml|py|js|env|p12|jks)\Z"
)
_PROSE = re.compile(
    r"(?i)(?:must|should|cannot|can|could|is|was|are|not|has|have|for|from|expected|got|wrong|incorrect|invalid|bad|"
    r"too|field|expired|revoked|denied|failed|failure|mismatch|provided|given|found|value|error|this|the|a|an|please|"
    r"at|in|on|to|of|and|or|with|only|use|using|unexpected|malformed|unauthorized|authentication|authorization)\Z"
)
_TEMPLATE = re.compile(r"%[sdr(]|\{\w*\}|\$\{|\A\s*--[A-Za-z]|--?[a-z-]{2,24}=\Z")
_DIGIT = re.compile(r"[0-9]")
_SEGMENT = re.compile(r"[A-Za-z0-9]+")
_CODE_NUMBER = re.compile(r"\d{3,8}\Z")


def is_secret(value: str, told: Telling) -> bool:
    """Whether a literal `value` fits what its name announces."""
    if is_placeholder(value) or _TEMPLATE.search(value):
        return False
    if told.strength == "code":
        return _CODE_NUMBER.match(value) is not None
    if told.strength == "any":
        return any(char.isalnum() for char in value) and not _is_path(value)
    if told.kind == "authorization_code":
        return is_dense(value)
    if told.strength == "generated" and UUID.match(value):
        return True
    return is_generated(value, hexadecimal=told.kind in {"token", "signature"})


def _is_path(value: str) -> bool:
    return _PATH.match(value) is not None and _mixed_length(value) < 12


def _mixed_length(value: str) -> int:
    return sum(len(run) for run in _SEGMENT.findall(value) if _is_mixed(run))


def is_generated(value: str, *, hexadecimal: bool) -> bool:
    """Whether `value` is random enough to be a secret under a name that only hints."""
    if UUID.match(value) or " " in value or "/" in value[:2] or "://" in value:
        return False
    if not _DIGIT.search(value):  # no hexadecimal number of that length is without, and no random value
        return False
    if _HEX.match(value):
        return hexadecimal and len(value) >= 20
    return (
        _mixed_length(value) >= (8 if hexadecimal else 12) and looks_random(value) and entropy_bits(value[:256]) >= 2.8
    )


def _is_mixed(run: str) -> bool:
    if len(run) < 5:
        return False
    digits = sum(char.isdigit() for char in run)
    return (0 < digits < len(run) and _turns(run) >= 0.15) or (digits == 0 and _turns(run) >= 0.45)


def is_code(value: str, *, spaced: bool = False) -> bool:
    """Whether an unquoted value is an expression of a program rather than a literal."""
    if _CALL.match(value) or _DOTTED.match(value) or (spaced and _IDENTIFIERS.match(value)):
        return True
    return (_IDENTIFIERS.match(value) or _IDENTIFIER.match(value)) is not None and _names_a_secret(value)


def _names_a_secret(value: str) -> bool:
    """Whether an identifier is made of whole words one of which tells of a secret, as a variable's name is."""
    words = _WORDS.findall(value)
    short = all(len(word) <= _VERSION_DIGITS_MAX for word in words if word.isdigit())
    return short and any(word.lower() in _TELLING_WORDS for word in words)


def is_prose(value: str, *, spaced: bool, line: bool) -> bool:
    """Whether an unquoted value is a word of a sentence.

    `spaced` says that blanks stand around the separator, `line` that name and value fill a line of their own.
    """
    if _PROSE.match(value):
        return True
    if not _WORD.match(value):
        return spaced and not line and value.isdigit() and len(value) < 4
    return len(value) <= 3 or (spaced and not line)


def is_dense(value: str) -> bool:
    """Whether `value` is so mixed that it is a secret wherever a telling word stands in the sentence."""
    if len(value) < 10 or UUID.match(value) or value.count("/") > 2 or "://" in value:
        return False
    run = max(_SEGMENT.findall(value), key=len, default="")
    if len(run) < 10 or _HEX.match(run):
        return False
    digits = sum(char.isdigit() for char in run)
    return (digits >= 3 and _turns(run) >= 0.25) if run.islower() else (digits >= 2 and _turns(run) >= 0.42)


def _turns(run: str) -> float:
    """How often, of all neighbours, the kind of character changes: 0.6 in random text, 0.3 in CamelCase2Words."""
    kinds = ["d" if char.isdigit() else "u" if char.isupper() else "l" for char in run]
    return sum(one != other for one, other in pairwise(kinds)) / max(len(run) - 1, 1)
