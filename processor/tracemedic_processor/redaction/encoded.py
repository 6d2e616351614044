"""Base64 that hides a secret: what decodes to text with a finding goes as a whole."""

import base64
import re
from collections.abc import Callable, Iterator

from .rule import Span

_TELLING = (
    "password",
    "Password",
    "PASSWORD",
    "passwd",
    "secret",
    "SECRET",
    "Secret",
    "token",
    "Token",
    "TOKEN",
    "Authorization",
    "authorization",
    "Bearer ",
    "Basic ",
    "api_key",
    "apiKey",
    "API_KEY",
    "api-key",
    "Cookie:",
    "cookie:",
    "PRIVATE KEY",
    "://",
)
_RUN = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,65536}={0,2}")


def _fragments(word: str) -> Iterator[str]:
    for shift in range(3):
        padded = b"\0" * shift + word.encode()
        whole = base64.b64encode(padded)[: len(padded) * 8 // 6].decode()
        yield whole[(shift * 8 + 5) // 6 :]


FRAGMENTS = tuple(sorted({fragment for word in _TELLING if len(word) > 4 for fragment in _fragments(word)}))
"""How telling words look in base64, at each of the three places in a group."""
_FRAGMENT = re.compile("|".join(map(re.escape, FRAGMENTS)))


def encoded(text: str, has_secret: Callable[[str], bool], rank: int) -> Iterator[Span]:
    """Runs of base64 in `text` that decode to something with a secret in it."""
    for match in _RUN.finditer(text):
        run = match[0]
        if _FRAGMENT.search(run) and has_secret(_decoded(run)):
            yield Span(*match.span(), "encoded_secret", rank)


def _decoded(run: str) -> str:
    compact = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4)).decode("utf-8", "replace")
    except ValueError:
        return ""
