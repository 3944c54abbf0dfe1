from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import ClientOf
from tests.services.kinesis.conftest import MakeStream

API = "https://docs.aws.amazon.com/kinesis/latest/APIReference"


def test_a_new_stream_is_creating_and_then_active(kinesis: Any, stream_name: str) -> None:
    kinesis.create_stream(StreamName=stream_name, ShardCount=2)
    # documented(API_CreateStream): returns immediately and sets the status to CREATING, then to ACTIVE
    assert (
        kinesis.describe_stream_summary(StreamName=stream_name)["StreamDescriptionSummary"]["StreamStatus"]
        == "CREATING"
    )
    # client(boto3): its waiter polls DescribeStream for ACTIVE
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name, WaiterConfig={"Delay": 0.05})
    description = kinesis.describe_stream(StreamName=stream_name)["StreamDescription"]
    assert description["StreamStatus"] == "ACTIVE"
    assert description["StreamARN"] == f"arn:aws:kinesis:us-east-1:000000000000:stream/{stream_name}"
    assert description["RetentionPeriodHours"] == 24
    assert description["EncryptionType"] == "NONE"


def test_shards_divide_the_hash_keys_evenly(kinesis: Any, make_stream: MakeStream) -> None:
    shards = kinesis.list_shards(StreamName=make_stream(3))["Shards"]
    edges = [(int(s["HashKeyRange"]["StartingHashKey"]), int(s["HashKeyRange"]["EndingHashKey"])) for s in shards]
    # documented(API_HashKeyRange): contiguous, over 128 bits
    assert edges[0][0] == 0
    assert edges[-1][1] == 2**128 - 1
    assert [start for start, _ in edges[1:]] == [end + 1 for _, end in edges[:-1]]
    assert [shard["ShardId"] for shard in shards] == [f"shardId-{index:012d}" for index in range(3)]


def test_on_demand_starts_with_four_shards(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(None, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    # documented(https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html)
    assert (summary["OpenShardCount"], summary["StreamModeDetails"]["StreamMode"]) == (4, "ON_DEMAND")


def test_shards_come_in_pages(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(5)
    first = kinesis.list_shards(StreamName=name, MaxResults=2)
    rest = kinesis.list_shards(NextToken=first["NextToken"])
    assert [shard["ShardId"][-1] for shard in first["Shards"] + rest["Shards"]] == list("01234")
    assert "NextToken" not in rest
    described = kinesis.describe_stream(StreamName=name, Limit=2, ExclusiveStartShardId="shardId-000000000001")
    assert [shard["ShardId"][-1] for shard in described["StreamDescription"]["Shards"]] == ["2", "3"]
    assert described["StreamDescription"]["HasMoreShards"]


def test_streams_are_listed_by_name_and_by_arn(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1)
    names = [found for page in kinesis.get_paginator("list_streams").paginate() for found in page["StreamNames"]]
    assert name in names
    arn = f"arn:aws:kinesis:us-east-1:000000000000:stream/{name}"
    assert kinesis.describe_stream_summary(StreamARN=arn)["StreamDescriptionSummary"]["StreamName"] == name


def test_a_deleted_stream_is_gone_and_its_name_free(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1)
    put = kinesis.put_record(StreamName=name, Data=b"old", PartitionKey="k")
    kinesis.delete_stream(StreamName=name)
    kinesis.get_waiter("stream_not_exists").wait(StreamName=name, WaiterConfig={"Delay": 0.05})
    with pytest.raises(ClientError, match=f"Stream {name} under account 000000000000 not found.") as refused:
        kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    make_stream(1, name=name)
    with pytest.raises(ClientError, match="is invalid because it did not come from this stream"):
        kinesis.get_shard_iterator(
            StreamName=name,
            ShardId=put["ShardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=put["SequenceNumber"],
        )
    iterator = kinesis.get_shard_iterator(StreamName=name, ShardId=put["ShardId"], ShardIteratorType="TRIM_HORIZON")
    assert kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"] == []


def test_an_existing_name_is_in_use(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1)
    with pytest.raises(ClientError) as refused:
        kinesis.create_stream(StreamName=name, ShardCount=1)
    assert refused.value.response["Error"]["Code"] == "ResourceInUseException"
    assert f"Stream {name} under account 000000000000 already exists." in str(refused.value)


@pytest.mark.parametrize("name", ["with space", "x" * 129])
def test_a_bad_name_is_refused(kinesis: Any, name: str) -> None:
    with pytest.raises(ClientError) as refused:
        kinesis.create_stream(StreamName=name, ShardCount=1)
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_accounts_and_regions_do_not_see_each_other(client: ClientOf, make_stream: MakeStream) -> None:
    name = make_stream(1)
    for elsewhere in ({"account": "111111111111"}, {"region": "eu-west-1"}):
        with pytest.raises(ClientError, match="not found"):
            client("kinesis", **elsewhere).describe_stream_summary(StreamName=name)


def test_retention_can_be_changed_within_bounds(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1)
    kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=48)
    with pytest.raises(ClientError, match="can not be longer than existing retention period"):
        kinesis.decrease_stream_retention_period(StreamName=name, RetentionPeriodHours=72)
    with pytest.raises(ClientError, match="Minimum allowed retention period is 24 hours"):
        kinesis.decrease_stream_retention_period(StreamName=name, RetentionPeriodHours=1)
    kinesis.decrease_stream_retention_period(StreamName=name, RetentionPeriodHours=24)
    assert kinesis.describe_stream(StreamName=name)["StreamDescription"]["RetentionPeriodHours"] == 24


def test_tags_by_name_and_by_arn(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1, Tags={"team": "data"})
    arn = f"arn:aws:kinesis:us-east-1:000000000000:stream/{name}"
    kinesis.add_tags_to_stream(StreamName=name, Tags={"stage": "test"})
    kinesis.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "stage", "Value": "test"}]
    assert kinesis.list_tags_for_stream(StreamName=name)["Tags"] == [{"Key": "stage", "Value": "test"}]


def test_encryption_names_its_key_and_marks_records(
    kinesis: Any, client: ClientOf, make_stream: MakeStream, read_all: Any
) -> None:
    name = make_stream(1)
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    kinesis.put_record(StreamName=name, Data=b"plain", PartitionKey="k")
    kinesis.start_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)
    description = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    assert (description["EncryptionType"], description["KeyId"]) == ("KMS", key)
    # documented(API_PutRecord): the answer names the encryption type
    assert kinesis.put_record(StreamName=name, Data=b"sealed", PartitionKey="k")["EncryptionType"] == "KMS"
    assert [record.get("EncryptionType") for record in read_all(name)] == [None, "KMS"]
    kinesis.stop_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)
    assert kinesis.describe_stream(StreamName=name)["StreamDescription"]["EncryptionType"] == "NONE"


def test_encryption_needs_a_key_that_exists(kinesis: Any, make_stream: MakeStream) -> None:
    missing = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
    with pytest.raises(ClientError) as refused:
        kinesis.start_stream_encryption(StreamName=make_stream(1), EncryptionType="KMS", KeyId=missing)
    assert refused.value.response["Error"]["Code"] == "KMSNotFoundException"


def test_what_is_not_supported_says_so(kinesis: Any, stream_name: str, make_stream: MakeStream) -> None:
    with pytest.raises(ClientError, match="emulator: Kinesis warm throughput is not supported"):
        kinesis.create_stream(StreamName=stream_name, ShardCount=1, WarmThroughputMiBps=10)
    with pytest.raises(ClientError, match="NotImplemented"):
        kinesis.update_shard_count(StreamName=make_stream(1), TargetShardCount=2, ScalingType="UNIFORM_SCALING")
