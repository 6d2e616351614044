"""Which of two versions of a service is the later one, as far as their spelling tells.

Numbers (`1.10.2`), with `v` or the name of the product before them (`shop@1.2`, `release-1.2`), calendar versions,
semantic versions with their pre-releases, and the spellings of packages (`1.0rc1`, `1.0.post2`, `1.2.3-4-gabc1234`,
`1.8.0_292`) have an order. Hashes of builds and names of branches have none.
"""

import re

VERSION_CHARS_MAX = 200
"""A longer text is no version; comparing is bounded."""

_FORM = re.compile(r"(?P<product>(?:.*[@/ ])?(?:[a-z]+[_-])*)v?\.?(?P<numbers>\d[a-z0-9_.+~-]*)")
_HASH = re.compile(r"(?=.*[a-f])[0-9a-f]{7,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REVISION = re.compile(r"[.-]g[0-9a-f]{7,40}$")
"""The end of what `git describe` says: which commit it was, after how many there were."""
_TOKEN = re.compile(r"\d{1,18}|[a-z]+")
_RELEASE = re.compile(r"\d{1,18}(?:\.\d{1,18})*")

_RANKS = {
    "dev": -6,
    "snapshot": -6,
    "nightly": -6,
    "canary": -6,
    "a": -5,
    "alpha": -5,
    "b": -4,
    "beta": -4,
    "m": -3,
    "milestone": -3,
    "pre": -2,
    "preview": -2,
    "next": -2,
    "c": -1,
    "cr": -1,
    "rc": -1,
    "final": 0,
    "ga": 0,
    "release": 0,
    "build": 2,
    "hotfix": 2,
    "p": 2,
    "patch": 2,
    "post": 2,
    "r": 2,
    "rev": 2,
    "sp": 2,
}
"""Where a word puts what follows it: before the release (negative), at it, or after it (1 is a bare number)."""
_UNKNOWN_RANK = -7
"""Semantic versioning: any other word after a hyphen is a pre-release."""

_Key = tuple[str, tuple[int, ...], tuple[tuple[int, int | str], ...]]


def same_or_later(version: str, than: str) -> bool | None:
    """Whether `version` is `than` or comes after it; None when the two have no order."""
    if version.strip() == than.strip():
        return True
    key, other = _key(version), _key(than)
    if key is None or other is None or key[0] != other[0]:
        return None
    return key >= other


def _key(version: str) -> _Key | None:
    text = version.strip().lower()
    match = None if len(text) > VERSION_CHARS_MAX or _HASH.fullmatch(text) else _FORM.fullmatch(text)
    if match is None or _HASH.fullmatch(match["numbers"]):
        return None
    numbers = _REVISION.sub("", match["numbers"].partition("+")[0])
    release = _RELEASE.match(numbers)
    if release is None:
        return None
    return match["product"], _without_zeros(release[0]), _suffix(numbers[release.end() :])


def _without_zeros(release: str) -> tuple[int, ...]:
    parts = [int(part) for part in release.split(".")]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()  # 1.0 and 1 are one release
    return tuple(parts)


def _suffix(text: str) -> tuple[tuple[int, int | str], ...]:
    """What follows the release, so that tuples compare: each word's rank, each number, and the release's own end."""
    order: list[tuple[int, int | str]] = []
    for token in _TOKEN.findall(text):
        if token.isdigit():
            order.append((1, int(token)))
        elif token not in _RANKS:
            order.append((_UNKNOWN_RANK, token))
        elif _RANKS[token]:
            order.append((_RANKS[token], 0))
    return (*order, (0, 0))
