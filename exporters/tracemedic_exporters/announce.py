"""Telling people about trouble once, not once a try."""

import logging
import time
from collections.abc import Callable

from tracemedic_exporters.exporter import Exporter, Parcel, RetryableError
from tracemedic_exporters.failures import MisconfiguredError

_log = logging.getLogger(__name__)


class Announce:
    """Logs when exporting begins to fail, why, and when it works again; goes inside of `Retry`.

    While it fails, the reason is repeated when its kind changes or `again_s` have passed. What only a person can
    mend is an error, the rest a warning. `name` is the exporter's in the configuration.
    """

    def __init__(
        self, inner: Exporter, *, name: str, again_s: float = 600.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._inner = inner
        self._name = name
        self._again_s = again_s
        self._clock = clock
        self._failing: type[RetryableError] | None = None
        self._failing_since_s = 0.0
        self._told_at_s = 0.0

    async def export(self, parcel: Parcel) -> None:
        """Export, and note how it went."""
        try:
            await self._inner.export(parcel)
        except RetryableError as error:
            self._failed(error)
            raise
        self._worked()

    async def close(self) -> None:
        """Close the inner exporter."""
        await self._inner.close()

    def _failed(self, error: RetryableError) -> None:
        now_s = self._clock()
        if self._failing is None:
            self._failing_since_s = now_s
        if self._failing is not type(error) or now_s - self._told_at_s >= self._again_s:
            self._failing, self._told_at_s = type(error), now_s
            level = logging.ERROR if isinstance(error, MisconfiguredError) else logging.WARNING
            _log.log(level, "exporter %s: %s", self._name, error)

    def _worked(self) -> None:
        if self._failing:
            self._failing = None
            _log.info("exporter %s works again after %.0f s", self._name, self._clock() - self._failing_since_s)
