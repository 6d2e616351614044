"""A small gRPC server on the loopback that hands out raw bytes and can break its connections."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, cast

import grpc

HOST = "127.0.0.1"

Handler = Callable[[str, bytes, grpc.ServicerContext], bytes]
"""Answers a call: its path, the request's bytes and the context to refuse with."""

if TYPE_CHECKING:
    _GenericRpcHandler = grpc.GenericRpcHandler[bytes, bytes]
else:
    _GenericRpcHandler = grpc.GenericRpcHandler  # generic in the stubs only

THREADS_MAX = 64
"""A hanging call occupies a thread until its sender gives up."""


class GrpcServer:
    """Serves on a free port of 127.0.0.1, or on `port`; the synchronous server, which needs no event loop."""

    def __init__(
        self,
        handler: Handler,
        *,
        port: int = 0,
        message_bytes_max: int = 64 * 1024 * 1024,
        credentials: grpc.ServerCredentials | None = None,
    ) -> None:
        self._handler = handler
        self._message_bytes_max = message_bytes_max
        self._credentials = credentials
        self._server: grpc.Server | None = None
        self._lock = threading.Lock()
        self.port = port

    def start(self) -> None:
        """Return when connections are accepted. Started again after `stop`, the port is the same."""
        with self._lock:
            self._start()

    def stop(self) -> None:
        """Break every connection, cancel every call, free the port. Twice does no harm."""
        with self._lock:
            self._stop()

    def restart(self) -> None:
        """Break every connection and listen again at once, unless stopped meanwhile."""
        with self._lock:
            if self._server:
                self._stop()
                self._start()

    def _start(self) -> None:
        options = [("grpc.max_receive_message_length", self._message_bytes_max), ("grpc.so_reuseport", 0)]
        server = grpc.server(  # pyright: ignore[reportUnknownMemberType]  # its stubs leave handlers open
            ThreadPoolExecutor(THREADS_MAX), handlers=[_Calls(self._handler)], options=options
        )
        address = f"{HOST}:{self.port}"
        if self._credentials:
            self.port = server.add_secure_port(address, self._credentials)
        else:
            self.port = server.add_insecure_port(address)
        server.start()
        self._server = server

    def _stop(self) -> None:
        server, self._server = self._server, None
        if server:
            server.stop(None).wait()


class _Calls(_GenericRpcHandler):
    """Every path is a unary call without serialisers."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        """The one handler there is."""
        path = handler_call_details.method

        def call(body: bytes, context: grpc.ServicerContext) -> bytes:
            return self._handler(path, body, context)

        handler = grpc.unary_unary_rpc_method_handler(call)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # untyped in the stubs
        return cast("grpc.RpcMethodHandler[bytes, bytes]", handler)
