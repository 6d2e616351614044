"""One HTTP connection, with the bounds that uvicorn leaves open: how long and how large a request's head may be."""

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEAD_BYTES_MAX = 64 * 1024
"""Of request line and headers, and of trailers: four times what common servers take."""


class BoundedConnection(HttpToolsProtocol):
    """Closes the connection when a head does not arrive in time or has no end, or a refused body goes on and on."""

    head_timeout_s: ClassVar[float] = 30.0

    _deadline: asyncio.TimerHandle | None = None
    _unparsed_bytes: int = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the deadline of the first head; later ones start with their first byte."""
        super().connection_made(transport)
        self._start_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._end_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what neither ends a head nor carries a body: heads, trailers and chunk extensions without end."""
        self._unparsed_bytes += len(data)
        super().data_received(data)
        if self._unparsed_bytes > _HEAD_BYTES_MAX and not self.transport.is_closing():
            self.send_400_response("The request's head is too large.")

    def on_message_begin(self) -> None:
        """A head begins."""
        self._start_deadline()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is complete; its body has a deadline of its own."""
        self._end_deadline()
        self._unparsed_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body came."""
        self._unparsed_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete, be it wanted or not."""
        self._end_deadline()
        self._unparsed_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Let a body that was refused unread run out, for a while: closing at once would destroy the answer."""
        if self.cycle.more_body:
            self._start_deadline()
        super().on_response_complete()

    def _start_deadline(self) -> None:
        self._end_deadline()
        self._deadline = self.loop.call_later(self.head_timeout_s, self._close)

    def _end_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


def connection_class(head_timeout_s: float) -> type[BoundedConnection]:
    """Connections with this deadline: uvicorn takes a class and constructs it itself."""
    return type("Connection", (BoundedConnection,), {"head_timeout_s": head_timeout_s})
