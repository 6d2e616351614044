"""The listening server around the web application."""

import asyncio
import contextlib
import socket
from collections.abc import Generator

import uvicorn
from fastapi import FastAPI

from tracemedic_processor.receive.addresses import Endpoint, bind, listen_everywhere


class _QuietServer(uvicorn.Server):
    """Leaves the process's signals to the service."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class WebServer:
    """Serves the application at `address`. To be used from one event loop."""

    def __init__(self, app: FastAPI, address: str) -> None:
        self._address = address
        self._server = _QuietServer(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
        self._sockets: list[socket.socket] = []
        self._task: asyncio.Task[None] | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen and serve. Raises `StartError` with a line that says what to change."""
        self.port = listen_everywhere(self._address, self._listen, setting="web.address")
        self._task = asyncio.create_task(self._server.serve(sockets=self._sockets), name="web")
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 uvicorn tells it by a flag
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Finish what is under way and close."""
        if self._task is not None:
            self._server.should_exit = True
            await self._task

    def _listen(self, endpoint: Endpoint) -> int:
        listening = bind(endpoint, reuse_port=False, setting="web.address")
        self._sockets.append(listening)
        return listening.getsockname()[1]
