import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tracemedic_exporters.batch import group, join
from tracemedic_exporters.exporter import Parcel


def parcel(body: bytes = b"", signal: str = "traces", at_s: float = 0) -> Parcel:
    return Parcel(signal=signal, body=body, received_at_ns=round(at_s * 1e9))


PARCELS = st.lists(
    st.builds(
        parcel,
        st.binary(max_size=20),
        st.sampled_from(["traces", "logs", "metrics"]),
        st.integers(min_value=0, max_value=200),
    )
)


def test_joined_bodies_read_as_one_request() -> None:
    bodies: list[bytes] = []
    for name in ("one", "two"):
        request = ExportTraceServiceRequest()
        request.resource_spans.add().scope_spans.add().spans.add(name=name)
        bodies.append(request.SerializeToString())
    joined = join([parcel(bodies[0], at_s=5), parcel(bodies[1], at_s=3)])
    read = ExportTraceServiceRequest.FromString(joined.body)
    assert [each.scope_spans[0].spans[0].name for each in read.resource_spans] == ["one", "two"]
    assert joined.received_at_ns == 3_000_000_000


def test_one_parcel_is_joined_to_itself() -> None:
    only = parcel(b"abc")
    assert join([only]) is only


@pytest.mark.parametrize("parcels", [[], [parcel(), parcel(signal="logs")]])
def test_nothing_or_different_signals_cannot_be_joined(parcels: list[Parcel]) -> None:
    with pytest.raises(ValueError, match="one signal"):
        join(parcels)


def test_groups_close_before_they_are_too_large() -> None:
    one, two, three = parcel(b"aaa"), parcel(b"bbb"), parcel(b"ccc")
    assert group([one, two, three], body_bytes_max=6) == [[one, two], [three]]


def test_a_parcel_too_large_stands_alone() -> None:
    small, large, last = parcel(b"a"), parcel(b"b" * 10), parcel(b"c")
    assert group([small, large, last], body_bytes_max=5) == [[small], [large], [last]]


def test_the_young_are_not_joined_with_the_old() -> None:
    old, young = parcel(b"a", at_s=0), parcel(b"b", at_s=61)
    assert group([old, young], body_bytes_max=100) == [[old], [young]]
    assert group([old, young], body_bytes_max=100, received_apart_s_max=61) == [[old, young]]


@settings(deadline=None)
@given(PARCELS, st.integers(min_value=1, max_value=60))
def test_grouping_loses_nothing_and_keeps_the_order_of_each_signal(parcels: list[Parcel], body_bytes_max: int) -> None:
    groups = group(parcels, body_bytes_max=body_bytes_max)
    for signal in ("traces", "logs", "metrics"):
        grouped = [one for each in groups for one in each if one.signal == signal]
        assert grouped == [one for one in parcels if one.signal == signal]
    for each in groups:
        joined = join(each)
        assert len(each) == 1 or len(joined.body) <= body_bytes_max
        assert max(one.received_at_ns for one in each) - joined.received_at_ns <= 60e9
