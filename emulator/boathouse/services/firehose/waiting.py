"""Waiting for something to happen, or for some of the platform's time."""

import asyncio

from boathouse.clock import Clock


async def wait_for(clock: Clock, event: asyncio.Event, seconds: float | None) -> None:
    """Until ``event`` is set, or ``seconds`` later; for ever if that is None."""
    happened = asyncio.create_task(event.wait())
    over = None if seconds is None else asyncio.create_task(clock.sleep(seconds))
    tasks = [task for task in (happened, over) if task is not None]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
