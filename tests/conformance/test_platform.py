"""What the platform asks of whatever base it stands on, asked by boto3 as a client would; and the pipeline whole."""

import io
import os
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from boathouse import launch
from tests.conftest import ClientOf
from tests.e2e import expected, sources
from tests.e2e.lakehouse import Lakehouse

DAY = "2024-05-06"
MEBIBYTE = 1024 * 1024


@pytest.fixture
def over_tls(platform: launch.Platform, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An S3 client over HTTPS: boto3 then sends bodies aws-chunked, with the checksum in a trailer."""
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    session = boto3.Session(aws_access_key_id="000000000000", aws_secret_access_key="x", region_name="us-east-1")
    ca = Path(platform.health["state_dir"]) / "tls" / "ca.pem"
    return session.client("s3", endpoint_url=platform.health["tls_endpoint"], verify=str(ca))


def test_the_pipeline(lakehouse: Lakehouse, tmp_path: Path) -> None:
    """Kinesis, Firehose, Lambda, S3, Glue, Athena: the tables are what plain Python counts in the file."""
    files = sources.hours(tmp_path, DAY, events=200, oversize=1)
    record = lakehouse.run("all", *files)
    assert record["outcome"] == "succeeded"
    assert lakehouse.facts([DAY]) == expected.of_files(files).facts
    head = lakehouse.bucket.s3.list_objects_v2(Bucket=lakehouse.bucket.name, Prefix="cleaned/")["Contents"][0]
    found = lakehouse.bucket.s3.head_object(Bucket=lakehouse.bucket.name, Key=head["Key"])
    assert (found["ServerSideEncryption"], found["SSEKMSKeyId"]) == ("aws:kms", lakehouse.stack.key_arn)


@pytest.mark.parametrize("key", ["plain", "a b/ü+?&=%#.txt", "x//y/./z", "ends/with/"])
def test_keys_of_every_kind(client: ClientOf, bucket: str, key: str) -> None:
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key=key, Body=b"x", ContentType="text/x", Metadata={"a": "1"})
    found = s3.get_object(Bucket=bucket, Key=key)
    assert (found["Body"].read(), found["ContentType"], found["Metadata"]) == (b"x", "text/x", {"a": "1"})
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key})
    assert s3.get_object(Bucket=bucket, Key="copy")["Metadata"] == {"a": "1"}


def test_a_body_in_chunks_with_its_checksum_behind_it(over_tls: Any, bucket: str) -> None:
    body = os.urandom(3 * MEBIBYTE)
    for algorithm in ("CRC32", "SHA256"):
        put = over_tls.put_object(Bucket=bucket, Key=algorithm, Body=io.BytesIO(body), ChecksumAlgorithm=algorithm)
        found = over_tls.get_object(Bucket=bucket, Key=algorithm, ChecksumMode="ENABLED")
        assert found["Body"].read() == body
        assert found[f"Checksum{algorithm}"] == put[f"Checksum{algorithm}"]
        assert "aws-chunked" not in found.get("ContentEncoding", "")


def test_a_body_that_is_not_what_its_checksum_says(client: ClientOf, bucket: str) -> None:
    with pytest.raises(ClientError) as refused:
        client("s3").put_object(Bucket=bucket, Key="a", Body=b"x", ChecksumCRC32="AAAAAA==")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_large_body_streams(over_tls: Any, bucket: str) -> None:
    body = os.urandom(MEBIBYTE) * 40
    over_tls.put_object(Bucket=bucket, Key="large", Body=io.BytesIO(body))
    assert over_tls.get_object(Bucket=bucket, Key="large")["Body"].read() == body
    assert over_tls.get_object(Bucket=bucket, Key="large", Range="bytes=-3")["Body"].read() == body[-3:]


def test_conditional_writes(client: ClientOf, bucket: str) -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html)
    s3 = client("s3")
    etag = s3.put_object(Bucket=bucket, Key="lock", Body=b"1", IfNoneMatch="*")["ETag"]
    for condition in ({"IfNoneMatch": "*"}, {"IfMatch": '"0"'}):
        with pytest.raises(ClientError, match="PreconditionFailed"):
            s3.put_object(Bucket=bucket, Key="lock", Body=b"2", **condition)
    s3.put_object(Bucket=bucket, Key="lock", Body=b"2", IfMatch=etag)
    assert s3.get_object(Bucket=bucket, Key="lock")["Body"].read() == b"2"


def test_presigned_urls(client: ClientOf, bucket: str) -> None:
    s3 = client("s3")
    where = {"Bucket": bucket, "Key": "a b"}
    put = urllib.request.Request(s3.generate_presigned_url("put_object", Params=where), data=b"x", method="PUT")
    assert opened(put)[0] == 200
    assert opened(urllib.request.Request(s3.generate_presigned_url("get_object", Params=where))) == (200, b"x")


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_presigned_url_expires(client: ClientOf, bucket: str, version: str) -> None:
    client("s3").put_object(Bucket=bucket, Key="a", Body=b"x")
    s3 = client("s3", config=Config(signature_version=version))
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"}, ExpiresIn=-60)
    status, body = opened(urllib.request.Request(url))
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html)
    assert (status, b"Request has expired" in body) == (403, True)


def test_urls_in_answers_go_by_the_name_that_was_asked(
    client: ClientOf, platform: launch.Platform, bucket: str
) -> None:
    queue = client("sqs").create_queue(QueueName="named")["QueueUrl"]
    assert queue.startswith(f"{platform.endpoint}/")
    assert client("sqs").get_queue_url(QueueName="named")["QueueUrl"] == queue
    s3 = client("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="a", UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
    done = s3.complete_multipart_upload(
        Bucket=bucket, Key="a", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]}
    )
    assert done["Location"] == f"{platform.endpoint}/{bucket}/a"


def test_a_queue_hears_of_a_topic(client: ClientOf) -> None:
    sns, sqs = client("sns"), client("sqs")
    topic = sns.create_topic(Name="heard")["TopicArn"]
    queue = sqs.create_queue(QueueName="hears")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="hello")
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"]
    assert '"Message": "hello"' in message["Body"]


def test_kms_encrypts_and_knows_its_own(client: ClientOf) -> None:
    kms = client("kms")
    key, other = (kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    sealed = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    assert b"secret" not in sealed
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"secret"
    with pytest.raises(ClientError, match="IncorrectKeyException"):
        kms.decrypt(CiphertextBlob=sealed, KeyId=other)


def test_accounts_are_apart(client: ClientOf, bucket: str) -> None:
    def buckets(account: str) -> list[str]:
        return [found["Name"] for found in client("s3", account=account).list_buckets()["Buckets"]]

    assert bucket in buckets("000000000000")
    assert buckets("111111111111") == []


def test_what_is_not_asked_for_is_encrypted_by_s3(client: ClientOf, bucket: str) -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html)
    s3 = client("s3")
    assert s3.put_object(Bucket=bucket, Key="a", Body=b"x")["ServerSideEncryption"] == "AES256"
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_a_buckets_configurations_come_back(client: ClientOf, bucket: str) -> None:
    s3 = client("s3")
    rule = {
        "ID": "old",
        "Status": "Enabled",
        "Filter": {"Prefix": "raw/"},
        "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}],
    }
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == [rule]
    owned = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=owned)
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"] == owned
    blocked = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=blocked)
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == blocked
    s3.delete_bucket_lifecycle(Bucket=bucket)
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=bucket)


def opened(request: urllib.request.Request) -> tuple[int, bytes]:
    """Status and body, past any proxy that the environment names."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as response:
            return response.status, response.read()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read()
