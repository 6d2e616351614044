"""An OTLP backend that keeps what it is given, over gRPC and over HTTP at once."""

import ssl
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc
from grpc_status import rpc_status

from tracemedic_exporters.otlp_grpc import METHODS
from tracemedic_processor.testing import http_faults, otlp_messages
from tracemedic_processor.testing.faults import Fault, FaultScript, Hang, PartlyRejected, Refuse, Reset, Slow
from tracemedic_processor.testing.grpc_server import GrpcServer
from tracemedic_processor.testing.http_server import HOST, HttpReply, HttpRequest, HttpServer
from tracemedic_processor.testing.received import Inbox, Received
from tracemedic_storage.records import Signal

_PATHS: dict[str, Signal] = {f"/v1/{signal}": signal for signal in METHODS}
_CALLS: dict[str, Signal] = {path: signal for signal, path in METHODS.items()}


class ServerTls:
    """What a server needs to speak TLS: its certificate and key, and whom it believes when senders must show one."""

    def __init__(self, *, cert_file: Path, key_file: Path, client_ca_file: Path | None = None) -> None:
        self._cert_file = cert_file
        self._key_file = key_file
        self._client_ca_file = client_ca_file

    def ssl_context(self) -> ssl.SSLContext:
        """For HTTP."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._cert_file, self._key_file)
        if self._client_ca_file:
            context.load_verify_locations(self._client_ca_file)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def credentials(self) -> grpc.ServerCredentials:
        """For gRPC."""
        pair = (self._key_file.read_bytes(), self._cert_file.read_bytes())
        client_ca = self._client_ca_file.read_bytes() if self._client_ca_file else None
        return grpc.ssl_server_credentials([pair], client_ca, require_client_auth=client_ca is not None)


class OtlpSink:
    """Listens on 127.0.0.1 while used as a context manager, synchronous or asynchronous.

    Ports are free ones unless given, and stay the same from one start to the next. `faults` says how to misbehave;
    both protocols share it. `inbox` keeps what was taken, bodies decompressed.
    """

    def __init__(
        self,
        *,
        faults: Iterable[Fault | None] = (),
        grpc_port: int = 0,
        http_port: int = 0,
        body_bytes_max: int = 64 * 1024 * 1024,
        tls: ServerTls | None = None,
    ) -> None:
        self.inbox = Inbox()
        self.faults = FaultScript(faults)
        self._scheme = "https" if tls else "http"
        self._body_bytes_max = body_bytes_max
        self._http = HttpServer(
            self._over_http, port=http_port, body_bytes_max=body_bytes_max, tls=tls.ssl_context() if tls else None
        )
        self._grpc = GrpcServer(
            self._over_grpc,
            port=grpc_port,
            message_bytes_max=body_bytes_max,
            credentials=tls.credentials() if tls else None,
        )

    @property
    def http_endpoint(self) -> str:
        """The base address for OTLP/HTTP."""
        return f"{self._scheme}://{HOST}:{self._http.port}"

    @property
    def grpc_endpoint(self) -> str:
        """The address for OTLP/gRPC."""
        return f"{self._scheme}://{HOST}:{self._grpc.port}"

    def start(self) -> None:
        """Listen on both ports."""
        self._http.start()
        self._grpc.start()

    def stop(self) -> None:
        """Break every connection; what was taken stays readable."""
        self._grpc.stop()
        self._http.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _over_http(self, request: HttpRequest) -> HttpReply | None:
        signal = _PATHS.get(request.path)
        if signal is None or request.method != "POST":
            return otlp_messages.refusal(request, 404 if signal is None else 405, "no such page")
        if request.body is None:
            return otlp_messages.refusal(request, 413, f"larger than {self._body_bytes_max} bytes")
        try:
            body = otlp_messages.decompressed(request)
        except ValueError as error:
            return otlp_messages.refusal(request, 400, str(error))
        if len(body) > self._body_bytes_max:
            return otlp_messages.refusal(request, 413, f"larger than {self._body_bytes_max} bytes")
        fault = self.faults.next()
        if fault is None or fault.keeps:
            self.inbox.put(Received(signal=signal, body=body, transport="http", headers=request.headers))
        if fault:
            return await http_faults.played(fault, request, signal)
        return otlp_messages.reply(request, otlp_messages.response(signal))

    def _over_grpc(self, path: str, body: bytes, context: grpc.ServicerContext) -> bytes:
        signal = _CALLS.get(path)
        if signal is None:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "no such call")
        fault = self.faults.next()
        if fault is None or fault.keeps:
            headers = {key: str(value) for key, value in context.invocation_metadata()}
            self.inbox.put(Received(signal=signal, body=body, transport="grpc", headers=headers))
        return self._played(fault, signal, context) if fault else b""

    def _played(self, fault: Fault, signal: Signal, context: grpc.ServicerContext) -> bytes:
        match fault:
            case Refuse():
                context.abort_with_status(rpc_status.to_status(fault.google_status))
            case PartlyRejected():
                answer = otlp_messages.response(signal, rejected=fault.rejected, message=fault.message)
                return answer.SerializeToString()
            case Hang():
                _wait_for_the_end(context)
            case Slow():
                time.sleep(fault.delay_s)
            case Reset():
                threading.Thread(target=self._grpc.restart, daemon=True).start()
                _wait_for_the_end(context)
            case _:
                pass
        return b""


def _wait_for_the_end(context: grpc.ServicerContext) -> None:
    """Until the sender gives up or the connection breaks."""
    over = threading.Event()
    if context.add_callback(over.set):
        over.wait()
