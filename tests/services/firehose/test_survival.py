"""kill -9 of the platform while records are on their way: what was acknowledged arrives after the next start."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from boathouse import launch
from boathouse.settings import Settings
from tests.services.firehose.conftest import ROLE, describe, lines, until
from tests.services.lambda_.conftest import package

REMEMBER = """
    import boto3
    def handler(event, context):
        boto3.client('s3').put_object(Bucket='kept', Key=event['key'], Body=b'')
"""


class Victim:
    """A platform on a state folder of its own that can be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self._settings = Settings(
            state_dir=folder / "state", aws_dir=folder / "aws", port=launch.free_port(), hurry=60, workers=0
        )
        self._running = launch.launch(self._settings)

    def client(self, service: Any) -> Any:
        keys = {"aws_access_key_id": "000000000000", "aws_secret_access_key": "local", "region_name": "us-east-1"}
        return boto3.Session(**keys).client(service, endpoint_url=self._running.endpoint)

    def kill_and_start_again(self) -> None:
        self._running.kill()
        self._running = launch.launch(self._settings)

    def stop(self) -> None:
        self._running.stop()


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Victim]:
    made = Victim(tmp_path)
    yield made
    made.stop()


def create_delivery(firehose: Any, name: str, **source: Any) -> None:
    destination = {
        "RoleARN": ROLE,
        "BucketARN": "arn:aws:s3:::kept",
        "Prefix": f"{name}/",
        "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 90},
    }
    firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=destination, **source)
    until(lambda: describe(firehose, name)["DeliveryStreamStatus"] == "ACTIVE")


def test_what_was_acknowledged_arrives_after_kill_9(victim: Victim) -> None:
    s3, kinesis, firehose, awslambda = map(victim.client, ("s3", "kinesis", "firehose", "lambda"))
    s3.create_bucket(Bucket="kept")
    kinesis.create_stream(StreamName="source", ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName="source")["StreamDescriptionSummary"]["StreamARN"]
    create_delivery(firehose, "direct")
    create_delivery(
        firehose, "streamed", DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": arn, "RoleARN": ROLE},
    )  # fmt: skip
    awslambda.create_function(
        FunctionName="remember", Runtime="python3.11", Role=ROLE, Handler="app.handler", Timeout=30,
        Code={"ZipFile": package(REMEMBER)},
    )  # fmt: skip
    for number in range(3):
        firehose.put_record(DeliveryStreamName="direct", Record={"Data": b"direct %d\n" % number})
        kinesis.put_record(StreamName="source", Data=b"streamed %d\n" % number, PartitionKey="k")
    awslambda.invoke(FunctionName="remember", InvocationType="Event", Payload=b'{"key": "event"}')
    victim.kill_and_start_again()
    until(lambda: len(lines(s3, "kept", "direct/")) >= 3 and len(lines(s3, "kept", "streamed/")) >= 3)
    assert set(lines(s3, "kept", "direct/")) == {b"direct %d" % number for number in range(3)}
    assert set(lines(s3, "kept", "streamed/")) == {b"streamed %d" % number for number in range(3)}
    s3.get_waiter("object_exists").wait(Bucket="kept", Key="event", WaiterConfig={"Delay": 0.1, "MaxAttempts": 200})


def test_what_was_delivered_does_not_come_again(victim: Victim) -> None:
    s3, kinesis, firehose = map(victim.client, ("s3", "kinesis", "firehose"))
    s3.create_bucket(Bucket="kept")
    kinesis.create_stream(StreamName="source", ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName="source")["StreamDescriptionSummary"]["StreamARN"]
    create_delivery(
        firehose, "streamed", DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": arn, "RoleARN": ROLE},
    )  # fmt: skip
    for number in range(2):  # once the second lies there, the first is known to
        kinesis.put_record(StreamName="source", Data=b"before %d\n" % number, PartitionKey="k")
        until(lambda: b"before %d" % number in lines(s3, "kept"))  # noqa: B023 - called before it changes
    victim.kill_and_start_again()
    kinesis.put_record(StreamName="source", Data=b"after\n", PartitionKey="k")
    until(lambda: b"after" in lines(s3, "kept"))
    assert lines(s3, "kept").count(b"before 0") == 1
