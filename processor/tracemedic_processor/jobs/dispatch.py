"""From changes of patterns to jobs.

A change stays owed until its jobs are in their queues, so none is lost; the jobs' ids are made of the change, so none
is doubled.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from dbos import DBOS, EnqueueOptions

from tracemedic_processor.jobs.diagnosis import DIAGNOSE_JOB
from tracemedic_processor.jobs.queues import DIAGNOSE, change_key, priority
from tracemedic_storage import pattern_changes, queries
from tracemedic_storage.database import Database
from tracemedic_storage.records import ChangeKind, DiagnosisCause, PatternChange

_log = logging.getLogger(__name__)

CHANGES_MAX: Final = 200
"""Changes handled in one go."""
CAUSES: Final[dict[ChangeKind, DiagnosisCause]] = {
    "created": "created",
    "escalated": "escalated",
    "regressed": "regressed",
    "asked": "manual",
    "evidence": "evidence",
}

Also = Callable[[PatternChange], None]
"""Whatever else a change asks for: webhooks, reports."""


def dispatch(database: Database, *, also: Sequence[Also], now_ns: Callable[[], int]) -> int:
    """Put the jobs of all owed changes into their queues; returns how many changes there were."""
    owed = pattern_changes.unhandled(database, limit=CHANGES_MAX)
    for change in owed:
        if change.kind in CAUSES:
            _enqueue_diagnosis(database, change)
        for each in also:
            each(change)
        pattern_changes.handled(database, change, now_ns=now_ns())
    return len(owed)


def _enqueue_diagnosis(database: Database, change: PatternChange) -> None:
    pattern = queries.get_pattern(database, change.pattern_id)
    if pattern is None or pattern.status == "ignored":
        return
    options = EnqueueOptions(workflow_name=DIAGNOSE_JOB, queue_name=DIAGNOSE, workflow_id=change_key(change))
    DBOS.enqueue_workflow_with_options(options, pattern.id, CAUSES[change.kind], priority(pattern))
