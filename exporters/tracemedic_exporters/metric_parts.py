"""Cutting one metric between its data points."""

from collections.abc import Iterator, Sequence

from google.protobuf.message import DecodeError

from tracemedic_exporters.skim import FRAME_BYTES_MAX, POINTS_FIELDS, Metric, MetricView, PointsView


def metric_parts(metric: bytes, *, part_bytes_max: int) -> Iterator[bytes]:
    """The serialised `metric` as several, each with its name, unit, kind and temporality, none without a point.

    A metric with fewer than two points, or with more than one kind of data, comes back as it is.
    """
    view = _view(metric)
    holders = [holder for field in POINTS_FIELDS for holder in _holders(view, field)] if view else []
    if view is None or len(holders) != 1 or len(holders[0].points) < 2:
        yield metric
        return
    (holder,) = holders
    points = list(holder.points)
    del holder.points[:]
    room_bytes = part_bytes_max - view.ByteSize() - FRAME_BYTES_MAX
    for run in _runs(points, room_bytes):
        holder.points.extend(run)
        yield view.SerializeToString()
        del holder.points[:]


def _view(metric: bytes) -> MetricView | None:
    try:
        return Metric.FromString(metric)
    except DecodeError:
        return None


def _holders(view: MetricView, field: str) -> Sequence[PointsView]:
    return getattr(view, field)


def _runs(points: list[bytes], room_bytes: int) -> Iterator[list[bytes]]:
    run: list[bytes] = []
    left_bytes = room_bytes
    for point in points:
        size_bytes = len(point) + FRAME_BYTES_MAX
        if run and size_bytes > left_bytes:
            yield run
            run, left_bytes = [], room_bytes
        run.append(point)
        left_bytes -= size_bytes
    yield run
