"""The far side's window of time."""

import time
from collections.abc import Callable

from tracemedic_exporters.exporter import Exporter, Parcel

OnDropped = Callable[[Parcel], None]
"""Called with every parcel that is not sent because it is too old."""


class NotOlderThan:
    """Drops parcels received more than `age_s_max` ago; sending them would only have the far side drop them.

    Dropping is a kind of being done: `export` returns, `on_dropped` is told. Goes inside of `Retry`, so that a parcel
    that grew old while waiting is dropped as well. `clock` gives nanoseconds since the Unix epoch; a clock that jumps
    back makes parcels younger, never older.
    """

    def __init__(
        self,
        inner: Exporter,
        *,
        age_s_max: float,
        clock: Callable[[], int] = time.time_ns,
        on_dropped: OnDropped | None = None,
    ) -> None:
        self._inner = inner
        self._age_ns_max = round(age_s_max * 1e9)
        self._clock = clock
        self._on_dropped = on_dropped

    async def export(self, parcel: Parcel) -> None:
        """Export a parcel that is young enough."""
        if self._clock() - parcel.received_at_ns <= self._age_ns_max:
            await self._inner.export(parcel)
        elif self._on_dropped:
            self._on_dropped(parcel)

    async def close(self) -> None:
        """Close the inner exporter."""
        await self._inner.close()
