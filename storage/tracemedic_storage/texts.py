"""Text that a database accepts: PostgreSQL keeps no NUL, and neither database keeps half a surrogate pair."""

from typing import TypeVar, cast

import msgspec

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

T = TypeVar("T")


def storable(value: T, kind: type[T]) -> T:
    """The same records with a replacement character for every character that a database refuses.

    One encoding of the whole tells that nothing is wrong, which is nearly always.
    """
    try:
        clean = b"\\u0000" not in msgspec.json.encode(value)
    except UnicodeEncodeError:
        clean = False
    return value if clean else msgspec.convert(_replaced(msgspec.to_builtins(value)), kind)


def _replaced(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\0", _REPLACEMENT).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list | tuple):
        return [_replaced(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {_replaced(key): _replaced(item) for key, item in cast("dict[object, object]", value).items()}
    return value
