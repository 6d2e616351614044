"""The queue of models at rest: what only a person can mend is said once, and tried again now and then."""

import logging
from collections.abc import Callable
from typing import Final

_log = logging.getLogger(__name__)

PROBE_S: Final = 60.0
"""A refused key is tried again this often, by one job: so long after it was mended everything goes on."""


class Pause:
    """Whether models are worth asking at this moment. Serves one process."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._probe_at_s = 0.0
        self.trouble: str | None = None
        """What a person has to mend, for `/readyz`; None while all is well."""

    def wait_s(self) -> float:
        """How long to wait before asking; 0 for go ahead, which after a refusal only one is told per interval."""
        if self.trouble is None:
            return 0.0
        left = self._probe_at_s - self._now_s()
        if left > 0:
            return left
        self._probe_at_s = self._now_s() + PROBE_S
        return 0.0

    def begin(self, trouble: str) -> float:
        """Rest because of `trouble`; returns how long to wait before asking again."""
        if self.trouble is None:
            _log.warning(
                "models are not asked any more: %s; rules answer, and every %g s one request tries again",
                trouble,
                PROBE_S,
            )
        self.trouble = trouble
        self._probe_at_s = self._now_s() + PROBE_S
        return PROBE_S

    def end(self) -> None:
        """A model has answered."""
        if self.trouble is not None:
            _log.warning("a model answers again; what waited is asked now")
        self.trouble = None
