"""The job that makes the report which a change asks for: a critical pattern, or its hundredth occurrence."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from dbos import DBOS, EnqueueOptions

from tracemedic_processor.jobs.given import Given
from tracemedic_processor.jobs.patience import patient
from tracemedic_processor.jobs.queues import REPORT, change_key
from tracemedic_storage.records import PatternChange

REPORT_JOB: Final = "report_change"
Report = Callable[[PatternChange], bool]
"""Makes the report that a change asks for; whether it asked for one."""
_report: Given[Report] = Given()


def prepare(report: Report) -> None:
    """Give the jobs of this process their parts."""
    _report.give(report)


def enqueue(change: PatternChange) -> None:
    """A job for `change`, which finds out whether a report is asked for."""
    options = EnqueueOptions(workflow_name=REPORT_JOB, queue_name=REPORT, workflow_id=f"report:{change_key(change)}")
    if change.kind in {"created", "escalated", "regressed", "alert"}:
        DBOS.enqueue_workflow_with_options(options, msgspec.to_builtins(change))


@DBOS.workflow(name=REPORT_JOB)
def report_change(change: Mapping[str, object]) -> bool:
    """Made once, whoever takes over: the report's id is made of the change."""
    return DBOS.run_step(patient("make"), _report.part, msgspec.convert(change, PatternChange))
