import boto3
import pytest
from jobs import keep_pushes

PUSH, FORK = b'{"type": "PushEvent"}\n', b'{"type": "ForkEvent"}\n'


@pytest.fixture(scope="module")
def events(boathouse):
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="events")
    s3.put_object(Bucket="events", Key="raw/a.json", Body=PUSH + FORK + PUSH)
    s3.put_object(Bucket="events", Key="one/a.json", Body=PUSH + FORK)


def test_pushes_are_kept(events, glue_context):  # the session's first starts Spark
    assert keep_pushes(glue_context, "s3://events/raw/", "s3://events/pushes/") == 2


def test_one_is_kept(events, glue_context):
    assert keep_pushes(glue_context, "s3://events/one/", "s3://events/pushes/") == 1
