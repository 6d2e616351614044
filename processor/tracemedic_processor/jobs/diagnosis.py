"""The jobs of a diagnosis: rules at once, then a model where one is configured, then the traces.

DBOS knows jobs by name and keeps what each finished step gave back; the parts are given by `prepare`, because a job is
a plain function that any process may go on with.
"""

from typing import Final, cast

import msgspec
from dbos import DBOS, EnqueueOptions

from tracemedic_processor.jobs.diagnoser import Diagnoser, Next
from tracemedic_processor.jobs.given import Given
from tracemedic_processor.jobs.patience import patient
from tracemedic_processor.jobs.queues import ASK
from tracemedic_storage.records import DiagnosisCause

DIAGNOSE_JOB: Final = "diagnose_pattern"
ASK_JOB: Final = "ask_model"

_diagnoser: Given[Diagnoser] = Given()


def prepare(diagnoser: Diagnoser) -> None:
    """Give the jobs of this process their parts."""
    _diagnoser.give(diagnoser)


@DBOS.workflow(name=DIAGNOSE_JOB)
async def diagnose_pattern(pattern_id: str, cause: DiagnosisCause, priority: int) -> str:
    """Judge by rules; hand on to the model's queue, or tell the traces."""
    job = DBOS.workflow_id or pattern_id
    following = _next(await DBOS.run_step_async(patient("by_rules"), _by_rules, pattern_id, cause, job))
    if following.do == "ask":
        await DBOS.enqueue_workflow_with_options_async(_ask_options(pattern_id, job, priority), pattern_id, cause)
    elif following.do == "tell":
        await DBOS.run_step_async(patient("tell_traces"), _diagnoser.part.tell_traces, pattern_id)
    return following.do


@DBOS.workflow(name=ASK_JOB)
async def ask_model(pattern_id: str, cause: DiagnosisCause) -> str:
    """Ask until there is an answer, a model's or, for a reason that is noted, that of rules; then tell the traces."""
    job = DBOS.workflow_id or pattern_id
    attempt = 0
    while True:
        following = _next(await DBOS.run_step_async(patient("ask"), _by_model, pattern_id, cause, job, attempt))
        if following.do != "wait":
            break
        attempt += following.counts
        await DBOS.sleep_async(following.wait_s)
    if following.do == "tell":
        await DBOS.run_step_async(patient("tell_traces"), _diagnoser.part.tell_traces, pattern_id)
    return following.do


def _ask_options(pattern_id: str, job: str, priority: int) -> EnqueueOptions:
    """One waiting question per pattern: what came meanwhile is in the evidence when it is asked."""
    return EnqueueOptions(
        workflow_name=ASK_JOB,
        queue_name=ASK,
        workflow_id=f"ask:{job}",
        deduplication_id=pattern_id,
        duplication_policy="return-existing",
        priority=priority,
    )


async def _by_rules(pattern_id: str, cause: DiagnosisCause, job: str) -> dict[str, object]:
    return _kept(await _diagnoser.part.by_rules(pattern_id, cause, job))


async def _by_model(pattern_id: str, cause: DiagnosisCause, job: str, attempt: int) -> dict[str, object]:
    return _kept(await _diagnoser.part.by_model(pattern_id, cause, job, attempt))


def _kept(following: Next) -> dict[str, object]:
    """Results of steps are kept as plain values, readable by every release."""
    return cast("dict[str, object]", msgspec.to_builtins(following))


def _next(kept: dict[str, object]) -> Next:
    return msgspec.convert(kept, Next)
