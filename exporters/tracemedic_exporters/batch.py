"""Several parcels as one: protobuf merges repeated fields, so joining is concatenation."""

from collections.abc import Iterable, Sequence

from tracemedic_exporters.exporter import Parcel, Signal


def join(parcels: Sequence[Parcel]) -> Parcel:
    """One parcel with the bodies one after the other and the time of the oldest.

    Raises `ValueError` for no parcels or parcels of different signals.
    """
    if not parcels or any(parcel.signal != parcels[0].signal for parcel in parcels):
        raise ValueError("only parcels of one signal, and at least one, can be joined")
    if len(parcels) == 1:
        return parcels[0]
    return Parcel(
        signal=parcels[0].signal,
        body=b"".join([parcel.body for parcel in parcels]),
        received_at_ns=min(parcel.received_at_ns for parcel in parcels),
    )


def group(parcels: Iterable[Parcel], *, body_bytes_max: int, received_apart_s_max: float = 60.0) -> list[list[Parcel]]:
    """Parcels in groups fit for `join`: of one signal, together at most `body_bytes_max` unless one alone is larger.

    The order within a signal is kept. Parcels received more than `received_apart_s_max` apart are not joined: a
    joined parcel is as old as its oldest part, and a window of time must not drop the young with the old.
    """
    open_groups: dict[Signal, _Group] = {}
    groups: list[list[Parcel]] = []
    for parcel in parcels:
        current = open_groups.get(parcel.signal)
        if current is None or not current.takes(parcel, body_bytes_max, round(received_apart_s_max * 1e9)):
            current = open_groups[parcel.signal] = _Group()
            groups.append(current.parcels)
        current.add(parcel)
    return groups


class _Group:
    """A group that is being filled."""

    def __init__(self) -> None:
        self.parcels: list[Parcel] = []
        self._body_bytes = 0
        self._earliest_ns = 0
        self._latest_ns = 0

    def takes(self, parcel: Parcel, body_bytes_max: int, apart_ns_max: int) -> bool:
        earliest_ns = min(self._earliest_ns, parcel.received_at_ns)
        latest_ns = max(self._latest_ns, parcel.received_at_ns)
        return self._body_bytes + len(parcel.body) <= body_bytes_max and latest_ns - earliest_ns <= apart_ns_max

    def add(self, parcel: Parcel) -> None:
        first = not self.parcels
        self.parcels.append(parcel)
        self._body_bytes += len(parcel.body)
        self._earliest_ns = parcel.received_at_ns if first else min(self._earliest_ns, parcel.received_at_ns)
        self._latest_ns = parcel.received_at_ns if first else max(self._latest_ns, parcel.received_at_ns)
