"""The contract between the receivers and what stands behind them."""

from typing import Protocol

from tracemedic_storage.records import Signal


class Intake(Protocol):
    """Takes over responsibility for telemetry."""

    async def accept(self, signal: Signal, body: bytes) -> str | None:
        """Keep one serialised `Export{Trace,Logs,Metrics}ServiceRequest`, already decompressed.

        When this returns, the request is durable. The answer is a warning for the sender (a partial success with
        nothing rejected) or None. Raises `Malformed` when `body` is no such request, `Overloaded` when there is no
        room; in both cases nothing was kept.
        """
        ...
