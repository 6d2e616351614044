"""OTLP over gRPC: the listening server around `GrpcExport`."""

from typing import Any, Protocol, cast

import grpc
import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from tracemedic_processor.intake import Intake
from tracemedic_processor.receive.addresses import Endpoint, bind, listen_everywhere
from tracemedic_processor.receive.grpc_export import GrpcExport
from tracemedic_processor.receive.settings import ReceiverSettings
from tracemedic_processor.receive.signals import SIGNALS
from tracemedic_processor.receive.start_errors import AddressError
from tracemedic_processor.receive.tls import Certificates, Identity

_SETTING = "receive.grpc_address"
_STREAMS_PER_CONNECTION_MAX = 256
"""More requests of one connection wait in the sender. The Collector sends 10 at a time, an SDK one."""


class GrpcReceiver:
    """Receives all three signals and answers `grpc.health.v1`; no reflection. To be used from one event loop.

    Senders may compress with gzip or deflate: gRPC's core itself refuses every other encoding.
    """

    def __init__(self, settings: ReceiverSettings, intake: Intake, *, reuse_port: bool) -> None:
        """`reuse_port`: other processes of ours listen on the same port, and the system spreads connections."""
        self._settings = settings
        self._reuse_port = reuse_port
        self._export = GrpcExport(settings, intake)
        self._health = _health_servicer()
        self._server: grpc.aio.Server | None = None
        self._port = 0

    @property
    def port(self) -> int:
        """The port listened on; 0 before `start` and when switched off."""
        return self._port

    async def start(self) -> None:
        """Listen and serve, unless switched off. Raises `StartError` with a line that says what to change."""
        if not self._settings.grpc_address:
            return
        credentials = _credentials(Certificates(self._settings.tls)) if self._settings.tls else None
        server = self._make_server()
        health_pb2_grpc.add_HealthServicer_to_server(cast("Any", self._health), server)

        def listen(endpoint: Endpoint) -> int:
            return self._listen(server, endpoint, credentials)

        self._port = listen_everywhere(self._settings.grpc_address, listen, setting=_SETTING)
        self._server = server
        await self.set_serving(serving=True)
        await server.start()

    async def set_serving(self, serving: bool) -> None:
        """What the health service answers for the server as a whole and for each signal: SERVING or NOT_SERVING."""
        answer = health_pb2.HealthCheckResponse
        status = answer.SERVING if serving else answer.NOT_SERVING
        for service in ("", *(spec.service for spec in SIGNALS)):
            await self._health.set(service, status)

    async def stop(self, grace_s: float) -> None:
        """Accept nothing more, answer NOT_SERVING, give running requests `grace_s` seconds. Safe to call twice."""
        if self._server:
            await self._health.enter_graceful_shutdown()
            await self._server.stop(grace_s)

    def _make_server(self) -> grpc.aio.Server:
        return grpc.aio.server(  # pyright: ignore[reportUnknownMemberType]  # the stub leaves interceptors untyped
            handlers=[self._export], options=self._options()
        )

    def _options(self) -> list[tuple[str, int]]:
        """Without the core's decompression, so that inflated bytes are counted, bounded and refused by our rules.

        The core would bound them too, but uncounted, and calls a broken gzip body INTERNAL.
        """
        return [
            ("grpc.so_reuseport", int(self._reuse_port)),
            ("grpc.max_receive_message_length", self._settings.body_bytes_max),
            ("grpc.max_concurrent_streams", _STREAMS_PER_CONNECTION_MAX),
            ("grpc.per_message_decompression", 0),
        ]

    def _listen(self, server: grpc.aio.Server, endpoint: Endpoint, credentials: grpc.ServerCredentials | None) -> int:
        """Bound once by ourselves first: gRPC's core does not tell why it cannot, and writes to standard error."""
        bind(endpoint, reuse_port=self._reuse_port, setting=_SETTING).close()
        try:
            if credentials:
                return server.add_secure_port(str(endpoint), credentials)
            return server.add_insecure_port(str(endpoint))
        except RuntimeError as error:
            raise AddressError(f"{_SETTING}: cannot listen on {endpoint}: {error}") from None


class _Health(Protocol):
    """What we use of the health servicer for asyncio, which the stubs leave out."""

    async def set(self, service: str, status: health_pb2.HealthCheckResponse.ServingStatus, /) -> None: ...

    async def enter_graceful_shutdown(self) -> None: ...


def _health_servicer() -> _Health:
    aio = cast("Any", health.aio)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # see above
    return aio.HealthServicer()


def _credentials(certificates: Certificates) -> grpc.ServerCredentials:
    identity = certificates.current()
    return grpc.dynamic_ssl_server_credentials(
        _configuration(identity),
        lambda: _configuration(certificates.current()),
        require_client_authentication=identity.client_ca is not None,
    )


def _configuration(identity: Identity) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(identity.key, identity.certificate)], identity.client_ca)
