"""Which service and operation a request is for."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from boathouse.errors import AwsError
from boathouse.wire import Head, Headers, Target, identify, names_operation_in_body, resolve

Signed = Callable[..., str]


def head(method: str, path: str, query: str = "", host: str = "127.0.0.1:4566", **headers: str) -> Head:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Head(method, path, query, Headers([("Host", host), *named]), "http", host)


def identified(asked: Head) -> Target:
    target = identify(asked)
    assert target is not None
    return target


# documented(https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html)
@pytest.mark.parametrize(
    ("request_line", "operation"),
    [
        ("GET /", "ListBuckets"),
        ("GET /b", "ListObjects"),
        ("GET /b/", "ListObjects"),
        ("GET /b?list-type=2&prefix=x", "ListObjectsV2"),
        ("GET /b?list-type=1", "ListObjects"),
        ("GET /b?policy", "GetBucketPolicy"),
        ("GET /b?policy=", "GetBucketPolicy"),
        ("GET /b?policyStatus", "GetBucketPolicyStatus"),
        ("GET /b?lifecycle", "GetBucketLifecycleConfiguration"),
        ("GET /b?notification", "GetBucketNotificationConfiguration"),
        ("GET /b?analytics", "ListBucketAnalyticsConfigurations"),
        ("GET /b?analytics&id=1", "GetBucketAnalyticsConfiguration"),
        ("GET /b?uploads", "ListMultipartUploads"),
        ("GET /b?versions&prefix=policy", "ListObjectVersions"),
        ("GET /b/k", "GetObject"),
        ("GET /b/k?x-id=GetObject&versionId=1", "GetObject"),
        ("GET /b/k?uploadId=u", "ListParts"),
        ("GET /b/k?tagging", "GetObjectTagging"),
        ("HEAD /b", "HeadBucket"),
        ("HEAD /b/k", "HeadObject"),
        ("PUT /b", "CreateBucket"),
        ("PUT /b?policy", "PutBucketPolicy"),
        ("PUT /b/k", "PutObject"),
        ("PUT /b/k?partNumber=1&uploadId=u", "UploadPart"),
        ("PUT /b/k?acl", "PutObjectAcl"),
        ("POST /b?delete", "DeleteObjects"),
        ("POST /b/k?uploads", "CreateMultipartUpload"),
        ("POST /b/k?uploadId=u", "CompleteMultipartUpload"),
        ("POST /b/k?select&select-type=2", "SelectObjectContent"),
        ("DELETE /b", "DeleteBucket"),
        ("DELETE /b?policy", "DeleteBucketPolicy"),
        ("DELETE /b/k", "DeleteObject"),
        ("DELETE /b/k?uploadId=u", "AbortMultipartUpload"),
    ],
)
def test_s3_operations_are_told_apart_by_path_and_query(signed: Signed, request_line: str, operation: str) -> None:
    method, _, target = request_line.partition(" ")
    path, _, query = target.partition("?")
    found = identified(head(method, path, query, authorization=signed("s3")))
    assert (found.service, found.operation, found.protocol) == ("s3", operation, "rest-xml")


def test_s3_copies_are_told_apart_by_their_header(signed: Signed) -> None:
    copied = {"authorization": signed("s3"), "x_amz_copy_source": "b/k"}
    assert identified(head("PUT", "/b/k", **copied)).operation == "CopyObject"
    assert identified(head("PUT", "/b/k", "partNumber=1&uploadId=u", **copied)).operation == "UploadPartCopy"


@pytest.mark.parametrize(
    ("path", "bucket", "key"),
    [
        ("/b/a/b/c", "b", "a/b/c"),
        ("/b/folder/", "b", "folder/"),
        ("/b//k", "b", "/k"),
        ("/b/a//b", "b", "a//b"),
        ("/b/a%2Fb%20c+d%25", "b", "a/b c+d%"),
        ("/b/%E9%9B%AA", "b", "雪"),
        ("/b/..", "b", ".."),
        ("/b/policy", "b", "policy"),
    ],
)
def test_s3_keys_are_what_follows_the_bucket_decoded(signed: Signed, path: str, bucket: str, key: str) -> None:
    found = identified(head("GET", path, authorization=signed("s3")))
    assert (found.operation, found.labels) == ("GetObject", {"Bucket": bucket, "Key": key})


# documented(https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html); localhost: client(boto3)
@pytest.mark.parametrize(
    ("host", "bucket", "region"),
    [
        ("my.bucket.s3.amazonaws.com", "my.bucket", "us-east-1"),
        ("b.s3.eu-west-1.amazonaws.com", "b", "eu-west-1"),
        ("b.s3-eu-west-1.amazonaws.com", "b", "eu-west-1"),
        ("b.s3.dualstack.eu-west-1.amazonaws.com", "b", "eu-west-1"),
        ("b.localhost:4566", "b", "us-east-1"),
        ("my.bucket.localhost", "my.bucket", "us-east-1"),
        ("b.s3.localhost:4566", "b", "us-east-1"),
        ("b.s3.localhost.localstack.cloud:4566", "b", "us-east-1"),
        ("B.LOCALHOST:4566", "b", "us-east-1"),
    ],
)
def test_a_bucket_in_the_host_is_put_into_the_path(host: str, bucket: str, region: str) -> None:
    found = identified(head("GET", "/k%20k", host=host))
    assert (found.service, found.operation, found.region) == ("s3", "GetObject", region)
    assert found.labels == {"Bucket": bucket, "Key": "k k"}
    assert found.path == f"/{bucket}/k%20k"
    assert identified(head("GET", "/", "list-type=2", host=host)).operation == "ListObjectsV2"


@pytest.mark.parametrize(
    "host",
    ["s3.amazonaws.com", "s3.eu-west-1.amazonaws.com", "localhost:4566", "s3.localhost:4566", "10.0.0.1", "[::1]:4566"],
)
def test_other_hosts_name_no_bucket(host: str) -> None:
    assert identified(head("GET", "/b/k", host=host)).labels == {"Bucket": "b", "Key": "k"}


def test_an_anonymous_request_is_for_s3() -> None:
    found = identified(head("GET", "/b/k"))
    assert (found.service, found.operation, found.access_key) == ("s3", "GetObject", None)


def test_the_scope_says_who_and_where(signed: Signed) -> None:
    found = identified(head("GET", "/b", authorization=signed("s3", key="123456789012", region="eu-central-1")))
    assert (found.access_key, found.region) == ("123456789012", "eu-central-1")


def test_signature_version_4a_has_its_region_in_a_header() -> None:
    scope = "AWS4-ECDSA-P256-SHA256 Credential=AKID/20240229/s3/aws4_request, SignedHeaders=host, Signature=0"
    found = identified(head("GET", "/b", authorization=scope, x_amz_region_set="eu-west-1,eu-west-2"))
    assert (found.service, found.access_key, found.region) == ("s3", "AKID", "eu-west-1")
    assert identified(head("GET", "/b", authorization=scope, x_amz_region_set="*")).region == "us-east-1"


def test_signature_version_2_is_for_s3() -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html)
    found = identified(head("GET", "/b/k", authorization="AWS AKID:c2lnbmF0dXJl"))
    assert (found.service, found.access_key) == ("s3", "AKID")


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_presigned_urls(version: str) -> None:
    config = Config(signature_version=version, s3={"addressing_style": "path"})
    session = boto3.Session("123456789012", "secret", region_name="eu-west-1")
    client = session.client("s3", endpoint_url="http://127.0.0.1:4566", config=config)
    url = client.generate_presigned_url("put_object", {"Bucket": "b", "Key": "k k"})
    path, _, query = url.removeprefix("http://127.0.0.1:4566").partition("?")
    found = identified(head("PUT", path, query))
    assert (found.service, found.operation, found.access_key) == ("s3", "PutObject", "123456789012")
    assert found.region == ("eu-west-1" if version == "s3v4" else "us-east-1")
    assert found.labels == {"Bucket": "b", "Key": "k k"}


def test_a_target_header_names_service_and_operation(signed: Signed) -> None:
    asked = head("POST", "/", authorization=signed("kinesis"), x_amz_target="Kinesis_20131202.PutRecords")
    found = identified(asked)
    assert (found.service, found.operation, found.protocol) == ("kinesis", "PutRecords", "json")
    unsigned = identified(head("POST", "/", x_amz_target="AWSCognitoIdentityProviderService.InitiateAuth"))
    assert (unsigned.service, unsigned.operation) == ("cognito-idp", "InitiateAuth")


def test_two_services_may_share_a_target_prefix(signed: Signed) -> None:
    write = head("POST", "/", authorization=signed("timestream-write"), x_amz_target="Timestream_20181101.WriteRecords")
    query = head("POST", "/", authorization=signed("timestream-query"), x_amz_target="Timestream_20181101.Query")
    assert identified(write).service == "timestream-write"
    assert identified(query).service == "timestream-query"


def test_a_target_header_counts_for_nothing_on_an_s3_request(signed: Signed) -> None:
    asked = head("PUT", "/b/k", authorization=signed("s3"), x_amz_target="Kinesis_20131202.PutRecords")
    assert identified(asked).operation == "PutObject"
    assert identified(head("POST", "/b/k", "uploads", authorization=signed("s3"), x_amz_target="x.y")).service == "s3"


def test_cbor_is_recognised(signed: Signed) -> None:
    # client(AWS SDK for Java): Kinesis in CBOR with a target header; client(botocore): rpc-v2-cbor for CloudWatch
    kinesis = head(
        "POST",
        "/",
        authorization=signed("kinesis"),
        x_amz_target="Kinesis_20131202.PutRecords",
        content_type="application/x-amz-cbor-1.1",
    )
    found = identified(kinesis)
    assert (found.operation, found.protocol) == ("PutRecords", "cbor")
    path = "/service/GraniteServiceVersion20100801/operation/PutMetricData"
    for authorised in ({"authorization": signed("cloudwatch")}, {}):
        found = identified(head("POST", path, smithy_protocol="rpc-v2-cbor", **authorised))
        assert (found.service, found.operation) == ("cloudwatch", "PutMetricData")
        assert found.protocol == "smithy-rpc-v2-cbor"


def test_a_form_names_its_operation_in_the_body(signed: Signed) -> None:
    form = "application/x-www-form-urlencoded; charset=utf-8"
    asked = head("POST", "/", authorization=signed("cloudformation"), content_type=form)
    found = identified(asked)
    assert names_operation_in_body(found)
    assert (found.service, found.protocol) == ("cloudformation", "query")
    resolved = resolve(found, asked, b"Action=CreateStack&Version=2010-05-15&StackName=s")
    assert resolved.operation == "CreateStack"
    assert not names_operation_in_body(resolved)


def test_a_query_string_may_name_it_too(signed: Signed) -> None:
    asked = head("GET", "/", "Action=GetCallerIdentity&Version=2011-06-15", authorization=signed("sts"))
    assert identified(asked).operation == "GetCallerIdentity"


@pytest.mark.parametrize(("version", "service"), [("2012-06-01", "elb"), ("2015-12-01", "elbv2")])
def test_a_version_tells_apart_services_of_one_signing_name(signed: Signed, version: str, service: str) -> None:
    asked = head("POST", "/", authorization=signed("elb"), content_type="application/x-www-form-urlencoded")
    form = f"Action=DescribeLoadBalancers&Version={version}".encode()
    assert resolve(identified(asked), asked, form).service == service


def test_a_path_tells_apart_services_of_one_signing_name(signed: Signed) -> None:
    scope = signed("ses")
    assert identified(head("GET", "/v2/email/dedicated-ip-pools/p", authorization=scope)).service == "sesv2"
    form = head("POST", "/", authorization=scope, content_type="application/x-www-form-urlencoded")
    assert resolve(identified(form), form, b"Action=SendEmail&Version=2010-12-01").service == "ses"


def test_services_that_once_spoke_query_are_heard_in_it(signed: Signed) -> None:
    # documented(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html)
    asked = head("POST", "/", authorization=signed("sqs"), content_type="application/x-www-form-urlencoded")
    found = resolve(identified(asked), asked, b"Action=SendMessage&Version=2012-11-05")
    assert (found.service, found.operation, found.protocol) == ("sqs", "SendMessage", "query")


def test_an_anonymous_form_is_for_sts() -> None:
    # documented(https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html): unsigned
    asked = head("POST", "/", content_type="application/x-www-form-urlencoded")
    found = resolve(identified(asked), asked, b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15")
    assert (found.service, found.operation) == ("sts", "AssumeRoleWithWebIdentity")


def test_a_host_names_the_service_of_an_unsigned_request() -> None:
    asked = head("POST", "/tokens", host="oidc.eu-west-1.amazonaws.com")
    found = identified(head("POST", "/token", host="oidc.eu-west-1.amazonaws.com"))
    assert (found.service, found.operation, found.region) == ("sso-oidc", "CreateToken", "eu-west-1")
    assert identified(asked).refusal is not None


@pytest.mark.parametrize(
    ("path", "operation", "labels"),
    [
        ("/2015-03-31/functions", "ListFunctions", {}),
        ("/2015-03-31/functions/", "ListFunctions", {}),
        ("/2015-03-31/functions/f", "GetFunction", {"FunctionName": "f"}),
        ("/2015-03-31/functions/f/policy", "GetPolicy", {"FunctionName": "f"}),
        ("/2015-03-31/functions/arn%3Aaws%3Alambda%3A%2Fx", "GetFunction", {"FunctionName": "arn:aws:lambda:/x"}),
        ("/2017-03-31/tags/arn:aws:lambda:x", "ListTags", {"Resource": "arn:aws:lambda:x"}),
    ],
)
def test_rest_operations_are_found_by_their_path(
    signed: Signed, path: str, operation: str, labels: dict[str, str]
) -> None:
    found = identified(head("GET", path, authorization=signed("lambda")))
    assert (found.service, found.operation, dict(found.labels)) == ("lambda", operation, labels)


def test_a_greedy_label_leaves_a_known_end(signed: Signed) -> None:
    # client(botocore): /mrap/instances/{name+} and /mrap/instances/{name+}/policy
    asked = {"authorization": signed("s3control"), "x_amz_account_id": "123456789012"}
    whole = identified(head("GET", "/v20180820/mrap/instances/a/b", **asked))
    policy = identified(head("GET", "/v20180820/mrap/instances/a/b/policy", **asked))
    assert (whole.operation, whole.labels["name"]) == ("GetMultiRegionAccessPoint", "a/b")
    assert (policy.operation, policy.labels["name"]) == ("GetMultiRegionAccessPointPolicy", "a/b")


@pytest.mark.parametrize(
    ("asked", "code", "status"),
    [
        (
            ("POST", "/", {"service": "kinesis", "x_amz_target": "Kinesis_20131202.Frobnicate"}),
            "UnknownOperationException",
            400,
        ),
        (("POST", "/", {"service": "kinesis", "x_amz_target": "Nonsense"}), "UnknownOperationException", 400),
        (("POST", "/", {"service": "kinesis", "x_amz_target": "AWSGlue.GetTable"}), "UnknownOperationException", 400),
        (("POST", "/", {"service": "kinesis"}), "UnknownOperationException", 400),
        (("GET", "/2015-03-31/nothing", {"service": "lambda"}), "UnknownOperationException", 404),
        (("PATCH", "/b/k", {"service": "s3"}), "MethodNotAllowed", 405),
        (("POST", "/b", {"service": "s3"}), "MethodNotAllowed", 405),
        (("GET", "/b/%ff", {"service": "s3"}), "InvalidURI", 400),
    ],
)
def test_what_the_model_does_not_have_is_refused_in_awss_words(
    signed: Signed, asked: tuple[str, str, dict[str, Any]], code: str, status: int
) -> None:
    method, path, headers = asked
    scope = signed(headers.pop("service"))
    request = head(method, path, authorization=scope, **headers)
    found = identified(request)
    assert found.operation is None
    assert not names_operation_in_body(found)
    with pytest.raises(AwsError) as raised:
        resolve(found, request, b"")
    assert (raised.value.code, raised.value.status) == (code, status)


@pytest.mark.parametrize(
    ("body", "code"), [(b"", "MissingAction"), (b"\xff\xfe", "MissingAction"), (b"Action=Frobnicate", "InvalidAction")]
)
def test_a_form_without_a_known_action_is_refused(signed: Signed, body: bytes, code: str) -> None:
    asked = head("POST", "/", authorization=signed("iam"), content_type="application/x-www-form-urlencoded")
    with pytest.raises(AwsError) as raised:
        resolve(identified(asked), asked, body)
    assert raised.value.code == code


@pytest.mark.parametrize("query", ["acl&tagging", "tagging&partNumber=1&uploadId=u", "retention&legal-hold"])
def test_s3_refuses_a_query_that_asks_for_two_things(signed: Signed, query: str) -> None:
    # assumed: S3 answers so for pairs of sub-resources; which pairs is nowhere written
    found = identified(head("PUT", "/b/k", query, authorization=signed("s3")))
    assert found.operation is None
    assert found.refusal is not None
    assert (found.refusal.code, found.refusal.status) == ("InvalidArgument", 400)
    assert found.refusal.message.startswith("Conflicting query string parameters: ")


def test_an_unknown_service_is_nobody(signed: Signed) -> None:
    scope = signed("s3").replace("/s3/", "/nothing/")
    assert identify(head("GET", "/", authorization=scope)) is None
    assert identify(head("POST", "/", x_amz_target="Nothing_2020.Do")) is None


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=",
        "AWS4-HMAC-SHA256 Credential=a/b",
        "AWS",
        "Bearer x",
        "Basic eA==",
    ],
)
def test_a_broken_authorization_is_not_a_broken_gateway(authorization: str) -> None:
    assert identified(head("GET", "/b/k", authorization=authorization)).operation == "GetObject"


@pytest.mark.parametrize("path", ["", "b", "//", "/" * 5000, "/" + "a/" * 5000, "*", "/%", "/%zz"])
def test_odd_paths_are_looked_at_quickly(signed: Signed, path: str) -> None:
    for service in ("s3", "lambda", "s3control"):
        assert identify(head("GET", path, authorization=signed(service), x_amz_account_id="1")) is not None


def test_every_operation_of_boto3s_s3_client_is_found(signed: Signed) -> None:
    """The real client, signing and all: what it sends to localhost, where it puts the bucket into the host."""
    client = boto3.Session("123456789012", "secret", region_name="eu-west-1").client(
        "s3", endpoint_url="http://localhost:4566"
    )
    seen: list[Target] = []

    def hear(request: Any, **_: Any) -> None:
        _, _, rest = request.url.partition("://")
        host, _, target = rest.partition("/")
        path, _, query = target.partition("?")
        headers = [
            (name, value if isinstance(value, str) else value.decode()) for name, value in request.headers.items()
        ]
        seen.append(identified(Head(request.method, f"/{path}", query, Headers(headers), "http", host)))
        raise ClientError({"Error": {"Code": "Heard"}}, "heard")

    client.meta.events.register("before-send.s3", hear)
    for name, params in (
        ("ListBuckets", {}),
        ("PutObject", {"Bucket": "b", "Key": "k/k", "Body": b"x"}),
        ("GetBucketPolicy", {"Bucket": "b"}),
        ("ListObjectsV2", {"Bucket": "my.bucket"}),
        ("DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}}),
        ("CopyObject", {"Bucket": "b", "Key": "k", "CopySource": "b/k"}),
    ):
        with pytest.raises(ClientError, match="Heard"):
            client._make_api_call(name, params)  # the one method behind all of boto3's
        assert (seen[-1].service, seen[-1].operation, seen[-1].region) == ("s3", name, "eu-west-1")
        assert seen[-1].labels.get("Bucket") == params.get("Bucket")
