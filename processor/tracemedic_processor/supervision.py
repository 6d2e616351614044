"""Tasks that live as long as their process: started again when they fail, given time to finish at the end."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Final

_log = logging.getLogger(__name__)

RESTART_S: Final = 1.0
"""A task that failed for a reason nobody foresaw starts again after this pause."""


async def supervised(run: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run for ever, again after a failure that nobody foresaw."""
    while True:
        try:
            await run()
        except Exception:  # noqa: BLE001 a drain that dies in silence would fill the spool
            _log.exception("%s failed and starts again", run.__qualname__)
        await asyncio.sleep(RESTART_S)


async def stop_drains(
    tasks: Sequence[asyncio.Task[None]],
    drained: Sequence[Callable[[], Coroutine[None, None, None]]],
    deadline_s: float,
) -> None:
    """Let the drains finish within the deadline; what is left stays in the spool."""
    try:
        async with asyncio.timeout(deadline_s):
            await asyncio.gather(*(each() for each in drained))
    except TimeoutError:
        _log.warning("not everything could be sent or recorded within %g s; the rest stays in the spool", deadline_s)
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
