import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from boathouse import launch
from tests.conftest import ClientOf
from tests.services.firehose.conftest import ROLE, MakeDelivery, describe, keys, lines, until

PARTITIONED = {"Prefix": "a=!{partitionKeyFromLambda:a}/", "ErrorOutputPrefix": "e/!{firehose:error-output-type}/"} | {
    "DynamicPartitioningConfiguration": {"Enabled": True}
}
HINTS = {"BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 60}}


def create(firehose: Any, bucket: str, name: str = "refused", **destination: Any) -> Any:
    settings = {"RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{bucket}"} | destination
    return firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=settings)


def test_what_a_new_stream_says(firehose: Any, bucket: str, stream: str, make_delivery: MakeDelivery) -> None:
    name = make_delivery(source=stream, Prefix="data/", CompressionFormat="GZIP")
    found = describe(firehose, name)
    assert found["DeliveryStreamARN"] == f"arn:aws:firehose:us-east-1:000000000000:deliverystream/{name}"
    assert (found["DeliveryStreamStatus"], found["VersionId"]) == ("ACTIVE", "1")
    source = found["Source"]["KinesisStreamSourceDescription"]
    assert (source["KinesisStreamARN"], source["RoleARN"]) == (stream, ROLE)
    (destination,) = found["Destinations"]
    assert destination["DestinationId"] == "destinationId-000000000001"
    assert destination["S3DestinationDescription"]["Prefix"] == "data/"
    # documented(https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationDescription.html)
    assert destination["ExtendedS3DestinationDescription"]["EncryptionConfiguration"] == {
        "NoEncryptionConfig": "NoEncryption"
    }
    assert destination["ExtendedS3DestinationDescription"]["CompressionFormat"] == "GZIP"


def test_listing_and_deleting(firehose: Any, bucket: str, make_delivery: MakeDelivery) -> None:
    name = make_delivery()
    assert name in firehose.list_delivery_streams(Limit=100)["DeliveryStreamNames"]
    other = create(firehose, bucket, f"{name}-other")["DeliveryStreamARN"].rpartition("/")[2]
    page = firehose.list_delivery_streams(Limit=1, ExclusiveStartDeliveryStreamName=name)
    assert page["DeliveryStreamNames"] == [other]
    firehose.delete_delivery_stream(DeliveryStreamName=other)
    with pytest.raises(ClientError, match=f"Firehose {other} under account 000000000000 not found") as refused:
        describe(firehose, other)
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_name_is_taken_once(firehose: Any, bucket: str, make_delivery: MakeDelivery) -> None:
    with pytest.raises(ClientError, match="already exists") as refused:
        create(firehose, bucket, make_delivery())
    assert refused.value.response["Error"]["Code"] == "ResourceInUseException"


def test_tags(firehose: Any, make_delivery: MakeDelivery) -> None:
    name = make_delivery()
    firehose.tag_delivery_stream(DeliveryStreamName=name, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    firehose.untag_delivery_stream(DeliveryStreamName=name, TagKeys=["a"])
    tags = firehose.list_tags_for_delivery_stream(DeliveryStreamName=name)
    assert (tags["Tags"], tags["HasMoreTags"]) == ([{"Key": "b", "Value": "2"}], False)


def test_an_update_merges_and_counts_versions(firehose: Any, s3: Any, bucket: str, make_delivery: MakeDelivery) -> None:
    name = make_delivery(Prefix="old/", CompressionFormat="GZIP")
    change = {"DeliveryStreamName": name, "DestinationId": "destinationId-000000000001"}
    firehose.update_destination(
        **change, CurrentDeliveryStreamVersionId="1", ExtendedS3DestinationUpdate={"Prefix": "new/"}
    )
    found = describe(firehose, name)
    assert found["VersionId"] == "2"
    # documented(API_UpdateDestination): what is not specified is retained
    destination = found["Destinations"][0]["ExtendedS3DestinationDescription"]
    assert (destination["Prefix"], destination["CompressionFormat"]) == ("new/", "GZIP")
    firehose.put_record(DeliveryStreamName=name, Record={"Data": b"x"})
    (key,) = until(lambda: keys(s3, bucket))
    assert key.startswith("new/20")
    assert f"/{name}-2-20" in key
    with pytest.raises(ClientError) as refused:
        firehose.update_destination(**change, CurrentDeliveryStreamVersionId="1", ExtendedS3DestinationUpdate={})
    assert refused.value.response["Error"]["Code"] == "ConcurrentModificationException"


@pytest.mark.parametrize(
    ("destination", "sentence"),
    [
        # client(terraform, cdk; recorded from AWS): the sentences about dynamic partitioning
        (
            PARTITIONED | {"BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 60}},
            "BufferingHints.SizeInMBs must be at least 64 when Dynamic Partitioning is enabled.",
        ),
        (PARTITIONED | {"BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 10}}, "must be at least 60 when"),
        (
            HINTS
            | {"Prefix": "a=!{partitionKeyFromLambda:a}/", "ErrorOutputPrefix": "e/!{firehose:error-output-type}/"},
            "Dynamic Partitioning Namespaces can only be part of a prefix expression when Dynamic Partitioning is",
        ),
        (
            HINTS | {"Prefix": "a/", "DynamicPartitioningConfiguration": {"Enabled": True}},
            "S3 Prefix should contain Dynamic Partitioning namespaces when Dynamic Partitioning is enabled",
        ),
        # documented(https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html): the rules
        ({"Prefix": "!{timestamp:yyyy}/"}, "ErrorOutputPrefix cannot be null"),
        ({"ErrorOutputPrefix": "!{timestamp:yyyy}/"}, "must contain at least one instance"),
        ({"Prefix": "!{firehose:error-output-type}/", "ErrorOutputPrefix": "e/"}, "Prefix cannot contain"),
        ({"Prefix": "!{nowhere:x}/", "ErrorOutputPrefix": "e/"}, "no valid expression"),
    ],
)
def test_what_firehose_refuses(firehose: Any, bucket: str, destination: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ClientError, match=sentence) as refused:
        create(firehose, bucket, **destination)
    assert refused.value.response["Error"]["Code"] == "InvalidArgumentException"


@pytest.mark.parametrize(
    ("destination", "named"),
    [
        ({"CompressionFormat": "Snappy"}, "CompressionFormat Snappy"),
        ({"S3BackupMode": "Enabled"}, "S3BackupMode Enabled"),
        ({"DataFormatConversionConfiguration": {"Enabled": True}}, "DataFormatConversionConfiguration"),
        (
            {"ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": "MetadataExtraction"}]}},
            "processor MetadataExtraction",
        ),
        ({"CustomTimeZone": "Asia/Tokyo"}, "CustomTimeZone Asia/Tokyo"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(
    firehose: Any, bucket: str, destination: dict[str, Any], named: str
) -> None:
    with pytest.raises(ClientError, match=f"emulator: Firehose {named} is not supported"):
        create(firehose, bucket, **destination)


def test_other_destinations_are_refused_by_name(firehose: Any) -> None:
    endpoint = {
        "EndpointConfiguration": {"Url": "https://localhost"},
        "S3Configuration": {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::b"},
    }
    with pytest.raises(ClientError, match="emulator: Firehose HttpEndpointDestinationConfiguration is not supported"):
        firehose.create_delivery_stream(DeliveryStreamName="refused", HttpEndpointDestinationConfiguration=endpoint)


def test_what_s3_refuses_is_kept_until_it_is_taken(
    client: ClientOf, platform: launch.Platform, firehose: Any, s3: Any, bucket: str, make_delivery: MakeDelivery
) -> None:
    """A bucket policy that asks for SSE-KMS, a destination without it: nothing is written, nothing is lost."""
    s3.put_bucket_policy(
        Bucket=bucket,
        Policy='{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",'
        f' "Resource": "arn:aws:s3:::{bucket}/*", "Condition": {{"StringNotEquals":'
        ' {"s3:x-amz-server-side-encryption": "aws:kms"}}}]}',
    )
    group = f"/aws/kinesisfirehose/{bucket}"
    logging = {"Enabled": True, "LogGroupName": group, "LogStreamName": "DestinationDelivery"}
    name = make_delivery(CloudWatchLoggingOptions=logging)
    firehose.put_record(DeliveryStreamName=name, Record={"Data": b"kept\n"})
    logs = client("logs")
    events = until(lambda: logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"] and logged(logs, group))
    # documented(https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html)
    assert json.loads(events[0]["message"])["errorCode"] == "S3.AccessDenied"
    assert keys(s3, bucket) == []
    assert "S3.AccessDenied: " in troubles(platform)[f"firehose {name}"]
    s3.delete_bucket_policy(Bucket=bucket)
    until(lambda: lines(s3, bucket))
    assert lines(s3, bucket) == [b"kept"]
    until(lambda: f"firehose {name}" not in troubles(platform))


def troubles(platform: launch.Platform) -> dict[str, str]:
    found: dict[str, str] = (launch.health(platform.endpoint) or {})["troubles"]
    return found


def logged(logs: Any, group: Any) -> Any:
    return logs.filter_log_events(logGroupName=group)["events"]
