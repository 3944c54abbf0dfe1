"""Subscriptions outlive the platform: killed, and started again where it listens elsewhere."""

from pathlib import Path
from typing import Any

import boto3
import pytest

from boathouse import launch
from boathouse.settings import BaseUrl, Settings
from tests.services.sns.conftest import Sink, Topics


def client_of(platform: launch.Platform) -> Any:
    session = boto3.Session(aws_access_key_id="000000000000", aws_secret_access_key="local", region_name="us-east-1")
    return lambda service: session.client(service, endpoint_url=platform.endpoint)


@pytest.mark.parametrize("moves", [False, True], ids=["where it was", "elsewhere"])
def test_a_killed_platform(tmp_path: Path, sink: Sink, bases: dict[str, BaseUrl], moves: bool) -> None:
    settings = Settings(
        state_dir=tmp_path / "state", aws_dir=tmp_path / "aws", port=launch.free_port(), workers=0, bases=bases
    )
    platform = launch.launch(settings)
    topics = Topics(client_of(platform), sink)
    topic = topics.topic()
    function = topics.function(topic)
    made = topics.subscribe(topic, function)
    platform.kill()

    platform = launch.launch(settings.replace(port=launch.free_port()) if moves else settings)
    topics = Topics(client_of(platform), sink)
    listed = topics.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [(entry["SubscriptionArn"], entry["Endpoint"]) for entry in listed] == [(made, function)]
    topics.sns.publish(TopicArn=topic, Message="m")
    assert sink.next()["Records"][0]["EventSubscriptionArn"] == made
    topics.sns.unsubscribe(SubscriptionArn=made)
    assert topics.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    platform.stop()
