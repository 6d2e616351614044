"""A small HTTP/1.1 server on the loopback whose connections can be hung and broken at will.

A framework's server is too well-behaved for a stand-in: it answers every request and closes politely.
"""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import httptools
import msgspec

HOST = "127.0.0.1"


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request; header names are lower-case. `body` is None when it was larger than the server reads."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None


class HttpReply(msgspec.Struct, frozen=True, kw_only=True):
    """One answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/x-protobuf"
    headers: dict[str, str] = {}

    def encoded(self) -> bytes:
        """The bytes on the wire."""
        fields = {"Content-Type": self.content_type, "Content-Length": str(len(self.body)), **self.headers}
        lines = [f"HTTP/1.1 {self.status} {_phrase(self.status)}", *(f"{name}: {fields[name]}" for name in fields)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


Handler = Callable[[HttpRequest], Awaitable[HttpReply | None]]
"""Answers a request; None breaks the connection."""


class HttpServer:
    """Serves on a free port of 127.0.0.1 (or on `port`), in a thread with an event loop of its own."""

    def __init__(
        self,
        handler: Handler,
        *,
        port: int = 0,
        body_bytes_max: int = 128 * 1024 * 1024,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._handler = handler
        self._body_bytes_max = body_bytes_max
        self._tls = tls
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self.port = port

    def start(self) -> None:
        """Return when connections are accepted. Started again after `stop`, the port is the same."""
        self._ready.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._loop is None:
            raise OSError(f"port {self.port} of {HOST} is not free")

    def stop(self) -> None:
        """Break every connection and return when the port is free. Once is enough, twice does no harm."""
        thread, self._thread = self._thread, None
        if thread and self._loop and self._stop:
            self._loop.call_soon_threadsafe(self._stop.set)
            thread.join()
            self._loop = None

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        connections: set[_Connection] = set()
        try:
            server = await loop.create_server(
                lambda: _Connection(self._handler, self._body_bytes_max, connections),
                HOST,
                self.port,
                ssl=self._tls,
                backlog=256,
            )
        except OSError:
            self._ready.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._loop, self._stop = loop, asyncio.Event()
        self._ready.set()
        await self._stop.wait()
        server.close()
        for connection in tuple(connections):
            connection.abort()
        await asyncio.sleep(0)


class _Connection(asyncio.Protocol):
    """One connection; its requests are answered one after the other."""

    def __init__(self, handler: Handler, body_bytes_max: int, connections: "set[_Connection]") -> None:
        self._handler = handler
        self._body_bytes_max = body_bytes_max
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._begin()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport if isinstance(transport, asyncio.Transport) else None
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio gives the name
        self._connections.discard(self)
        if self._task:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.abort()

    def abort(self) -> None:
        """Break the connection without a word."""
        if self._transport:
            self._transport.abort()

    def on_message_begin(self) -> None:
        self._begin()

    def on_url(self, url: bytes) -> None:
        self._path += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        if self._headers.get("expect", "").lower() == "100-continue" and self._transport:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size <= self._body_bytes_max:
            self._body.append(body)

    def on_message_complete(self) -> None:
        request = HttpRequest(
            method=self._parser.get_method().decode("latin-1"),
            path=self._path,
            headers=self._headers,
            body=b"".join(self._body) if self._size <= self._body_bytes_max else None,
        )
        self._task = asyncio.get_running_loop().create_task(self._answer(request))

    def _begin(self) -> None:
        self._path = ""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._size = 0

    async def _answer(self, request: HttpRequest) -> None:
        try:
            reply = await self._handler(request)
        except Exception:
            self.abort()  # rather than a sender that waits for an answer that will not come
            raise
        if reply is None:
            self.abort()
        elif self._transport:
            self._transport.write(reply.encoded())


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
