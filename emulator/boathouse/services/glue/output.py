"""What a run prints, on its way to CloudWatch Logs: stdout and stderr, one stream each, named by the run."""

import logging
from types import TracebackType
from typing import Self

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Principal
from boathouse.errors import AwsError
from boathouse.tasks import Tasks
from boathouse.workers.logs import LogStream

log = logging.getLogger(__name__)
PAUSE = 1.0  # seconds: so far behind is who follows a run's log


class Output:
    """Sends lines while it is entered, and on leaving what is left. A refusal costs a run its log, not its work."""

    def __init__(self, call: Call, role: Principal, group: str, stream: str, clock: Clock) -> None:
        self._out = LogStream(call, role, f"{group}/output", stream, clock)
        self._error = LogStream(call, role, f"{group}/error", stream, clock)
        self._clock = clock
        self._tasks = Tasks()

    async def __aenter__(self) -> Self:
        self._tasks.spawn(self._keep_sending(), f"log of {self._out.stream}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._tasks.cancel()
        await self._send()

    async def stdout(self, line: str) -> None:
        await self._write(self._out, line)

    async def stderr(self, line: str) -> None:
        await self._write(self._error, line)

    async def _write(self, stream: LogStream, line: str) -> None:
        stream.write(line)
        if stream.full:
            await self._send()

    async def _keep_sending(self) -> None:
        while True:
            await self._clock.sleep(PAUSE)
            await self._send()

    async def _send(self) -> None:
        for stream in (self._out, self._error):
            try:
                await stream.flush()
            except AwsError as error:
                log.error("%s of run %s is not in CloudWatch Logs yet: %s", stream.group, stream.stream, error)
