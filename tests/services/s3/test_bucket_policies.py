"""Bucket policies bind whoever asks, through boto3, the account's root too."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

DENY_UNENCRYPTED = {
    "Sid": "DenyUnEncryptedObjectUploads",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:PutObject",
    "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
}


def policy(bucket: str, **statement: Any) -> str:
    whole = {"Resource": f"arn:aws:s3:::{bucket}/*"} | statement
    return json.dumps({"Version": "2012-10-17", "Statement": [whole]})


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_policy_comes_back_as_it_was_put_and_goes(client: Any, bucket: str) -> None:
    s3 = client("s3")
    with pytest.raises(ClientError) as missing:
        s3.get_bucket_policy(Bucket=bucket)
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html)
    assert code(missing) == "NoSuchBucketPolicy"
    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404

    text = policy(bucket, **DENY_UNENCRYPTED)
    s3.put_bucket_policy(Bucket=bucket, Policy=text)
    assert s3.get_bucket_policy(Bucket=bucket)["Policy"] == text
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": False}

    s3.delete_bucket_policy(Bucket=bucket)
    with pytest.raises(ClientError):
        s3.get_bucket_policy(Bucket=bucket)


def test_unencrypted_puts_are_refused_and_encrypted_ones_pass(client: Any, bucket: str) -> None:
    s3 = client("s3")
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, **DENY_UNENCRYPTED))
    for options in ({}, {"ServerSideEncryption": "AES256"}):
        with pytest.raises(ClientError) as refused:
            s3.put_object(Bucket=bucket, Key="a", Body=b"x", **options)
        assert code(refused) == "AccessDenied"
        assert "s3:PutObject" in str(refused.value)
    s3.put_object(Bucket=bucket, Key="a", Body=b"x", ServerSideEncryption="aws:kms")
    head = s3.head_object(Bucket=bucket, Key="a")
    assert head["ServerSideEncryption"] == "aws:kms"
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html): alias/aws/s3
    default = client("kms").describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["Arn"]
    assert head["SSEKMSKeyId"] == default


def test_parts_inherit_the_encryption_of_their_upload(client: Any, bucket: str) -> None:
    s3 = client("s3")
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, **DENY_UNENCRYPTED))
    with pytest.raises(ClientError) as refused:
        s3.create_multipart_upload(Bucket=bucket, Key="big")
    assert code(refused) == "AccessDenied"
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big", ServerSideEncryption="aws:kms")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="big", UploadId=upload, PartNumber=1, Body=b"x" * 100)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket=bucket, Key="big", UploadId=upload, MultipartUpload=parts)
    assert s3.head_object(Bucket=bucket, Key="big")["ServerSideEncryption"] == "aws:kms"


def test_a_key_that_does_not_exist_is_refused(client: Any, bucket: str) -> None:
    arn = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
    with pytest.raises(ClientError) as refused:
        client("s3").put_object(Bucket=bucket, Key="a", ServerSideEncryption="aws:kms", SSEKMSKeyId=arn)
    assert code(refused) == "KMS.NotFoundException"


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ({"Condition": {"NumericLessThan": {"s3:prefix": "1"}}}, "NumericLessThan"),
        ({"Condition": {"StringEquals": {"s3:signatureversion": "AWS"}}}, "s3:signatureversion"),
        ({"Action": "s3:PutBucketTagging"}, "s3:PutBucketTagging"),
        ({"Action": "ec2:RunInstances"}, "invalid action"),
        ({"Resource": "arn:aws:s3:::another-bucket/*"}, "invalid resource"),
        ({"Effect": "deny"}, "Invalid effect"),
        ({"Colour": "red"}, "Colour"),
    ],
)
def test_what_is_not_evaluated_is_refused_when_it_is_put(
    client: Any, bucket: str, statement: dict[str, Any], word: str
) -> None:
    s3 = client("s3")
    with pytest.raises(ClientError, match=word) as refused:
        s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, **(DENY_UNENCRYPTED | statement)))
    assert code(refused) == "MalformedPolicy"
    with pytest.raises(ClientError):
        s3.get_bucket_policy(Bucket=bucket)


def test_a_policy_goes_with_its_bucket(client: Any) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="comes-again")
    s3.put_bucket_policy(Bucket="comes-again", Policy=policy("comes-again", **DENY_UNENCRYPTED))
    s3.delete_bucket(Bucket="comes-again")
    s3.create_bucket(Bucket="comes-again")
    s3.put_object(Bucket="comes-again", Key="a", Body=b"x")
    s3.delete_object(Bucket="comes-again", Key="a")
    s3.delete_bucket(Bucket="comes-again")


def test_listing_reading_copying_and_deleting_ask_for_leave_too(client: Any, bucket: str) -> None:
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key="secret/a", Body=b"x")
    s3.put_object(Bucket=bucket, Key="open", Body=b"x")
    secret = f"arn:aws:s3:::{bucket}/secret/*"
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["s3:GetObject", "s3:Delete*"], "Resource": secret}
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, **deny))
    attempts: list[Callable[[], Any]] = [
        lambda: s3.get_object(Bucket=bucket, Key="secret/a"),
        lambda: s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/secret/a"),
        lambda: s3.delete_object(Bucket=bucket, Key="secret/a"),
        lambda: s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "open"}, {"Key": "secret/a"}]}),
    ]
    for attempt in attempts:
        with pytest.raises(ClientError) as refused:
            attempt()
        assert code(refused) == "AccessDenied"
    assert s3.get_object(Bucket=bucket, Key="open")["Body"].read() == b"x"
    s3.delete_bucket_policy(Bucket=bucket)
