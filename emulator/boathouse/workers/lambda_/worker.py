"""One process of one function: started once, invoked many times, one invocation at a time."""

import asyncio
import math
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.workers.lambda_.function import Answer, Function, Invocation, failure
from boathouse.workers.lambda_.logs import WorkerLog
from boathouse.workers.lambda_.runtime_api import Session
from boathouse.workers.logs import LogStream
from boathouse.workers.supervisor import Outcome, Process, Program, Supervisor

INIT_SECONDS = 10.0  # https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
QUIET_TURNS = 5


class Worker:
    def __init__(self, function: Function, session: Session, log: WorkerLog, process: Process, clock: Clock) -> None:
        self.function = function
        self.started = self.idle_since = clock.time()
        self._session = session
        self._log = log
        self._process = process
        self._clock = clock
        self._ended = asyncio.create_task(process.wait(), name=f"end of {process.name}")

    @property
    def alive(self) -> bool:
        return self._process.running and not self._session.broken

    async def invoke(self, invocation: Invocation) -> Answer:
        log, request_id = self._log, invocation.request_id
        log.begin()
        log.write(f"START RequestId: {request_id} Version: $LATEST")
        is_cold = not self._session.ready.is_set()
        answer, status = await self._loaded(invocation)
        begun = self._clock.time()
        if answer is None:
            answer, status = await self._handled(invocation)
        ended = self._clock.time()
        await self._quiet()
        if status == "timeout":
            log.write(f"{self._clock.now():%Y-%m-%dT%H:%M:%S.%f}"[:-3] + f"Z {request_id} {self._timed_out}")
        log.write(f"END RequestId: {request_id}")
        log.write(self._report(request_id, ended - begun, begun - self.started if is_cold else None, status))
        self.idle_since = ended
        return Answer(answer.payload, answer.failed, log.tail())

    async def end(self) -> None:
        """Kills the process if it still runs, and delivers its last lines."""
        self._process.kill()
        await self._ended
        await self._log.close()

    async def _loaded(self, invocation: Invocation) -> tuple[Answer | None, str]:
        """None once the function is loaded, or why it could not be, and the report's status."""
        if self._session.ready.is_set():
            return None, ""
        ready = asyncio.ensure_future(self._session.ready.wait())
        return await self._in_time(ready, INIT_SECONDS + self.function.timeout, invocation)

    async def _handled(self, invocation: Invocation) -> tuple[Answer, str]:
        deadline = self._clock.machine_time() + self.function.timeout
        given = self._session.give(invocation, int(deadline * 1000))
        failed, status = await self._in_time(given, self.function.timeout, invocation)
        return failed or given.result(), status

    async def _in_time(
        self, awaited: asyncio.Future[Any], seconds: float, invocation: Invocation
    ) -> tuple[Answer | None, str]:
        """None once ``awaited`` is done; or an error, and the status, if the process or the time ends first."""
        expiry = asyncio.create_task(self._clock.sleep(seconds))
        try:
            await asyncio.wait((awaited, self._ended, expiry), return_when=asyncio.FIRST_COMPLETED)
        finally:
            expiry.cancel()
        if awaited.done():
            return None, ""
        awaited.cancel()
        of = f"RequestId: {invocation.request_id} Error: "
        if self._ended.done():
            return self._session.init_error or failure("Runtime.ExitError", of + _exit(self._ended.result())), "error"
        self._process.kill()
        await self._ended
        return failure("Sandbox.Timedout", of + self._timed_out), "timeout"

    def _report(self, request_id: str, seconds: float, init_seconds: float | None, status: str) -> str:
        """https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html says the form; memory used is not known."""
        millis = seconds * 1000
        parts = [
            f"REPORT RequestId: {request_id}",
            f"Duration: {millis:.2f} ms",
            f"Billed Duration: {math.ceil(millis)} ms",
            f"Memory Size: {self.function.memory} MB",
        ]
        if init_seconds is not None:
            parts.append(f"Init Duration: {init_seconds * 1000:.2f} ms")
        if status:
            parts.append(f"Status: {status}")
        return "\t".join(parts) + "\t"

    @property
    def _timed_out(self) -> str:
        return f"Task timed out after {self.function.timeout:.2f} seconds"

    async def _quiet(self) -> None:
        """Waits until what the process printed has arrived: it lies in the pipe before the answer comes by HTTP."""
        quiet, written = 0, self._log.written
        while quiet < QUIET_TURNS:
            await asyncio.sleep(0)
            quiet = quiet + 1 if self._log.written == written else 0
            written = self._log.written


def _exit(outcome: Outcome) -> str:
    if outcome.ok:
        return "Runtime exited without providing a reason"
    how = f"exit status {outcome.exit_code}" if outcome.signal is None else f"signal: {outcome}"
    return f"Runtime exited with error: {how}"


async def start_worker(
    function: Function, session: Session, port: int, *, client: Sequence[str], credentials: Mapping[str, str],
    supervisor: Supervisor, call: Call, clock: Clock,
) -> Worker:  # fmt: skip
    """Starts a process for ``function`` that talks to ``session`` on ``port``."""
    stream = f"{clock.now():%Y/%m/%d}/[$LATEST]{secrets.token_hex(16)}"
    log = WorkerLog(LogStream(call, function.principal, function.log_group, stream, clock), clock)
    api = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}"}
    program = Program(
        name=f"lambda-{function.name}",
        command=[*client, function.handler],
        environment=function.environment(stream) | dict(credentials) | api,
        cwd=function.code,
    )
    process = await supervisor.start(program, stdout=log.line, stderr=log.line)
    return Worker(function, session, log, process, clock)
