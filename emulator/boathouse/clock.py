"""The only place that asks what time it is, or waits. Time can be moved; waiting can be hurried."""

import asyncio
import time
from datetime import UTC, datetime


class Clock:
    """Time as the platform sees it.

    ``hurry`` divides what AWS's services let one wait (buffer intervals, propagation, service-side back-off).
    It never touches timeouts, expiries, retention or what a client waits: those callers do not ask ``hurried``.
    """

    def __init__(self, hurry: float = 1.0) -> None:
        self.hurry = hurry
        self._offset = 0.0
        self._moved = asyncio.Event()

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._offset

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def millis(self) -> int:
        return int(self.time() * 1000)

    def machine_time(self) -> float:
        """Seconds since the epoch as other processes on this machine tell them: what they are told in absolute time."""
        return time.time()

    def hurried(self, seconds: float) -> float:
        """How long to wait here where a service of AWS would wait ``seconds``."""
        return seconds / self.hurry

    async def sleep(self, seconds: float) -> None:
        """Wait until the platform's time is ``seconds`` later, however it gets there."""
        due = self.time() + seconds
        while (left := due - self.time()) > 0:
            moved = self._moved
            try:
                await asyncio.wait_for(moved.wait(), left)
            except TimeoutError:
                continue

    def advance(self, seconds: float) -> None:
        """Move the platform's time forward and wake everybody who waits for it."""
        self._offset += seconds
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
