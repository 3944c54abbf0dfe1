"""The warm processes of all functions: an invocation takes an idle one or starts another, up to a limit a function."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Scope
from boathouse.tasks import Tasks
from boathouse.workers.lambda_.function import Answer, Function, Invocation, Keys
from boathouse.workers.lambda_.runtime_api import RuntimeApi
from boathouse.workers.lambda_.worker import Worker, start_worker
from boathouse.workers.supervisor import Supervisor

AWS_CLIENT: Sequence[str] = (sys.executable, "-m", "awslambdaric")
OWN_CLIENT: Sequence[str] = (sys.executable, str(Path(__file__).parents[1] / "payload" / "lambda_runtime.py"))

IDLE_SECONDS = 600.0
LIFE_SECONDS = 6 * 3600.0
KEY_SECONDS = 2 * LIFE_SECONDS


@dataclass(slots=True)
class Group:
    """One function's workers; ``turn`` bounds how many of them there are."""

    turn: asyncio.Semaphore
    revision: str
    idle: list[Worker] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Held:
    """What goes with a worker and must be given back."""

    port: int
    credentials: Mapping[str, str]


class Pool:
    """``limit`` invocations of a function run at a time, and more wait for their turn; AWS would refuse them only at
    a thousand. ``client`` is the command of the runtime client, AWS's own where it is installed."""

    def __init__(
        self, supervisor: Supervisor, call: Call, clock: Clock, keys: Keys,
        *, client: Sequence[str] | None = None, limit: int | None = None,
    ) -> None:  # fmt: skip
        self._supervisor = supervisor
        self._call = call
        self._clock = clock
        self._keys = keys
        self._client = client or (AWS_CLIENT if find_spec("awslambdaric") else OWN_CLIENT)
        self._limit = limit or max(2, os.cpu_count() or 2)
        self._api = RuntimeApi()
        self._groups: dict[tuple[Scope, str], Group] = {}
        self._workers: dict[Worker, Held] = {}
        self._tasks = Tasks()

    async def start(self) -> None:
        await self._api.start()
        self._tasks.spawn(self._retire(), "retire idle lambda workers")

    async def stop(self) -> None:
        await self._tasks.cancel()
        await self.forget_all()
        await self._api.stop()

    async def invoke(self, function: Function, invocation: Invocation) -> Answer:
        group = self._groups.setdefault(function.key, Group(asyncio.Semaphore(self._limit), function.revision))
        group.revision = function.revision
        async with group.turn:
            worker = await self._idle(group) or await self._start(function)
            try:
                return await worker.invoke(invocation)
            finally:
                if self._is_useful(worker) and self._groups.get(function.key) is group:
                    group.idle.append(worker)
                else:
                    await self._end(worker)

    async def forget(self, key: tuple[Scope, str]) -> None:
        """Ends a function's idle workers, and those at work when they have done it."""
        group = self._groups.pop(key, None)
        if group is not None:
            await asyncio.gather(*(self._end(worker) for worker in group.idle))

    async def forget_all(self) -> None:
        self._groups.clear()
        await asyncio.gather(*(self._end(worker) for worker in list(self._workers)))

    def _is_useful(self, worker: Worker) -> bool:
        group = self._groups.get(worker.function.key)
        is_current = group is not None and group.revision == worker.function.revision
        return is_current and worker.alive and self._clock.time() - worker.started < LIFE_SECONDS

    async def _idle(self, group: Group) -> Worker | None:
        while group.idle:
            worker = group.idle.pop()
            if self._is_useful(worker):
                return worker
            await self._end(worker)
        return None

    async def _start(self, function: Function) -> Worker:
        session, port = await self._api.open(function)
        credentials = self._keys.issue(function.principal)
        try:
            worker = await start_worker(
                function, session, port, client=self._client, credentials=credentials,
                supervisor=self._supervisor, call=self._call, clock=self._clock,
            )  # fmt: skip
        except BaseException:
            await self._api.close(port)
            self._keys.withdraw(credentials)
            raise
        self._workers[worker] = Held(port, credentials)
        return worker

    async def _end(self, worker: Worker) -> None:
        held = self._workers.pop(worker, None)
        if held is None:  # somebody else is at it
            return
        await worker.end()
        await self._api.close(held.port)
        self._keys.withdraw(held.credentials)

    async def _retire(self) -> None:
        while True:
            await self._clock.sleep(IDLE_SECONDS / 10)
            before = self._clock.time() - IDLE_SECONDS
            for group in list(self._groups.values()):
                old = [worker for worker in group.idle if worker.idle_since < before]
                group.idle = [worker for worker in group.idle if worker not in old]
                await asyncio.gather(*(self._end(worker) for worker in old))
