"""Alarms as clients use them, on metrics that lie on either base."""

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.clients import program
from tests.services.sns.conftest import Sink, Topics

DIMENSIONS = [{"Name": "JobName", "Value": "j"}, {"Name": "JobRunId", "Value": "ALL"}]


class Alarms:
    """CloudWatch as a test uses it, with a namespace of its own, and the alarms that it made."""

    def __init__(self, client: Callable[..., Any]) -> None:
        self.cloudwatch = client("cloudwatch")
        self.namespace = f"ns-{uuid4().hex[:8]}"
        self.made: list[str] = []

    def put(self, **more: Any) -> str:
        name = more.pop("AlarmName", None) or f"alarm-{uuid4().hex[:8]}"
        settings = {
            "Namespace": self.namespace, "MetricName": "failures", "Dimensions": DIMENSIONS, "Statistic": "Sum",
            "Period": 60, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 0,
            "TreatMissingData": "notBreaching",
        }  # fmt: skip
        self.cloudwatch.put_metric_alarm(AlarmName=name, **{**settings, **more})
        self.made.append(name)
        return name

    def data(self, value: float = 1, dimensions: list[dict[str, str]] = DIMENSIONS) -> None:
        datum = {"MetricName": "failures", "Dimensions": dimensions, "Value": value, "Unit": "Count"}
        self.cloudwatch.put_metric_data(Namespace=self.namespace, MetricData=[datum])

    def get(self, name: str) -> dict[str, Any]:
        (alarm,) = self.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        found: dict[str, Any] = alarm
        return found

    def until(self, name: str, state: str) -> dict[str, Any]:
        while (alarm := self.get(name))["StateValue"] != state:
            pass
        return alarm

    def history(self, name: str, kind: str) -> list[str]:
        items = self.cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType=kind)["AlarmHistoryItems"]
        return [item["HistorySummary"] for item in reversed(items)]

    def refusal(self, **params: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as refused:
            self.put(**params)
        error = refused.value.response["Error"]
        return error["Code"], error["Message"]


@pytest.fixture
def alarms(client: Callable[..., Any]) -> Iterator[Alarms]:
    made = Alarms(client)
    yield made
    for name in made.made:
        made.cloudwatch.delete_alarms(AlarmNames=[name, "and-one-that-is-not-there"])


def test_data_sets_it_off_and_the_topic_is_told(alarms: Alarms, topics: Topics, sink: Sink) -> None:
    topic = topics.topic()
    topics.subscribe(topic, topics.function(topic))
    name = alarms.put(AlarmActions=[topic], AlarmDescription="what to do")
    # documented(alarms-and-missing-data.html): no data that is treated as not breaching is OK
    alarms.until(name, "OK")
    alarms.data()
    alarm = alarms.until(name, "ALARM")
    assert "was greater than the threshold (0.0)" in alarm["StateReason"]
    assert json.loads(alarm["StateReasonData"])["recentDatapoints"] == [1.0]
    told = sink.next()["Records"][0]["Sns"]
    assert told["Subject"] == f'ALARM: "{name}" in us-east-1'
    message = json.loads(told["Message"])
    # documented(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html)
    expected = {
        "AlarmName": name, "AlarmDescription": "what to do", "AWSAccountId": "000000000000", "NewStateValue": "ALARM",
        "OldStateValue": "OK", "NewStateReason": alarm["StateReason"], "AlarmArn": alarm["AlarmArn"],
        "AlarmActions": [topic], "OKActions": [], "InsufficientDataActions": [],
    }  # fmt: skip
    assert {member: message[member] for member in expected} == expected
    trigger = message["Trigger"]
    assert (trigger["MetricName"], trigger["Statistic"], trigger["Threshold"]) == ("failures", "SUM", 0)
    assert {"name": "JobName", "value": "j"} in trigger["Dimensions"]
    while not alarms.history(name, "Action"):
        pass
    assert alarms.history(name, "Action") == [f"Successfully executed action {topic}"]
    states = ["Alarm updated from INSUFFICIENT_DATA to OK", "Alarm updated from OK to ALARM"]
    assert alarms.history(name, "StateUpdate") == states


def test_only_its_own_dimensions_count(alarms: Alarms) -> None:
    mine = alarms.put()
    other = [{"Name": "JobName", "Value": "other"}, {"Name": "JobRunId", "Value": "ALL"}]
    theirs = alarms.put(Dimensions=other)
    alarms.data(dimensions=other)
    alarms.until(theirs, "ALARM")
    assert alarms.until(mine, "OK")["StateValue"] == "OK"


@pytest.mark.parametrize("bases", ["ministack"], indirect=True)  # half a minute, in which no base does anything
def test_a_short_period_ends_and_it_is_ok_again(alarms: Alarms, topics: Topics, sink: Sink) -> None:
    topic = topics.topic()
    topics.subscribe(topic, topics.function(topic))
    name = alarms.put(Period=10, AlarmActions=[topic], OKActions=[topic])
    states: list[str] = []
    for _ in range(2):
        alarms.until(name, "OK")
        alarms.data()
        alarms.until(name, "ALARM")
    while len(states) < 4:
        states.append(json.loads(sink.next()["Records"][0]["Sns"]["Message"])["NewStateValue"])
    assert states == ["OK", "ALARM", "OK", "ALARM"]


def test_it_is_described_as_it_was_put(alarms: Alarms, aws_env: dict[str, str]) -> None:
    name = alarms.put(Tags=[{"Key": "team", "Value": "lake"}], DatapointsToAlarm=1, Unit="Count")
    # client(aws cli)
    told = subprocess.run(
        [program("aws"), "cloudwatch", "describe-alarms", "--alarm-names", name, "--output", "json"],
        env=aws_env, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    (alarm,) = json.loads(told.stdout)["MetricAlarms"]
    expected = {
        "AlarmName": name, "AlarmArn": f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{name}",
        "ActionsEnabled": True, "AlarmActions": [], "Namespace": alarms.namespace, "MetricName": "failures",
        "Dimensions": DIMENSIONS, "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.0, "TreatMissingData": "notBreaching",
        "Unit": "Count",
    }  # fmt: skip
    assert {member: alarm[member] for member in expected} == expected
    assert "Tags" not in alarm
    cloudwatch, arn = alarms.cloudwatch, alarm["AlarmArn"]
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "env", "Value": "test"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "env", "Value": "test"}]
    for_metric = cloudwatch.describe_alarms_for_metric(
        Namespace=alarms.namespace, MetricName="failures", Dimensions=DIMENSIONS, Statistic="Sum"
    )
    assert [found["AlarmName"] for found in for_metric["MetricAlarms"]] == [name]


def test_a_changed_alarm_keeps_its_state(alarms: Alarms) -> None:
    name = alarms.put(Tags=[{"Key": "team", "Value": "lake"}])
    alarms.data()
    first = alarms.until(name, "ALARM")
    alarms.put(AlarmName=name, AlarmDescription="changed", Threshold=0.5)
    second = alarms.get(name)
    assert (second["StateValue"], second["AlarmDescription"], second["Threshold"]) == ("ALARM", "changed", 0.5)
    assert second["StateUpdatedTimestamp"] == first["StateUpdatedTimestamp"]
    alarms.put(AlarmName=name, Threshold=100)
    alarms.until(name, "OK")
    updates = alarms.history(name, "ConfigurationUpdate")
    assert updates == [f'Alarm "{name}" created', f'Alarm "{name}" updated', f'Alarm "{name}" updated']


def test_a_state_that_is_set(alarms: Alarms, topics: Topics, sink: Sink) -> None:
    topic = topics.topic()
    topics.subscribe(topic, topics.function(topic))
    name = alarms.put(AlarmActions=[topic])
    alarms.until(name, "OK")
    # documented(API_SetAlarmState): the actions are executed, and the state lasts until the alarm is evaluated
    alarms.cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a drill")
    assert json.loads(sink.next()["Records"][0]["Sns"]["Message"])["NewStateReason"] == "a drill"
    alarms.until(name, "OK")
    alarms.cloudwatch.disable_alarm_actions(AlarmNames=[name])
    alarms.cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="nobody hears")
    alarms.cloudwatch.enable_alarm_actions(AlarmNames=[name])
    alarms.until(name, "OK")
    alarms.cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="heard")
    assert json.loads(sink.next()["Records"][0]["Sns"]["Message"])["NewStateReason"] == "heard"


def test_listing_in_pages_and_parts(alarms: Alarms) -> None:
    prefix = f"list-{uuid4().hex[:6]}"
    names = [alarms.put(AlarmName=f"{prefix}-{number}") for number in range(3)]
    pages = alarms.cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=prefix, PaginationConfig={"PageSize": 2}
    )
    found = [[alarm["AlarmName"] for alarm in page["MetricAlarms"]] for page in pages]
    assert found == [names[:2], names[2:]]
    alarms.until(names[0], "OK")
    assert alarms.cloudwatch.describe_alarms(AlarmNames=names, StateValue="ALARM")["MetricAlarms"] == []
    assert alarms.cloudwatch.describe_alarms(AlarmNames=names, AlarmTypes=["CompositeAlarm"])["MetricAlarms"] == []


def test_what_is_refused(alarms: Alarms) -> None:
    query = {"Id": "m", "Expression": "1 + 1"}
    for params, told in (
        ({"Metrics": [query]}, "PutMetricAlarm with Metrics"),
        ({"ComparisonOperator": "LessThanLowerThreshold"}, "an alarm by LessThanLowerThreshold"),
        ({"AlarmActions": ["arn:aws:lambda:us-east-1:000000000000:function:f"]}, "the alarm action arn:aws:lambda"),
    ):
        code, message = alarms.refusal(**params)
        assert (code, told in message) == ("NotImplemented", True)
    with pytest.raises(ClientError, match="The parameter ComparisonOperator is required"):
        alarms.cloudwatch.put_metric_alarm(AlarmName="without-anything")
    # documented(API_PutMetricAlarm): what a period may be, and how many datapoints
    assert alarms.refusal(Period=45)[0] == "ValidationError"
    assert alarms.refusal(DatapointsToAlarm=2)[0] == "ValidationError"
    for call, params in (
        (alarms.cloudwatch.delete_alarms, {"AlarmNames": ["nobody"]}),
        (alarms.cloudwatch.set_alarm_state, {"AlarmName": "nobody", "StateValue": "OK", "StateReason": "r"}),
    ):
        with pytest.raises(ClientError, match="ResourceNotFound"):
            call(**params)
    with pytest.raises(ClientError, match="PutCompositeAlarm"):
        alarms.cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="TRUE")
