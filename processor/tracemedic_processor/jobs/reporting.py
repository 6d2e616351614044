"""The job that makes the report which a change asks for: a critical pattern, or its hundredth occurrence."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from dbos import DBOS, EnqueueOptions

from tracemedic_processor.jobs.queues import REPORT
from tracemedic_storage.records import PatternChange

REPORT_JOB: Final = "report_change"
Report = Callable[[PatternChange], bool]
"""Makes the report that a change asks for; whether it asked for one."""
_parts: dict[str, Report] = {}


def prepare(report: Report) -> None:
    """Give the jobs of this process their parts."""
    _parts["report"] = report


def enqueue(change: PatternChange) -> None:
    """A job for `change`, which finds out whether a report is asked for."""
    key = f"report:{change.pattern_id}:{change.kind}:{change.at_ns}"
    options = EnqueueOptions(workflow_name=REPORT_JOB, queue_name=REPORT, workflow_id=key)
    if change.kind in {"created", "escalated", "regressed", "alert"}:
        DBOS.enqueue_workflow_with_options(options, msgspec.to_builtins(change))


@DBOS.workflow(name=REPORT_JOB)
def report_change(change: Mapping[str, object]) -> bool:
    """Made once, whoever takes over: the report's id is made of the change."""
    return DBOS.run_step({"name": "make"}, _parts["report"], msgspec.convert(change, PatternChange))
