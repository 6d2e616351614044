"""OTLP over HTTP: the listening server around `HttpApp`."""

import asyncio
import contextlib
import socket
import ssl
from typing import Any, cast

import uvicorn

from tracemedic_processor.intake import Intake
from tracemedic_processor.receive.addresses import Endpoint, bind, listen_everywhere
from tracemedic_processor.receive.http_app import HttpApp
from tracemedic_processor.receive.http_connection import connection_class
from tracemedic_processor.receive.settings import ReceiverSettings
from tracemedic_processor.receive.start_errors import StartError
from tracemedic_processor.receive.tls import Certificates, ReloadingContext

_SETTING = "receive.http_address"


class HttpReceiver:
    """Receives all three signals as protobuf or JSON. To be used from one event loop."""

    def __init__(self, settings: ReceiverSettings, intake: Intake, *, reuse_port: bool) -> None:
        """`reuse_port`: other processes of ours listen on the same port, and the system spreads connections."""
        self._settings = settings
        self._reuse_port = reuse_port
        self._app = HttpApp(settings, intake)
        self._sockets: list[socket.socket] = []
        self._server: uvicorn.Server | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._port = 0

    @property
    def port(self) -> int:
        """The port listened on; 0 before `start` and when switched off."""
        return self._port

    async def start(self) -> None:
        """Listen and serve, unless switched off. Raises `StartError` with a line that says what to change.

        uvicorn's parts are started one by one: its `serve` would take over the process's signals.
        """
        if not self._settings.http_address:
            return
        server = uvicorn.Server(self._config())
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        try:
            self._port = listen_everywhere(self._settings.http_address, self._listen, setting=_SETTING)
            await server.startup(self._sockets)
        except StartError:
            self._close_sockets()
            raise
        self._server = server
        self._ticking = asyncio.create_task(server.main_loop(), name="otlp-http")

    async def stop(self, grace_s: float) -> None:
        """Accept nothing more, give running requests `grace_s` seconds. Safe to call twice."""
        if not self._server or not self._ticking:
            return
        server, self._server = self._server, None
        self._ticking.cancel()
        try:
            async with asyncio.timeout(grace_s):
                await server.shutdown(self._sockets)
        except TimeoutError:
            await _break_off(server)

    def _listen(self, endpoint: Endpoint) -> int:
        listener = bind(endpoint, reuse_port=self._reuse_port, setting=_SETTING)
        self._sockets.append(listener)
        return int(listener.getsockname()[1])

    def _close_sockets(self) -> None:
        for listener in self._sockets:
            listener.close()

    def _config(self) -> uvicorn.Config:
        tls = self._settings.tls
        context = ReloadingContext.of(Certificates(tls)) if tls else None

        def context_factory(_config: uvicorn.Config, _default: object) -> ssl.SSLContext:
            return cast("ssl.SSLContext", context)

        return uvicorn.Config(
            cast("Any", self._app),
            http=connection_class(self._settings.body_timeout_s),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=cast("int", self._settings.keep_alive_s),
            ssl_context_factory=context_factory if context else None,
        )


async def _break_off(server: uvicorn.Server) -> None:
    """Cancel what still runs; each request is answered as retryable, and its connection closed."""
    tasks = list(server.server_state.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for connection in list(server.server_state.connections):
        with contextlib.suppress(AttributeError):
            connection.transport.abort()
