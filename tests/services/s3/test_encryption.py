"""What S3 says of an object's encryption: the key's ARN on every way to it, the default key, the bucket's default."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from boathouse import launch
from boathouse.settings import Settings


@pytest.fixture
def key(client: Any) -> str:
    """The ARN of a key of the test's own."""
    return str(client("kms").create_key()["KeyMetadata"]["Arn"])


def said(s3: Any, bucket: str, **options: Any) -> Iterator[str]:
    """The key that each operation names which writes an object or reads it."""
    where = {"Bucket": bucket, "Key": "a"}
    yield s3.put_object(**where, Body=b"x", **options)["SSEKMSKeyId"]
    yield s3.head_object(**where)["SSEKMSKeyId"]
    yield s3.get_object(**where)["SSEKMSKeyId"]
    yield s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a", **options)["SSEKMSKeyId"]
    upload = s3.create_multipart_upload(**where, **options)
    yield upload["SSEKMSKeyId"]
    of_upload = where | {"UploadId": upload["UploadId"]}
    part = s3.upload_part(**of_upload, PartNumber=1, Body=b"x")
    yield part["SSEKMSKeyId"]
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    yield s3.complete_multipart_upload(**of_upload, MultipartUpload={"Parts": parts})["SSEKMSKeyId"]
    yield s3.head_object(**where)["SSEKMSKeyId"]


def test_each_operation_names_the_keys_arn(client: Any, bucket: str, key: str) -> None:
    for name in (key, key.rpartition("/")[2]):
        assert set(said(client("s3"), bucket, ServerSideEncryption="aws:kms", SSEKMSKeyId=name)) == {key}


def test_the_default_key_is_made_at_its_first_use(client: Any, bucket: str) -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html)
    (arn,) = set(said(client("s3"), bucket, ServerSideEncryption="aws:kms"))
    assert client("kms").describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["Arn"] == arn


@pytest.mark.parametrize("names_key", [True, False])
def test_the_buckets_default_encryption(client: Any, bucket: str, key: str, names_key: bool) -> None:
    s3 = client("s3")
    rule = {"SSEAlgorithm": "aws:kms"} | ({"KMSMasterKeyID": key} if names_key else {})
    rules = [{"ApplyServerSideEncryptionByDefault": rule}]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})
    (arn,) = set(said(s3, bucket))
    assert arn == (key if names_key else client("kms").describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["Arn"])


def test_a_key_without_the_algorithm_is_refused(client: Any, bucket: str, key: str) -> None:
    with pytest.raises(ClientError, match="requires HTTP header x-amz-server-side-encryption : aws:kms") as refused:
        client("s3").put_object(Bucket=bucket, Key="a", Body=b"x", SSEKMSKeyId=key)
    assert refused.value.response["Error"]["Code"] == "InvalidArgument"


def test_a_reset_forgets_the_keys_too(tmp_path: Any) -> None:
    import boto3

    own = launch.launch(Settings(ephemeral=True, port=launch.free_port(), aws_dir=tmp_path, workers=0))
    try:
        session = boto3.Session(aws_access_key_id="000000000000", aws_secret_access_key="x", region_name="us-east-1")
        s3, kms = (session.client(name, endpoint_url=own.endpoint) for name in ("s3", "kms"))
        options = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms.create_key()["KeyMetadata"]["Arn"]}
        s3.create_bucket(Bucket="lake")
        s3.put_object(Bucket="lake", Key="a", **options)
        launch.reset(own.endpoint)
        s3.create_bucket(Bucket="lake")
        with pytest.raises(ClientError, match=r"KMS\.NotFoundException"):
            s3.put_object(Bucket="lake", Key="a", **options)
    finally:
        own.stop()
