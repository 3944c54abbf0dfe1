"""Alarms on one metric: put, described, switched, deleted. What becomes of them is watch.py's."""

import json
from collections.abc import Iterable
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context
from boathouse.errors import AwsError, Unsupported
from boathouse.service import Request, Response, operation
from boathouse.services.cloudwatch.evaluation import COMPARISONS, Verdict
from boathouse.services.cloudwatch.history import History
from boathouse.services.cloudwatch.notices import ACTIONS
from boathouse.services.cloudwatch.pages import page
from boathouse.services.cloudwatch.store import TAGS, Alarm, Store, shown
from boathouse.services.cloudwatch.watch import Watch

SETTINGS = (
    "AlarmDescription", "ComparisonOperator", "DatapointsToAlarm", "EvaluationPeriods", "ExtendedStatistic",
    "MetricName", "Namespace", "Period", "Statistic", "Threshold", "TreatMissingData", "Unit",
)  # fmt: skip
BEYOND = (
    "EvaluateLowSampleCountPercentile", "EvaluationCriteria", "EvaluationInterval", "EvaluationWindow", "Metrics",
    "ThresholdMetricId", "WarmUpConfiguration",
)  # fmt: skip
NEEDED = ("ComparisonOperator", "EvaluationPeriods", "MetricName", "Namespace", "Period", "Threshold")
TREATMENTS = frozenset({"missing", "ignore", "breaching", "notBreaching"})
SHORT_PERIODS = frozenset({10, 20, 30})


class Alarms:
    def __init__(self, store: Store, history: History, watch: Watch, clock: Clock) -> None:
        self._store = store
        self._history = history
        self._watch = watch
        self._clock = clock

    @operation("PutMetricAlarm")
    async def put_metric_alarm(self, context: Context, request: Request) -> None:
        _check(request)
        name, now = request["AlarmName"], self._clock.now()
        found = self._store.get(context.scope, name)
        alarm = {
            "AlarmName": name,
            "AlarmArn": context.arn(f"alarm:{name}"),
            "ActionsEnabled": request.get("ActionsEnabled", True),
            **{member: request.get(member) or [] for member in ACTIONS.values()},
            "Dimensions": request.get("Dimensions") or [],
            **{member: request[member] for member in SETTINGS if member in request},
            "AlarmConfigurationUpdatedTimestamp": now,
            **(_state(found) if found is not None else _new(request, now)),
        }
        self._store.put(context.scope, alarm)
        verb = "updated" if found is not None else "created"
        self._history.note(context.scope, name, "ConfigurationUpdate", f'Alarm "{name}" {verb}', {"type": verb.title()})
        self._watch.soon()

    @operation("DescribeAlarms")
    async def describe_alarms(self, context: Context, request: Request) -> Response:
        for member in ("ChildrenOfAlarmName", "ParentsOfAlarmName"):
            if request.get(member):
                raise Unsupported(f"DescribeAlarms with {member}")
        alarms = self._store.of(context.scope) if _asks_for_metric_alarms(request) else []
        found = [shown(alarm) for alarm in alarms if _fits(alarm, request)]
        return page(found, request, "MetricAlarms") | {"CompositeAlarms": []}

    @operation("DescribeAlarmsForMetric")
    async def describe_alarms_for_metric(self, context: Context, request: Request) -> Response:
        asked = {name: value for name, value in request.items() if name != "Dimensions"}
        dimensions = _pairs(request.get("Dimensions") or [])
        alarms = self._store.of(context.scope)
        found = [
            shown(alarm)
            for alarm in alarms
            if _pairs(alarm["Dimensions"]) == dimensions and asked.items() <= alarm.items()
        ]
        return {"MetricAlarms": found}

    @operation("DeleteAlarms")
    async def delete_alarms(self, context: Context, request: Request) -> None:
        """Those that are not there are passed over, unless it is the only one."""
        names = request["AlarmNames"]
        if len(names) == 1:
            self._get(context, names[0])
        for name in names:
            if self._store.get(context.scope, name) is not None:
                self._store.delete(context.scope, name)
                self._history.note(context.scope, name, "ConfigurationUpdate", f'Alarm "{name}" deleted')

    @operation("EnableAlarmActions")
    async def enable_alarm_actions(self, context: Context, request: Request) -> None:
        self._switch(context, request["AlarmNames"], on=True)

    @operation("DisableAlarmActions")
    async def disable_alarm_actions(self, context: Context, request: Request) -> None:
        self._switch(context, request["AlarmNames"], on=False)

    @operation("SetAlarmState")
    async def set_alarm_state(self, context: Context, request: Request) -> None:
        """Until the alarm is looked at again."""
        data = request.get("StateReasonData", "")
        if data and not _is_json(data):
            raise AwsError("InvalidFormat", "StateReasonData was not valid JSON")
        alarm = self._get(context, request["AlarmName"])
        if alarm["StateValue"] != request["StateValue"]:
            self._watch.turn(context.scope, alarm, Verdict(request["StateValue"], request["StateReason"], data))

    def _get(self, context: Context, name: str) -> Alarm:
        alarm = self._store.get(context.scope, name)
        if alarm is None:
            raise AwsError("ResourceNotFound", f"Alarm {name} does not exist")
        return alarm

    def _switch(self, context: Context, names: Iterable[str], *, on: bool) -> None:
        for name in names:
            if (alarm := self._store.get(context.scope, name)) is not None:
                self._store.put(context.scope, alarm | {"ActionsEnabled": on})


def _check(request: Request) -> None:
    """Refuses, by name, what is not done here, and in AWS's way what no alarm can be."""
    for member in BEYOND:
        if request.get(member):
            raise Unsupported(f"PutMetricAlarm with {member}")
    if absent := [member for member in NEEDED if member not in request]:
        raise _invalid(f"The parameter {absent[0]} is required.")
    if request["ComparisonOperator"] not in COMPARISONS:
        raise Unsupported(f"an alarm by {request['ComparisonOperator']}")
    for member in ACTIONS.values():
        for action in request.get(member) or []:
            if not action.startswith("arn:aws:sns:"):
                raise Unsupported(f"the alarm action {action}", "an SNS topic can be told")
    if ("Statistic" in request) == ("ExtendedStatistic" in request):
        raise _invalid("Exactly one of the parameters Statistic and ExtendedStatistic must be specified.")
    if request["Period"] not in SHORT_PERIODS and request["Period"] % 60:
        raise _invalid("Period must be 10, 20, 30 or a multiple of 60")
    if request.get("DatapointsToAlarm", 1) > request["EvaluationPeriods"]:
        raise _invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    if request.get("TreatMissingData", "missing") not in TREATMENTS:
        raise _invalid(f"Option {request['TreatMissingData']} is not supported for TreatMissingData parameter.")


def _state(found: Alarm) -> dict[str, Any]:
    """What a changed alarm keeps. Its tags are not changed by PutMetricAlarm."""
    return {name: value for name, value in found.items() if name.startswith("State") or name == TAGS}


def _new(request: Request, now: Any) -> dict[str, Any]:
    return {
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": now,
        "StateTransitionedTimestamp": now,
        TAGS: {tag["Key"]: tag["Value"] for tag in request.get("Tags") or []},
    }


def _asks_for_metric_alarms(request: Request) -> bool:
    return "MetricAlarm" in (request.get("AlarmTypes") or ["MetricAlarm"])


def _fits(alarm: Alarm, request: Request) -> bool:
    actions = [action for member in ACTIONS.values() for action in alarm[member]]
    prefix = request.get("ActionPrefix", "")
    return (
        alarm["AlarmName"] in (request.get("AlarmNames") or [alarm["AlarmName"]])
        and alarm["AlarmName"].startswith(request.get("AlarmNamePrefix", ""))
        and request.get("StateValue") in (None, alarm["StateValue"])
        and (not prefix or any(action.startswith(prefix) for action in actions))
    )


def _pairs(dimensions: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(dimension["Name"], dimension["Value"]) for dimension in dimensions}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)
