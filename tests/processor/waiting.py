"""Waiting for what another task does."""

import asyncio
from collections.abc import Callable


async def until(reached: Callable[[], object]) -> None:
    """Return as soon as `reached()`. Raises `TimeoutError` after ten seconds."""
    for _ in range(1000):
        if reached():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError
