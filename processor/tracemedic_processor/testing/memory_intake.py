"""An intake that keeps requests in memory, for tests of what stands in front of it."""

import asyncio

from google.protobuf.message import DecodeError

from tracemedic_processor.errors import Malformed
from tracemedic_processor.receive.signals import SIGNALS
from tracemedic_storage.records import Signal

_REQUESTS = {spec.signal: spec.request for spec in SIGNALS}


class MemoryIntake:
    """Obeys the contract of `Intake`, but that memory is not durable.

    `warning` is the answer to every accepted request. `failures` are raised instead of accepting, one after another,
    once each; `failure`, while set, always. `open` can be cleared to let requests wait, and `arrived` tells that one
    came.
    """

    def __init__(self) -> None:
        self.accepted: list[tuple[Signal, bytes]] = []
        self.warning: str | None = None
        self.failure: Exception | None = None
        self.failures: list[Exception] = []
        self.arrived = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def accept(self, signal: Signal, body: bytes) -> str | None:
        """Keep the request and return `warning`. Raises `Malformed` for a body that is none, or what it was told to."""
        self.arrived.set()
        await self.open.wait()
        if self.failures:
            raise self.failures.pop(0)
        if self.failure:
            raise self.failure
        try:
            _REQUESTS[signal].FromString(body)
        except DecodeError:
            raise Malformed(f"the body is no {signal} request") from None
        self.accepted.append((signal, body))
        return self.warning
