"""Compressed bodies, inflated piece by piece: a small one that expands without end is refused at the bound."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Protocol, cast

import zstandard
from isal import igzip_lib

from tracemedic_processor.errors import Malformed
from tracemedic_processor.receive.budget import Hold
from tracemedic_processor.receive.status import BodyTooLarge

_PIECE_BYTES = 1024 * 1024
_GZIP_MEMBERS_MAX = 64
"""Senders make one; each copies what follows it, so a body of empty members must not take quadratic time."""
_ZSTD_WINDOW_BYTES_MAX = 32 * 1024 * 1024
"""The widest window of the encoder that Collectors use; it is allocated at once, so it must have an end."""

_ZSTD_SLICE_BYTES = 256
"""At most 64 blocks of 128 KiB come out of it, 8 MiB; larger slices are no faster (measured)."""

_GZIP_MAGIC = b"\x1f\x8b"


async def inflate(encoding: str, body: bytes, hold: Hold, *, body_bytes_max: int) -> bytes:
    """`body` decompressed; `encoding` is a key of `ENCODINGS`. Every piece is added to `hold` as it appears.

    Gives way to other requests now and then. Raises `BodyTooLarge` with the first piece (at most 8 MiB) that passes
    `body_bytes_max`, `Overloaded` when `hold` has no room, `Malformed` for bytes cut off or not of that encoding.
    """
    pieces: list[bytes] = []
    room = body_bytes_max
    unbroken_bytes = 0
    for piece in ENCODINGS[encoding](body):
        room -= len(piece)
        if room < 0:
            raise BodyTooLarge(f"the request is larger than {body_bytes_max} bytes when decompressed")
        hold.grow(len(piece))
        pieces.append(piece)
        unbroken_bytes += len(piece)
        if unbroken_bytes >= _PIECE_BYTES:
            unbroken_bytes = 0
            await asyncio.sleep(0)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def sniff(body: bytes) -> str | None:
    """The encoding a gRPC message shows by its first bytes, as the header that names it is not passed on to us.

    Unambiguous for gzip: 0x1f would be a protobuf tag of the unused wire type 7. zlib's 0x78 would be a field 15,
    a number, which no Export request has (they have field 1, whose tag is 0x0a).
    """
    first = body[:1]
    if first == b"\x0a":
        return None
    if body.startswith(_GZIP_MAGIC):
        return "gzip"
    return "deflate" if first == b"\x78" and _has_zlib_header(body) else None


class _Inflater(Protocol):
    """What we use of isal's decompressor, whose stub leaves types out."""

    eof: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


_IsalError = cast("type[Exception]", igzip_lib.IsalError)


def _inflater(flag: int) -> _Inflater:
    return cast("_Inflater", igzip_lib.IgzipDecompressor(flag=flag))


def _gzip_pieces(body: bytes) -> Iterator[bytes]:
    rest = body
    for _ in range(_GZIP_MEMBERS_MAX):
        inflater = _inflater(igzip_lib.DECOMP_GZIP)
        yield from _isal_pieces(inflater, rest)
        rest = inflater.unused_data
        if not rest:
            return
    raise Malformed(f"the gzip body has more than {_GZIP_MEMBERS_MAX} members")


def _deflate_pieces(body: bytes) -> Iterator[bytes]:
    """HTTP's deflate is the zlib format (RFC 9110, 8.4.1.2), but some senders leave its wrapper out."""
    flag = igzip_lib.DECOMP_ZLIB if _has_zlib_header(body) else igzip_lib.DECOMP_DEFLATE
    inflater = _inflater(flag)
    yield from _isal_pieces(inflater, body)
    if inflater.unused_data:
        raise Malformed("the deflate body goes on after its end")


def _isal_pieces(inflater: _Inflater, body: bytes) -> Iterator[bytes]:
    data = body
    while not inflater.eof:
        try:
            piece = inflater.decompress(data, _PIECE_BYTES)
        except _IsalError as error:
            raise Malformed(f"the body cannot be decompressed: {error}") from None
        if piece:
            yield piece
        elif not inflater.eof:
            raise Malformed("the compressed body is cut off")
        data = b""


def _zstd_pieces(body: bytes) -> Iterator[bytes]:
    """Fed in slices, because the library's readers that bound their output do not tell when the input is cut off."""
    frame = _zstd_frame()
    try:
        for start in range(0, len(body), _ZSTD_SLICE_BYTES):
            data = body[start : start + _ZSTD_SLICE_BYTES]
            while data:
                frame = _zstd_frame() if frame.eof else frame
                yield frame.decompress(data)
                data = frame.unused_data
    except zstandard.ZstdError as error:
        raise Malformed(f"the body cannot be decompressed: {error}") from None
    if not frame.eof:
        raise Malformed("the compressed body is cut off")


def _zstd_frame() -> "zstandard.ZstdDecompressionObj":
    return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES_MAX).decompressobj()


def _has_zlib_header(body: bytes) -> bool:
    """Whether `body` starts as the zlib format does (RFC 1950, 2.2)."""
    return len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0


ENCODINGS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip_pieces,
    "x-gzip": _gzip_pieces,
    "deflate": _deflate_pieces,
    "zstd": _zstd_pieces,
}
