"""The platform's bucket takes nothing unencrypted, whoever brings it. What it writes itself: test_pipeline.py; a
Glue job without a security configuration: tests/services/glue/test_job_runs.py."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.e2e.lakehouse import Lakehouse


@pytest.fixture(scope="module")
def bucket_name(lakehouse: Lakehouse) -> str:
    lakehouse.pipelines("deploy")
    return lakehouse.bucket.name


@pytest.mark.parametrize("key", ["000000000000", "test", "AKIAIOSFODNN7EXAMPLE"])
@pytest.mark.parametrize("options", [{}, {"ServerSideEncryption": "AES256"}], ids=["plain", "AES256"])
def test_boto3_with_any_key_of_the_account(
    lakehouse: Lakehouse, bucket_name: str, key: str, options: dict[str, str]
) -> None:
    endpoint = lakehouse.profile.client("s3").meta.endpoint_url
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key="x", region_name="us-east-1")
    s3 = session.client("s3", endpoint_url=endpoint)
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=bucket_name, Key="raw/plain.json", Body=b"{}", **options)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert "explicit deny in a resource-based policy" in str(refused.value)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.05)


def described(firehose: Any) -> dict[str, Any]:
    found: dict[str, Any] = firehose.describe_delivery_stream(DeliveryStreamName="without-kms")
    description: dict[str, Any] = found["DeliveryStreamDescription"]
    return description


@pytest.fixture
def unencrypted_delivery(lakehouse: Lakehouse, bucket_name: str) -> Iterator[Any]:
    """A Firehose into the bucket that was configured without KMS."""
    firehose = lakehouse.profile.client("firehose")
    firehose.create_delivery_stream(
        DeliveryStreamName="without-kms",
        ExtendedS3DestinationConfiguration={
            "RoleARN": "arn:aws:iam::000000000000:role/without-kms",
            "BucketARN": f"arn:aws:s3:::{bucket_name}",
            "Prefix": "without-kms/",
            "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 0},
        },
    )
    until(lambda: described(firehose)["DeliveryStreamStatus"] == "ACTIVE")
    yield firehose
    firehose.delete_delivery_stream(DeliveryStreamName="without-kms")


def test_a_firehose_without_kms(
    lakehouse: Lakehouse, bucket_name: str, unencrypted_delivery: Any, troubles: Callable[[], dict[str, str]]
) -> None:
    unencrypted_delivery.put_record(DeliveryStreamName="without-kms", Record={"Data": b"line\n"})

    def said() -> list[str]:
        return [text for name, text in troubles().items() if "without-kms" in name]

    until(lambda: bool(said()))
    assert "S3.AccessDenied" in said()[0]
    assert list(lakehouse.bucket.keys("without-kms/")) == []
