"""What a worker writes into its log stream, and the last of it that an invocation gives back."""

import logging

from boathouse.clock import Clock
from boathouse.errors import AwsError
from boathouse.tasks import Tasks
from boathouse.workers.logs import LogStream

log = logging.getLogger(__name__)

TAIL_BYTES = 4096  # https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
DELIVERY_SECONDS = 5.0  # how long Lambda lets one wait for lines in CloudWatch Logs, more or less


class WorkerLog:
    """Lines reach CloudWatch Logs a little later, many in one call; the tail is at hand at once."""

    def __init__(self, stream: LogStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self._tail = ""
        self._tasks = Tasks()
        self._sending = False
        self.written = 0

    def begin(self) -> None:
        """A new invocation: the tail starts with it."""
        self._tail = ""

    def write(self, text: str) -> None:
        self._stream.write(text)
        self.written += 1
        self._tail = (self._tail + text + "\n")[-TAIL_BYTES:]
        if not self._sending:
            self._sending = True
            self._tasks.spawn(self._send(), f"log of {self._stream.group}")

    async def line(self, text: str) -> None:
        """A line of the process's output. A full stream lets the process wait rather than grow.

        AWS's client ends a stack trace's lines with carriage returns, to keep them in one event.
        """
        if self._stream.full:
            await self.flush()
        if not self._stream.full:
            self.write(text.replace("\r", "\n"))

    def tail(self) -> str:
        return self._tail.encode()[-TAIL_BYTES:].decode(errors="ignore")

    async def flush(self) -> None:
        try:
            await self._stream.flush()
        except AwsError as error:
            log.warning("log lines of %s were not delivered: %s", self._stream.group, error)

    async def close(self) -> None:
        await self._tasks.cancel()
        await self.flush()

    async def _send(self) -> None:
        await self._clock.sleep(self._clock.hurried(DELIVERY_SECONDS))
        self._sending = False
        await self.flush()
