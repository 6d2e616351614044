"""One suite over every exporter: what `Exporter` promises, against real servers on the loopback."""

import asyncio
import itertools
import socket
from collections.abc import Awaitable, Callable, Iterator

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tracemedic_exporters.exporter import Exporter, ExportError, Parcel, PermanentError, RetryableError
from tracemedic_exporters.failures import TooLargeError, UnauthorizedError
from tracemedic_exporters.otlp_grpc import OtlpGrpc
from tracemedic_exporters.otlp_http import OtlpHttp
from tracemedic_processor.testing import faults
from tracemedic_processor.testing.otlp_sink import OtlpSink
from tracemedic_processor.testing.recording_exporter import RecordingExporter

SECRET = "sesame-" * 3
UNKNOWN_FIELD = b"\xd2\x09\x03new"  # field 154, which no OTLP version of today has

Rejected = list[tuple[int, str]]


@pytest.fixture
def sink() -> Iterator[OtlpSink]:
    with OtlpSink(body_bytes_max=1_000_000) as sink:
        yield sink


@pytest.fixture(params=["grpc", "grpc gzip", "http", "http none"])
def make(request: pytest.FixtureRequest, sink: OtlpSink) -> Callable[..., Exporter]:
    kinds = {
        "grpc": (OtlpGrpc, sink.grpc_endpoint, "none"),
        "grpc gzip": (OtlpGrpc, sink.grpc_endpoint, "gzip"),
        "http": (OtlpHttp, sink.http_endpoint, "gzip"),
        "http none": (OtlpHttp, sink.http_endpoint, "none"),
    }
    kind, address, compression = kinds[request.param]

    def make(*, endpoint: str = address, timeout_s: float = 5.0, **more: object) -> Exporter:
        headers = {"Authorization": f"Bearer {SECRET}"}
        return kind(endpoint, headers=headers, compression=compression, timeout_s=timeout_s, **more)

    return make


def traces(name: str = "GET /") -> Parcel:
    request = ExportTraceServiceRequest()
    request.resource_spans.add().scope_spans.add().spans.add(name=name)
    return Parcel(signal="traces", body=request.SerializeToString() + UNKNOWN_FIELD, received_at_ns=1)


def logs() -> Parcel:
    request = ExportLogsServiceRequest()
    request.resource_logs.add().scope_logs.add().log_records.add().body.string_value = "hello"
    return Parcel(signal="logs", body=request.SerializeToString() + UNKNOWN_FIELD, received_at_ns=1)


def metrics() -> Parcel:
    request = ExportMetricsServiceRequest()
    request.resource_metrics.add().scope_metrics.add().metrics.add(name="requests").sum.data_points.add(as_int=3)
    return Parcel(signal="metrics", body=request.SerializeToString() + UNKNOWN_FIELD, received_at_ns=1)


def run(exporter: Exporter, work: Callable[[Exporter], Awaitable[None]]) -> None:
    async def whole() -> None:
        try:
            await work(exporter)
        finally:
            await exporter.close()

    asyncio.run(whole())


def failure(exporter: Exporter, parcel: Parcel | None = None) -> ExportError:
    async def work(exporter: Exporter) -> None:
        await exporter.export(parcel or traces())

    with pytest.raises(ExportError) as caught:
        run(exporter, work)
    assert SECRET not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("parcel", [traces(), logs(), metrics()], ids=lambda parcel: parcel.signal)
def test_every_signal_arrives_byte_for_byte(make: Callable[..., Exporter], sink: OtlpSink, parcel: Parcel) -> None:
    run(make(), lambda exporter: exporter.export(parcel))
    assert [(received.signal, received.body) for received in sink.inbox.all()] == [(parcel.signal, parcel.body)]


def test_an_empty_request_is_delivered(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    run(make(), lambda exporter: exporter.export(Parcel(signal="traces", body=b"", received_at_ns=1)))
    assert sink.inbox.bodies("traces") == [b""]


def test_headers_go_with_every_request(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    run(make(), lambda exporter: exporter.export(traces()))
    (received,) = sink.inbox.all()
    assert received.headers["authorization"] == f"Bearer {SECRET}"
    assert received.headers["user-agent"].startswith("tracemedic/")


def test_many_at_once_all_arrive(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    parcels = [traces(f"span {number}") for number in range(60)]

    async def work(exporter: Exporter) -> None:
        await asyncio.gather(*[exporter.export(parcel) for parcel in parcels])

    run(make(), work)
    assert sorted(sink.inbox.bodies("traces")) == sorted(parcel.body for parcel in parcels)


def test_closing_twice_does_no_harm(make: Callable[..., Exporter]) -> None:
    async def work(exporter: Exporter) -> None:
        await exporter.export(traces())
        await exporter.close()

    run(make(), work)


def test_closing_without_having_exported_does_no_harm(make: Callable[..., Exporter]) -> None:
    run(make(), lambda exporter: exporter.close())


def test_after_close_nothing_is_exported(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    async def work(exporter: Exporter) -> None:
        await exporter.close()
        await exporter.export(traces())

    with pytest.raises(ExportError):
        run(make(), work)
    assert sink.inbox.all() == []


def test_backpressure_is_retryable_with_the_delay_that_was_named(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    sink.faults.replace([faults.unavailable(retry_after_s=7)])
    error = failure(make())
    assert isinstance(error, RetryableError)
    assert error.retry_after_s == 7


def test_backpressure_without_a_delay_names_none(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    sink.faults.replace([faults.unavailable()])
    error = failure(make())
    assert isinstance(error, RetryableError)
    assert error.retry_after_s is None


def test_a_quota_with_a_delay_is_retryable(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    sink.faults.replace([faults.throttled(retry_after_s=2)])
    error = failure(make())
    assert isinstance(error, RetryableError)
    assert error.retry_after_s == 2


def test_bad_data_is_permanent_and_the_message_says_why(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    sink.faults.replace([faults.bad_request()])
    error = failure(make())
    assert type(error) is PermanentError
    assert "not understood" in str(error)


def test_refused_credentials_wait_for_a_person_and_name_the_setting(
    make: Callable[..., Exporter], sink: OtlpSink
) -> None:
    sink.faults.replace([faults.unauthorized()])
    error = failure(make(setting="exporters.acme.headers"))
    assert isinstance(error, UnauthorizedError)
    assert error.retry_after_s is not None
    assert error.retry_after_s >= 30
    assert "exporters.acme.headers" in str(error)


def test_credentials_echoed_by_the_far_side_are_hidden(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    sink.faults.replace([faults.unauthorized(f"who is {SECRET}?")])
    assert "who is [hidden]?" in str(failure(make()))


def test_a_body_over_the_far_sides_limit_is_too_large(make: Callable[..., Exporter]) -> None:
    parcel = Parcel(signal="traces", body=traces("x" * 1_100_000).body, received_at_ns=1)
    assert isinstance(failure(make(), parcel), TooLargeError)


def test_a_far_side_that_never_answers_is_retryable(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    sink.faults.replace([faults.Hang()])
    assert isinstance(failure(make(timeout_s=0.2)), RetryableError)


def test_a_broken_connection_is_retryable_and_the_next_export_works(
    make: Callable[..., Exporter], sink: OtlpSink
) -> None:
    sink.faults.replace([None, faults.Reset()])

    async def work(exporter: Exporter) -> None:
        await exporter.export(traces("before"))
        with pytest.raises(RetryableError):
            await exporter.export(traces("lost"))
        await until_delivered(exporter, traces("after"))

    run(make(), work)
    assert [span.name for span in sink.inbox.spans()] == ["before", "after"]


def test_a_closed_port_is_retryable(make: Callable[..., Exporter]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert isinstance(failure(make(endpoint=f"http://127.0.0.1:{port}")), RetryableError)


def test_a_backend_that_returns_is_found_again(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    async def work(exporter: Exporter) -> None:
        await exporter.export(traces("before"))
        sink.stop()
        with pytest.raises(RetryableError):
            await exporter.export(traces("lost"))
        sink.start()
        await until_delivered(exporter, traces("after"))

    run(make(), work)
    assert [span.name for span in sink.inbox.spans()] == ["before", "after"]


async def until_delivered(exporter: Exporter, parcel: Parcel) -> None:
    async with asyncio.timeout(15):
        while True:
            try:
                return await exporter.export(parcel)
            except RetryableError:
                await asyncio.sleep(0.05)


def test_partial_success_is_told_and_not_an_error(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    sink.faults.replace([faults.PartlyRejected(rejected=3, message="too old")])
    rejected: Rejected = []
    exporter = make(on_partial_success=lambda count, message: rejected.append((count, message)))
    run(exporter, lambda exporter: exporter.export(traces()))
    assert rejected == [(3, "too old")]


@pytest.mark.parametrize("parcel", [traces(), logs(), metrics()], ids=lambda parcel: parcel.signal)
def test_partial_success_is_read_for_every_signal(
    make: Callable[..., Exporter], sink: OtlpSink, parcel: Parcel
) -> None:
    sink.faults.replace([faults.PartlyRejected(rejected=1, message="odd"), faults.PartlyRejected(rejected=0)])
    rejected: Rejected = []
    exporter = make(on_partial_success=lambda count, message: rejected.append((count, message)))

    async def work(exporter: Exporter) -> None:
        await exporter.export(parcel)
        await exporter.export(parcel)
        await exporter.export(parcel)

    run(exporter, work)
    assert rejected == [(1, "odd"), (0, "rejected by script")]


def test_a_slow_far_side_is_waited_for(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    sink.faults.replace([faults.Slow(delay_s=0.1)])
    run(make(), lambda exporter: exporter.export(traces()))
    assert len(sink.inbox.all()) == 1


def test_a_cancelled_export_leaves_the_exporter_usable(make: Callable[..., Exporter], sink: OtlpSink) -> None:
    sink.faults.replace(itertools.repeat(faults.Hang()))

    async def work(exporter: Exporter) -> None:
        tasks = [asyncio.create_task(exporter.export(traces())) for _ in range(40)]
        await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {asyncio.CancelledError}
        sink.faults.replace()
        await exporter.export(traces("after"))
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []

    run(make(), work)
    assert sink.inbox.spans()[-1].name == "after"  # a cancelled one may have arrived all the same


def test_the_shipped_double_keeps_the_same_promises() -> None:
    double = RecordingExporter()
    parcels = [traces(f"span {number}") for number in range(10)]

    async def work() -> None:
        await asyncio.gather(*[double.export(parcel) for parcel in parcels])
        await double.close()
        await double.close()
        with pytest.raises(ExportError):
            await double.export(traces())

    asyncio.run(work())
    assert double.delivered == parcels
