"""The body of an HTTP request: read within a deadline and within bounds, then inflated."""

import asyncio
from typing import Any

from tracemedic_processor.receive import decompress
from tracemedic_processor.receive.asgi import Receive
from tracemedic_processor.receive.budget import Hold
from tracemedic_processor.receive.status import BodyTooLarge, SenderGone, SlowBody, UnsupportedMedia

_IDENTITY = "identity"


def encoding_of(headers: dict[bytes, bytes]) -> str:
    """The content encoding, `identity` when none is named. Raises `UnsupportedMedia`."""
    encoding = headers.get(b"content-encoding", b"").decode("latin-1").strip().lower() or _IDENTITY
    if encoding != _IDENTITY and encoding not in decompress.ENCODINGS:
        raise UnsupportedMedia(f"content encoding {encoding[:40]!r} is not read here; use gzip, deflate, zstd or none")
    return encoding


class BodyReader:
    """Reads bodies of at most `body_bytes_max` bytes, each in at most `body_timeout_s` seconds."""

    def __init__(self, *, body_bytes_max: int, body_timeout_s: float) -> None:
        self._body_bytes_max = body_bytes_max
        self._body_timeout_s = body_timeout_s

    async def read(self, receive: Receive, headers: dict[bytes, bytes], encoding: str, hold: Hold) -> bytes:
        """The body, decompressed; its bytes are added to `hold` as they come.

        Raises `BodyTooLarge` before reading when the sender says so, `SlowBody`, `SenderGone`, and what
        `decompress.inflate` raises. A body of no bytes needs no decompressing.
        """
        if int(headers.get(b"content-length", 0)) > self._body_bytes_max:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._body_timeout_s):
                body = await self._read_all(receive, hold)
        except TimeoutError:
            raise SlowBody(f"the body did not arrive within {self._body_timeout_s:g} s") from None
        if encoding == _IDENTITY or not body:
            return body
        return await decompress.inflate(encoding, body, hold, body_bytes_max=self._body_bytes_max)

    async def _read_all(self, receive: Receive, hold: Hold) -> bytes:
        chunks: list[bytes] = []
        room = self._body_bytes_max
        more = True
        while more:
            message: dict[str, Any] = await receive()
            if message["type"] == "http.disconnect":
                raise SenderGone("the connection was closed before the body was complete")
            chunk: bytes = message.get("body", b"")
            room -= len(chunk)
            if room < 0:
                raise self._too_large()
            hold.grow(len(chunk))
            chunks.append(chunk)
            more = message.get("more_body", False)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(f"the request is larger than {self._body_bytes_max} bytes")
