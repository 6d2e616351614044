import asyncio
import gzip
import zlib

import grpc
import grpc.aio
import pytest
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.processor.receive import support
from tests.processor.receive.support import MIB, refused, run, spans
from tracemedic_processor.errors import Malformed, Overloaded
from tracemedic_processor.receive import AddressError, AddressInUse, GrpcReceiver
from tracemedic_processor.testing.memory_intake import MemoryIntake

GZIP, DEFLATE = grpc.Compression.Gzip, grpc.Compression.Deflate


@pytest.mark.parametrize(
    ("method", "signal"), [(support.TRACES, "traces"), (support.LOGS, "logs"), (support.METRICS, "metrics")]
)
def test_hands_every_signal_on_as_the_bytes_that_came(method, signal):
    async def test() -> None:
        intake = MemoryIntake()
        async with support.grpc_receiver(intake) as receiver, support.grpc_export(receiver, method) as export:
            assert await export(b"\x0a\x00") == b""
        assert intake.accepted == [(signal, b"\x0a\x00")]

    run(test())


@pytest.mark.parametrize("compression", [None, GZIP, DEFLATE])
def test_inflates_what_senders_compress(compression):
    async def test() -> None:
        intake = MemoryIntake()
        body = spans(*["span"] * 1000)
        async with support.grpc_receiver(intake) as receiver, support.grpc_export(receiver) as export:
            assert await export(body, compression=compression) == b""
        assert intake.accepted == [("traces", body)]

    run(test())


def test_an_empty_request_is_a_success():
    async def test() -> None:
        async with support.grpc_receiver(MemoryIntake()) as receiver, support.grpc_export(receiver) as export:
            assert await export(b"") == b""

    run(test())


def test_a_warning_is_a_partial_success_with_nothing_rejected():
    async def test() -> None:
        intake = MemoryIntake()
        intake.warning = "too old for Logfire"
        async with support.grpc_receiver(intake) as receiver, support.grpc_export(receiver) as export:
            assert support.partial_message(await export(spans("a"))) == "too old for Logfire"

    run(test())


def test_malformed_is_invalid_argument_with_bad_request():
    async def test() -> None:
        intake = MemoryIntake()
        intake.failure = Malformed("no such request")
        async with support.grpc_receiver(intake) as receiver, support.grpc_export(receiver) as export:
            with refused(grpc.StatusCode.INVALID_ARGUMENT) as found:
                await export(spans("a"))
        bad = error_details_pb2.BadRequest()
        assert found[0].details[0].Unpack(bad)
        assert bad.field_violations[0].description == "no such request"

    run(test())


@pytest.mark.parametrize(
    ("failure", "delay_s"), [(Overloaded("full", retry_after_s=2.5), 2.5), (RuntimeError("a bug"), 5.0)]
)
def test_overload_and_bugs_are_unavailable_with_retry_info(failure, delay_s, caplog):
    async def test() -> None:
        intake = MemoryIntake()
        intake.failure = failure
        async with support.grpc_receiver(intake) as receiver, support.grpc_export(receiver) as export:
            with refused(grpc.StatusCode.UNAVAILABLE) as found:
                await export(spans("a"))
        info = error_details_pb2.RetryInfo()
        assert found[0].details[0].Unpack(info)
        assert info.retry_delay.ToTimedelta().total_seconds() == delay_s
        assert "a bug" not in found[0].message

    run(test())
    assert [record.exc_info[1] for record in caplog.records] == [failure] * isinstance(failure, RuntimeError)


def test_too_large_is_resource_exhausted_without_retry_info():
    async def test() -> None:
        intake = MemoryIntake()
        async with (
            support.grpc_receiver(intake, body_bytes_max=MIB) as receiver,
            support.grpc_export(receiver) as export,
        ):
            for body, compression in [(bytes(MIB + 1), None), (bytes(3 * MIB), GZIP), (bytes(3 * MIB), DEFLATE)]:
                with refused(grpc.StatusCode.RESOURCE_EXHAUSTED) as found:
                    await export(body, compression=compression)
                assert not found[0].details
        assert not intake.accepted

    run(test())


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"\x0a\x00" * 50, mtime=0)[:-1],
        gzip.compress(b"\x0a\x00" * 50, mtime=0)[:-8] + bytes(8),
        b"\x1f\x8b",
        zlib.compress(b"\x0a\x00" * 50)[:-3],
        gzip.compress(b"\x0a\x00", mtime=0) + b"more",
    ],
)
def test_broken_compression_is_the_senders_fault(body):
    async def test() -> None:
        async with support.grpc_receiver(MemoryIntake()) as receiver, support.grpc_export(receiver) as export:
            with refused(grpc.StatusCode.INVALID_ARGUMENT):
                await export(body)

    run(test())


def test_only_senders_with_a_known_token_are_heard():
    async def test() -> None:
        intake = MemoryIntake()
        async with (
            support.grpc_receiver(intake, bearer_tokens=["old-" + "token", "new-" + "token"]) as receiver,
            support.grpc_export(receiver) as export,
        ):
            for right in ("Bearer old-token", "bearer new-token"):
                await export(spans("a"), metadata=(("authorization", right),))
            for wrong in ("Bearer old-toke", "Basic old-token", "Bearer", ""):
                with refused(grpc.StatusCode.UNAUTHENTICATED):
                    await export(spans("b"), metadata=(("authorization", wrong),))
            with refused(grpc.StatusCode.UNAUTHENTICATED):
                await export(spans("b"))
        assert intake.accepted == [("traces", spans("a"))] * 2

    run(test())


def test_more_bytes_in_flight_than_allowed_are_asked_to_come_back():
    async def test() -> None:
        intake = MemoryIntake()
        intake.open.clear()
        async with (
            support.grpc_receiver(intake, body_bytes_max=MIB, inflight_bytes_max=MIB) as receiver,
            support.grpc_export(receiver) as export,
        ):
            body = spans("x" * 700_000)
            first = asyncio.ensure_future(export(body))
            await intake.arrived.wait()
            with refused(grpc.StatusCode.UNAVAILABLE):
                await export(body)
            intake.open.set()
            assert await first == b""
            assert await export(body) == b""
        assert len(intake.accepted) == 2

    run(test())


def test_health_says_whether_we_serve():
    async def test() -> None:
        answer = health_pb2.HealthCheckResponse
        async with (
            support.grpc_receiver(MemoryIntake()) as receiver,
            grpc.aio.insecure_channel(f"127.0.0.1:{receiver.port}") as channel,
        ):
            check = health_pb2_grpc.HealthStub(channel).Check
            for service in ("", "opentelemetry.proto.collector.trace.v1.TraceService"):
                request = health_pb2.HealthCheckRequest(service=service)
                assert (await check(request)).status == answer.SERVING
                await receiver.set_serving(serving=False)
                assert (await check(request)).status == answer.NOT_SERVING
                await receiver.set_serving(serving=True)

    run(test())


@pytest.mark.parametrize("method", ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "/nothing"])
def test_every_other_method_is_unimplemented(method):
    async def test() -> None:
        async with support.grpc_receiver(MemoryIntake()) as receiver, support.grpc_export(receiver, method) as call:
            with refused(grpc.StatusCode.UNIMPLEMENTED):
                await call(b"")

    run(test())


def test_stopping_lets_running_requests_finish():
    async def test() -> None:
        intake = MemoryIntake()
        intake.open.clear()
        async with support.grpc_receiver(intake) as receiver, support.grpc_export(receiver) as export:
            running = asyncio.ensure_future(export(spans("a")))
            await intake.arrived.wait()
            stopping = asyncio.ensure_future(receiver.stop(10))
            await asyncio.sleep(0.05)
            intake.open.set()
            assert await running == b""
            await stopping
            with refused(grpc.StatusCode.UNAVAILABLE):
                await export(spans("b"))
        assert intake.accepted == [("traces", spans("a"))]

    run(test())


def test_stopping_breaks_off_what_outlasts_the_grace_so_that_it_is_sent_again():
    async def test() -> None:
        intake = MemoryIntake()
        intake.open.clear()
        async with support.grpc_receiver(intake) as receiver, support.grpc_export(receiver) as export:
            running = asyncio.ensure_future(export(spans("a")))
            await intake.arrived.wait()
            await receiver.stop(0.05)
            with pytest.raises(grpc.aio.AioRpcError) as raised:
                await running
            assert raised.value.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)

    run(test())


def test_a_port_in_use_is_said_in_one_line_and_never_shared(capfd):
    async def test() -> None:
        async with support.grpc_receiver(MemoryIntake()) as receiver:
            taken = f"127.0.0.1:{receiver.port}"
            second = GrpcReceiver(support.settings(grpc_address=taken), MemoryIntake(), reuse_port=False)
            with pytest.raises(AddressInUse, match="grpc_address") as raised:
                await second.start()
            assert "\n" not in str(raised.value)
            await second.stop(0)

    run(test())
    assert capfd.readouterr().err == ""


def test_processes_of_ours_share_a_port_when_told_to():
    async def test() -> None:
        first = GrpcReceiver(support.settings(), MemoryIntake(), reuse_port=True)
        await first.start()
        shared = support.settings(grpc_address=f"127.0.0.1:{first.port}")
        second = GrpcReceiver(shared, MemoryIntake(), reuse_port=True)
        await second.start()
        assert second.port == first.port
        await first.stop(0)
        await second.stop(0)

    run(test())


@pytest.mark.parametrize("address", ["192.0.2.1:4317", "no-such-host.invalid:4317"])
def test_an_address_of_another_machine_is_said_in_one_line(address):
    async def test() -> None:
        receiver = GrpcReceiver(support.settings(grpc_address=address), MemoryIntake(), reuse_port=False)
        with pytest.raises(AddressError, match="grpc_address"):
            await receiver.start()

    run(test())


@pytest.mark.parametrize("address", ["", None])
def test_without_an_address_nothing_listens(address):
    async def test() -> None:
        async with support.grpc_receiver(MemoryIntake(), grpc_address=address) as receiver:
            assert receiver.port == 0

    run(test())


SENDERS_FAULTS = (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED)


@given(
    bodies=st.lists(
        st.one_of(
            st.binary(max_size=200),
            st.binary(max_size=60).map(lambda tail: b"\x1f\x8b\x08" + tail),
            st.binary(max_size=60).map(lambda tail: b"\x78\x9c" + tail),
            st.binary(max_size=60).map(gzip.compress),
        ),
        min_size=5,
        max_size=30,
    )
)
@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_garbage_is_accepted_or_called_the_senders_fault(bodies):
    async def test() -> None:
        async with support.grpc_receiver(MemoryIntake()) as receiver, support.grpc_export(receiver) as export:
            for body in bodies:
                with support.maybe_refused(*SENDERS_FAULTS):
                    await export(body)
            assert await export(spans("still alive")) == b""

    run(test())
