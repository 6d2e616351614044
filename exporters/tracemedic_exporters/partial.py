"""How a partial success reaches people and counters."""

import logging
import time
from collections.abc import Callable

from tracemedic_exporters.answers import PartialSuccess
from tracemedic_exporters.text import cleaned

OnPartialSuccess = Callable[[int, str], None]
"""Called with the number of rejected items and the far side's words."""

QUIET_S = 60.0
"""A backend that rejects something of every request gets one line a minute, not one a request."""

_log = logging.getLogger(__name__)


class PartialSuccessReport:
    """Tells `on_partial_success` of every one, and the log of the first in `QUIET_S`."""

    def __init__(
        self,
        place: str,
        *,
        on_partial_success: OnPartialSuccess | None = None,
        secrets: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._on_partial_success = on_partial_success
        self._secrets = secrets
        self._clock = clock
        self._quiet_until_s = float("-inf")

    def note(self, partial: PartialSuccess | None) -> None:
        """Report, when there is something to report."""
        if partial is None:
            return
        message = cleaned(partial.message, secrets=self._secrets)
        if self._on_partial_success:
            self._on_partial_success(partial.rejected, message)
        now_s = self._clock()
        if now_s >= self._quiet_until_s:
            self._quiet_until_s = now_s + QUIET_S
            _log.warning("%s rejected %d items of a request: %s", self._place, partial.rejected, message)
