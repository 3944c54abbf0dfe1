from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import ClientOf
from tests.services.firehose.conftest import MakeDelivery, content, keys, lines, until


def put(firehose: Any, name: str, *data: Any) -> Any:
    answer = firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": item} for item in data])
    assert answer["FailedPutCount"] == 0
    return answer


def test_direct_put_arrives_as_it_was_put(firehose: Any, s3: Any, bucket: str, make_delivery: MakeDelivery) -> None:
    name = make_delivery()
    put(firehose, name, b"one\n", b"two\n")
    assert firehose.put_record(DeliveryStreamName=name, Record={"Data": b"three\n"})["RecordId"]
    until(lambda: len(lines(s3, bucket)) == 3)
    assert lines(s3, bucket) == [b"one", b"two", b"three"]


def test_records_are_joined_without_a_delimiter(
    firehose: Any, s3: Any, bucket: str, make_delivery: MakeDelivery
) -> None:
    name = make_delivery()
    put(firehose, name, b"a", b"b")
    # documented(https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html)
    assert content(s3, bucket, until(lambda: keys(s3, bucket))[0]) == b"ab"


def test_a_delimiter_can_be_added(firehose: Any, s3: Any, bucket: str, make_delivery: MakeDelivery) -> None:
    processor = {
        "Type": "AppendDelimiterToRecord",
        "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}],
    }
    name = make_delivery(ProcessingConfiguration={"Enabled": True, "Processors": [processor]})
    put(firehose, name, b"a", b"b")
    assert content(s3, bucket, until(lambda: keys(s3, bucket))[0]) == b"a\nb\n"


def test_the_size_of_the_buffer_makes_an_object(
    firehose: Any, s3: Any, bucket: str, make_delivery: MakeDelivery
) -> None:
    name = make_delivery(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 900})
    for _ in range(3):
        put(firehose, name, b"x" * 1_000_000, b"y" * 100_000)
    # long before 900 s / 60 are over: an object for each full mebibyte
    assert len(until(lambda: keys(s3, bucket), 10)) >= 1


def test_compressed_and_encrypted(
    firehose: Any, s3: Any, bucket: str, key_arn: str, make_delivery: MakeDelivery
) -> None:
    encryption = {"KMSEncryptionConfig": {"AWSKMSKeyARN": key_arn}}
    name = make_delivery(CompressionFormat="GZIP", EncryptionConfiguration=encryption)
    put(firehose, name, b"line\n")
    (key,) = until(lambda: keys(s3, bucket))
    assert key.endswith(".gz")
    assert content(s3, bucket, key) == b"line\n"
    head = s3.head_object(Bucket=bucket, Key=key)
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key_arn)


def test_what_is_too_large_is_refused(firehose: Any, make_delivery: MakeDelivery) -> None:
    name = make_delivery()
    # documented(https://docs.aws.amazon.com/firehose/latest/dev/limits.html): 1,000 KiB, 500 records, 4 MiB
    with pytest.raises(ClientError, match="Member must have length less than or equal to 1024000"):
        firehose.put_record(DeliveryStreamName=name, Record={"Data": b"x" * 1_024_001})
    with pytest.raises(ClientError, match="Member must have length less than or equal to 500"):
        put(firehose, name, *[b"x"] * 501)
    with pytest.raises(ClientError, match="Records size exceeds 4 MB limit"):
        put(firehose, name, *[b"x" * 1_000_000] * 5)


def test_direct_put_is_not_for_kinesis_streams(firehose: Any, stream: str, make_delivery: MakeDelivery) -> None:
    name = make_delivery(source=stream)
    with pytest.raises(ClientError, match="not permitted on KinesisStreamAsSource") as refused:
        put(firehose, name, b"x")
    assert refused.value.response["Error"]["Code"] == "InvalidSourceException"


def test_kinesis_starts_with_what_comes_after(
    client: ClientOf, firehose: Any, s3: Any, bucket: str, stream: str, make_delivery: MakeDelivery
) -> None:
    kinesis, source = client("kinesis"), stream.rpartition("/")[2]
    kinesis.put_record(StreamName=source, Data=b"before\n", PartitionKey="k")
    make_delivery(source=stream)
    kinesis.put_record(StreamName=source, Data=b"after\n", PartitionKey="k")
    # documented(https://docs.aws.amazon.com/firehose/latest/dev/writing-with-kinesis-streams.html): from LATEST
    until(lambda: lines(s3, bucket))
    assert lines(s3, bucket) == [b"after"]


def test_a_split_shard_is_followed_to_its_children(
    client: ClientOf, s3: Any, bucket: str, stream: str, make_delivery: MakeDelivery
) -> None:
    kinesis, source = client("kinesis"), stream.rpartition("/")[2]
    make_delivery(source=stream)
    kinesis.put_record(StreamName=source, Data=b"parent\n", PartitionKey="k")
    kinesis.split_shard(StreamName=source, ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127))
    for hash_key in (0, 2**128 - 1):
        kinesis.put_record(StreamName=source, Data=b"child\n", PartitionKey="k", ExplicitHashKey=str(hash_key))
    until(lambda: len(lines(s3, bucket)) == 3)
    assert sorted(lines(s3, bucket)) == [b"child", b"child", b"parent"]
