import asyncio
from collections.abc import Iterator

import pytest
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tracemedic_exporters.exporter import Exporter, Parcel, PermanentError, RetryableError
from tracemedic_exporters.failures import TooLargeError, UndeliveredError
from tracemedic_exporters.pieces import pieces
from tracemedic_exporters.retry import Retry
from tracemedic_exporters.split import Split
from tracemedic_processor.testing.recording_exporter import RecordingExporter

UNKNOWN_FIELD = b"\xd2\x09\x03new"  # field 154, which no OTLP version of today has

NAMES = st.text(max_size=40)
SCOPES = st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=6)), max_size=4)
GROUPS = st.lists(st.tuples(NAMES, SCOPES), max_size=4)
Groups = list[tuple[str, list[tuple[str, list[str]]]]]

Flat = tuple[bytes, bytes, str, str, bytes | None]


def traces(groups: Groups) -> bytes:
    request = ExportTraceServiceRequest()
    for service, scopes in groups:
        group = request.resource_spans.add(schema_url=f"r {service}")
        group.resource.attributes.add(key="service.name").value.string_value = service
        for scope_name, names in scopes:
            scope = group.scope_spans.add(schema_url=f"s {scope_name}")
            scope.scope.name = scope_name
            for name in names:
                scope.spans.add().MergeFromString(span(name))
    return request.SerializeToString()


def span(name: str) -> bytes:
    return ExportTraceServiceRequest().resource_spans.add().scope_spans.add().spans.add(
        name=name
    ).SerializeToString() + (UNKNOWN_FIELD if len(name) % 2 else b"")


def logs(groups: Groups) -> bytes:
    request = ExportLogsServiceRequest()
    for service, scopes in groups:
        group = request.resource_logs.add(schema_url=f"r {service}")
        group.resource.attributes.add(key="service.name").value.string_value = service
        for scope_name, names in scopes:
            scope = group.scope_logs.add(schema_url=f"s {scope_name}")
            scope.scope.name = scope_name
            for name in names:
                scope.log_records.add().body.string_value = name
    return request.SerializeToString()


def flat(kind: type[Message], bodies: list[bytes]) -> list[Flat]:
    """Every item with all that surrounds it, and empty envelopes as items of None."""
    return [item for body in bodies for item in _flat(kind.FromString(body))]


def _flat(request: Message) -> Iterator[Flat]:
    for group in _repeated(request, "resource_"):
        scopes = _repeated(group, "scope_")
        resource = group.resource.SerializeToString()
        if not scopes:
            yield resource, b"", group.schema_url, "", None
        for scope in scopes:
            items = _repeated(scope, "spans") or _repeated(scope, "log_records") or _repeated(scope, "metrics")
            around = resource, scope.scope.SerializeToString(), group.schema_url, scope.schema_url
            if not items:
                yield *around, None
            for item in items:
                yield *around, item.SerializeToString()


def _repeated(message: Message, prefix: str) -> list:
    return next(
        (list(value) for field, value in message.ListFields() if field.is_repeated and field.name.startswith(prefix)),
        [],
    )


@settings(max_examples=150, deadline=None)
@given(GROUPS, st.integers(min_value=1, max_value=400))
@pytest.mark.parametrize(
    ("signal", "build", "kind"),
    [("traces", traces, ExportTraceServiceRequest), ("logs", logs, ExportLogsServiceRequest)],
)
def test_nothing_is_lost_and_order_and_surroundings_are_kept(signal, build, kind, groups, body_bytes_max) -> None:
    body = build(groups)
    cut = list(pieces(signal, body, body_bytes_max=body_bytes_max))
    assert flat(kind, cut) == flat(kind, [body])
    for piece in cut:
        assert len(piece) <= body_bytes_max or len(flat(kind, [piece])) <= 1 or piece is body


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(min_value=1, max_value=100))
@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
def test_any_bytes_are_cut_without_raising(signal, body: bytes, body_bytes_max: int) -> None:
    assert list(pieces(signal, body, body_bytes_max=body_bytes_max))[:1] != [b""] or body == b""


def test_what_is_no_request_is_one_piece() -> None:
    body = b"\xff" * 100
    assert list(pieces("traces", body, body_bytes_max=10)) == [body]


def test_every_span_keeps_its_bytes_unknown_fields_included() -> None:
    names = [f"span {number}" * (number % 3 + 1) for number in range(20)]
    cut = list(pieces("traces", traces([("shop", [("http", names)])]), body_bytes_max=120))
    assert len(cut) > 5
    for name in names:
        assert sum(span(name) in piece for piece in cut) == 1


def test_unknown_fields_of_every_level_survive() -> None:
    request = ExportTraceServiceRequest()
    for _ in range(2):
        group = request.resource_spans.add()
        for _ in range(2):
            scope = group.scope_spans.add()
            scope.spans.add(name="x" * 50)
            scope.spans.add(name="y" * 50)
            scope.MergeFromString(UNKNOWN_FIELD)
        group.MergeFromString(UNKNOWN_FIELD)
    request.MergeFromString(UNKNOWN_FIELD)
    cut = list(pieces("traces", request.SerializeToString(), body_bytes_max=100))
    assert len(cut) == 9  # eight spans one by one, then what is unknown of the request itself
    assert [piece.count(UNKNOWN_FIELD) for piece in cut] == [2] * 8 + [1]


def test_a_resource_split_over_the_wire_stays_whole() -> None:
    one, other = ExportTraceServiceRequest(), ExportTraceServiceRequest()
    group = one.resource_spans.add()
    group.resource.attributes.add(key="service.name").value.string_value = "shop"
    for _ in range(2):
        group.scope_spans.add().spans.add(name="x" * 50)
    again = other.resource_spans.add()
    again.resource.attributes.add(key="host.name").value.string_value = "web-1"
    inner = group.SerializeToString() + again.SerializeToString()
    body = b"\x0a" + bytes([len(inner) & 0x7F | 0x80, len(inner) >> 7]) + inner
    keys = [
        [
            attribute.key
            for attribute in ExportTraceServiceRequest.FromString(piece).resource_spans[0].resource.attributes
        ]
        for piece in pieces("traces", body, body_bytes_max=120)
    ]
    assert keys == [["service.name", "host.name"]] * 2


@pytest.mark.parametrize("kind", ["gauge", "sum", "histogram", "exponential_histogram", "summary"])
def test_a_large_metric_is_cut_between_its_points(kind: str) -> None:
    request = ExportMetricsServiceRequest()
    scope = request.resource_metrics.add().scope_metrics.add()
    metric = scope.metrics.add(name="latency", unit="ms", description="how long")
    data = getattr(metric, kind)
    for number in range(50):
        data.data_points.add(start_time_unix_nano=number, time_unix_nano=number + 1)
    if kind not in ("gauge", "summary"):
        data.aggregation_temporality = 2
    body = request.SerializeToString()
    cut = [ExportMetricsServiceRequest.FromString(one) for one in pieces("metrics", body, body_bytes_max=250)]
    parts = [one.resource_metrics[0].scope_metrics[0].metrics[0] for one in cut]
    assert len(parts) > 3
    assert all(one.ByteSize() <= 250 for one in cut)
    assert [point for part in parts for point in getattr(part, kind).data_points] == list(data.data_points)
    for part in parts:
        del getattr(part, kind).data_points[:]
    del data.data_points[:]
    assert parts == [metric] * len(parts)


def parcel(*names: str) -> Parcel:
    return Parcel(signal="traces", body=traces([("shop", [("http", list(names))])]), received_at_ns=7)


def names_of(parcels: list[Parcel]) -> list[str]:
    requests = [ExportTraceServiceRequest.FromString(each.body) for each in parcels]
    return [
        one.name
        for request in requests
        for group in request.resource_spans
        for scope in group.scope_spans
        for one in scope.spans
    ]


def export(exporter: Exporter, sent: Parcel) -> None:
    asyncio.run(exporter.export(sent))


def test_a_small_parcel_goes_as_it_is() -> None:
    inner = RecordingExporter()
    sent = parcel("one")
    export(Split(inner, body_bytes_max=1000), sent)
    assert inner.delivered[0] is sent


def test_a_large_parcel_goes_in_pieces_of_the_same_age() -> None:
    inner = RecordingExporter()
    export(Split(inner, body_bytes_max=300), parcel(*[f"{number:0100}" for number in range(9)]))
    assert names_of(inner.delivered) == [f"{number:0100}" for number in range(9)]
    assert all(len(piece.body) <= 300 and piece.received_at_ns == 7 for piece in inner.delivered)


def test_pieces_are_halved_until_the_far_side_takes_them() -> None:
    inner = RecordingExporter(body_bytes_max=250)
    export(Split(inner, body_bytes_max=10_000), parcel(*[f"{number:050}" for number in range(30)]))
    assert names_of(inner.delivered) == [f"{number:050}" for number in range(30)]


def test_what_was_learned_about_the_size_saves_later_parcels_the_refusal() -> None:
    inner = RecordingExporter(body_bytes_max=100_000)
    split = Split(inner, body_bytes_max=1_000_000)
    names = [f"{number:01000}" for number in range(300)]
    export(split, parcel(*names))
    refusals = len(inner.attempts) - len(inner.delivered)
    export(split, parcel(*names))
    assert len(inner.attempts) - len(inner.delivered) == refusals > 0
    assert names_of(inner.delivered) == names * 2


def test_a_single_item_too_large_is_refused_and_the_others_arrive() -> None:
    inner = RecordingExporter(body_bytes_max=500)
    with pytest.raises(UndeliveredError) as caught:
        export(Split(inner, body_bytes_max=10_000), parcel("one", "x" * 600, "two"))
    assert names_of(inner.delivered) == ["one", "two"]
    assert names_of(list(caught.value.parcels)) == ["x" * 600]


def test_a_parcel_of_one_item_too_large_keeps_its_error() -> None:
    with pytest.raises(TooLargeError):
        export(Split(RecordingExporter(body_bytes_max=10), body_bytes_max=10_000), parcel("one"))


def test_a_refused_piece_does_not_stop_the_others() -> None:
    inner = RecordingExporter([None, PermanentError("bad"), None])
    with pytest.raises(UndeliveredError, match="refused pieces of a split request: 1, the first: bad") as caught:
        export(Split(inner, body_bytes_max=200), parcel("a" * 150, "b" * 150, "c" * 150))
    assert names_of(inner.delivered) == ["a" * 150, "c" * 150]
    assert names_of(list(caught.value.parcels)) == ["b" * 150]


def test_around_retry_no_delivered_piece_is_sent_again() -> None:
    async def no_wait(wait_s: float) -> None:
        await asyncio.sleep(0)

    inner = RecordingExporter([None, RetryableError("away"), RetryableError("away"), None])
    export(Split(Retry(inner, sleep=no_wait), body_bytes_max=200), parcel("a" * 150, "b" * 150, "c" * 150))
    assert [names_of([each])[0][0] for each in inner.attempts] == ["a", "b", "b", "b", "c"]


def test_a_retryable_failure_passes_at_once() -> None:
    inner = RecordingExporter([None, RetryableError("away")])
    with pytest.raises(RetryableError):
        export(Split(inner, body_bytes_max=200), parcel("a" * 150, "b" * 150, "c" * 150))
    assert len(inner.attempts) == 2


def test_closing_closes_the_inner_exporter() -> None:
    inner = RecordingExporter()
    asyncio.run(Split(inner, body_bytes_max=1).close())
    assert inner.closed
