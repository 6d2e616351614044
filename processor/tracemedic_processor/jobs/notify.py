"""The job that tells a webhook of a change, with the patience of a job: an address that is down is asked for a day."""

from collections.abc import Mapping
from typing import Final, cast

import msgspec
from dbos import DBOS, EnqueueOptions

from tracemedic_processor.jobs.given import Given
from tracemedic_processor.jobs.notifier import Notifier, Told
from tracemedic_processor.jobs.patience import patient
from tracemedic_processor.jobs.queues import NOTIFY, change_key
from tracemedic_storage.records import PatternChange

NOTIFY_JOB: Final = "tell_webhook"
_notifier: Given[Notifier] = Given()


def prepare(notifier: Notifier) -> None:
    """Give the jobs of this process their parts."""
    _notifier.give(notifier)


def enqueue(change: PatternChange) -> None:
    """A job for each webhook that wants to know of `change`."""
    for channel in _notifier.part.channels_for(change.kind):
        key = f"{channel}:{change_key(change)}"
        options = EnqueueOptions(workflow_name=NOTIFY_JOB, queue_name=NOTIFY, workflow_id=f"notify:{key}")
        DBOS.enqueue_workflow_with_options(options, channel, msgspec.to_builtins(change), key)


@DBOS.workflow(name=NOTIFY_JOB)
async def tell_webhook(channel: str, change: Mapping[str, object], key: str) -> str:
    """Tell one webhook, again with growing pauses while it cannot be reached."""
    notifier = _notifier.part

    async def step(attempt: int) -> dict[str, object]:
        told = await notifier.tell(channel, msgspec.convert(change, PatternChange), key, attempt)
        return cast("dict[str, object]", msgspec.to_builtins(told))

    attempt = 0
    while True:
        told = msgspec.convert(await DBOS.run_step_async(patient("tell"), step, attempt), Told)
        if told.again_s is None:
            return told.outcome
        attempt += 1
        await DBOS.sleep_async(told.again_s)
