"""The Export method of the three OTLP services, as raw bytes."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

import grpc
import grpc.aio

from tracemedic_processor.errors import Malformed, Overloaded
from tracemedic_processor.intake import Intake
from tracemedic_processor.receive import decompress
from tracemedic_processor.receive.budget import ByteBudget, Hold
from tracemedic_processor.receive.settings import ReceiverSettings
from tracemedic_processor.receive.signals import SIGNALS, SignalSpec, warning_response
from tracemedic_processor.receive.status import Unauthenticated, refusal_of, retry_info_of, status_of
from tracemedic_processor.receive.tokens import TokenCheck

if TYPE_CHECKING:
    _Handler = grpc.GenericRpcHandler[bytes, bytes]
    _Context = grpc.aio.ServicerContext[bytes, bytes]
else:  # generic in the type stubs only
    _Handler = grpc.GenericRpcHandler
    _Context = grpc.aio.ServicerContext

_Method = Callable[[object, _Context], Awaitable[bytes]]

_STATUS_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}
_UNTYPED_GRPC = cast("Any", grpc)
"""For what the type stubs leave out or leave untyped."""
_NO_MESSAGE: object = _UNTYPED_GRPC.aio.EOF
_CALL_BYTES = 8 * 1024
"""What a call costs besides its body, about; held before the body is read, so that idle calls are bounded too."""
_DETAILS_KEY = "grpc-status-details-bin"
_RETRY_INFO_KEY = "google.rpc.retryinfo-bin"
"""Where the Python SDK looks for it, instead of in the details."""


class GrpcExport(_Handler):
    """Answers the three methods; every other one is UNIMPLEMENTED by gRPC itself.

    Registered as streams of requests, which are the same on the wire but let us refuse a sender before its body is
    read; reading the one message ourselves is as fast (measured).
    """

    def __init__(self, settings: ReceiverSettings, intake: Intake) -> None:
        self._body_bytes_max = settings.body_bytes_max
        self._needs_tls_1_3 = settings.tls is not None and settings.tls.minimum_version == "1.3"
        self._intake = intake
        self._budget = ByteBudget(settings.inflight_bytes_max)
        self._tokens = TokenCheck(settings.bearer_tokens)
        self._methods = {f"/{spec.service}/Export": _handler(self._export_of(spec)) for spec in SIGNALS}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes] | None":
        """The method called, if it is one of ours."""
        return self._methods.get(handler_call_details.method)

    def _export_of(self, spec: SignalSpec) -> _Method:
        async def export(_requests: object, context: _Context) -> bytes:
            try:
                self._admit(context)
                with self._budget.hold() as hold:
                    warning = await self._receive(spec, context, hold)
            except Exception as error:  # noqa: BLE001 - grpc would call it UNKNOWN, and senders drop the data on that
                return await _refuse(context, error)
            return warning_response(spec, warning) if warning else b""

        return export

    def _admit(self, context: _Context) -> None:
        if self._needs_tls_1_3 and b"TLSv1.3" not in context.auth_context().get("ssl_tls_version", ()):
            raise Unauthenticated("TLS 1.3 is required")
        if self._tokens.wanted:
            self._tokens.verify(_authorization(context))

    async def _receive(self, spec: SignalSpec, context: _Context, hold: Hold) -> str | None:
        hold.grow(_CALL_BYTES)
        body = await context.read()
        if body is _NO_MESSAGE:
            raise Malformed("the call carried no message")
        hold.grow(len(body))
        encoding = decompress.sniff(body)
        if encoding:
            body = await decompress.inflate(encoding, body, hold, body_bytes_max=self._body_bytes_max)
        return await self._intake.accept(spec.signal, body) if body else None


def _handler(method: _Method) -> "grpc.RpcMethodHandler[bytes, bytes]":
    return _UNTYPED_GRPC.stream_unary_rpc_method_handler(method)


async def _refuse(context: _Context, error: Exception) -> bytes:
    refusal = refusal_of(error)
    status = status_of(refusal)
    trailers = [(_DETAILS_KEY, status.SerializeToString())]
    if isinstance(refusal, Overloaded):
        trailers.append((_RETRY_INFO_KEY, retry_info_of(refusal).SerializeToString()))
    await context.abort(_STATUS_CODES[status.code], status.message, tuple(trailers))
    return b""


def _authorization(context: _Context) -> bytes | None:
    metadata: Any = context.invocation_metadata()
    for key, value in metadata:
        if key == "authorization":
            return value.encode() if isinstance(value, str) else value
    return None
