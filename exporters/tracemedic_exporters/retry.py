"""Trying again, patiently."""

import asyncio
import random as random_module
import time
from collections.abc import Awaitable, Callable

from tracemedic_exporters.exporter import Exporter, Parcel, PermanentError, RetryableError
from tracemedic_exporters.failures import DoubtfulError

OnRetry = Callable[[RetryableError, float], None]
"""Called before each wait with the failure and the seconds to wait."""


class Retry:
    """Exports again after every `RetryableError`, until it works or is cancelled.

    Waits grow from `initial_s` by `multiplier` to `max_s`; each wait is drawn from zero to that ("full jitter"), so
    that senders who failed together do not return together. What the far side asked for is the least waited. The
    default `max_s` is short: one process has few senders, and a far side that returns should be found soon.

    Nothing is given up by count or time: how long a parcel may wait is the spool's business. The one exception is
    asked for: with `doubtful_s_max`, a parcel that the far side has answered with `DoubtfulError` for that long
    raises `PermanentError`, since it may be the parcel itself that breaks the far side and holds up all others.
    """

    def __init__(
        self,
        inner: Exporter,
        *,
        initial_s: float = 0.5,
        max_s: float = 5.0,
        multiplier: float = 2.0,
        doubtful_s_max: float | None = None,
        random: Callable[[], float] = random_module.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        on_retry: OnRetry | None = None,
    ) -> None:
        self._inner = inner
        self._initial_s = initial_s
        self._max_s = max_s
        self._multiplier = multiplier
        self._doubtful_s_max = doubtful_s_max
        self._random = random
        self._sleep = sleep
        self._clock = clock
        self._on_retry = on_retry

    async def export(self, parcel: Parcel) -> None:
        """Return when the far side has taken the parcel over. Cancelling ends a wait at once."""
        ceiling_s = self._initial_s
        doubtful_since_s: float | None = None
        while True:
            try:
                return await self._inner.export(parcel)
            except RetryableError as error:
                doubtful_since_s = self._patience(error, doubtful_since_s)
                wait_s = self._wait_s(error, ceiling_s)
                if self._on_retry:
                    self._on_retry(error, wait_s)
            await self._sleep(wait_s)
            ceiling_s = min(ceiling_s * self._multiplier, self._max_s)

    async def close(self) -> None:
        """Close the inner exporter."""
        await self._inner.close()

    def _wait_s(self, error: RetryableError, ceiling_s: float) -> float:
        jitter_s = self._random() * min(ceiling_s, self._max_s)
        if error.retry_after_s is None:
            return jitter_s
        return error.retry_after_s + min(jitter_s, self._initial_s)  # not all at the very moment that was named

    def _patience(self, error: RetryableError, doubtful_since_s: float | None) -> float | None:
        """Since when this parcel has been answered with nothing but doubt; raises when that is too long."""
        if not isinstance(error, DoubtfulError):
            return None
        now_s = self._clock()
        since_s = now_s if doubtful_since_s is None else doubtful_since_s
        if self._doubtful_s_max is not None and now_s - since_s >= self._doubtful_s_max:
            raise PermanentError(f"given up after {now_s - since_s:.0f} s: {error}") from error
        return since_s
