"""Starting, sharing, filling up and stopping."""

import asyncio

import pytest

from tests.processor.receive import support
from tests.processor.receive.support import HEAD, MIB, PROTOBUF, run, spans
from tracemedic_processor.receive import AddressInUse, HttpReceiver
from tracemedic_processor.testing.memory_intake import MemoryIntake


def test_a_sender_that_goes_away_leaves_nothing_behind():
    async def test() -> None:
        intake = MemoryIntake()
        async with support.http_receiver(intake) as receiver:
            _, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
            writer.write(HEAD + b"content-length: 10\r\n\r\n\x0a")
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            async with support.http_client(receiver) as client:
                assert (await client.post("/v1/traces", content=b"\x0a\x00", headers=PROTOBUF)).status_code == 200
        assert intake.accepted == [("traces", b"\x0a\x00")]

    run(test())


def test_more_bytes_in_flight_than_allowed_are_asked_to_come_back():
    async def test() -> None:
        intake = MemoryIntake()
        intake.open.clear()
        async with (
            support.http_receiver(intake, body_bytes_max=MIB, inflight_bytes_max=MIB) as receiver,
            support.http_client(receiver) as client,
        ):
            body = spans("x" * 700_000)
            first = asyncio.ensure_future(client.post("/v1/traces", content=body, headers=PROTOBUF))
            await intake.arrived.wait()
            assert (await client.post("/v1/traces", content=body, headers=PROTOBUF)).status_code == 503
            intake.open.set()
            assert (await first).status_code == 200
            assert (await client.post("/v1/traces", content=body, headers=PROTOBUF)).status_code == 200

    run(test())


def test_stopping_lets_running_requests_finish():
    async def test() -> None:
        intake = MemoryIntake()
        intake.open.clear()
        async with support.http_receiver(intake) as receiver, support.http_client(receiver) as client:
            running = asyncio.ensure_future(client.post("/v1/traces", content=b"\x0a\x00", headers=PROTOBUF))
            await intake.arrived.wait()
            stopping = asyncio.ensure_future(receiver.stop(10))
            await asyncio.sleep(0.05)
            intake.open.set()
            assert (await running).status_code == 200
            await stopping
            with pytest.raises(OSError, match="Connect"):
                await asyncio.open_connection("127.0.0.1", receiver.port)

    run(test())


def test_stopping_answers_503_to_what_outlasts_the_grace():
    async def test() -> None:
        intake = MemoryIntake()
        intake.open.clear()
        async with support.http_receiver(intake) as receiver, support.http_client(receiver) as client:
            running = asyncio.ensure_future(client.post("/v1/traces", content=b"\x0a\x00", headers=PROTOBUF))
            await intake.arrived.wait()
            await receiver.stop(0.05)
            assert (await running).status_code == 503
        assert intake.accepted == []

    run(test())


def test_a_port_in_use_is_said_in_one_line_and_never_shared():
    async def test() -> None:
        async with support.http_receiver(MemoryIntake()) as receiver:
            taken = support.settings(http_address=f"127.0.0.1:{receiver.port}")
            for reuse_port in (False, True):
                second = HttpReceiver(taken, MemoryIntake(), reuse_port=reuse_port)
                with pytest.raises(AddressInUse, match="http_address") as raised:
                    await second.start()
                assert "\n" not in str(raised.value)
                await second.stop(0)

    run(test())


def test_processes_of_ours_share_a_port_when_told_to():
    async def test() -> None:
        first = HttpReceiver(support.settings(), MemoryIntake(), reuse_port=True)
        await first.start()
        shared = support.settings(http_address=f"127.0.0.1:{first.port}")
        second = HttpReceiver(shared, MemoryIntake(), reuse_port=True)
        await second.start()
        assert second.port == first.port
        await first.stop(0)
        await second.stop(0)

    run(test())


def test_without_an_address_nothing_listens():
    async def test() -> None:
        async with support.http_receiver(MemoryIntake(), http_address="") as receiver:
            assert receiver.port == 0

    run(test())
