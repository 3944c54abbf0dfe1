"""What happened to alarms: DescribeAlarmHistory. Kept for 30 days, as AWS does."""

import json
from datetime import timedelta
from itertools import count
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context, Scope
from boathouse.lake.state import State
from boathouse.service import Request, Response, operation
from boathouse.services.cloudwatch.pages import page

KEPT = timedelta(days=30)


class History:
    def __init__(self, state: State, clock: Clock) -> None:
        self._items = state.collection("cloudwatch_alarm_history")
        self._clock = clock
        self._count = count()

    def note(self, scope: Scope, alarm: str, kind: str, summary: str, data: dict[str, Any] | None = None) -> None:
        """``kind`` is ConfigurationUpdate, StateUpdate or Action."""
        item = {
            "AlarmName": alarm,
            "AlarmType": "MetricAlarm",
            "Timestamp": self._clock.now(),
            "HistoryItemType": kind,
            "HistorySummary": summary,
            "HistoryData": json.dumps({"version": "1.0", **(data or {})}, default=str),
        }
        # What happens within one microsecond keeps its order by the count.
        self._items.put(scope, f"{self._clock.millis() * 1000:020d}-{next(self._count):09d}", item)

    @operation("DescribeAlarmHistory")
    async def describe_alarm_history(self, context: Context, request: Request) -> Response:
        found = [item for item in self._kept(context.scope) if _fits(item, request)]
        if request.get("ScanBy") != "TimestampAscending":
            found.reverse()
        return page(found, request, "AlarmHistoryItems")

    def _kept(self, scope: Scope) -> list[dict[str, Any]]:
        oldest, kept = self._clock.now() - KEPT, []
        for key, item in self._items.items(scope):
            if item["Timestamp"] < oldest:
                self._items.delete(scope, key)
            else:
                kept.append(item)
        return kept


def _fits(item: dict[str, Any], request: Request) -> bool:
    return (
        request.get("AlarmName") in (None, item["AlarmName"])
        and request.get("HistoryItemType") in (None, item["HistoryItemType"])
        and item["AlarmType"] in (request.get("AlarmTypes") or [item["AlarmType"]])
        and ("StartDate" not in request or item["Timestamp"] >= request["StartDate"])
        and ("EndDate" not in request or item["Timestamp"] <= request["EndDate"])
    )
