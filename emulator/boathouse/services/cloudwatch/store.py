"""Alarms by account, region and name: as DescribeAlarms answers them, tags beside."""

from typing import Any

from boathouse.context import Scope
from boathouse.lake.state import State

Alarm = dict[str, Any]
TAGS = "Tags"
"""Kept with an alarm, and not part of what DescribeAlarms shows."""


class Store:
    def __init__(self, state: State) -> None:
        self._alarms = state.collection("cloudwatch_alarms")

    def get(self, scope: Scope, name: str) -> Alarm | None:
        return self._alarms.get(scope, name)

    def put(self, scope: Scope, alarm: Alarm) -> None:
        self._alarms.put(scope, alarm["AlarmName"], alarm)

    def delete(self, scope: Scope, name: str) -> None:
        self._alarms.delete(scope, name)

    def of(self, scope: Scope) -> list[Alarm]:
        """In the order of their names."""
        return [alarm for _, alarm in self._alarms.items(scope)]

    def all(self) -> list[tuple[Scope, Alarm]]:
        return [(scope, alarm) for scope, _, alarm in self._alarms.all()]


def shown(alarm: Alarm) -> Alarm:
    return {name: value for name, value in alarm.items() if name != TAGS}
