"""The way out: requests of ours to other services, and their answers."""

import base64
import hashlib
import json
from typing import Any

import pytest

from boathouse import wire
from boathouse.errors import AwsError


def test_s3_is_asked_in_path_style_with_keys_encoded() -> None:
    for key, path in (
        ("a/b c", "/b/a/b%20c"),
        ("a+b%2F&=?", "/b/a%2Bb%252F%26%3D%3F"),
        ("雪/~-._", "/b/%E9%9B%AA/~-._"),
        ("//x/", "/b///x/"),
    ):
        made = wire.encode("s3", "GetObject", {"Bucket": "b", "Key": key, "VersionId": "v v"})
        assert (made.method, made.path, made.query, made.body) == ("GET", path, "versionId=v%20v", b"")


def test_fixed_and_varying_parts_of_a_query_are_joined() -> None:
    made = wire.encode("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "a/b c"})
    assert (made.path, made.query) == ("/b", "list-type=2&prefix=a%2Fb%20c&encoding-type=url")
    made = wire.encode("lambda", "UntagResource", {"Resource": "r", "TagKeys": ["a", "b"]})
    assert made.query == "tagKeys=a&tagKeys=b"


def test_bodies() -> None:
    assert wire.encode("s3", "PutObject", {"Bucket": "b", "Key": "k", "Body": b"\x00raw"}).body == b"\x00raw"
    assert (
        wire.encode("kms", "Encrypt", {"KeyId": "k", "Plaintext": b"p"}).body == b'{"KeyId": "k", "Plaintext": "cA=="}'
    )
    form = wire.encode("sts", "AssumeRole", {"RoleArn": "arn:aws:iam::000000000000:role/r", "RoleSessionName": "s s"})
    assert form.body == (
        b"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Fr"
        b"&RoleSessionName=s%20s"
    )


def test_a_checksum_is_sent_only_where_s3_demands_one() -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html)
    put = wire.encode("s3", "PutObject", {"Bucket": "b", "Key": "k", "Body": b"x"})
    assert not any("checksum" in name.lower() or "md5" in name.lower() for name, _ in put.headers)
    deleted = wire.encode("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}})
    assert any(name.lower() == "x-amz-checksum-crc32" for name, _ in deleted.headers)
    asked = {"Bucket": "b", "Key": "k", "Body": b"x", "ChecksumAlgorithm": "SHA256"}
    wanted = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
    assert ("x-amz-checksum-sha256", wanted) in wire.encode("s3", "PutObject", asked).headers


def test_what_botocores_client_amends_is_amended() -> None:
    copy = wire.encode("s3", "CopyObject", {"Bucket": "b", "Key": "k", "CopySource": {"Bucket": "b", "Key": "k k"}})
    assert ("x-amz-copy-source", "b/k%20k") in copy.headers
    started = wire.encode("athena", "StartQueryExecution", {"QueryString": "SELECT 1"})
    assert b"ClientRequestToken" in started.body


@pytest.mark.parametrize(
    "params",
    [{}, {"StreamName": 7, "PartitionKey": "k", "Data": b""}, {"StreamName": "s", "Data": b"x", "Colour": "red"}],
)
def test_parameters_that_boto3_would_not_take_are_refused(params: dict[str, Any]) -> None:
    with pytest.raises(AwsError, match="arameter"):
        wire.encode("kinesis", "PutRecord", params)


def test_streams_come_back_as_bytes() -> None:
    read = wire.decode("s3", "GetObject", 200, [("Content-Length", "2"), ("ETag", '"e"')], b"\xff\x00")
    assert read["Body"] == b"\xff\x00"
    assert (read["ContentLength"], read["ETag"]) == (2, '"e"')
    invoked = wire.decode("lambda", "Invoke", 200, [("X-Amz-Function-Error", "Unhandled")], b'{"a": 1}')
    assert invoked["Payload"] == b'{"a": 1}'
    assert (invoked["StatusCode"], invoked["FunctionError"]) == (200, "Unhandled")
    assert "ResponseMetadata" not in read


def test_a_missing_object_asked_for_by_head_has_its_status_for_a_code() -> None:
    with pytest.raises(AwsError) as raised:
        wire.decode("s3", "HeadObject", 404, [], b"")
    assert (raised.value.code, raised.value.status) == ("404", 404)


def test_an_error_within_a_200_is_an_error() -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html)
    for declaration in (b"", b'<?xml version="1.0" encoding="UTF-8"?>\n\n'):
        body = declaration + b"<Error><Code>InternalError</Code><Message>We lost it</Message></Error>"
        with pytest.raises(AwsError, match="We lost it") as raised:
            wire.decode("s3", "CompleteMultipartUpload", 200, [], body)
        assert raised.value.code == "InternalError"
    body = b"<Error><Code>InternalError</Code></Error>"
    assert wire.decode("s3", "GetObject", 200, [], body)["Body"] == body


def test_keys_of_a_list_come_back_decoded() -> None:
    keys = b"<EncodingType>url</EncodingType><Contents><Key>a%2Bb+c%0B</Key></Contents>"
    body = b"<ListBucketResult>" + keys + b"</ListBucketResult>"
    assert wire.decode("s3", "ListObjectsV2", 200, [], body)["Contents"] == [{"Key": "a+b c\x0b"}]


def test_a_date_that_is_none_is_left_out() -> None:
    assert "Expires" not in wire.decode("s3", "HeadObject", 200, [("Expires", "soon")], b"")


def test_policy_documents_come_back_as_documents() -> None:
    # client(boto3): what IAM answers percent-encoded, boto3 gives as a dict
    body = (
        b"<GetRolePolicyResponse><GetRolePolicyResult><RoleName>r</RoleName><PolicyName>p</PolicyName><PolicyDocument>"
        b"%7B%22Version%22%3A%20%222012-10-17%22%7D</PolicyDocument></GetRolePolicyResult></GetRolePolicyResponse>"
    )
    assert wire.decode("iam", "GetRolePolicy", 200, [], body)["PolicyDocument"] == {"Version": "2012-10-17"}


@pytest.mark.parametrize(
    ("service", "operation", "body"),
    [
        ("cloudformation", "DescribeStacks", b"not xml"),
        ("cloudformation", "DescribeStacks", b"<Other/>"),
        ("glue", "GetDatabase", b"[]"),
        ("s3", "ListBuckets", b"<"),
    ],
)
def test_an_answer_that_cannot_be_read_is_an_error(service: str, operation: str, body: bytes) -> None:
    with pytest.raises(AwsError) as raised:
        wire.decode(service, operation, 200, [], body)
    assert (raised.value.code, raised.value.status) == ("InternalFailure", 502)


@pytest.mark.parametrize("body", [b"", b"<html>bad gateway</html>", b"not json", b"[]", b"null"])
@pytest.mark.parametrize(
    ("service", "operation"),
    [("glue", "GetDatabase"), ("lambda", "Invoke"), ("cloudformation", "ListStacks"), ("s3", "GetObject")],
)
def test_a_failure_in_no_form_of_awss_is_still_an_error(service: str, operation: str, body: bytes) -> None:
    for status in (400, 403, 502):
        with pytest.raises(AwsError) as raised:
            wire.decode(service, operation, status, [], body)
        assert raised.value.status in (status, 502)
        assert raised.value.code


def test_of_a_services_protocols_boto3s_is_spoken() -> None:
    made = wire.encode(
        "cloudwatch", "PutMetricData", {"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": 1.5}]}
    )
    # client(boto3): JSON, although the model names CBOR first
    assert ("X-Amz-Target", "GraniteServiceVersion20100801.PutMetricData") in made.headers
    assert json.loads(made.body) == {"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": 1.5}]}


def test_what_a_signature_calls_a_service() -> None:
    # client(boto3): the scope of its signatures
    assert (wire.signing_name("cloudwatch"), wire.signing_name("sns")) == ("monitoring", "sns")


def test_whether_a_body_is_streamed() -> None:
    assert wire.streams_input("s3", "PutObject")
    assert wire.streams_input("s3", "UploadPart")
    assert not wire.streams_input("s3", "PutBucketPolicy")
    assert not wire.streams_input("kinesis", "PutRecords")
