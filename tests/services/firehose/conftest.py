import gzip
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from textwrap import dedent
from typing import Any, Protocol
from uuid import uuid4

import pytest

ROLE = "arn:aws:iam::000000000000:role/delivery"
PATIENCE = 30.0


class MakeDelivery(Protocol):
    def __call__(self, **destination: Any) -> str: ...


class MakeProcessor(Protocol):
    def __call__(self, source: str, **params: Any) -> dict[str, Any]: ...


@pytest.fixture(scope="session")
def firehose(client: Callable[..., Any]) -> Any:
    return client("firehose")


@pytest.fixture(scope="session")
def s3(client: Callable[..., Any]) -> Any:
    return client("s3")


@pytest.fixture
def key_arn(client: Callable[..., Any]) -> str:
    return str(client("kms").create_key()["KeyMetadata"]["Arn"])


@pytest.fixture
def make_delivery(firehose: Any, bucket: str) -> Iterator[MakeDelivery]:
    """Makes an active delivery stream into the test's bucket and gives its name; gone after the test."""
    made = list[str]()

    def make(*, source: str | None = None, **destination: Any) -> str:
        name = f"delivery-{uuid4().hex[:12]}"
        params: dict[str, Any] = {}
        if source is not None:
            params = {
                "DeliveryStreamType": "KinesisStreamAsSource",
                "KinesisStreamSourceConfiguration": {"KinesisStreamARN": source, "RoleARN": ROLE},
            }
        settings = {"RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}"} | destination
        settings.setdefault("BufferingHints", {"SizeInMBs": 64, "IntervalInSeconds": 5})
        firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=settings, **params)
        made.append(name)
        until(lambda: describe(firehose, name)["DeliveryStreamStatus"] == "ACTIVE")
        return name

    yield make
    for name in made:
        firehose.delete_delivery_stream(DeliveryStreamName=name)


@pytest.fixture
def stream(client: Callable[..., Any]) -> Iterator[str]:
    """The ARN of a Kinesis stream of one shard."""
    kinesis, name = client("kinesis"), f"stream-{uuid4().hex[:12]}"
    kinesis.create_stream(StreamName=name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 0.05})
    yield f"arn:aws:kinesis:us-east-1:000000000000:stream/{name}"
    kinesis.delete_stream(StreamName=name)


@pytest.fixture
def make_processor(client: Callable[..., Any]) -> Iterator[MakeProcessor]:
    """Makes a function of ``app.handler`` and gives the processing configuration that names it."""
    awslambda, made = client("lambda"), list[str]()

    def make(source: str, **params: Any) -> dict[str, Any]:
        name, buffer = f"processor-{uuid4().hex[:12]}", io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("app.py", dedent(source))
        function = awslambda.create_function(
            FunctionName=name, Runtime="python3.11", Role=ROLE, Handler="app.handler", Timeout=60,
            Code={"ZipFile": buffer.getvalue()},
        )  # fmt: skip
        made.append(name)
        given = {"LambdaArn": function["FunctionArn"], "BufferIntervalInSeconds": "5"} | params
        entries = [{"ParameterName": name, "ParameterValue": value} for name, value in given.items()]
        return {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": entries}]}

    yield make
    for name in made:
        awslambda.delete_function(FunctionName=name)


def describe(firehose: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    return found


def until(done: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What ``done`` gives as soon as that is true of it; fails by name after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
    return found


def keys(s3: Any, bucket: str, prefix: str = "") -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def content(s3: Any, bucket: str, key: str) -> bytes:
    body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return gzip.decompress(body) if key.endswith(".gz") else body


def lines(s3: Any, bucket: str, prefix: str = "") -> list[bytes]:
    """The lines of all objects under ``prefix``."""
    return [line for key in keys(s3, bucket, prefix) for line in content(s3, bucket, key).splitlines()]


def failures(s3: Any, bucket: str, prefix: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(s3, bucket, prefix)]
