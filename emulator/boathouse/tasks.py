"""Work that goes on in the background: kept alive, heard when it fails, ended with its owner."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Tasks:
    """Background tasks of one owner. ``await cancel()`` ends them all and waits until they have ended.

    ``failed`` hears what a task let out, so that its owner can do more about it than the log.
    """

    def __init__(self, failed: Callable[[BaseException], None] | None = None) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._failed = failed

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def cancel(self, grace: float = 0.0) -> None:
        """Those that end by themselves within ``grace`` seconds of this machine's time may."""
        running = list(self._running)
        if running and grace:
            await asyncio.wait(running, timeout=grace)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background task %s failed", task.get_name(), exc_info=error)
            if self._failed is not None:
                self._failed(error)
