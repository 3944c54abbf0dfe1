"""A platform that is killed between an alarm's state and its message sends the message when it is back."""

import asyncio
from typing import Any

from boathouse.call import Call, Params, Result
from boathouse.clock import Clock
from boathouse.context import Principal
from boathouse.lake.state import State
from boathouse.services.cloudwatch.evaluation import Verdict
from boathouse.services.cloudwatch.history import History
from boathouse.services.cloudwatch.notices import Notices
from boathouse.services.cloudwatch.store import Store
from boathouse.services.cloudwatch.watch import Watch

SCOPE = ("000000000000", "us-east-1")


class Platform:
    """What is left of one after another on the same state; ``asked`` are its calls."""

    def __init__(self, state: State) -> None:
        self.asked: list[tuple[str, Params]] = []
        clock, call = Clock(), Call()
        call.bind(self._answer)
        self.clock, self.store = clock, Store(state)
        history = History(state, clock)
        self.notices = Notices(state, call, history)
        self.watch = Watch(state, self.store, history, self.notices, call, clock)

    async def _answer(self, service: str, operation: str, params: Params, principal: Principal) -> Result:
        self.asked.append((operation, params))
        return {"Datapoints": []}


def alarm(clock: Clock) -> dict[str, Any]:
    return {
        "AlarmName": "a", "AlarmArn": "arn:a", "ActionsEnabled": True, "AlarmActions": ["arn:topic"], "OKActions": [],
        "InsufficientDataActions": [], "Dimensions": [], "MetricName": "m", "Namespace": "n", "Statistic": "Sum",
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "ignore", "StateValue": "OK", "StateReason": "", "StateUpdatedTimestamp": clock.now(),
        "AlarmConfigurationUpdatedTimestamp": clock.now(),
    }  # fmt: skip


def test_what_was_to_be_told_is_told_once() -> None:
    state = State()
    killed = Platform(state)
    killed.watch.turn(SCOPE, alarm(killed.clock), Verdict("ALARM", "it broke", "{}"))
    assert killed.asked == []

    async def next_platform() -> list[Params]:
        platform = Platform(state)
        await platform.notices.send()
        return [params for operation, params in platform.asked if operation == "Publish"]

    (told,) = asyncio.run(next_platform())
    assert (told["TopicArn"], told["Subject"]) == ("arn:topic", 'ALARM: "a" in us-east-1')
    assert asyncio.run(next_platform()) == []
