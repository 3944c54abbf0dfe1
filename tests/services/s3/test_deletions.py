"""DeleteObjects: each key is deleted or refused by itself.

documented(https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html): the answer is 200 and has Deleted
and Error elements, in quiet mode the errors alone.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

ClientOf = Callable[..., Any]
KEYS = ["open/a & b", "open/c", "secret/d"]


@pytest.fixture
def s3(client: ClientOf, bucket: str) -> Any:
    """With three objects in the bucket, of which one may not be deleted."""
    made = client("s3")
    for key in KEYS:
        made.put_object(Bucket=bucket, Key=key, Body=b"x")
    allow(made, bucket, {"Effect": "Deny", "Principal": "*"}, f"arn:aws:s3:::{bucket}/secret/*")
    yield made
    made.delete_bucket_policy(Bucket=bucket)


def allow(s3: Any, bucket: str, statement: dict[str, Any], resource: str) -> None:
    whole = {"Action": "s3:DeleteObject", "Resource": resource} | statement
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [whole]}))


def delete(s3: Any, bucket: str, *keys: str, **more: Any) -> tuple[list[str], dict[str, str]]:
    """The keys that are gone, and for each that is not its error's code."""
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys], **more})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    gone = sorted(one["Key"] for one in answer.get("Deleted", []))
    return gone, {one["Key"]: one["Code"] for one in answer.get("Errors", [])}


def left(s3: Any, bucket: str) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_a_denied_key_is_an_error_of_its_own(s3: Any, bucket: str) -> None:
    assert delete(s3, bucket, *KEYS) == (KEYS[:2], {"secret/d": "AccessDenied"})
    assert left(s3, bucket) == ["secret/d"]


def test_its_message_names_who_what_and_why(s3: Any, bucket: str) -> None:
    (error,) = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "secret/d"}]})["Errors"]
    # assumed: the sentence of the same refusal for DeleteObject
    assert error["Message"] == (
        "User: arn:aws:iam::000000000000:root is not authorized to perform: s3:DeleteObject on resource:"
        f' "arn:aws:s3:::{bucket}/secret/d" with an explicit deny in a resource-based policy'
    )
    assert left(s3, bucket) == KEYS


def test_quiet_says_the_errors_only(s3: Any, bucket: str) -> None:
    assert delete(s3, bucket, *KEYS, Quiet=True) == ([], {"secret/d": "AccessDenied"})
    assert left(s3, bucket) == ["secret/d"]


def test_a_key_that_is_not_there_is_deleted(s3: Any, bucket: str) -> None:
    assert delete(s3, bucket, "nothing") == (["nothing"], {})


def test_a_thousand_at_once_with_a_checksum(s3: Any, bucket: str) -> None:
    objects = [{"Key": f"open/{number}"} for number in range(998)] + [{"Key": key} for key in KEYS[1:]]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects}, ChecksumAlgorithm="SHA256")
    assert len(answer["Deleted"]) == 999
    assert [error["Key"] for error in answer["Errors"]] == ["secret/d"]


def test_another_account_deletes_what_it_is_let_and_no_more(s3: Any, client: ClientOf, bucket: str) -> None:
    other = client("s3", account="111111111111")
    statement = {"Effect": "Allow", "Principal": {"AWS": "111111111111"}}
    allow(s3, bucket, statement, f"arn:aws:s3:::{bucket}/open/*")
    assert delete(other, bucket, *KEYS) == (KEYS[:2], {"secret/d": "AccessDenied"})
    assert left(s3, bucket) == ["secret/d"]


def test_no_bucket(client: ClientOf) -> None:
    s3 = client("s3")
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.delete_objects(Bucket="no-such-bucket-here", Delete={"Objects": [{"Key": "a"}]})
