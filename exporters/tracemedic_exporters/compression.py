"""How bodies are made smaller on their way out."""

from typing import Literal

from isal import igzip

Compression = Literal["gzip", "none"]

GZIP_LEVEL = 1
"""Of isal's 0 to 3. Measured on 4,096 spans of 370 bytes: level 0 makes them 3.3 times smaller at 753 MB/s, 1 makes
them 3.88 times smaller at 725, 2 only 3.91 at 661, 3 only 3.90 at 155 (zlib level 6: 4.29 at 63)."""


def gzipped(body: bytes) -> bytes:
    """Compress with gzip; the same bytes in give the same bytes out."""
    return igzip.compress(body, compresslevel=GZIP_LEVEL, mtime=0)  # pyright: ignore[reportUnknownMemberType]  # isal's stub leaves the data untyped
