"""The queues: their names, what jobs are called in them, and who comes first."""

import math
from typing import Final

from tracemedic_storage.records import ErrorPattern, PatternChange

DIAGNOSE: Final = "diagnose"
"""Gathers the evidence, judges by rules, and says whether a model is to be asked."""
ASK: Final = "ask"
"""Asks a model: with a rate and a concurrency over all replicas, the newest and most frequent patterns first."""
NOTIFY: Final = "notify"
"""Tells webhooks."""
REPORT: Final = "report"
"""Makes the reports that changes ask for."""
QUEUES: Final = (DIAGNOSE, ASK, NOTIFY, REPORT)

POLL_S: Final = 0.25
"""How often an idle queue looks for work: a diagnosis should leave within seconds."""

_LAST: Final = 2**31 - 1
_EPOCH_MIN: Final = 29_000_000
"""Minutes since 1970 at the end of February 2025, so that minutes since then fit a priority."""
_DOUBLING_MIN: Final = 60
"""Occurring twice as often is worth as much as being an hour newer."""


def change_key(change: PatternChange) -> str:
    """Names a change, and with it the jobs that it asks for: its pattern, kind and time."""
    return f"{change.pattern_id}:{change.kind}:{change.at_ns}"


def priority(pattern: ErrorPattern) -> int:
    """A pattern's place in the queue, smaller first (1 to 2**31 - 1): the newest and the most frequent come first."""
    newness = pattern.created_at_ns // 60_000_000_000 - _EPOCH_MIN
    frequency = _DOUBLING_MIN * math.log2(max(1, pattern.total_occurrences))
    return min(_LAST, max(1, _LAST - int(newness + frequency)))
