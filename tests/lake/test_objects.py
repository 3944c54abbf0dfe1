"""Objects and Access on the platform's S3: what the other tests' fake bucket stands for, held against a real one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Principal, Scope, root_of
from boathouse.errors import AwsError
from boathouse.lake.access import Access
from boathouse.lake.catalog import Catalog
from boathouse.lake.objects import Objects, S3Uri, encryption
from boathouse.relation import Condition, Read, TableName
from tests.lake.test_access import create, storage

ROOT = root_of()


@pytest.fixture
def objects(client: Callable[..., Any]) -> Objects:
    """Objects whose calls go to the running platform by boto3."""

    async def dispatch(service: str, operation: str, params: Mapping[str, Any], as_: Principal) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(client(service, account=as_.account), xform_name(operation))(**params)
        except ClientError as error:
            raise AwsError(error.response["Error"]["Code"], error.response["Error"]["Message"]) from error
        return answer | ({"Body": answer["Body"].read()} if "Body" in answer else {})

    call = Call()
    call.bind(dispatch)
    return Objects(call)


def run(work: Awaitable[Any]) -> Any:
    async def wait() -> Any:
        return await work

    return asyncio.run(wait())


def test_objects_come_and_go(objects: Objects, bucket: str) -> None:
    keys = ["a/1", "a/2 ä+%20", "b/3"]
    for key in keys:
        run(objects.put(ROOT, S3Uri(bucket, key), key.encode()))
    assert run(objects.get(ROOT, S3Uri(bucket, keys[1]))) == keys[1].encode()
    assert run(objects.head(ROOT, S3Uri(bucket, "a/1")))["ContentLength"] == 3
    assert run(objects.head(ROOT, S3Uri(bucket, "nowhere"))) is None
    listed = run(objects.list(ROOT, S3Uri(bucket, "a/")))
    assert [(found.key, found.size) for found in listed] == [("a/1", 3), (keys[1], len(keys[1].encode()))]
    run(objects.delete(ROOT, bucket, keys[:2]))
    assert not run(objects.any(ROOT, S3Uri(bucket, "a/")))
    assert run(objects.any(ROOT, S3Uri(bucket, "b")))


def test_refusals_keep_s3s_code(objects: Objects, bucket: str) -> None:
    with pytest.raises(AwsError, match="NoSuchKey"):
        run(objects.get(ROOT, S3Uri(bucket, "nowhere")))
    with pytest.raises(AwsError, match="NoSuchBucket"):
        run(objects.list(ROOT, S3Uri("no-such-bucket-anywhere", "")))


def test_puts_are_encrypted_as_asked(objects: Objects, bucket: str, client: Callable[..., Any]) -> None:
    key = client("kms").create_key()["KeyMetadata"]
    options = encryption("SSE_KMS", key["Arn"])
    run(objects.put(ROOT, S3Uri(bucket, "x"), b"x", options=options))
    head = run(objects.head(ROOT, S3Uri(bucket, "x")))
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key["Arn"])


@pytest.mark.parametrize(
    ("option", "members"),
    [
        # documented(https://docs.aws.amazon.com/athena/latest/APIReference/API_EncryptionConfiguration.html)
        ("SSE_S3", {"ServerSideEncryption": "AES256"}),
        ("SSE_KMS", {"ServerSideEncryption": "aws:kms"}),
        # documented(https://docs.aws.amazon.com/glue/latest/webapi/API_S3Encryption.html)
        ("SSE-KMS", {"ServerSideEncryption": "aws:kms"}),
        ("DISABLED", {}),
        (None, {}),
    ],
)
def test_encryption_options(option: str | None, members: dict[str, str]) -> None:
    assert encryption(option) == members
    assert encryption("SSE_KMS", "key")["SSEKMSKeyId"] == "key"


def test_client_side_encryption_is_refused() -> None:
    with pytest.raises(AwsError, match="CSE_KMS is not supported"):
        encryption("CSE_KMS", "key")


def test_a_projected_table_on_the_platforms_s3(
    objects: Objects, bucket: str, catalog: Catalog, scope: Scope, clock: Clock, client: Callable[..., Any]
) -> None:
    for key in ("raw/dt=2024-06-30/hour=07/a.gz", "raw/dt=2024-06-30/hour=08/b.gz", "raw/dt=2024-07-01/hour=07/c.gz"):
        client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
    parameters = {
        "projection.enabled": "true",
        "projection.dt.type": "date", "projection.dt.range": "2011-02-12,NOW", "projection.dt.format": "yyyy-MM-dd",
        "projection.hour.type": "integer", "projection.hour.range": "0,23", "projection.hour.digits": "2",
    }  # fmt: skip
    keys = {"dt": "string", "hour": "string"}
    create(catalog, scope, keys, Parameters=parameters, StorageDescriptor=storage(f"s3://{bucket}/raw/"))
    access = Access(catalog, objects, clock)

    def partitions(*conditions: Condition) -> list[tuple[str | None, ...]]:
        read = Read("r", TableName("db", "t"), ("id",), conditions)
        return [file.partition for file in run(access.cut(ROOT, [read]))["r"].files]

    assert partitions() == [("2024-06-30", "07"), ("2024-06-30", "08"), ("2024-07-01", "07")]
    assert partitions(Condition("dt", "=", ("2024-06-30",))) == [("2024-06-30", "07"), ("2024-06-30", "08")]
    assert partitions(Condition("hour", "=", ("07",))) == [("2024-06-30", "07"), ("2024-07-01", "07")]
