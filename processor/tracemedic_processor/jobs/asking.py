"""Asking models, as the jobs see it."""

from collections.abc import Sequence
from typing import Protocol

from tracemedic_processor.diagnose.answer import Answer
from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_processor.diagnose.prices import Reserved


class Asking(Protocol):
    """Models that are asked in order; `diagnose.ask.Asker` is one."""

    @property
    def models(self) -> Sequence[str]:
        """Their names, the first asked first."""
        ...

    def reserve(self, evidence: Evidence) -> Reserved:
        """The most that one question may cost."""
        ...

    async def ask(self, evidence: Evidence) -> Answer:
        """An answer about `evidence`. Raises `ModelFailure`."""
        ...
