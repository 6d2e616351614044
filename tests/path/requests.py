"""Requests by hand, where a test needs one of a certain size, time or content; and ways to send them."""

import ssl
import time

import grpc
import httpx
from google.rpc import status_pb2
from google.rpc.error_details_pb2 import RetryInfo
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.service import Service
from tracemedic_exporters.otlp_grpc import METHODS
from tracemedic_processor.attributes import key_value
from tracemedic_storage.records import Signal

_TLS = ssl.create_default_context()
"""Made once; making it is most of what a request costs."""
HEADERS = {"content-type": "application/x-protobuf"}


def traces(
    number: int,
    *,
    failing: bool = False,
    padding_bytes: int = 0,
    started_at_ns: int | None = None,
    service: str = "shop",
    name: str | None = None,
) -> bytes:
    """A request of one server span, known by its `number`; failures of one `name` are one error."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.append(key_value("service.name", service))
    started_at_ns = started_at_ns or time.time_ns()
    span = resource.scope_spans.add().spans.add(
        name=name or f"number {number}",
        kind=Span.SPAN_KIND_SERVER,
        trace_id=number.to_bytes(16, "big"),
        span_id=number.to_bytes(8, "big"),
        start_time_unix_nano=started_at_ns,
        end_time_unix_nano=started_at_ns + 1_000_000,
    )
    if padding_bytes:
        span.attributes.append(key_value("padding", "x" * padding_bytes))
    if failing:
        span.status.code = Status.STATUS_CODE_ERROR
        event = span.events.add(name="exception", time_unix_nano=span.end_time_unix_nano)
        event.attributes.append(key_value("exception.type", "shop.PriceMissing"))
        event.attributes.append(key_value("exception.message", f"no price for {number}"))
    return request.SerializeToString()


def post(service: Service, body: bytes, signal: Signal = "traces", **headers: str) -> httpx.Response:
    """Over HTTP."""
    address = f"http://{service.http}/v1/{signal}"
    return httpx.post(address, content=body, headers=HEADERS | headers, timeout=30, trust_env=False, verify=_TLS)


def call(service: Service, body: bytes, signal: Signal = "traces") -> None:
    """Over gRPC. Raises `grpc.RpcError`."""
    with grpc.insecure_channel(service.grpc, options=[("grpc.max_send_message_length", -1)]) as channel:
        channel.unary_unary(METHODS[signal])(body, timeout=30)


def send(service: Service, *bodies: bytes, signal: Signal = "traces") -> None:
    """Over HTTP, each acknowledged."""
    for body in bodies:
        answer = post(service, body, signal)
        assert answer.status_code == 200, answer.text


def retry_delay_s(error: grpc.RpcError) -> float | None:
    """What the refusal's `RetryInfo` says, None without one."""
    details = dict(error.trailing_metadata()).get("grpc-status-details-bin", b"")
    for detail in status_pb2.Status.FromString(details).details:
        info = RetryInfo()
        if detail.Unpack(info):
            return info.retry_delay.ToNanoseconds() / 1e9
    return None
