import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.kinesis.conftest import MakeStream

MIB = 1024 * 1024


def put(kinesis: Any, name: str, *data: Any, key: Any = "k") -> Any:
    """Sequence numbers of the records, in order."""
    answer = kinesis.put_records(StreamName=name, Records=[{"Data": item, "PartitionKey": key} for item in data])
    return [record["SequenceNumber"] for record in answer["Records"]]


def read(kinesis: Any, name: str, kind: Any, shard: Any = "shardId-000000000000", **start: Any) -> Any:
    iterator = kinesis.get_shard_iterator(StreamName=name, ShardId=shard, ShardIteratorType=kind, **start)
    return kinesis.get_records(ShardIterator=iterator["ShardIterator"])


def data(answer: Any) -> Any:
    return [record["Data"] for record in answer["Records"]]


def test_records_come_back_in_order_with_increasing_numbers(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1)
    numbers = put(kinesis, name, b"one", b"two") + put(kinesis, name, b"three")
    answer = read(kinesis, name, "TRIM_HORIZON")
    assert data(answer) == [b"one", b"two", b"three"]
    assert [record["SequenceNumber"] for record in answer["Records"]] == numbers
    # documented(API_PutRecords): sequence numbers increase over time for the same partition key
    assert [int(number) for number in numbers] == sorted({int(number) for number in numbers})
    assert {len(number) for number in numbers} == {56}
    assert answer["MillisBehindLatest"] == 0
    assert answer["Records"][0]["PartitionKey"] == "k"
    assert abs(answer["Records"][0]["ApproximateArrivalTimestamp"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_key_goes_to_the_shard_of_its_md5(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(4)
    for key in ("alpha", "beta", "gamma", "delta", "epsilon"):
        answer = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey=key)
        # documented(API_PutRecord): MD5 maps partition keys to 128-bit integers, and those to shards
        expected = int.from_bytes(hashlib.md5(key.encode()).digest()) * 4 // 2**128
        assert answer["ShardId"] == f"shardId-{expected:012d}"


def test_an_explicit_hash_key_overrides_the_partition_key(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(2)
    for hash_key, shard in ((0, 0), (2**127 - 1, 0), (2**127, 1), (2**128 - 1, 1)):
        answer = kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k", ExplicitHashKey=str(hash_key))
        assert answer["ShardId"] == f"shardId-{shard:012d}"
    with pytest.raises(ClientError, match="ExplicitHashKey must be in the range"):
        kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k", ExplicitHashKey=str(2**128))


def test_every_iterator_type_starts_where_it_says(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1)
    numbers = put(kinesis, name, b"a", b"b", b"c")
    assert data(read(kinesis, name, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1])) == [b"b", b"c"]
    assert data(read(kinesis, name, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1])) == [b"c"]
    assert data(read(kinesis, name, "TRIM_HORIZON")) == [b"a", b"b", b"c"]
    assert data(read(kinesis, name, "LATEST")) == []
    arrived = read(kinesis, name, "TRIM_HORIZON")["Records"][0]["ApproximateArrivalTimestamp"]
    assert data(read(kinesis, name, "AT_TIMESTAMP", Timestamp=arrived)) == [b"a", b"b", b"c"]
    assert data(read(kinesis, name, "AT_TIMESTAMP", Timestamp=datetime(2001, 1, 1, tzinfo=UTC))) == [b"a", b"b", b"c"]


def test_an_iterator_at_the_tip_sees_what_comes_later(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1)
    put(kinesis, name, b"before")
    empty = read(kinesis, name, "LATEST")
    put(kinesis, name, b"after")
    assert data(kinesis.get_records(ShardIterator=empty["NextShardIterator"])) == [b"after"]


def test_limit_and_how_far_behind(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1)
    put(kinesis, name, *[b"%d" % index for index in range(5)])
    iterator = kinesis.get_shard_iterator(
        StreamName=name, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    first = kinesis.get_records(ShardIterator=iterator, Limit=2)
    rest = kinesis.get_records(ShardIterator=first["NextShardIterator"])
    assert (data(first), data(rest)) == ([b"0", b"1"], [b"2", b"3", b"4"])
    with pytest.raises(ClientError, match="less than or equal to 10000"):
        kinesis.get_records(ShardIterator=iterator, Limit=10_001)


def test_one_read_returns_at_most_ten_mebibytes(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1)
    for _ in range(2):
        put(kinesis, name, *[b"x" * (MIB - 1)] * 6)
    # documented(API_GetRecords): 10 MiB a call
    assert len(read(kinesis, name, "TRIM_HORIZON")["Records"]) == 10


def test_what_is_too_large_is_refused_in_kinesis_words(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1)
    # client(moto, recorded from AWS): the constraint's sentence; the key counts with the data
    with pytest.raises(ClientError, match="Member must have length less than or equal to 1048576"):
        kinesis.put_record(StreamName=name, Data=b"x" * MIB, PartitionKey="k")
    with pytest.raises(ClientError, match=r"at 'records' failed to satisfy constraint: .* equal to 500"):
        put(kinesis, name, *[b"x"] * 501)
    # documented(API_PutRecords): 10 MiB for the entire request, partition keys included
    with pytest.raises(ClientError, match="Records size exceeds 10 MB limit"):
        put(kinesis, name, *[b"x" * (MIB - 10)] * 11)
    assert read(kinesis, name, "TRIM_HORIZON")["Records"] == []


def test_a_stream_may_take_larger_records(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(1, MaxRecordSizeInKiB=2048)
    put(kinesis, name, b"x" * (2 * MIB - 1))
    assert len(read(kinesis, name, "TRIM_HORIZON")["Records"][0]["Data"]) == 2 * MIB - 1


def test_bad_iterators_and_numbers(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(2)
    (number,) = put(kinesis, name, b"x", key="k")
    home = read_shard_of(kinesis, name, "k")
    away = "shardId-000000000001" if home == "shardId-000000000000" else "shardId-000000000000"
    with pytest.raises(ClientError, match="Invalid ShardIterator"):
        kinesis.get_records(ShardIterator="bm9uc2Vuc2U=")
    with pytest.raises(ClientError, match=f"It encodes {home}, while it was used in a call to a shard with {away}"):
        read(kinesis, name, "AT_SEQUENCE_NUMBER", shard=away, StartingSequenceNumber=number)
    with pytest.raises(ClientError, match=r"under account 000000000000 is invalid\."):
        read(kinesis, name, "AT_SEQUENCE_NUMBER", StartingSequenceNumber="12345")
    with pytest.raises(ClientError, match="Must either specify"):
        read(kinesis, name, "AT_SEQUENCE_NUMBER")
    with pytest.raises(ClientError, match="does not exist"):
        read(kinesis, name, "TRIM_HORIZON", shard="shardId-000000000009")
    with pytest.raises(ClientError, match="cannot be greater than the currentTimestampInMillis"):
        read(kinesis, name, "AT_TIMESTAMP", Timestamp=datetime.now(UTC) + timedelta(days=1))


def read_shard_of(kinesis: Any, name: str, key: Any) -> Any:
    return kinesis.put_record(StreamName=name, Data=b"probe", PartitionKey=key)["ShardId"]


def test_a_split_shard_ends_and_names_its_children(kinesis: Any, make_stream: MakeStream) -> None:
    name, parent = make_stream(1), "shardId-000000000000"
    put(kinesis, name, b"before")
    kinesis.split_shard(StreamName=name, ShardToSplit=parent, NewStartingHashKey=str(2**127))
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 0.05})
    put(kinesis, name, b"after")
    answer = read(kinesis, name, "TRIM_HORIZON")
    assert data(answer) == [b"before"]
    # documented(API_GetRecords): null once the closed shard has no more data; ChildShards at its end
    assert "NextShardIterator" not in answer
    assert [child["ShardId"] for child in answer["ChildShards"]] == ["shardId-000000000001", "shardId-000000000002"]
    shards = kinesis.list_shards(StreamName=name)["Shards"]
    assert [shard.get("ParentShardId") for shard in shards] == [None, parent, parent]
    assert "EndingSequenceNumber" in shards[0]["SequenceNumberRange"]
    latest = kinesis.list_shards(StreamName=name, ShardFilter={"Type": "AT_LATEST"})["Shards"]
    assert [shard["ShardId"][-1] for shard in latest] == ["1", "2"]


def test_merged_shards_have_one_child(kinesis: Any, make_stream: MakeStream) -> None:
    name = make_stream(3)
    ids = [shard["ShardId"] for shard in kinesis.list_shards(StreamName=name)["Shards"]]
    with pytest.raises(ClientError, match="not an adjacent pair"):
        kinesis.merge_shards(StreamName=name, ShardToMerge=ids[0], AdjacentShardToMerge=ids[2])
    kinesis.merge_shards(StreamName=name, ShardToMerge=ids[0], AdjacentShardToMerge=ids[1])
    child = kinesis.list_shards(StreamName=name)["Shards"][-1]
    assert (child["ParentShardId"], child["AdjacentParentShardId"]) == (ids[0], ids[1])
    assert child["HashKeyRange"]["StartingHashKey"] == "0"
    with pytest.raises(ClientError, match="has already been merged or split"):
        kinesis.split_shard(StreamName=name, ShardToSplit=ids[0], NewStartingHashKey="1000")
