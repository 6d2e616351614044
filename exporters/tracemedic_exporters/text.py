"""Foreign text made fit for our own messages."""

import re
from collections.abc import Iterable

TEXT_CHARS_MAX = 300
SECRET_CHARS_MIN = 6
"""Shorter header values (`1`, `gzip`) are no secrets, and hiding them would tear words apart."""

_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


def cleaned(text: str, *, secrets: Iterable[str] = ()) -> str:
    """One printable line of at most `TEXT_CHARS_MAX` characters, with every one of `secrets` hidden.

    Backends echo what they refuse, credentials included.
    """
    for secret in secrets:
        if len(secret) >= SECRET_CHARS_MIN:
            text = text.replace(secret, "[hidden]")
    line = _UNPRINTABLE.sub(" ", text[: TEXT_CHARS_MAX * 4]).strip()
    return line if len(line) <= TEXT_CHARS_MAX else f"{line[: TEXT_CHARS_MAX - 1]}…"


def secrets_of(headers: dict[str, str]) -> tuple[str, ...]:
    """What must never be repeated of these headers: each value, and the credential behind a scheme (`Bearer x`).

    Longest first, so that hiding one never leaves half of another.
    """
    values = {part for value in headers.values() for part in (value, value.rpartition(" ")[2])}
    return tuple(sorted(values, key=len, reverse=True))
