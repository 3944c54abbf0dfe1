"""IAM users' keys act as their user, in its account, for as long as they are active."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from boathouse import launch
from boathouse.settings import Settings

ClientOf = Callable[..., Any]
ACCOUNT = "222222222222"
INVALID = "InvalidClientTokenId"


def session_of(answer: dict[str, Any]) -> boto3.Session:
    key = answer["AccessKey"]
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="eu-west-1")


@pytest.fixture
def iam(client: ClientOf) -> Any:
    return client("iam", account=ACCOUNT)


@pytest.fixture
def user(iam: Any) -> Iterator[str]:
    name = f"ann-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name, Path="/team/")
    yield name
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=name)


@pytest.fixture
def key(iam: Any, user: str) -> dict[str, Any]:
    created: dict[str, Any] = iam.create_access_key(UserName=user)
    return created


def asked(session: boto3.Session, platform: launch.Platform, service: str) -> Any:
    return session.client(service, endpoint_url=platform.endpoint)


def test_a_users_key_acts_as_the_user_in_its_account(
    client: ClientOf, platform: launch.Platform, iam: Any, user: str, key: dict[str, Any]
) -> None:
    sts = asked(session_of(key), platform, "sts")
    found = sts.get_caller_identity()
    # documented(https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html): the user's own id
    assert found["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/team/{user}"
    assert found["Account"] == ACCOUNT
    assert found["UserId"] == iam.get_user(UserName=user)["User"]["UserId"]
    assert sts.get_access_key_info(AccessKeyId=key["AccessKey"]["AccessKeyId"])["Account"] == ACCOUNT

    database = user.replace("-", "_")
    asked(session_of(key), platform, "glue").create_database(DatabaseInput={"Name": database})
    theirs = client("glue", account=ACCOUNT, region="eu-west-1")
    assert theirs.get_database(Name=database)["Database"]["CatalogId"] == ACCOUNT
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        client("glue", region="eu-west-1").get_database(Name=database)


def test_a_bucket_policy_knows_the_user(
    client: ClientOf, platform: launch.Platform, user: str, key: dict[str, Any]
) -> None:
    s3, name = client("s3", account=ACCOUNT), f"of-{user}"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="a", Body=b"1")
    arn = f"arn:aws:iam::{ACCOUNT}:user/team/{user}"
    resource = f"arn:aws:s3:::{name}/*"
    statement = {"Effect": "Deny", "Principal": {"AWS": arn}, "Action": "s3:GetObject", "Resource": resource}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": statement}))
    assert s3.get_object(Bucket=name, Key="a")["Body"].read() == b"1"
    with pytest.raises(ClientError, match="AccessDenied") as refused:
        asked(session_of(key), platform, "s3").get_object(Bucket=name, Key="a")
    assert f"User: {arn} is not authorized" in str(refused.value)


def test_an_inactive_key_is_refused_until_it_is_active_again(
    platform: launch.Platform, iam: Any, user: str, key: dict[str, Any]
) -> None:
    sts, id_ = asked(session_of(key), platform, "sts"), key["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName=user, AccessKeyId=id_, Status="Inactive")
    # documented(https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html): InvalidClientTokenId, 403
    with pytest.raises(ClientError, match=INVALID) as refused:
        sts.get_caller_identity()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    iam.update_access_key(UserName=user, AccessKeyId=id_, Status="Active")
    assert sts.get_caller_identity()["Account"] == ACCOUNT


def test_a_deleted_key_acts_as_nobody(platform: launch.Platform, iam: Any, user: str, key: dict[str, Any]) -> None:
    iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKey"]["AccessKeyId"])
    with pytest.raises(ClientError, match=INVALID):
        asked(session_of(key), platform, "glue").get_databases()


def test_a_user_who_names_nobody_is_not_taken_for_the_root(platform: launch.Platform, key: dict[str, Any]) -> None:
    iam = asked(session_of(key), platform, "iam")
    for operation in (iam.get_user, iam.create_access_key, iam.list_access_keys):
        with pytest.raises(ClientError, match=r"without UserName by .*; name the user"):
            operation()


def test_whose_a_key_is_survives_kill_9(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path / "state", aws_dir=tmp_path / "aws", port=launch.free_port(), workers=0)
    first = launch.launch(settings)
    root = boto3.Session("333333333333", "x", region_name="us-east-1")
    iam = asked(root, first, "iam")
    iam.create_user(UserName="ben")
    kept, gone = (iam.create_access_key(UserName="ben") for _ in range(2))
    iam.delete_access_key(UserName="ben", AccessKeyId=gone["AccessKey"]["AccessKeyId"])
    first.kill()
    second = launch.launch(settings)
    try:
        found = asked(session_of(kept), second, "sts").get_caller_identity()
        assert found["Arn"] == "arn:aws:iam::333333333333:user/ben"
        with pytest.raises(ClientError, match=INVALID):
            asked(session_of(gone), second, "sts").get_caller_identity()
    finally:
        second.stop()
