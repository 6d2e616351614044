"""What only HTTP can do to us; the contract of all exporters is in tests/contracts."""

import asyncio
import contextlib
import gzip
import json
from collections.abc import Awaitable, Callable

import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tracemedic_exporters.exporter import ExportError, Parcel, PermanentError, RetryableError
from tracemedic_exporters.failures import DoubtfulError, MisconfiguredError
from tracemedic_exporters.http_answer import ANSWER_BYTES_MAX
from tracemedic_exporters.otlp_http import OtlpHttp
from tracemedic_processor.testing.http_server import HttpReply, HttpRequest, HttpServer

PARCEL = Parcel(signal="traces", body=b"", received_at_ns=1)
Rejected = list[tuple[int, str]]


def answered(reply: HttpReply | Callable[[HttpRequest], HttpReply], **settings: object) -> list[HttpRequest]:
    """Export once to a server that answers so; what the server saw."""
    seen: list[HttpRequest] = []

    async def handler(request: HttpRequest) -> HttpReply:
        seen.append(request)
        return reply if isinstance(reply, HttpReply) else reply(request)

    server = HttpServer(handler)
    server.start()

    async def work() -> None:
        exporter = OtlpHttp(f"http://127.0.0.1:{server.port}", timeout_s=5, **settings)
        try:
            await exporter.export(PARCEL)
        finally:
            await exporter.close()

    try:
        asyncio.run(work())
    finally:
        server.stop()
    return seen


def refused(reply: HttpReply, **settings: object) -> ExportError:
    with pytest.raises(ExportError) as caught:
        answered(reply, **settings)
    return caught.value


def rejected_by(reply: HttpReply) -> Rejected:
    rejected: Rejected = []
    answered(reply, on_partial_success=lambda count, message: rejected.append((count, message)))
    return rejected


def partial(count: int, message: str) -> bytes:
    response = ExportTraceServiceResponse()
    response.partial_success.rejected_spans = count
    response.partial_success.error_message = message
    return response.SerializeToString()


def test_the_request_is_what_otlp_asks_for() -> None:
    (request,) = answered(HttpReply())
    assert (request.method, request.path) == ("POST", "/v1/traces")
    assert request.headers["content-type"] == "application/x-protobuf"
    assert request.headers["content-encoding"] == "gzip"
    assert request.headers["accept-encoding"] == "identity"


def test_headers_are_sent_once_whatever_their_case() -> None:
    exporter = OtlpHttp("http://127.0.0.1:1", headers={"User-Agent": "ours", "CONTENT-TYPE": "text/plain"})
    names = [name for name, _ in exporter._headers.multi_items()]
    assert sorted(names) == ["accept-encoding", "content-encoding", "content-type", "user-agent"]


def test_headers_of_the_configuration_cannot_break_the_protocol() -> None:
    (request,) = answered(HttpReply(), headers={"x-tenant": "blue", "user-agent": "ours", "content-type": "text/plain"})
    assert request.headers["x-tenant"] == "blue"
    assert request.headers["user-agent"] == "ours"
    assert request.headers["content-type"] == "application/x-protobuf"


@pytest.mark.parametrize("status", [200, 202, 204])
def test_every_2xx_is_success(status: int) -> None:
    assert len(answered(HttpReply(status=status))) == 1


def test_a_redirect_is_not_followed_and_asks_a_person() -> None:
    error = refused(HttpReply(status=308, headers={"Location": "http://127.0.0.1:9/"}), headers={"a": "secret-token"})
    assert isinstance(error, MisconfiguredError)
    assert "correct the endpoint" in str(error)


def test_partial_success_in_json_is_read() -> None:
    body = json.dumps({"partialSuccess": {"rejectedSpans": "2", "errorMessage": "late"}}).encode()
    assert rejected_by(HttpReply(body=body, content_type="application/json; charset=utf-8")) == [(2, "late")]


def test_an_answer_compressed_against_our_wish_is_read() -> None:
    body = gzip.compress(partial(2, "late"))
    assert rejected_by(HttpReply(body=body, headers={"Content-Encoding": "gzip"})) == [(2, "late")]


@pytest.mark.parametrize(
    "reply",
    [
        HttpReply(body=b"\xff\xff\xff"),
        HttpReply(body=b"<html>fine</html>", content_type="text/html"),
        HttpReply(body=b"[" * 100_000, content_type="application/json"),
        HttpReply(body=b'{"partialSuccess": 3}', content_type="application/json"),
        HttpReply(body=b'{"partialSuccess": {"rejectedSpans": "many"}}', content_type="application/json"),
        HttpReply(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
        HttpReply(body=b"?", headers={"Content-Encoding": "br"}),
        HttpReply(body=gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}),
        HttpReply(body=bytes(ANSWER_BYTES_MAX * 3)),
    ],
    ids=["no protobuf", "html", "deep json", "odd json", "odd count", "no gzip", "br", "bomb", "endless"],
)
def test_a_success_with_an_odd_body_is_a_success(reply: HttpReply) -> None:
    assert rejected_by(reply) == []


@pytest.mark.parametrize(
    "reply",
    [
        HttpReply(status=400, body=Status(message="bad  span\n id").SerializeToString()),
        HttpReply(status=400, body=b'{"message": "bad span id"}', content_type="application/json"),
        HttpReply(status=400, body=b'{"error": {"message": "bad span id"}}', content_type="application/problem+json"),
        HttpReply(status=400, body=b'{"detail": "bad span id"}', content_type="application/json"),
        HttpReply(status=400, body=b"bad span\x00id", content_type="text/plain"),
    ],
)
def test_the_reason_is_found_in_the_body_and_cleaned(reply: HttpReply) -> None:
    error = refused(reply)
    assert type(error) is PermanentError
    assert str(error).endswith("answered 400: bad span id")


def test_a_long_body_is_cut() -> None:
    assert len(str(refused(HttpReply(status=400, body=b"x" * 1_000_000, content_type="text/plain")))) < 400


def test_500_is_doubtful() -> None:
    assert isinstance(refused(HttpReply(status=500, body=b"oops", content_type="text/plain")), DoubtfulError)


def test_retry_after_as_a_date_counts_from_our_clock() -> None:
    headers = {"Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT"}
    error = refused(HttpReply(status=503, headers=headers), now=lambda: 784_111_777.0)
    assert isinstance(error, RetryableError)
    assert error.retry_after_s == 60


def serve_raw(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], *, timeout_s: float = 5.0
) -> None:
    """Export once to a server that writes bytes by hand."""

    async def serve_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await serve(reader, writer)
        writer.close()
        ended.set()

    ended = asyncio.Event()

    async def work() -> None:
        server = await asyncio.start_server(serve_and_close, "127.0.0.1", 0)
        exporter = OtlpHttp(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout_s=timeout_s)
        try:
            await exporter.export(PARCEL)
        finally:
            await exporter.close()
            server.close()
            await ended.wait()

    asyncio.run(work())


def test_an_answer_that_breaks_off_after_success_is_a_success() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        await writer.drain()

    serve_raw(serve)


def test_an_answer_that_breaks_off_after_a_failure_is_retryable() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\nabc")
        await writer.drain()

    with pytest.raises(RetryableError):
        serve_raw(serve)


def test_an_answer_that_drips_without_end_is_ended_by_the_timeout() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    with pytest.raises(RetryableError, match=r"within 0\.3 s"):
        serve_raw(serve, timeout_s=0.3)


def test_what_is_no_http_is_retryable() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH\r\n")
        await writer.drain()

    with pytest.raises(RetryableError, match="cannot be reached"):
        serve_raw(serve)


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("collector:4318", "must begin with http"),
        ("ftp://collector", "must begin with http"),
        ("http://", "name a host"),
        ("", "must begin with http"),
        ("http://user:word@collector:4318", "belong into the headers"),
        ("http://collector:4318/v1/traces", "base address"),
        ("http://collector:4318?key=1", "no user, query"),
        ("http://collector:notaport", "is no address"),
    ],
)
def test_an_endpoint_that_cannot_be_one_is_refused_at_once(endpoint: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        OtlpHttp(endpoint)


def test_a_base_address_may_have_a_path_and_a_slash() -> None:
    seen: list[str] = []

    async def handler(request: HttpRequest) -> HttpReply:
        seen.append(request.path)
        return HttpReply()

    server = HttpServer(handler)
    server.start()

    async def work() -> None:
        exporter = OtlpHttp(f"http://127.0.0.1:{server.port}/otlp/")
        await exporter.export(PARCEL)
        await exporter.close()

    asyncio.run(work())
    server.stop()
    assert seen == ["/otlp/v1/traces"]
