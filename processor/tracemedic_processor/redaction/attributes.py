"""What an attribute's key tells about its value."""

import re

from .names import telling
from .placeholders import is_placeholder
from .rule import MARKER
from .values import is_secret

_HEADER = re.compile(r"(?:http\.(?:request|response)\.header|rpc\.[a-z_.]{1,40}\.metadata)\.(.+)", re.IGNORECASE)
_SECRET_HEADERS = {
    "authorization": "authorization",
    "proxy-authorization": "authorization",
    "www-authenticate": "authorization",
    "x-amz-security-token": "aws_session_token",
    "cookie": "cookie",
    "set-cookie": "cookie",
    "cookie2": "cookie",
}
_KEPT = frozenset(
    {"session.id", "session.previous_id", "code.function.name", "db.operation.name", "messaging.kafka.message.key"}
)
_STATEMENTS = frozenset({"db.query.text", "db.statement", "db.query.summary"})
_LITERAL = re.compile(r"'(?:[^'\\]|''|\\.)*'?")


def kind_by_key(key: str, value: str) -> str | None:
    """The kind of secret that the whole of `value` is, going by its key; None when the key does not tell."""
    if key in _KEPT or MARKER.fullmatch(value) or is_placeholder(value):
        return None
    header = _HEADER.fullmatch(key)
    name = (header[1] if header else key.rpartition(".")[2] if "." in key else key).lower().replace("_", "-")
    if name in _SECRET_HEADERS:
        return _SECRET_HEADERS[name]
    told = telling(header[1] if header else key)
    return told.kind if told is not None and is_secret(value, told) else None


def is_statement(key: str) -> bool:
    """Whether the attribute holds a statement in which quoted literals are data."""
    return key in _STATEMENTS


def mask_literals(statement: str) -> tuple[str, int]:
    """A statement without its quoted literals, and how many there were."""
    count = 0

    def mask(match: "re.Match[str]") -> str:
        nonlocal count
        if match[0] in {"''", "'"} or MARKER.fullmatch(match[0].strip("'")):
            return match[0]
        count += 1
        return "'[redacted:literal]'"

    return _LITERAL.sub(mask, statement), count
