"""The bound on what the bodies of running requests hold together."""

from types import TracebackType
from typing import Self

from tracemedic_processor.errors import Overloaded

_RETRY_AFTER_S = 1.0
"""Bodies are held for milliseconds; a second is what senders wait at first anyway."""


class ByteBudget:
    """Counts the bytes in flight in one receiver. To be used from one event loop."""

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        self.bytes_taken = 0

    def hold(self) -> "Hold":
        """The part of one request, given back when it is left."""
        return Hold(self)


class Hold:
    """What one request holds of the budget; a context manager."""

    __slots__ = ("_budget", "_bytes")

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self._bytes = 0

    def grow(self, count: int) -> None:
        """Take `count` bytes more. Raises `Overloaded`, taking nothing, when all requests together hold too many.

        A request that is alone is let through whatever it takes, or coming back would never help it.
        """
        taken = self._budget.bytes_taken + count
        if taken > self._budget.bytes_max and self._bytes != self._budget.bytes_taken:
            raise Overloaded("too many bytes in flight", retry_after_s=_RETRY_AFTER_S)
        self._budget.bytes_taken = taken
        self._bytes += count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._budget.bytes_taken -= self._bytes
