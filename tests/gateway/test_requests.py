"""What the gateway makes of requests: whose they are, where they go, how they stream, in what words they fail."""

import http.client
import json
import ssl
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from boathouse import launch


@pytest.fixture
def connection(platform: launch.Platform) -> Iterator[http.client.HTTPConnection]:
    """For requests that no client would make."""
    opened = http.client.HTTPConnection(platform.endpoint.removeprefix("http://"), timeout=10)
    yield opened
    opened.close()


def test_accounts_are_apart_from_each_other(client: Any) -> None:
    for account in ("111111111111", "222222222222"):
        client("kinesis", account=account).create_stream(StreamName="same-name", ShardCount=1)
    arns = {
        client("kinesis", account=account).describe_stream_summary(StreamName="same-name")["StreamDescriptionSummary"][
            "StreamARN"
        ]
        for account in ("111111111111", "222222222222")
    }
    assert arns == {f"arn:aws:kinesis:us-east-1:{number * 12}:stream/same-name" for number in "12"}
    with pytest.raises(ClientError) as missing:
        client("kinesis", account="333333333333").describe_stream_summary(StreamName="same-name")
    assert missing.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_regions_are_apart_from_each_other(client: Any) -> None:
    client("glue", region="eu-west-1").create_database(DatabaseInput={"Name": "only_in_ireland"})
    assert client("glue", region="eu-west-1").get_database(Name="only_in_ireland")
    with pytest.raises(ClientError):
        client("glue", region="us-east-1").get_database(Name="only_in_ireland")


def test_objects_stream_both_ways_in_any_size(client: Any, bucket: str) -> None:
    body = bytes(range(256)) * 4096 * 20  # 20 MiB
    client("s3").put_object(Bucket=bucket, Key="big/with space+plus%41é", Body=body)
    answer = client("s3").get_object(Bucket=bucket, Key="big/with space+plus%41é", Range="bytes=256-511")
    assert answer["Body"].read() == bytes(range(256))
    assert client("s3").get_object(Bucket=bucket, Key="big/with space+plus%41é")["Body"].read() == body


def test_a_presigned_url_serves_the_object(client: Any, bucket: str) -> None:
    client("s3").put_object(Bucket=bucket, Key="k", Body=b"content")
    url = client("s3").generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read() == b"content"


def test_a_presigned_put_is_bound_by_the_policy(client: Any, bucket: str) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    policy = json.dumps({"Statement": deny})
    client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    url = client("s3").generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(url, b"x", method="PUT"), timeout=10)
    assert refused.value.code == 403
    assert b"<Code>AccessDenied</Code>" in refused.value.read()
    refused.value.close()
    client("s3").delete_bucket_policy(Bucket=bucket)


@pytest.mark.parametrize(
    "host", ["{}.localhost", "{}.s3.localhost", "{}.s3.eu-west-1.localhost", "{}.s3.localhost.localstack.cloud"]
)
def test_the_host_may_name_the_bucket(
    client: Any, connection: http.client.HTTPConnection, bucket: str, host: str
) -> None:
    client("s3").put_object(Bucket=bucket, Key="a/b", Body=b"content")
    for path, wanted in (("/a/b", b"content"), ("/?list-type=2", b"<Key>a/b</Key>")):
        connection.request("GET", path, headers={"Host": host.format(bucket)})
        answer = connection.getresponse()
        assert answer.status == 200
        assert wanted in answer.read()


@pytest.mark.parametrize(
    "host", ["other.localhost", "other.s3.localhost", "other.s3.example.org", "other.s3-website.us-east-1.localhost"]
)
def test_no_host_leads_past_a_policy(
    client: Any, connection: http.client.HTTPConnection, bucket: str, host: str
) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": deny}))
    for name, path in ((host, f"/{bucket}/key"), (host.replace("other", bucket), "/key")):
        connection.request("PUT", path, b"x", {"Host": name})
        connection.getresponse().read()
    assert "Contents" not in client("s3").list_objects_v2(Bucket=bucket)
    client("s3").delete_bucket_policy(Bucket=bucket)


@pytest.mark.parametrize("host", ["localhost:4566", "emulator:4566", "boathouse.internal:4566"])
def test_urls_in_answers_follow_the_host_that_was_asked(
    client: Any, connection: http.client.HTTPConnection, bucket: str, host: str
) -> None:
    signed = {
        "Host": host,
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "AmazonSQS.CreateQueue",
        "Authorization": "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/sqs/aws4_request, Signature=0",
    }
    connection.request("POST", "/", json.dumps({"QueueName": "where"}), signed)
    assert json.loads(connection.getresponse().read())["QueueUrl"] == f"http://{host}/000000000000/where"
    s3 = client("s3")
    where = {"Bucket": bucket, "Key": "k", "UploadId": s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]}
    tag = s3.upload_part(**where, PartNumber=1, Body=b"x")["ETag"]
    document = f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part>"
    document += "</CompleteMultipartUpload>"
    connection.request("POST", f"/{bucket}/k?uploadId={where['UploadId']}", document, {"Host": host})
    assert f"<Location>http://{host}/{bucket}/k</Location>".encode() in connection.getresponse().read()


def test_a_form_upload_is_refused_since_no_policy_could_see_it(
    connection: http.client.HTTPConnection, bucket: str
) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    connection.request("POST", f"/{bucket}", b"--x--", headers)
    assert connection.getresponse().status == 405


def test_https_answers_with_a_certificate_of_its_own_authority(platform: launch.Platform) -> None:
    authority = Path(platform.health["state_dir"]) / "tls" / "ca.pem"
    context = ssl.create_default_context(cafile=str(authority))
    with urllib.request.urlopen(
        f"{platform.health['tls_endpoint']}/_boathouse/health", timeout=10, context=context
    ) as answer:
        assert b'"status":"ok"' in answer.read()


def test_what_nobody_has_is_501_and_names_itself(client: Any) -> None:
    with pytest.raises(ClientError, match=r"emulator: glue\.CreateCrawler is not supported") as refused:
        client("glue").create_crawler(Name="c", Role="r", Targets={})
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_what_only_the_base_has_passes_through(client: Any) -> None:
    topic = client("sns").create_topic(Name="passes")["TopicArn"]
    assert topic in [entry["TopicArn"] for entry in client("sns").list_topics()["Topics"]]
    # client(botocore): CloudWatch is spoken in rpc-v2-cbor
    client("cloudwatch").put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1.0}])
    assert client("cloudwatch").list_metrics(Namespace="n")["Metrics"][0]["MetricName"] == "m"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/", {"X-Amz-Target": "AWSGlue.NoSuchThing"}, 400),
        ("POST", "/", {"X-Amz-Target": "Nothing.AtAll"}, 403),
        ("POST", "/", {"X-Amz-Target": "AWSGlue.GetTable", "Content-Type": "application/x-amz-json-1.1"}, 400),
        ("PATCH", "/bucket/key", {}, 405),
    ],
)
def test_what_makes_no_sense_is_the_clients_error(
    connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    connection.request(method, path, b"{not json", headers)
    answer = connection.getresponse()
    assert answer.status == status
    assert answer.read()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"sql": 1}', b'{"sql": "\\ud800", "database": "d"}', b"[" * 9000]
)
def test_what_asks_for_no_translation_is_told_how_to(connection: http.client.HTTPConnection, body: bytes) -> None:
    connection.request("POST", "/_boathouse/translation", body)
    answer = connection.getresponse()
    assert answer.status == 400
    assert b"emulator: send" in answer.read()


def test_a_refusal_leaves_the_connection_usable(connection: http.client.HTTPConnection, bucket: str) -> None:
    for _ in range(3):
        connection.request("PUT", f"/no-such-{bucket}/key", b"x" * 100_000)
        answer = connection.getresponse()
        assert answer.status == 404
        answer.read()


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://evil.example", 403),
        ("null", 403),
        ("http://[", 403),
        ("http://localhost:3000", 200),
        ("http://127.0.0.1:8080", 200),
    ],
)
def test_a_page_from_elsewhere_is_refused(connection: http.client.HTTPConnection, origin: str, status: int) -> None:
    for path in ("/_boathouse/health", "/"):
        connection.request("GET", path, headers={"Origin": origin})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status, path


def test_reset_empties_ours_and_the_bases(tmp_path: Path) -> None:
    import boto3

    from boathouse.settings import Settings

    own = launch.launch(Settings(ephemeral=True, port=launch.free_port(), aws_dir=tmp_path, workers=0))
    try:
        session = boto3.Session(aws_access_key_id="000000000000", aws_secret_access_key="x", region_name="us-east-1")
        clients = {name: session.client(name, endpoint_url=own.endpoint) for name in ("s3", "glue", "sns")}
        clients["s3"].create_bucket(Bucket="gone-soon")
        clients["glue"].create_database(DatabaseInput={"Name": "gone_soon"})
        clients["sns"].create_topic(Name="gone-soon")
        launch.reset(own.endpoint)
        assert clients["s3"].list_buckets()["Buckets"] == []
        assert clients["glue"].get_databases()["DatabaseList"] == []
        assert clients["sns"].list_topics()["Topics"] == []
    finally:
        own.stop()
