"""Headers of the configuration, checked before they are needed."""

import re
from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_VALUE = re.compile(r"[\x20-\x7e]*")


def checked(headers: Mapping[str, str] | None) -> dict[str, str]:
    """The headers with lower-case names, as gRPC wants them and HTTP allows, and values without outer spaces.

    Raises `ValueError` naming the header, never its value, when it could not be sent: found at the start, it is a
    clear line; found at the first request, it would look like a far side that is away.
    """
    tidy = {name.strip().lower(): value.strip() for name, value in (headers or {}).items()}
    for name, value in tidy.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be the name of a header")
        if not _VALUE.fullmatch(value):
            raise ValueError(f"the value of the header {name} has characters that cannot be sent")
        if name.endswith("-bin"):
            raise ValueError(f"the header {name} would have to be binary, which is not supported")
    return tidy
