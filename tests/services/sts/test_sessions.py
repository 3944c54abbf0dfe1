"""Sessions that clients ask STS for, and who each key is."""

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from boathouse import launch

ClientOf = Callable[..., Any]
ACCOUNT = "444444444444"
ANYBODY = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [ANYBODY]})


@pytest.fixture
def sts(client: ClientOf) -> Any:
    return client("sts", account=ACCOUNT, region="eu-west-1")


@pytest.fixture
def role(client: ClientOf) -> Iterator[dict[str, Any]]:
    iam, name = client("iam", account=ACCOUNT), f"lake-{uuid.uuid4().hex[:8]}"
    created = iam.create_role(RoleName=name, Path="/data/", AssumeRolePolicyDocument=TRUST)["Role"]
    yield created
    iam.delete_role(RoleName=name)


def with_keys(answer: dict[str, Any], platform: launch.Platform, service: str) -> Any:
    keys = answer["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "eu-west-1")
    return session.client(service, endpoint_url=platform.endpoint)


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call()
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_who_the_root_is(sts: Any) -> None:
    # documented(https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html)
    found = sts.get_caller_identity()
    assert (found["UserId"], found["Account"]) == (ACCOUNT, ACCOUNT)
    assert found["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"


def test_a_key_of_nobody_is_the_default_accounts_root(client: ClientOf) -> None:
    assert client("sts", account="AKIAIOSFODNN7EXAMPLE").get_caller_identity()["Account"] == "000000000000"


def test_an_assumed_role(sts: Any, platform: launch.Platform, role: dict[str, Any]) -> None:
    before = datetime.now(UTC)
    answer = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="etl@1", DurationSeconds=900, SourceIdentity="ann")
    # documented(https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html): the session's ARN names the
    # role without its path; the id is the role's with the session's name
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role['RoleName']}/etl@1"
    assert answer["AssumedRoleUser"] == {"Arn": arn, "AssumedRoleId": f"{role['RoleId']}:etl@1"}
    assert answer["SourceIdentity"] == "ann"
    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")
    left = answer["Credentials"]["Expiration"] - before
    assert timedelta(seconds=895) < left < timedelta(seconds=960)

    found = with_keys(answer, platform, "sts").get_caller_identity()
    assert (found["Arn"], found["Account"]) == (arn, ACCOUNT)
    assert found["UserId"] == f"{role['RoleId']}:etl@1"


def test_a_session_works_in_its_account_and_region(
    client: ClientOf, sts: Any, platform: launch.Platform, role: dict[str, Any]
) -> None:
    answer = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="etl")
    name = role["RoleName"].replace("-", "_")
    with_keys(answer, platform, "glue").create_database(DatabaseInput={"Name": name})
    assert client("glue", account=ACCOUNT, region="eu-west-1").get_database(Name=name)["Database"]["Name"] == name


def test_a_session_of_a_client_does_not_count_as_secure(
    client: ClientOf, sts: Any, platform: launch.Platform, role: dict[str, Any], bucket: str
) -> None:
    """Only what the platform gives its own workers and engines does."""
    s3 = client("s3")
    deny = {"Bool": {"aws:SecureTransport": "false"}}
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement | {"Condition": deny}]})
    )
    session = client("sts").get_session_token()
    code, message = refusal(lambda: with_keys(session, platform, "s3").get_object(Bucket=bucket, Key="a"))
    assert code == "AccessDenied"
    assert "explicit deny" in message
    s3.delete_bucket_policy(Bucket=bucket)


@pytest.mark.parametrize("arn", [f"arn:aws:iam::{ACCOUNT}:role/none", f"arn:aws:iam::{ACCOUNT}:role/other/path/{{}}"])
def test_a_role_that_is_not_there(sts: Any, role: dict[str, Any], arn: str) -> None:
    # client(boto3): AWS does not tell a missing role from one that may not be assumed
    arn = arn.format(role["RoleName"])
    assert refusal(lambda: sts.assume_role(RoleArn=arn, RoleSessionName="etl")) == (
        "AccessDenied",
        f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: sts:AssumeRole on resource: {arn}",
    )


def test_what_is_no_roles_arn(sts: Any) -> None:
    arn = "arn:aws:iam::444444444444:user/ann"
    found = refusal(lambda: sts.assume_role(RoleArn=arn, RoleSessionName="etl"))
    assert found == ("ValidationError", f"{arn} is invalid")


def test_a_session_ends_with_its_role_or_earlier(sts: Any, platform: launch.Platform, role: dict[str, Any]) -> None:
    # documented(https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html): at most the role's maximum,
    # which is an hour unless told otherwise; at most an hour where a role assumes a role
    code, message = refusal(lambda: sts.assume_role(RoleArn=role["Arn"], RoleSessionName="etl", DurationSeconds=3601))
    assert (code, "MaxSessionDuration" in message) == ("ValidationError", True)
    first = with_keys(sts.assume_role(RoleArn=role["Arn"], RoleSessionName="first"), platform, "sts")
    code, message = refusal(
        lambda: first.assume_role(RoleArn=role["Arn"], RoleSessionName="second", DurationSeconds=7200)
    )
    assert (code, "role chaining" in message) == ("ValidationError", True)
    second = with_keys(first.assume_role(RoleArn=role["Arn"], RoleSessionName="second"), platform, "sts")
    assert second.get_caller_identity()["Arn"].endswith(f"/{role['RoleName']}/second")


def test_what_a_session_cannot_be_asked_for_is_named(sts: Any, role: dict[str, Any]) -> None:
    given: list[dict[str, Any]] = [
        {"Policy": "{}"}, {"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]},
        {"Tags": [{"Key": "a", "Value": "b"}]}, {"SerialNumber": "arn:aws:iam::1:mfa/x", "TokenCode": "123456"},
    ]  # fmt: skip
    for more in given:
        code, message = refusal(lambda more=more: sts.assume_role(RoleArn=role["Arn"], RoleSessionName="etl", **more))  # type: ignore[misc]
        assert code == "NotImplemented"
        assert f"sts.AssumeRole with {next(iter(more))}" in message


def test_a_session_token_is_its_owners(sts: Any, platform: launch.Platform, role: dict[str, Any]) -> None:
    answer = sts.get_session_token()
    # documented(https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html): an hour for the root
    assert answer["Credentials"]["Expiration"] - datetime.now(UTC) < timedelta(seconds=3601)
    own = with_keys(answer, platform, "sts")
    assert own.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert own.get_access_key_info(AccessKeyId=answer["Credentials"]["AccessKeyId"])["Account"] == ACCOUNT
    code, _ = refusal(own.get_session_token)
    assert code == "AccessDenied"


def test_an_account_of_a_key_that_was_not_made_here(sts: Any) -> None:
    code, message = refusal(lambda: sts.get_access_key_info(AccessKeyId="AKIAIOSFODNN7EXAMPLE"))
    assert (code, "was not made here" in message) == ("ValidationError", True)


def test_what_a_base_would_give_out_and_nobody_would_know_is_refused(sts: Any) -> None:
    assert refusal(lambda: sts.get_federation_token(Name="ann"))[0] == "NotImplemented"
    web = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/x", "RoleSessionName": "etl", "WebIdentityToken": "x" * 20}
    assert refusal(lambda: sts.assume_role_with_web_identity(**web))[0] == "NotImplemented"
