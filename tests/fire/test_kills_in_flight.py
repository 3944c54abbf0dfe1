"""kill -9 of the whole platform while something of its own is under way: it goes on, or ends as AWS would end it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines import stack as stacks
from tests.conftest import environment_of
from tests.e2e.lakehouse import ROOT, Lakehouse
from tests.fire.victim import Victim, until
from tests.services.lambda_.conftest import package

pytestmark = pytest.mark.fire
ROLE = "arn:aws:iam::000000000000:role/any"
BUCKET = "kept"
TRIES = 10
# The first try never ends by itself: it is under way when the platform is killed, and no try has ended before.
ENDLESS_FIRST = f"""
    import time, boto3
    s3 = boto3.client("s3")

    def handler(event, context):
        key = event["Records"][0]["Sns"]["Message"] if "Records" in event else event["key"]
        tries = s3.list_objects_v2(Bucket="{BUCKET}", Prefix=f"tries/{{key}}/")["KeyCount"]
        s3.put_object(Bucket="{BUCKET}", Key=f"tries/{{key}}/{{tries}}", Body=b"")
        if tries == 0:
            time.sleep(300)
"""


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Victim]:
    made = Victim(tmp_path)
    made.up()
    yield made
    made.stop()


def keys(s3: Any, prefix: str) -> list[str]:
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]


def lines(s3: Any, prefix: str) -> set[bytes]:
    bodies = (s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys(s3, prefix))
    return {line for body in bodies for line in body.splitlines()}


def test_records_that_were_acknowledged_arrive_without_any_more(victim: Victim) -> None:
    s3, kinesis, firehose = map(victim.client, ("s3", "kinesis", "firehose"))
    s3.create_bucket(Bucket=BUCKET)
    kinesis.create_stream(StreamName="source", ShardCount=2)
    kinesis.get_waiter("stream_exists").wait(StreamName="source", WaiterConfig={"Delay": 0.05})
    arn = kinesis.describe_stream_summary(StreamName="source")["StreamDescriptionSummary"]["StreamARN"]
    streamed = {
        "DeliveryStreamType": "KinesisStreamAsSource",
        "KinesisStreamSourceConfiguration": {"KinesisStreamARN": arn, "RoleARN": ROLE},
    }
    for name, source in (("direct", {}), ("streamed", streamed)):
        hints = {"SizeInMBs": 64, "IntervalInSeconds": 300}
        place = {"RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{BUCKET}", "Prefix": f"{name}/", "BufferingHints": hints}
        firehose.create_delivery_stream(
            DeliveryStreamName=name, ExtendedS3DestinationConfiguration=place, **source
        )  # fmt: skip
        until(lambda: status(firehose, name) == "ACTIVE")  # noqa: B023 - called before it changes
    wanted = {b"%d" % number for number in range(20)}
    for line in wanted:
        firehose.put_record(DeliveryStreamName="direct", Record={"Data": line + b"\n"})
        kinesis.put_record(StreamName="source", Data=line + b"\n", PartitionKey=line.decode())
    assert keys(s3, "") == []
    victim.kill()
    victim.up()
    for prefix in ("direct/", "streamed/"):
        until(lambda: lines(s3, prefix) == wanted)  # noqa: B023 - called before it changes


def status(firehose: Any, name: str) -> str:
    found: str = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"][
        "DeliveryStreamStatus"
    ]
    return found


def test_what_lambda_and_sns_accepted_is_done_and_an_alarm_is_as_it_was(victim: Victim) -> None:
    s3, awslambda, sns, cloudwatch = map(victim.client, ("s3", "lambda", "sns", "cloudwatch"))
    s3.create_bucket(Bucket=BUCKET)
    function = awslambda.create_function(
        FunctionName="f", Runtime="python3.11", Role=ROLE, Handler="app.handler", Timeout=600,
        Code={"ZipFile": package(ENDLESS_FIRST)},
    )["FunctionArn"]  # fmt: skip
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    awslambda.add_permission(
        FunctionName="f", StatementId="sns", Principal="sns.amazonaws.com", Action="lambda:InvokeFunction",
        SourceArn=topic,
    )  # fmt: skip
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
    cloudwatch.put_metric_alarm(
        AlarmName="a", Namespace="n", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1,
        ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore",
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="it broke")
    awslambda.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"key": "invoked"}')
    sns.publish(TopicArn=topic, Message="published")
    until(lambda: len(keys(s3, "tries/")) == 2)
    victim.kill()
    victim.up()
    wanted = {f"tries/{key}/{number}" for key in ("invoked", "published") for number in range(2)}
    until(lambda: set(keys(s3, "tries/")) == wanted)
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["a"])["MetricAlarms"]
    assert (alarm["StateValue"], alarm["StateReason"]) == ("ALARM", "it broke")


def test_a_stack_that_was_being_made_or_changed_is_deployed_by_the_same_command(victim: Victim, tmp_path: Path) -> None:
    """Killed after its first resource, halfway, and while it was given another webhook."""
    environment = environment_of(tmp_path / "aws")
    for resources in (1, 15):
        assert any(killed_while_making(victim, environment, resources) for _ in range(TRIES))
    first = outputs(environment)
    webhook = {"SLACK_WEBHOOK_URL": "http://127.0.0.1:9/changed"}
    deploying = deployment(environment | webhook)
    until(lambda: len(events(victim, "UPDATE_IN_PROGRESS")) > 1)
    die(victim, deploying)
    assert outputs(environment | webhook) == first
    secret = victim.client("secretsmanager").get_secret_value(SecretId="slack/webhook")
    assert json.loads(secret["SecretString"]) == {"url": webhook["SLACK_WEBHOOK_URL"]}
    assert len(victim.client("kinesis").list_streams()["StreamNames"]) == 1


def deployment(environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "pipelines", "deploy"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def die(victim: Victim, deploying: "subprocess.Popen[bytes]") -> None:
    victim.kill()
    deploying.kill()
    deploying.wait()
    victim.up()


def outputs(environment: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = json.loads(Lakehouse(environment).pipelines("deploy", "--json"))
    return found


def events(victim: Victim, status: str) -> list[dict[str, Any]]:
    pages = victim.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stacks.STACK_NAME)
    return [event for page in pages for event in page["StackEvents"] if event["ResourceStatus"] == status]


def killed_while_making(victim: Victim, environment: dict[str, str], resources: int) -> bool:
    """Kills when so many resources are there; False, and all is empty again, where the whole stack was there first."""
    cloudformation = victim.client("cloudformation")
    deploying = deployment(environment)
    until(lambda: made(cloudformation) >= resources)
    die(victim, deploying)
    found = stacks.describe(cloudformation)
    if found is not None and found["StackStatus"] == "CREATE_COMPLETE":
        victim.reset()
        return False
    return True


def made(cloudformation: Any) -> int:
    """How many resources there are of a stack that is being made, or was made just now; none before."""
    found = stacks.describe(cloudformation)
    if found is None or found["StackStatus"] not in ("CREATE_IN_PROGRESS", "CREATE_COMPLETE"):
        return 0
    resources = cloudformation.describe_stack_resources(StackName=found["StackId"])["StackResources"]
    return sum(resource["ResourceStatus"] == "CREATE_COMPLETE" for resource in resources)
