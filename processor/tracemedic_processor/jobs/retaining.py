"""The nightly job of retention: what is old moves on or goes. Once a day, over all replicas.

Each move inside of it is durable in itself and done in an order in which nothing is lost; whoever takes the job over
goes on with what is still due.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from dbos import DBOS, EnqueueOptions

from tracemedic_processor.jobs.given import Given
from tracemedic_processor.jobs.queues import REPORT

_log = logging.getLogger(__name__)

RETAIN_JOB: Final = "retain"
JOBS_KEPT_S: Final = 30 * 86_400
"""Finished jobs stay so long: DBOS deletes none by itself, and a repeated change must find its own."""
JOBS_AT_ONCE: Final = 500
Run = Callable[[], int]
"""Does all that is due; returns how many steps there were."""
_run: Given[Run] = Given()


def prepare(run: Run) -> None:
    """Give the jobs of this process their parts."""
    _run.give(run)


def enqueue_if_due(now_ns: int, *, hour: int) -> None:
    """Put today's run (UTC) into its queue once the hour has come; what is there already stays alone."""
    now = datetime.fromtimestamp(now_ns / 1e9, UTC)
    if now.hour >= hour:
        options = EnqueueOptions(workflow_name=RETAIN_JOB, queue_name=REPORT, workflow_id=f"retain:{now:%Y-%m-%d}")
        DBOS.enqueue_workflow_with_options(options)


@DBOS.workflow(name=RETAIN_JOB)
def retain() -> int:
    """Move, archive, delete; then forget jobs that ended long ago."""
    done = DBOS.run_step(
        {"name": "run", "retries_allowed": True, "interval_seconds": 60.0, "max_attempts": 5}, _run.part
    )
    forgotten = DBOS.run_step({"name": "forget_jobs"}, forget_jobs)
    _log.info("retention: %d steps done, %d jobs forgotten", done, forgotten)
    return done


def forget_jobs() -> int:
    """Delete jobs that ended more than `JOBS_KEPT_S` ago; returns how many."""
    before = datetime.fromtimestamp(datetime.now(UTC).timestamp() - JOBS_KEPT_S, UTC).isoformat()
    count = 0
    while True:
        ended = DBOS.list_workflows(completed_before=before, limit=JOBS_AT_ONCE, load_input=False, load_output=False)
        if not ended:
            return count
        DBOS.delete_workflows([each.workflow_id for each in ended])
        count += len(ended)
