"""Alerts from end to end: what is published, and a Glue job that fails, are messages in Slack's stand-in."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.bases.both import aws_dir, aws_env, bases, client, localstack_base, platform
from tests.e2e.lakehouse import Lakehouse
from tests.slack import Slack, texts

__all__ = ["aws_dir", "aws_env", "bases", "client", "localstack_base", "platform"]
ENDED = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR")


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    made = Slack()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def outputs(aws_env: dict[str, str], slack: Slack) -> dict[str, str]:
    """The stack's, deployed with the stand-in as webhook."""
    lakehouse = Lakehouse(aws_env | {"SLACK_WEBHOOK_URL": slack.webhook})
    found: dict[str, str] = json.loads(lakehouse.pipelines("deploy", "--json"))
    return found


def published(client: Callable[..., Any], topic: str, message: str, subject: str = "Alert") -> None:
    client("sns").publish(TopicArn=topic, Message=message, Subject=subject)


def test_what_is_published_is_a_message(client: Callable[..., Any], outputs: dict[str, str], slack: Slack) -> None:
    failure = {
        "outcome": "failed", "dag": "aggregate_gold", "run": "r1", "task": "publish", "try": 2, "said": [],
        "error": "Athena said no", "link": "http://localhost:8080/log",
    }  # fmt: skip
    published(client, outputs["AlertTopicArn"], json.dumps(failure))
    message = slack.next()
    assert "aggregate_gold failed" in message["text"]
    for part in ("aggregate_gold", "r1", "publish", "Athena said no", "http://localhost:8080/log"):
        assert part in texts(message)


def test_a_webhook_that_fails_first_gets_it_later(
    client: Callable[..., Any], outputs: dict[str, str], slack: Slack
) -> None:
    slack.fail(2)
    published(client, outputs["AlertTopicArn"], "third time lucky")
    assert "third time lucky" in texts(slack.next())


def test_a_job_that_fails_sets_off_the_alarm(client: Callable[..., Any], outputs: dict[str, str], slack: Slack) -> None:
    glue, job = client("glue"), outputs["SilverJob"]
    run = glue.start_job_run(JobName=job, Arguments={"--days": "2016-01-01"})["JobRunId"]  # and not where, nor who
    message = slack.next()
    assert glue.get_job_run(JobName=job, RunId=run)["JobRun"]["JobRunState"] == "FAILED"
    assert message["text"].endswith("github-analytics-silver-job-failed: ALARM")
    assert f"*Job*\n{job}" in texts(message)
    (alarm,) = client("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    assert (alarm["AlarmName"], alarm["AlarmActions"]) == (
        "github-analytics-silver-job-failed", [outputs["AlertTopicArn"]],
    )  # fmt: skip


def test_a_stack_keeps_its_webhook_without_saying_it(
    client: Callable[..., Any], aws_env: dict[str, str], outputs: dict[str, str], slack: Slack
) -> None:
    assert json.loads(Lakehouse(aws_env).pipelines("deploy", "--json")) == outputs
    secret = client("secretsmanager").get_secret_value(SecretId="slack/webhook")
    assert json.loads(secret["SecretString"]) == {"url": slack.webhook}
    cloudformation = client("cloudformation")
    events = cloudformation.get_paginator("describe_stack_events").paginate(StackName="github-analytics")
    described = [cloudformation.describe_stacks(StackName="github-analytics"), *events]
    assert slack.webhook not in json.dumps(described, default=str)
