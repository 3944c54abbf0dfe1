"""What becomes of an asynchronous event when the platform itself fails to bring it to its function."""

import asyncio
from typing import Any, cast

from boathouse.clock import Clock
from boathouse.lake.state import State
from boathouse.services.lambda_.events import Events
from boathouse.services.lambda_.runner import Runner
from boathouse.services.lambda_.store import Store, StoredFunction
from boathouse.workers.lambda_ import Answer, Invocation

SCOPE = ("000000000000", "us-east-1")
HURRY = 60_000


class Faulty:
    """A runner that fails ``times``; ``done`` is set by the last attempt that matters."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.attempts = 0
        self.done = asyncio.Event()

    async def invoke(self, *_: Any) -> Answer:
        self.attempts += 1
        if self.attempts >= min(3, self.times + 1):
            self.done.set()
        if self.attempts <= self.times:
            raise OSError("no room")
        return Answer(b"null")


def attempts(times: int) -> tuple[int, list[Any]]:
    """How often a runner was asked that fails ``times``, and the events that are left."""

    async def scenario() -> tuple[int, list[Any]]:
        state, clock, runner = State(), Clock(HURRY), Faulty(times)
        store = Store(state, clock)
        store.put(SCOPE, StoredFunction({"FunctionName": "f", "FunctionArn": "arn:f"}, "package"))
        events = Events(state, clock, store, cast(Runner, runner))
        events.accept(SCOPE, "f", Invocation("id", b"{}"))
        await asyncio.wait_for(runner.done.wait(), 10)
        left = state.collection("lambda_events")
        while left.all() and runner.attempts < 4:  # noqa: ASYNC110 - the only sign of its end
            await asyncio.sleep(0)
        await events.stop()
        return runner.attempts, left.all()

    return asyncio.run(scenario())


def test_an_event_is_tried_again_after_a_fault_of_ours() -> None:
    assert attempts(2) == (3, [])


def test_an_event_is_given_up_in_the_end() -> None:
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html): two retries
    assert attempts(5) == (3, [])
