"""The stand-in for Logfire is as strict as `reference/logfire.md` section 1 says."""

import asyncio
import gzip
import json
import time
from collections.abc import Iterator

import httpx
import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from tracemedic_processor.testing import faults
from tracemedic_processor.testing.logfire_stand_in import LogfireStandIn

NOW_NS = 1_700_000_000 * 10**9
HOUR_NS = 3600 * 10**9


@pytest.fixture
def stand_in() -> Iterator[LogfireStandIn]:
    with LogfireStandIn(request_bytes_max=10_000, now_ns=lambda: NOW_NS) as stand_in:
        yield stand_in


def post(stand_in: LogfireStandIn, body: bytes, *, path: str = "/v1/traces", **headers: str) -> httpx.Response:
    usual = {"authorization": stand_in.token, "content_type": "application/x-protobuf"}
    named = {key.replace("_", "-"): value for key, value in {**usual, **headers}.items()}
    return httpx.post(stand_in.base_url + path, content=body, headers=named, trust_env=False)


def spans(*starts_ns: int) -> bytes:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for start_ns in starts_ns:
        scope.spans.add(name=f"at {start_ns}", start_time_unix_nano=start_ns)
    return request.SerializeToString()


@pytest.mark.parametrize("authorization", ["", "Bearer {token}", "{token}x", "another"])
def test_any_other_authorization_is_401(stand_in: LogfireStandIn, authorization: str) -> None:
    answer = post(stand_in, spans(NOW_NS), authorization=authorization.format(token=stand_in.token))
    assert answer.status_code == 401
    assert stand_in.spans() == []


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {"content_type": "text/plain"}, 415),
        (b"", {"content_type": "application/x-protobuffer"}, 415),
        (b"\xff\xff", {}, 400),
        (b"{", {"content_type": "application/json"}, 400),
        (b"no gzip", {"content_encoding": "gzip"}, 400),
        (gzip.compress(spans(NOW_NS), mtime=0)[:-4], {"content_encoding": "gzip"}, 400),
        (b"", {"content_encoding": "br"}, 400),
        (bytes(10_001), {}, 413),
        (gzip.compress(bytes(10_001), mtime=0), {"content_encoding": "gzip"}, 413),
        (b"", {"path": "/v1/profiles"}, 404),
        (b"", {}, 200),
    ],
)
def test_what_logfire_refuses_is_refused(
    stand_in: LogfireStandIn, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert post(stand_in, body, **headers).status_code == status


def test_get_is_not_allowed(stand_in: LogfireStandIn) -> None:
    assert httpx.get(f"{stand_in.base_url}/v1/traces", trust_env=False).status_code == 405


def test_spans_outside_the_window_are_dropped_with_partial_success(stand_in: LogfireStandIn) -> None:
    inside = [NOW_NS - 24 * HOUR_NS, NOW_NS, NOW_NS + HOUR_NS]
    outside = [0, NOW_NS - 24 * HOUR_NS - 1, NOW_NS + HOUR_NS + 1]
    answer = post(stand_in, spans(*inside, *outside))
    assert answer.status_code == 200
    assert ExportTraceServiceResponse.FromString(answer.content).partial_success.rejected_spans == 3
    assert [span.start_time_unix_nano for span in stand_in.spans()] == inside


def test_logs_without_a_time_are_judged_by_the_time_they_were_observed(stand_in: LogfireStandIn) -> None:
    request = ExportLogsServiceRequest()
    scope = request.resource_logs.add().scope_logs.add()
    scope.log_records.add(observed_time_unix_nano=NOW_NS)
    scope.log_records.add(time_unix_nano=1, observed_time_unix_nano=NOW_NS)
    answer = post(stand_in, request.SerializeToString(), path="/v1/logs")
    assert ExportLogsServiceResponse.FromString(answer.content).partial_success.rejected_log_records == 1
    assert len(stand_in.logs()) == 1


def test_a_request_in_time_is_kept_and_answered_with_full_success(stand_in: LogfireStandIn) -> None:
    body = spans(NOW_NS) + b"\xd2\x09\x03new"
    assert post(stand_in, gzip.compress(body, mtime=0), content_encoding="gzip").content == b""
    assert stand_in.inbox.bodies("traces") == [body]


def test_json_is_read_with_its_hexadecimal_ids(stand_in: LogfireStandIn) -> None:
    span = {"traceId": "0123456789ABCDEF" * 2, "spanId": "ab" * 8, "name": "x", "startTimeUnixNano": str(NOW_NS)}
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}], "new": 1}).encode()
    answer = post(stand_in, body, content_type="application/json; charset=utf-8")
    assert (answer.status_code, answer.json()) == (200, {})
    (read,) = stand_in.spans()
    assert read.trace_id.hex() == "0123456789abcdef" * 2
    assert read.span_id.hex() == "ab" * 8


def test_faults_come_before_everything_and_end(stand_in: LogfireStandIn) -> None:
    stand_in.faults.replace([faults.unavailable(retry_after_s=1.5), None, faults.too_large()])
    answers = [post(stand_in, spans(NOW_NS)) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [503, 200, 413, 200]
    assert answers[0].headers["retry-after"] == "2"


def test_a_fault_that_keeps_loses_only_the_answer(stand_in: LogfireStandIn) -> None:
    stand_in.faults.replace([faults.Reset(keeps=True)])
    with pytest.raises(httpx.RemoteProtocolError):
        post(stand_in, spans(NOW_NS))
    assert len(stand_in.spans()) == 1


def test_waiting_ends_when_enough_has_arrived(stand_in: LogfireStandIn) -> None:
    post(stand_in, spans(NOW_NS, NOW_NS))
    stand_in.wait_for(2)
    with pytest.raises(TimeoutError, match="2 of 3 items"):
        stand_in.wait_for(3, timeout_s=0.01)
    stand_in.inbox.clear()
    assert stand_in.spans() == []


def test_it_is_an_asynchronous_context_manager_too() -> None:
    async def work() -> int:
        async with LogfireStandIn() as stand_in, httpx.AsyncClient(trust_env=False) as client:
            return (await client.post(f"{stand_in.base_url}/v1/traces")).status_code

    assert asyncio.run(work()) == 401


def test_a_port_that_is_taken_is_said_so(stand_in: LogfireStandIn) -> None:
    port = int(stand_in.base_url.rpartition(":")[2])
    with pytest.raises(OSError, match=f"port {port} .* is not free"):
        LogfireStandIn(port=port).start()


def test_the_opentelemetry_sdk_finds_it_in_order() -> None:
    with LogfireStandIn() as stand_in:
        exporter = OTLPSpanExporter(f"{stand_in.base_url}/v1/traces", headers={"Authorization": stand_in.token})
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        with provider.get_tracer("test").start_as_current_span("GET /", start_time=time.time_ns()):
            pass
        stand_in.wait_for(1)
        provider.shutdown()
        assert [span.name for span in stand_in.spans()] == ["GET /"]
