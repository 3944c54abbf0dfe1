"""An alarm's state, from AWS's own tables of missing data, and from periods that are not over."""

import json
from typing import Any

import pytest

from boathouse.services.cloudwatch.evaluation import judge

PERIOD = 60
NOW = 1_700_000_040.0  # in the middle of a period


def alarm(**more: Any) -> dict[str, Any]:
    return {
        "Period": PERIOD, "EvaluationPeriods": 3, "Statistic": "Average", "Threshold": 0.5,
        "ComparisonOperator": "GreaterThanThreshold", **more,
    }  # fmt: skip


def periods(points: str) -> dict[int, float]:
    """The most recent periods that are over, the oldest first: X breaches, 0 does not, - is missing."""
    last = int(NOW // PERIOD) - 1
    found = {last - age: point for age, point in enumerate(reversed(points.split()))}
    return {period: float(point == "X") for period, point in found.items() if point != "-"}


def state(points: str, **more: Any) -> str | None:
    verdict = judge(alarm(**more), periods(points), NOW)
    return None if verdict is None else verdict.state


UNKNOWN = "INSUFFICIENT_DATA"
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


@pytest.mark.parametrize(
    ("points", "states"),
    [
        # documented(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html)
        ("0 - X - X", ("OK", "OK", "OK", "OK")),
        ("- - - - 0", ("OK", "OK", "OK", "OK")),
        ("- - - - -", (UNKNOWN, None, "ALARM", "OK")),
        ("0 X X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("- - X - -", ("ALARM", None, "ALARM", "OK")),
    ],
)
def test_three_of_three_with_missing_data(points: str, states: tuple[str | None, ...]) -> None:
    assert tuple(state(points, TreatMissingData=treatment) for treatment in TREATMENTS) == states


@pytest.mark.parametrize(
    ("points", "states"),
    [
        # documented(as above): two out of three
        ("0 - X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("0 0 X 0 X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        ("0 - X - -", ("OK", "OK", "ALARM", "OK")),
        ("- - - - 0", ("OK", "OK", "ALARM", "OK")),
        ("- - - X -", ("ALARM", None, "ALARM", "OK")),
    ],
)
def test_two_of_three_with_missing_data(points: str, states: tuple[str | None, ...]) -> None:
    found = tuple(state(points, TreatMissingData=treatment, DatapointsToAlarm=2) for treatment in TREATMENTS)
    assert found == states


def test_missing_is_what_an_alarm_says_nothing_of() -> None:
    # documented(API_PutMetricAlarm): missing is the default
    assert state("- - - - -") == UNKNOWN


@pytest.mark.parametrize(
    ("comparison", "value", "expected"),
    [
        ("GreaterThanThreshold", 0.5, "OK"),
        ("GreaterThanOrEqualToThreshold", 0.5, "ALARM"),
        ("LessThanThreshold", 0.5, "OK"),
        ("LessThanOrEqualToThreshold", 0.5, "ALARM"),
        ("LessThanThreshold", 0.4, "ALARM"),
    ],
)
def test_each_comparison(comparison: str, value: float, expected: str) -> None:
    verdict = judge(
        alarm(ComparisonOperator=comparison, EvaluationPeriods=1), {int(NOW // PERIOD) - 1: value}, NOW
    )  # fmt: skip
    assert verdict is not None
    assert verdict.state == expected


def test_a_period_that_is_not_over_counts_once_nothing_can_undo_it() -> None:
    present = {int(NOW // PERIOD): 1.0}
    one = {"EvaluationPeriods": 1, "TreatMissingData": "notBreaching"}
    for statistic, expected in (("Sum", "ALARM"), ("Maximum", "ALARM"), ("Average", "OK"), ("Minimum", "OK")):
        verdict = judge(alarm(Statistic=statistic, **one), present, NOW)
        assert verdict is not None
        assert (statistic, verdict.state) == (statistic, expected)
    below = judge(alarm(Statistic="Sum", ComparisonOperator="LessThanThreshold", Threshold=5, **one), present, NOW)
    assert below is not None
    assert below.state == "OK"


def test_data_that_is_too_old_is_no_data() -> None:
    # assumed: as many periods more than it evaluates as in AWS's example
    one = {"EvaluationPeriods": 1, "TreatMissingData": "notBreaching"}
    assert state("X - -", **one) == "ALARM"
    assert state("X - - -", **one) == "OK"


def test_reasons_in_awss_words() -> None:
    # documented(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html) and messages
    one = alarm(EvaluationPeriods=1, Statistic="Sum", Threshold=0, TreatMissingData="notBreaching")
    failed = judge(one, periods("X"), NOW)
    assert failed is not None
    assert failed.reason == (
        "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (14/11/23 22:13:00)] was greater than the threshold"
        " (0.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert json.loads(failed.data) == {
        "version": "1.0", "queryDate": "2023-11-14T22:14:00.000+0000", "startDate": "2023-11-14T22:13:00.000+0000",
        "statistic": "Sum", "period": 60, "recentDatapoints": [1.0], "threshold": 0.0,
    }  # fmt: skip
    silent = judge(one, {}, NOW)
    assert silent is not None
    assert silent.reason == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as"
        " [NonBreaching]."
    )
    fine = judge(one, periods("0"), NOW)
    assert fine is not None
    assert fine.reason.endswith("1 datapoint [0.0 (14/11/23 22:13:00)] was not greater than the threshold (0.0).")
    unknown = judge(alarm(), {}, NOW)
    assert unknown is not None
    assert unknown.reason == "Insufficient Data: 3 datapoints were unknown."
