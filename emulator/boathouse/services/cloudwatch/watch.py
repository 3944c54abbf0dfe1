"""Looks at alarms: as soon as data was put, and as each period ends. What changes is on disk before anybody is told."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Scope, root_of
from boathouse.errors import AwsError
from boathouse.lake.state import State
from boathouse.services.cloudwatch.evaluation import Verdict, first_period, judge, period_of
from boathouse.services.cloudwatch.history import History
from boathouse.services.cloudwatch.notices import Notices
from boathouse.services.cloudwatch.store import Alarm, Store
from boathouse.tasks import Tasks

PAUSE = 0.2
"""Seconds between two looks, however much data is put."""


class Watch:
    def __init__(
        self, state: State, store: Store, history: History, notices: Notices, call: Call, clock: Clock
    ) -> None:
        self._state = state
        self._store = store
        self._history = history
        self._notices = notices
        self._call = call
        self._clock = clock
        self._asked = asyncio.Event()
        self._troubles: dict[str, str] = {}
        self._tasks = Tasks(self._ended)

    async def start(self) -> None:
        self._tasks.spawn(self._run(), "watch over CloudWatch alarms")

    async def stop(self) -> None:
        await self._tasks.cancel()

    async def reset(self) -> None:
        self._troubles.clear()

    def _ended(self, error: BaseException) -> None:
        """A fault of ours must not leave alarms unwatched without a word."""
        self._troubles["alarms"] = f"nobody watches them any more ({error!r}); start Boathouse again"

    def troubles(self) -> dict[str, str]:
        return dict(self._troubles)

    def soon(self) -> None:
        self._asked.set()

    def turn(self, scope: Scope, alarm: Alarm, verdict: Verdict) -> None:
        """The alarm is in another state from now on; whoever is to be told will be."""
        old, now = alarm["StateValue"], self._clock.now()
        alarm |= {"StateValue": verdict.state, "StateReason": verdict.reason, "StateReasonData": verdict.data}
        alarm |= {"StateUpdatedTimestamp": now, "StateTransitionedTimestamp": now}
        with self._state.transaction():
            self._store.put(scope, alarm)
            self._notices.keep(scope, alarm, old)
            states = {"oldState": {"stateValue": old}, "newState": {"stateValue": verdict.state}}
            states["newState"]["stateReason"] = verdict.reason
            self._history.note(
                scope, alarm["AlarmName"], "StateUpdate", f"Alarm updated from {old} to {verdict.state}", states
            )
        self.soon()

    async def _run(self) -> None:
        await self._notices.send()
        while True:
            self._asked.clear()
            for scope, alarm in self._store.all():
                await self._look(scope, alarm["AlarmName"])
            await self._notices.send()
            await self._clock.sleep(PAUSE)
            await self._wait()

    async def _wait(self) -> None:
        """Until there is data, or the next period of an alarm begins."""
        now = self._clock.time()
        ends = [(period_of(alarm, now) + 1) * alarm["Period"] - now for _, alarm in self._store.all()]
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._asked.wait())]
        if ends:
            waits.append(asyncio.create_task(self._clock.sleep(min(ends))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in waits:
                waiting.cancel()

    async def _look(self, scope: Scope, name: str) -> None:
        before = self._store.get(scope, name)
        if before is None:
            return
        now = self._clock.time()
        try:
            values = await self._values(scope, before, now)
        except AwsError as error:
            self._troubles[before["AlarmArn"]] = f"its metric cannot be read: {error.message}"
            return
        self._troubles.pop(before["AlarmArn"], None)
        alarm, verdict = self._store.get(scope, name), judge(before, values, now)
        changed = "AlarmConfigurationUpdatedTimestamp"  # meanwhile somebody may have changed it, or taken it away
        if alarm is None or verdict is None or alarm[changed] != before[changed]:
            return
        if verdict.state != alarm["StateValue"]:
            self.turn(scope, alarm, verdict)

    async def _values(self, scope: Scope, alarm: Alarm, now: float) -> dict[int, float]:
        """The statistic by number of period."""
        period, statistic = alarm["Period"], alarm.get("Statistic")
        asked: dict[str, Any] = {
            "Namespace": alarm["Namespace"],
            "MetricName": alarm["MetricName"],
            "Dimensions": alarm["Dimensions"],
            "StartTime": datetime.fromtimestamp(first_period(alarm, now) * period, UTC),
            "EndTime": datetime.fromtimestamp((period_of(alarm, now) + 1) * period, UTC),
            "Period": period,
        }
        asked |= {"Statistics": [statistic]} if statistic else {"ExtendedStatistics": [alarm["ExtendedStatistic"]]}
        if "Unit" in alarm:
            asked["Unit"] = alarm["Unit"]
        answer = await self._call("cloudwatch", "GetMetricStatistics", asked, as_=root_of(*scope))
        points = ((point["Timestamp"].timestamp(), _value(point, alarm)) for point in answer.get("Datapoints", []))
        return {period_of(alarm, moment): value for moment, value in points if value is not None}


def _value(point: dict[str, Any], alarm: Alarm) -> float | None:
    """None where there is no percentile of such data."""
    if "Statistic" in alarm:
        return float(point[alarm["Statistic"]])
    found = point.get("ExtendedStatistics", {}).get(alarm["ExtendedStatistic"])
    return None if found is None else float(found)
