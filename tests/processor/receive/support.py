"""What the receiver tests share: running receivers, and requests to send them."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from typing import Any, Self

import grpc
import grpc.aio
import httpx
import pytest
from google.rpc import status_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as trace

from tracemedic_processor.receive import GrpcReceiver, HttpReceiver, ReceiverSettings
from tracemedic_processor.testing.memory_intake import MemoryIntake

TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
LOGS = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
METRICS = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}

HEAD = b"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n"
CLOSE = b"connection: close\r\n"

MIB = 1024 * 1024


def settings(**changed: Any) -> ReceiverSettings:
    return ReceiverSettings(**{"grpc_address": "127.0.0.1:0", "http_address": "127.0.0.1:0"} | changed)


def spans(*names: str) -> bytes:
    request = trace.ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for name in names:
        scope.spans.add(name=name, trace_id=b"\x01" * 16, span_id=b"\x02" * 8)
    return request.SerializeToString()


def partial_message(response: bytes) -> str:
    return trace.ExportTraceServiceResponse.FromString(response).partial_success.error_message


@contextlib.asynccontextmanager
async def grpc_receiver(intake: MemoryIntake, **changed: Any) -> AsyncIterator[GrpcReceiver]:
    receiver = GrpcReceiver(settings(**changed), intake, reuse_port=False)
    await receiver.start()
    try:
        yield receiver
    finally:
        await receiver.stop(0)


@contextlib.asynccontextmanager
async def http_receiver(intake: MemoryIntake, **changed: Any) -> AsyncIterator[HttpReceiver]:
    receiver = HttpReceiver(settings(**changed), intake, reuse_port=False)
    await receiver.start()
    try:
        yield receiver
    finally:
        await receiver.stop(0.2)


@contextlib.asynccontextmanager
async def grpc_export(receiver: GrpcReceiver, method: str = TRACES) -> AsyncIterator[Callable[..., Awaitable[bytes]]]:
    options = [("grpc.max_send_message_length", -1)]
    async with grpc.aio.insecure_channel(f"127.0.0.1:{receiver.port}", options=options) as channel:
        yield channel.unary_unary(method)


@contextlib.asynccontextmanager
async def http_client(receiver: HttpReceiver) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{receiver.port}", trust_env=False) as client:
        yield client


@contextlib.contextmanager
def refused(code: grpc.StatusCode) -> Iterator[list[status_pb2.Status]]:
    """Collects the rich status of the call refused inside."""
    found: list[status_pb2.Status] = []
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        yield found
    assert raised.value.code() == code, raised.value
    details = dict(raised.value.trailing_metadata()).get("grpc-status-details-bin")
    found.append(status_pb2.Status.FromString(details) if details else status_pb2.Status())


@contextlib.contextmanager
def maybe_refused(*codes: grpc.StatusCode) -> Iterator[None]:
    """The call inside succeeds or is refused with one of these."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        if error.code() not in codes:
            raise


def run(test: Awaitable[None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60):
            await test

    asyncio.run(bounded())


class SharedServer:
    """Both receivers with default settings on a loop of their own, for tests that ask them one thing each."""

    def __init__(self) -> None:
        self.intake = MemoryIntake()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._http = HttpReceiver(settings(), self.intake, reuse_port=False)
        self._grpc = GrpcReceiver(settings(), self.intake, reuse_port=False)
        self.port = self.grpc_port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._await(self._start())
        self.port, self.grpc_port = self._http.port, self._grpc.port
        return self

    def __exit__(self, *_: object) -> None:
        self._await(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        await self._http.start()
        await self._grpc.start()

    async def _stop(self) -> None:
        await self._http.stop(0.2)
        await self._grpc.stop(0)

    def _await(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    def fresh_intake(self) -> MemoryIntake:
        self.intake.accepted.clear()
        self.intake.failures.clear()
        self.intake.warning = self.intake.failure = None
        return self.intake


async def raw_exchange(receiver: HttpReceiver | SharedServer, *pieces: bytes, half_close: bool = False) -> bytes:
    """What comes back until the receiver closes the connection, or hears that we send no more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if half_close:
            writer.write_eof()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()
