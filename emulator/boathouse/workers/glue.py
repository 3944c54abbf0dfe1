"""Warm Spark sessions, and the runs that use them up. It knows nothing of Glue's jobs, only of scripts to run.

A worker starts Spark, says that it is ready, serves exactly one run and ends: so runs see nothing of each other. With
no worker waiting a run starts one of its own, the same way. payload/glue_bootstrap.py is the other side.
"""

import asyncio
import json
import logging
import secrets
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boathouse.errors import StartError
from boathouse.tasks import Tasks
from boathouse.workers import archive, jars
from boathouse.workers.java import PAYLOAD, driver_command
from boathouse.workers.spark import driver_environment, driver_settings
from boathouse.workers.supervisor import Outcome, Process, Program, Sink, Supervisor

log = logging.getLogger(__name__)
KEPT_LINES = 20  # of what a worker said before its run, to explain why it did not start


@dataclass(frozen=True, slots=True)
class Script:
    """A run: ``path`` is the script's file, ``python_path`` goes before the rest of sys.path, ``cwd`` must exist.

    ``timeout`` is in seconds from the moment that it has a worker.
    """

    name: str
    path: Path
    cwd: Path
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    python_path: Sequence[str] = ()
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended; ``failure`` is the Python error that the script let out."""

    outcome: Outcome
    failure: str | None


class Worker:
    """One process with a Spark in it. What it prints before its run goes to our own log.

    Word that it is ready comes by another way than what it printed until then, and may come sooner: so the last line
    on either stream is a mark, and without both it is not warm.
    """

    def __init__(self) -> None:
        self._mark = secrets.token_hex(16)
        self._awaited = {"ready", "stdout", "stderr"}
        self._settled = asyncio.Event()  # it is warm, or will never be
        self._said: deque[str] = deque(maxlen=KEPT_LINES)
        self._process: Process | None = None
        self._outputs: tuple[Sink, Sink] | None = None
        self._started: Callable[[], None] | None = None
        self._failure: str | None = None

    @property
    def warm(self) -> bool:
        return not self._awaited

    async def live(self, supervisor: Supervisor) -> None:
        """Starts and stays until it has ended. Raises StartError if it never became warm."""
        try:
            command = await asyncio.to_thread(_driver)
            program = Program("glue", [sys.executable, str(PAYLOAD / "glue_bootstrap.py")], driver_environment())
            self._process = await supervisor.start(
                program, stdout=self._stdout, stderr=self._stderr, channel=self._hear
            )
            self._process.send(json.dumps({"command": command, "mark": self._mark}))
            outcome = await self._process.wait()
        finally:
            self._settled.set()
        if not self.warm:
            raise StartError(f"Spark did not start ({outcome}). It said:\n" + "\n".join(self._said))

    async def settled(self) -> bool:
        """Waits until it is warm, or will never be; which of the two."""
        await self._settled.wait()
        return self.warm

    async def run(self, script: Script, stdout: Sink, stderr: Sink, started: Callable[[], None]) -> Ended:
        """Becomes the run. Cancelled, it kills all of it and returns only when nothing is left."""
        if self._process is None:
            raise RuntimeError("a worker that was never started cannot run")
        self._outputs = stdout, stderr
        self._started = started
        self._process.send(_as_message(script))
        try:
            return Ended(await self._process.wait(script.timeout), self._failure)
        except asyncio.CancelledError:
            self._process.kill()
            await self._process.wait()
            raise

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    async def _hear(self, line: str) -> None:
        message: dict[str, Any] = json.loads(line)
        if message.get("ready"):
            self._has("ready")
        elif message.get("started") and self._started is not None:
            self._started()
        elif "failure" in message:
            self._failure = message["failure"]

    def _has(self, what: str) -> None:
        self._awaited.discard(what)
        if self.warm:
            self._settled.set()

    async def _stdout(self, line: str) -> None:
        await self._say(0, line)

    async def _stderr(self, line: str) -> None:
        await self._say(1, line)

    async def _say(self, number: int, line: str) -> None:
        if self._outputs is not None:
            await self._outputs[number](line)
            return
        if line.endswith(self._mark):
            self._has(("stdout", "stderr")[number])
            return
        self._said.append(line)
        log.debug("glue worker: %s", line)


def _driver() -> list[str]:
    """Reads the jars, to check them: some milliseconds. Raises StartError where they, Spark or Java are missing."""
    return driver_command(jars.require(), driver_settings(), archive.options())


def _as_message(script: Script) -> str:
    return json.dumps(
        {
            "script": str(script.path),
            "cwd": str(script.cwd),
            "arguments": list(script.arguments),
            "environment": dict(script.environment),
            "properties": dict(script.properties),
            "path": list(script.python_path),
        }
    )


class Pool:
    """``size`` workers kept warm, 0 for none; with ``refill`` off one that was used is not replaced.

    A replacement starts when no run is going, so that it does not take the run's processors.
    """

    def __init__(self, supervisor: Supervisor, size: int, *, refill: bool) -> None:
        self.size = size
        self.problem: str | None = None
        self._supervisor = supervisor
        self._refill = refill
        self._waiting: list[Worker] = []
        self._going = 0
        self._tasks = Tasks()

    @property
    def ready(self) -> int:
        """How many workers wait warm: the next run on one reaches its script at once."""
        return sum(worker.warm for worker in self._waiting)

    def health(self) -> dict[str, Any]:
        """``ready`` of ``size`` workers wait warm; ``problem`` says why Spark did not start, the last time."""
        return {"ready": self.ready, "size": self.size, **({"problem": self.problem} if self.problem else {})}

    def fill(self) -> None:
        """Starts what is missing of the pool, in the background."""
        while len(self._waiting) < self.size:
            self._waiting.append(self._new())

    async def run(self, script: Script, stdout: Sink, stderr: Sink, started: Callable[[], None]) -> Ended:
        """Runs on a worker that waits, or on a new one. Raises StartError where no Spark can be had."""
        self._going += 1
        try:
            worker = await self._take()
            return await worker.run(script, stdout, stderr, started)
        finally:
            self._going -= 1
            if self._refill and self._going == 0:
                self.fill()

    async def stop(self) -> None:
        self._refill = False
        for worker in self._waiting:
            worker.kill()
        self._waiting.clear()
        await self._tasks.cancel()

    async def _take(self) -> Worker:
        """A warm one if there is, else the one that has been starting longest, else a new one."""
        warm = next((worker for worker in self._waiting if worker.warm), None)
        worker = warm or (self._waiting[0] if self._waiting else self._new())
        if worker in self._waiting:
            self._waiting.remove(worker)
        try:
            if not await worker.settled():
                raise StartError(self.problem or "Spark did not start")
        except asyncio.CancelledError:
            self._give_back(worker)
            raise
        return worker

    def _give_back(self, worker: Worker) -> None:
        if len(self._waiting) < self.size:
            self._waiting.append(worker)
        else:
            worker.kill()

    def _new(self) -> Worker:
        worker = Worker()
        self._tasks.spawn(self._live(worker), "glue worker")
        return worker

    async def _live(self, worker: Worker) -> None:
        try:
            await worker.live(self._supervisor)
        except StartError as error:
            self.problem = str(error)
            log.warning("%s", error)
        else:
            self.problem = None
        finally:
            if worker in self._waiting:  # it ended without having been used; the next run starts another
                self._waiting.remove(worker)
