"""Raw bytes on a connection."""

import pytest

from tests.processor.receive import support
from tests.processor.receive.support import CLOSE, HEAD, MIB, PROTOBUF, raw_exchange, run
from tracemedic_processor.testing.memory_intake import MemoryIntake


def test_a_content_length_over_the_bound_is_refused_before_reading():
    async def test() -> None:
        async with support.http_receiver(MemoryIntake(), body_timeout_s=0.2) as receiver:
            answer = await raw_exchange(receiver, HEAD + b"content-length: 99999999999\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 413")

    run(test())


def test_chunked_bodies_are_read_and_bounded():
    async def test() -> None:
        intake = MemoryIntake()
        async with support.http_receiver(intake, body_bytes_max=1024) as receiver:
            head = HEAD + CLOSE + b"transfer-encoding: chunked\r\n\r\n"
            answer = await raw_exchange(receiver, head, b"2\r\n\x0a\x00\r\n", b"0\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200")
            answer = await raw_exchange(receiver, head, b"800\r\n" + bytes(0x800) + b"\r\n")
            assert answer.startswith(b"HTTP/1.1 413")
        assert intake.accepted == [("traces", b"\x0a\x00")]

    run(test())


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (HEAD + b"content-length: 10\r\n\r\n\x0a", b"HTTP/1.1 408"),
        (HEAD, b""),
        (b"", b""),
    ],
)
def test_slow_senders_have_a_deadline(sent, answered):
    async def test() -> None:
        async with support.http_receiver(MemoryIntake(), body_timeout_s=0.1) as receiver:
            assert (await raw_exchange(receiver, sent)).startswith(answered)

    run(test())


def test_a_head_without_end_closes_the_connection():
    async def test() -> None:
        async with support.http_receiver(MemoryIntake()) as receiver:
            endless = [b"x-%d: " % n + b"y" * 8000 + b"\r\n" for n in range(12)]
            answer = await raw_exchange(receiver, HEAD, *endless)
            assert answer.startswith((b"HTTP/1.1 400", b"")[answer == b""])
            async with support.http_client(receiver) as client:
                assert (await client.post("/v1/traces", content=b"", headers=PROTOBUF)).status_code == 200

    run(test())


def test_one_connection_serves_many_requests_also_after_refusals():
    async def test() -> None:
        intake = MemoryIntake()
        async with support.http_receiver(intake, body_bytes_max=MIB) as receiver:
            wrong = HEAD.replace(b"protobuf", b"other") + b"content-length: 300000\r\n\r\n" + bytes(300_000)
            right = HEAD + b"content-length: 2\r\n\r\n\x0a\x00"
            last = HEAD + CLOSE + b"content-length: 2\r\n\r\n\x0a\x00"
            answer = await raw_exchange(receiver, wrong, right, b"GARBAGE" * 0 + last)
        assert answer.count(b"HTTP/1.1 415") == 1
        assert answer.count(b"HTTP/1.1 200") == 2
        assert len(intake.accepted) == 2

    run(test())
