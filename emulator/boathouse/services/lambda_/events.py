"""Asynchronous invocations: on disk before they are acknowledged, tried up to three times, gone when they are done."""

import asyncio
import logging

from boathouse.clock import Clock
from boathouse.context import Scope
from boathouse.lake.state import State
from boathouse.services.lambda_.runner import Runner
from boathouse.services.lambda_.store import Store, StoredFunction
from boathouse.tasks import Tasks
from boathouse.workers.lambda_ import Invocation

log = logging.getLogger(__name__)

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html: one minute, then two
WAITS = (60.0, 120.0)


class Events:
    def __init__(self, state: State, clock: Clock, store: Store, runner: Runner) -> None:
        self._events = state.collection("lambda_events")
        self._clock = clock
        self._store = store
        self._runner = runner
        self._tasks = Tasks()

    async def start(self) -> None:
        """Goes on with what an earlier run of the platform acknowledged."""
        for scope, request_id, event in self._events.all():
            self._begin(scope, event["function"], event["attempts"], Invocation(request_id, event["payload"]))

    async def stop(self) -> None:
        await self._tasks.cancel()

    async def reset(self) -> None:
        await self._tasks.cancel()

    def accept(self, scope: Scope, function: str, invocation: Invocation) -> None:
        self._keep(scope, function, 0, invocation)
        self._begin(scope, function, 0, invocation)

    def _keep(self, scope: Scope, function: str, attempts: int, invocation: Invocation) -> None:
        event = {"function": function, "attempts": attempts, "payload": invocation.payload}
        self._events.put(scope, invocation.request_id, event)

    def _begin(self, scope: Scope, function: str, attempts: int, invocation: Invocation) -> None:
        self._tasks.spawn(self._run(scope, function, attempts, invocation), f"asynchronous invocation of {function}")

    async def _run(self, scope: Scope, name: str, attempts: int, invocation: Invocation) -> None:
        while (function := self._store.get(scope, name)) is not None:
            attempts += 1
            if await self._succeeds(scope, function, invocation):
                break
            if attempts > len(WAITS):
                log.warning("an event for the function %s failed %d times and is given up", name, attempts)
                break
            self._keep(scope, name, attempts, invocation)
            await self._clock.sleep(self._clock.hurried(WAITS[attempts - 1]))
        self._events.delete(scope, invocation.request_id)

    async def _succeeds(self, scope: Scope, function: StoredFunction, invocation: Invocation) -> bool:
        """An error of ours counts as one of the function's: the event is tried again, not left lying."""
        invoked = self._runner.invoke(scope, function, invocation)
        (answer,) = await asyncio.gather(invoked, return_exceptions=True)
        if isinstance(answer, BaseException):
            log.error("an event for the function %s was not brought to it", function.name, exc_info=answer)
            return False
        return not answer.failed
