"""The contract of everything that sends telemetry on, and the two ways it can fail.

ExportError
├── PermanentError   sending the same bytes again cannot help: keep them aside, count, go on
└── RetryableError   it may help later, not before `retry_after_s` when the far side said so
"""

from typing import Literal, Protocol

import msgspec

Signal = Literal["traces", "logs", "metrics"]


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One serialised `Export{Trace,Logs,Metrics}ServiceRequest` on its way out.

    Parcels of one signal may be joined by concatenating their bodies. `received_at_ns` is of the oldest part.
    """

    signal: Signal
    body: bytes
    received_at_ns: int


class Exporter(Protocol):
    """Sends parcels to one place."""

    async def export(self, parcel: Parcel) -> None:
        """Return when the far side has taken the parcel over; raise `PermanentError` or `RetryableError` otherwise.

        Safe to call again with the same parcel. Cancelling leaves it unknown whether the parcel arrived.
        """
        ...

    async def close(self) -> None:
        """Give back connections. Nothing is exported afterwards."""
        ...


class ExportError(Exception):
    """A parcel was not delivered."""


class PermanentError(ExportError):
    """Sending the same bytes again cannot help."""


class RetryableError(ExportError):
    """The far side may take the same bytes later. `retry_after_s` is its own word, None when it gave none."""

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s
