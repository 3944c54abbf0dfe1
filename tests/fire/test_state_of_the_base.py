"""What the base was told and acknowledged is there after kill -9 of everything, and what it cannot read is refused."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.fire.victim import Victim

pytestmark = pytest.mark.fire
ACCOUNT = "000000000000"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:hears"
PART = 5 * 1024 * 1024


@dataclass
class Made:
    """What a client was told of what it made."""

    key_arn: str
    access_key: dict[str, str]
    upload: str
    part: str
    versions: list[str]
    ciphertext: bytes


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """Everything is made, all processes die at once, and the platform is started again where it was."""
    one = Victim(tmp_path_factory.mktemp("victim"))
    one.up()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def made(victim: Victim) -> Made:
    client = victim.client
    client("secretsmanager").create_secret(Name="webhook", SecretString="https://example.org/hook")
    key = make_key(client("kms"))
    made_now = Made(
        key, make_user(client("iam")), *make_upload(client("s3"), key), make_versions(client("s3")),
        client("kms").encrypt(KeyId=key, Plaintext=b"plain")["CiphertextBlob"],
    )  # fmt: skip
    make_messages(client)
    client("logs").create_log_group(logGroupName="/of/us", tags={"a": "b"})
    client("logs").put_retention_policy(logGroupName="/of/us", retentionInDays=7)
    client("logs").delete_log_group(logGroupName="/of/us")
    client("logs").create_log_group(logGroupName="/of/us")  # the last of the calls: nothing comes after it
    victim.kill()
    victim.up()
    return made_now


def make_key(kms: Any) -> str:
    arn: str = kms.create_key(Description="the lake's", Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/lake", TargetKeyId=arn)
    return arn


def make_user(iam: Any) -> dict[str, str]:
    iam.create_user(UserName="ada", Tags=[{"Key": "team", "Value": "data"}])
    iam.put_user_policy(UserName="ada", PolicyName="reads", PolicyDocument=json.dumps(policy("s3:GetObject", "*")))
    key: dict[str, str] = iam.create_access_key(UserName="ada")["AccessKey"]
    return key


def make_upload(s3: Any, key: str) -> tuple[str, str]:
    s3.create_bucket(Bucket="kept")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket="kept", ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_bucket_tagging(Bucket="kept", Tagging={"TagSet": [{"Key": "of", "Value": "us"}]})
    forbidden = policy("s3:DeleteObject", "arn:aws:s3:::kept/*", "Deny") | {"Version": "2012-10-17"}
    s3.put_bucket_policy(Bucket="kept", Policy=json.dumps(forbidden))
    s3.put_object(Bucket="kept", Key="a/b", Body=b"secret", Tagging="x=y", Metadata={"m": "n"})
    upload = s3.create_multipart_upload(Bucket="kept", Key="large", Metadata={"m": "n"})["UploadId"]
    part = s3.upload_part(Bucket="kept", Key="large", UploadId=upload, PartNumber=1, Body=b"1" * PART)["ETag"]
    return upload, part


def make_versions(s3: Any) -> list[str]:
    s3.create_bucket(Bucket="versions")
    s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    versions = [s3.put_object(Bucket="versions", Key="v", Body=body)["VersionId"] for body in (b"1", b"2")]
    s3.delete_object(Bucket="versions", Key="v")
    return versions


def make_messages(client: Any) -> None:
    queue = client("sqs").create_queue(QueueName="hears")["QueueUrl"]
    topic = client("sns").create_topic(Name="news")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:hears")
    client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)
    client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "77"})
    client("events").put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    client("events").put_targets(Rule="nightly", Targets=[{"Id": "1", "Arn": FUNCTION}])


def policy(action: str, resource: str, effect: str = "Allow") -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": effect, "Action": action, "Resource": resource}
    if effect == "Deny":
        statement["Principal"] = "*"
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_the_secret(victim: Victim, made: Made) -> None:
    secret = victim.client("secretsmanager").get_secret_value(SecretId="webhook")
    assert secret["SecretString"] == "https://example.org/hook"


def test_the_topic_and_who_hears_it(victim: Victim, made: Made) -> None:
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:news"
    found = victim.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert {one["Endpoint"] for one in found} == {f"arn:aws:sqs:us-east-1:{ACCOUNT}:hears", FUNCTION}


def test_the_queue_and_the_rule(victim: Victim, made: Made) -> None:
    queue = victim.client("sqs").get_queue_url(QueueName="hears")["QueueUrl"]
    attributes = victim.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "77"
    assert victim.client("events").describe_rule(Name="nightly")["ScheduleExpression"] == "rate(1 day)"
    targets = victim.client("events").list_targets_by_rule(Rule="nightly")["Targets"]
    assert [one["Arn"] for one in targets] == [FUNCTION]


def test_the_user_and_her_keys(victim: Victim, made: Made) -> None:
    session = boto3.Session(made.access_key["AccessKeyId"], made.access_key["SecretAccessKey"], region_name="us-east-1")
    who = session.client("sts", endpoint_url=victim.endpoint).get_caller_identity()
    assert who["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/ada"
    iam = victim.client("iam")
    assert iam.get_user_policy(UserName="ada", PolicyName="reads")["PolicyDocument"] == policy("s3:GetObject", "*")
    assert iam.list_user_tags(UserName="ada")["Tags"] == [{"Key": "team", "Value": "data"}]


def test_the_log_group_as_the_last_call_left_it(victim: Victim, made: Made) -> None:
    (group,) = victim.client("logs").describe_log_groups(logGroupNamePrefix="/of/us")["logGroups"]
    assert "retentionInDays" not in group


def test_the_key_and_what_is_encrypted_under_it(victim: Victim, made: Made) -> None:
    kms, s3 = victim.client("kms"), victim.client("s3")
    assert kms.decrypt(CiphertextBlob=made.ciphertext)["Plaintext"] == b"plain"
    assert kms.describe_key(KeyId="alias/lake")["KeyMetadata"]["Arn"] == made.key_arn
    found = s3.get_object(Bucket="kept", Key="a/b")
    assert (found["Body"].read(), found["ServerSideEncryption"], found["Metadata"]) == (
        b"secret",
        "aws:kms",
        {"m": "n"},
    )
    assert found["SSEKMSKeyId"] == made.key_arn
    later = s3.put_object(Bucket="kept", Key="later", Body=b"by the bucket's default")
    assert later["SSEKMSKeyId"] == made.key_arn


def test_the_bucket_its_policy_and_tags(victim: Victim, made: Made) -> None:
    s3 = victim.client("s3")
    assert s3.get_bucket_tagging(Bucket="kept")["TagSet"] == [{"Key": "of", "Value": "us"}]
    assert s3.get_object_tagging(Bucket="kept", Key="a/b")["TagSet"] == [{"Key": "x", "Value": "y"}]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket="kept", Key="a/b")


def test_the_versions_beneath_the_delete_marker(victim: Victim, made: Made) -> None:
    s3 = victim.client("s3")
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="versions", Key="v")
    bodies = [s3.get_object(Bucket="versions", Key="v", VersionId=one)["Body"].read() for one in made.versions]
    assert bodies == [b"1", b"2"]


def test_the_upload_goes_on(victim: Victim, made: Made) -> None:
    s3 = victim.client("s3")
    (listed,) = s3.list_parts(Bucket="kept", Key="large", UploadId=made.upload)["Parts"]
    assert (listed["PartNumber"], listed["ETag"]) == (1, made.part)
    last = s3.upload_part(Bucket="kept", Key="large", UploadId=made.upload, PartNumber=2, Body=b"2")
    parts = [{"PartNumber": 1, "ETag": made.part}, {"PartNumber": 2, "ETag": last["ETag"]}]
    s3.complete_multipart_upload(Bucket="kept", Key="large", UploadId=made.upload, MultipartUpload={"Parts": parts})
    found = s3.get_object(Bucket="kept", Key="large")
    assert found["Body"].read() == b"1" * PART + b"2"
    assert (found["Metadata"], found["SSEKMSKeyId"]) == ({"m": "n"}, made.key_arn)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="kept")


@pytest.mark.parametrize("versioned", [False, True])
def test_an_object_whose_overwriting_was_cut_off(victim: Victim, made: Made, *, versioned: bool) -> None:
    """Its new bytes are there, what is known of them is not. A version comes back; else the new bytes stand."""
    s3, bucket = victim.client("s3"), "cut-off-v" if versioned else "cut-off"
    s3.create_bucket(Bucket=bucket)
    if versioned:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    before = s3.put_object(Bucket=bucket, Key="a/b", Body=b"before", Metadata={"m": "n"})
    files = victim.work_dir.parent / "ministack" / "s3"
    known = (files / ACCOUNT / bucket / "a" / "b.meta.json").read_bytes()
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"and after")
    victim.kill()
    cut_off(files / ACCOUNT / bucket / "a" / "b", known)
    victim.up()
    found = s3.get_object(Bucket=bucket, Key="a/b")
    body = found["Body"].read()
    assert body == (b"before" if versioned else b"and after")
    assert (found["ETag"] == before["ETag"], found["ContentLength"]) == (versioned, len(body))
    assert not list(files.rglob("*.tmp"))


def cut_off(data: Path, known: bytes) -> None:
    """As a kill leaves it between the two files."""
    beside = data.with_name(f"{data.name}.meta.json")
    beside.write_bytes(known)
    os.utime(beside, ns=(0, data.stat().st_mtime_ns - 1))
    beside.with_name(f"{beside.name}.tmp").write_bytes(b'{"half')
