"""kill -9 in the middle of a stack's creation: at the next start it is rolled back, and nothing of it is left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from boathouse import launch
from boathouse.settings import Settings
from tests.services.cloudformation.conftest import Stacks

TEMPLATE = """
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: lake}}
  Stream: {Type: AWS::Kinesis::Stream, DependsOn: Bucket, Properties: {Name: events, ShardCount: 1}}
"""


def clients_of(platform: launch.Platform) -> Callable[[str], Any]:
    session = boto3.Session("000000000000", "local", region_name="us-east-1")
    config = Config(retries={"total_max_attempts": 1})
    return lambda service: session.client(service, endpoint_url=platform.endpoint, config=config)


def is_under_way(cloudformation: Any) -> bool:
    """Whether the stream is being made, which takes its time."""
    try:
        events = cloudformation.describe_stack_events(StackName="s")["StackEvents"]
    except ClientError:
        return False
    return any(event.get("PhysicalResourceId") == "events" for event in events)


def test_a_creation_that_was_killed_is_rolled_back_at_the_next_start(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path / "state", port=launch.free_port(), aws_dir=tmp_path / "aws", workers=0)
    # At AWS's own pace a new stream is CREATING for seconds.
    platform = launch.launch(settings.replace(hurry=1))
    client = clients_of(platform)
    with ThreadPoolExecutor() as pool:
        creation = pool.submit(client("cloudformation").create_stack, StackName="s", TemplateBody=TEMPLATE)
        cloudformation = client("cloudformation")
        while not is_under_way(cloudformation):
            assert not creation.done()
        client("s3").head_bucket(Bucket="lake")
        platform.kill()
        with pytest.raises(BotoCoreError):
            creation.result()
    platform = launch.launch(settings)
    client = clients_of(platform)
    try:
        Stacks(client("cloudformation")).expect("s", "ROLLBACK_COMPLETE")
        assert client("kinesis").list_streams()["StreamNames"] == []
        assert client("s3").list_buckets()["Buckets"] == []
    finally:
        platform.stop()
