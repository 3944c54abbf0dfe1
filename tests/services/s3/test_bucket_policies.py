"""Bucket policies bind whoever asks, through boto3, the account's root too."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from boathouse import launch

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
        ({"Principal": {"AWS": "somebody"}}, "Invalid principal"),
        ({"Principal": {"AWS": "arn:aws:iam::111111111111:role/"}}, "Invalid principal"),
        ({"Condition": {"StringEquals": {"aws:PrincipalArn": "${aws:username}"}}}, r"\$\{aws:username\}"),
        ({"Condition": {"Null": {"s3:x-amz-server-side-encryption": "yes"}}}, "true or false"),
        # client(aws cli): S3's sentences for statements that no request can meet
        ({"Action": "s3:ListBucket", "Condition": {}}, "Action does not apply to any resource"),
        ({"Condition": {"StringEquals": {"s3:prefix": "a/"}}}, "Conditions do not apply to combination"),
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


def test_what_may_mean_something_is_taken(client: Any, bucket: str) -> None:
    s3, own = client("s3"), f"arn:aws:s3:::{bucket}"
    s3.delete_public_access_block(Bucket=bucket)  # some bases block public policies from the start, as S3 does
    statements: list[dict[str, Any]] = [
        {"Action": "s3:*", "Resource": [own, f"{own}/*"], "Condition": {"Bool": {"aws:SecureTransport": False}}},
        {"Action": ["s3:ListBucket", "s3:GetObject"], "Resource": [own, f"{own}/a*"], "Effect": "Allow"},
        {"Action": "s3:GetBucketLocation", "Resource": own, "Effect": "Allow"},
        {"Action": "s3:PutObject*", "Condition": {"StringEqualsIfExists": {"s3:x-amz-acl": ["private"]}}},
        {"Action": "s3:GetObject", "Principal": {"AWS": ["111111111111", "arn:aws:iam::222222222222:role/path/reads"]}},
    ]
    for statement in statements:
        whole = {"Effect": "Deny", "Principal": "*"} | statement
        s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, **whole))
    s3.delete_bucket_policy(Bucket=bucket)


@pytest.mark.parametrize(
    ("condition", "passes"),
    [
        ({"StringEquals": {"s3:x-amz-server-side-encryption": ["AES256", "aws:kms"]}}, {"none"}),
        ({"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}, {"AES256"}),
        ({"StringLike": {"s3:x-amz-server-side-encryption": "aws:*"}}, {"none", "AES256"}),
        ({"Null": {"s3:x-amz-server-side-encryption": "true"}}, {"AES256", "aws:kms"}),
        ({"Null": {"s3:x-amz-server-side-encryption": "false"}}, {"none"}),
        ({"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}}, {"aws:kms"}),
        ({"StringEqualsIfExists": {"s3:x-amz-server-side-encryption": "AES256"}}, {"aws:kms"}),
        # of two keys both must hold, and of two operators
        (
            {
                "Null": {"s3:x-amz-server-side-encryption": "false"},
                "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
            },
            {"none", "aws:kms"},
        ),
    ],
)
def test_what_conditions_deny(client: Any, bucket: str, condition: dict[str, Any], passes: set[str]) -> None:
    # documented(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
    s3 = client("s3")
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, **(DENY_UNENCRYPTED | {"Condition": condition})))
    outcomes = {}
    for algorithm in ("none", "AES256", "aws:kms"):
        options = {} if algorithm == "none" else {"ServerSideEncryption": algorithm}
        try:
            s3.put_object(Bucket=bucket, Key="a", Body=b"x", **options)
            outcomes[algorithm] = "passed"
        except ClientError as error:
            outcomes[algorithm] = error.response["Error"]["Code"]
    assert outcomes == {name: "passed" if name in passes else "AccessDenied" for name in outcomes}


def test_plain_http_can_be_denied_to_clients_alone(client: Any, platform: launch.Platform, bucket: str) -> None:
    """What the platform asks of itself does not go over a network, in the clear or otherwise."""
    s3, own = client("s3"), f"arn:aws:s3:::{bucket}"
    authority = str(Path(platform.health["state_dir"]) / "tls" / "ca.pem")
    session = boto3.Session(aws_access_key_id="000000000000", aws_secret_access_key="x", region_name="us-east-1")
    secure = session.client("s3", endpoint_url=platform.health["tls_endpoint"], verify=authority)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return 1")
    deny = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}, "Action": "s3:*", "Resource": [own, f"{own}/*"]}
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, **(DENY_UNENCRYPTED | deny)))
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=bucket, Key="app.zip", Body=packed.getvalue())
    assert code(refused) == "AccessDenied"
    secure.put_object(Bucket=bucket, Key="app.zip", Body=packed.getvalue())
    functions = client("lambda")
    functions.create_function(
        FunctionName=bucket, Runtime="python3.11", Handler="app.handler", Role="arn:aws:iam::000000000000:role/r",
        Code={"S3Bucket": bucket, "S3Key": "app.zip"},
    )  # fmt: skip
    functions.delete_function(FunctionName=bucket)
    s3.delete_bucket_policy(Bucket=bucket)


def test_another_account_gets_in_where_the_policy_allows_it(client: Any, bucket: str) -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html)
    s3, other, third = client("s3"), client("s3", account="111111111111"), client("s3", account="222222222222")
    s3.put_object(Bucket=bucket, Key="a", Body=b"x", ServerSideEncryption="aws:kms")
    with pytest.raises(ClientError) as refused:
        other.get_object(Bucket=bucket, Key="a")
    assert code(refused) == "AccessDenied"
    own = f"arn:aws:s3:::{bucket}"
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "s3:ListBucket", "Resource": own},
        {"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "s3:*Object", "Resource": f"{own}/*"},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": f"{own}/*"},
    ]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": statements}))
    answer = other.get_object(Bucket=bucket, Key="a")
    assert answer["Body"].read() == b"x"
    assert answer["SSEKMSKeyId"] == s3.head_object(Bucket=bucket, Key="a")["SSEKMSKeyId"]
    other.put_object(Bucket=bucket, Key="b", Body=b"y")
    assert [entry["Key"] for entry in other.list_objects_v2(Bucket=bucket)["Contents"]] == ["a", "b"]
    attempts: list[Callable[[], Any]] = [
        lambda: other.delete_object(Bucket=bucket, Key="b"),
        lambda: other.get_object_tagging(Bucket=bucket, Key="a"),
        lambda: other.get_bucket_policy(Bucket=bucket),
        lambda: third.get_object(Bucket=bucket, Key="a"),
    ]
    for attempt in attempts:
        with pytest.raises(ClientError) as refused:
            attempt()
        assert code(refused) == "AccessDenied"
    s3.delete_bucket_policy(Bucket=bucket)


def test_a_public_policy_is_refused_where_the_bucket_blocks_it(client: Any, bucket: str) -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html)
    s3, public = client("s3"), {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, **public))
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": True}
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    with pytest.raises(ClientError, match="prevented by the BlockPublicPolicy setting") as refused:
        s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, **public))
    assert code(refused) == "AccessDenied"
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, **DENY_UNENCRYPTED))
    s3.delete_bucket_policy(Bucket=bucket)


def test_another_owner_is_not_the_buckets(client: Any, bucket: str) -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html)
    s3, other = client("s3"), {"Bucket": bucket, "ExpectedBucketOwner": "999999999999"}
    s3.put_object(Bucket=bucket, Key="a", Body=b"x", ExpectedBucketOwner="000000000000")
    attempts: list[Callable[[], Any]] = [
        lambda: s3.put_object(**other, Key="a", Body=b"y"),
        lambda: s3.get_object(**other, Key="a"),
        lambda: s3.list_objects_v2(**other),
        lambda: s3.delete_bucket_policy(**other),
    ]
    for attempt in attempts:
        with pytest.raises(ClientError) as refused:
            attempt()
        assert code(refused) == "AccessDenied"


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
    ]
    for attempt in attempts:
        with pytest.raises(ClientError) as refused:
            attempt()
        assert code(refused) == "AccessDenied"
    assert s3.get_object(Bucket=bucket, Key="open")["Body"].read() == b"x"
    s3.delete_bucket_policy(Bucket=bucket)
