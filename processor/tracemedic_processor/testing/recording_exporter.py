"""An exporter that keeps what it is given, for tests of what is composed around exporters."""

import asyncio
from collections.abc import Iterable

from tracemedic_exporters.exporter import ExportError, Parcel, RetryableError
from tracemedic_exporters.failures import TooLargeError


class RecordingExporter:
    """Takes parcels of at most `body_bytes_max` bytes into `delivered`, after failing as `outcomes` say.

    Each call takes the next outcome; None is success, and so is everything after the end. `attempts` has every parcel
    it was called with.
    """

    def __init__(self, outcomes: Iterable[ExportError | None] = (), *, body_bytes_max: int | None = None) -> None:
        self._outcomes = iter(outcomes)
        self._body_bytes_max = body_bytes_max
        self.attempts: list[Parcel] = []
        self.delivered: list[Parcel] = []
        self.closed = False

    async def export(self, parcel: Parcel) -> None:
        """Take the parcel or fail. See `Exporter.export`."""
        await asyncio.sleep(0)
        self.attempts.append(parcel)
        if self.closed:
            raise RetryableError("the exporter is closed")
        if self._body_bytes_max is not None and len(parcel.body) > self._body_bytes_max:
            raise TooLargeError(f"larger than {self._body_bytes_max} bytes")
        if outcome := next(self._outcomes, None):
            raise outcome
        self.delivered.append(parcel)

    async def close(self) -> None:
        """Take nothing any more."""
        self.closed = True
