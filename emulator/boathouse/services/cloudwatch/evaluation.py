"""What state an alarm is in, given the values of its metric by period. Pure.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Alarm = Mapping[str, Any]
COMPARISONS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
GROWING = frozenset({"Maximum", "SampleCount", "Sum"})
"""Statistics that, of counts at least, only grow while a period lasts."""
SPARE = 2
"""How many periods more than it evaluates an alarm looks back for data, as in AWS's example."""
TREATED_AS = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


@dataclass(frozen=True, slots=True)
class Verdict:
    state: str
    reason: str
    data: str


def period_of(alarm: Alarm, moment: float) -> int:
    """The number of the period that a moment (seconds since the epoch) lies in."""
    return int(moment // int(alarm["Period"]))


def first_period(alarm: Alarm, now: float) -> int:
    """The oldest that is looked at."""
    return period_of(alarm, now) - int(alarm["EvaluationPeriods"]) - SPARE


def judge(alarm: Alarm, values: Mapping[int, float], now: float) -> Verdict | None:
    """``values``: the statistic by number of period, where there is data. None: the alarm stays as it is."""
    wanted, needed = int(alarm["EvaluationPeriods"]), int(alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]))
    found = _recent(alarm, values, now)[:wanted]
    missing, breaching = wanted - len(found), sum(_breaches(alarm, value) for _, value in found)
    treatment = alarm.get("TreatMissingData", "missing")
    if treatment == "breaching":
        breaching += missing
    elif treatment != "notBreaching" and missing and breaching < needed:
        if not found and treatment == "missing":
            reason = f"Insufficient Data: {_count(wanted, 'datapoint')} {_was(wanted)} unknown."
            return Verdict("INSUFFICIENT_DATA", reason, _data(alarm, found, now))
        # "Avoiding premature transitions to alarm state": all that is known breaches, and has for long enough.
        since = found[-1][0] if found else first_period(alarm, now)
        if breaching == len(found) and _newest(alarm, values, now) - since >= needed - 1:
            if treatment == "ignore":
                return None
            breaching = needed
    state = "ALARM" if breaching >= needed else "OK"
    return Verdict(state, _reason(alarm, found, missing, state, needed), _data(alarm, found, now))


def _recent(alarm: Alarm, values: Mapping[int, float], now: float) -> list[tuple[int, float]]:
    """Periods with data, the newest first."""
    newest, oldest = _newest(alarm, values, now), first_period(alarm, now)
    return [(period, values[period]) for period in range(newest, oldest - 1, -1) if period in values]


def _newest(alarm: Alarm, values: Mapping[int, float], now: float) -> int:
    """The last period that is over; the present one if nothing that comes can undo that it breaches."""
    present = period_of(alarm, now)
    grows = alarm.get("Statistic") in GROWING and alarm["ComparisonOperator"].startswith("Greater")
    return present if grows and present in values and _breaches(alarm, values[present]) else present - 1


def _breaches(alarm: Alarm, value: float) -> bool:
    compare, _ = COMPARISONS[alarm["ComparisonOperator"]]
    return compare(value, float(alarm["Threshold"]))


def _reason(alarm: Alarm, found: Sequence[tuple[int, float]], missing: int, state: str, needed: int) -> str:
    """In AWS's words."""
    treatment = TREATED_AS.get(alarm.get("TreatMissingData", "missing"))
    filled = f"{_count(missing, 'missing datapoint')} {_was(missing)} treated as [{treatment}]"
    if not found:
        return f"Threshold Crossed: no datapoints were received for {_count(missing, 'period')} and {filled}."
    told = [(period, value) for period, value in found if _breaches(alarm, value) == (state == "ALARM")] or found
    listed = ", ".join(f"{value} ({_moment(alarm, period):%d/%m/%y %H:%M:%S})" for period, value in told)
    _, words = COMPARISONS[alarm["ComparisonOperator"]]
    against = f"{words} the threshold ({float(alarm['Threshold'])})"
    if state == "ALARM":
        change = f"(minimum {_count(needed, 'datapoint')} for OK -> ALARM transition)"
        some = f"{len(told)} out of the last {len(found)} datapoints [{listed}] {_was(len(told))}"
        return f"Threshold Crossed: {some} {against} {change}."
    return f"Threshold Crossed: {_count(len(told), 'datapoint')} [{listed}] {_was(len(told))} not {against}."


def _data(alarm: Alarm, found: Sequence[tuple[int, float]], now: float) -> str:
    data: dict[str, Any] = {"version": "1.0", "queryDate": _written(datetime.fromtimestamp(now, UTC))}
    if found:
        data["startDate"] = _written(_moment(alarm, found[-1][0]))
    statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
    values = [value for _, value in reversed(found)]
    shared = {"period": alarm["Period"], "recentDatapoints": values, "threshold": float(alarm["Threshold"])}
    return json.dumps(data | {"statistic": statistic} | shared)


def _moment(alarm: Alarm, period: int) -> datetime:
    return datetime.fromtimestamp(period * int(alarm["Period"]), UTC)


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
