"""How bodies are made smaller on their way out."""

import asyncio
from typing import Literal

from isal import isal_zlib

Compression = Literal["gzip", "none"]

GZIP_LEVEL = 1
"""Of isal's 0 to 3. Measured on 4,096 spans of 370 bytes: level 0 makes them 3.3 times smaller at 753 MB/s, 1 makes
them 3.88 times smaller at 725, 2 only 3.91 at 661, 3 only 3.90 at 155 (zlib level 6: 4.29 at 63)."""

CHUNK_BYTES = 256 * 1024
"""Compressed between two turns of the event loop: under a millisecond. isal holds the interpreter's lock while it
works, so that a thread would not help those who wait for an answer meanwhile."""

_GZIP_WINDOW_BITS = 31


async def gzipped(body: bytes) -> bytes:
    """Compress with gzip, letting others go on in between; the same bytes in give the same bytes out."""
    deflate = isal_zlib.compressobj(GZIP_LEVEL, wbits=_GZIP_WINDOW_BITS)  # pyright: ignore[reportUnknownMemberType]  # as below
    view = memoryview(body)
    parts: list[bytes] = []
    for start in range(0, len(body), CHUNK_BYTES):
        parts.append(deflate.compress(view[start : start + CHUNK_BYTES]))  # pyright: ignore[reportUnknownMemberType]  # the stub leaves the data untyped
        await asyncio.sleep(0)
    return b"".join([*parts, deflate.flush()])
