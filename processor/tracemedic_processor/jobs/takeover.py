"""Work of processes that died: each process says that it lives, and the living ones take over from those that do not.

Where a job stands is in DBOS's database: a job taken over goes on behind its last finished step.
"""

import logging
import socket
from collections.abc import Callable
from typing import Final

from dbos import DBOS

from tracemedic_processor.jobs.queues import QUEUES
from tracemedic_storage import executors
from tracemedic_storage.database import Database

_log = logging.getLogger(__name__)

BEAT_S: Final = 2.0


class Takeover:
    """The heartbeat of this process and its eye on the others."""

    def __init__(self, database: Database, executor_id: str, now_ns: Callable[[], int]) -> None:
        self._database = database
        self._executor_id = executor_id
        self._host = socket.gethostname()[:100]
        self._now_ns = now_ns

    def beat(self) -> int:
        """Say that we live, and take over what the dead left; returns how many jobs."""
        executors.beat(self._database, self._executor_id, host=self._host, now_ns=self._now_ns())
        dead = executors.silent_since(self._database, self._now_ns() - executors.SILENT_NS_MAX)
        taken = sum(_resume(executor_id) for executor_id in dead)
        if dead:
            executors.forget(self._database, dead)
        return taken

    def leave(self) -> None:
        """This process ends in order: what it did not finish can be taken over at once."""
        executors.beat(self._database, self._executor_id, host=self._host, now_ns=0)


def _resume(executor_id: str) -> int:
    """Put what `executor_id` had begun back into its queues."""
    count = 0
    for queue in QUEUES:
        begun = DBOS.list_workflows(
            status="PENDING", executor_id=executor_id, queue_name=queue, load_input=False, load_output=False
        )
        if begun:
            DBOS.resume_workflows([each.workflow_id for each in begun], queue_name=queue)
            _log.warning("%d jobs of %s are taken over from a worker that no longer lives", len(begun), queue)
        count += len(begun)
    return count
