from collections.abc import Callable, Iterator
from typing import Any, Protocol
from uuid import uuid4

import pytest


class MakeStream(Protocol):
    def __call__(self, shards: int | None, name: str | None = None, **params: Any) -> str: ...


@pytest.fixture
def kinesis(client: Callable[..., Any]) -> Any:
    return client("kinesis")


@pytest.fixture
def stream_name() -> str:
    return f"stream-{uuid4().hex[:12]}"


@pytest.fixture
def make_stream(kinesis: Any) -> Iterator[MakeStream]:
    """Makes an active stream and gives its name; streams are deleted after the test."""
    made = set[str]()

    def make(shards: int | None, name: str | None = None, **params: Any) -> str:
        name = name or f"stream-{uuid4().hex[:12]}"
        count = {} if shards is None else {"ShardCount": shards}
        kinesis.create_stream(StreamName=name, **count, **params)
        kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 0.05})
        made.add(name)
        return name

    yield make
    for name in made:
        kinesis.delete_stream(StreamName=name)


@pytest.fixture
def read_all(kinesis: Any) -> Callable[[str], list[dict[str, Any]]]:
    """All records of all shards that are there now, shard by shard."""

    def read(name: str) -> list[dict[str, Any]]:
        records = list[dict[str, Any]]()
        for shard in kinesis.list_shards(StreamName=name)["Shards"]:
            iterator = kinesis.get_shard_iterator(
                StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while iterator is not None:
                answer = kinesis.get_records(ShardIterator=iterator)
                records += answer["Records"]
                iterator = answer.get("NextShardIterator") if answer["Records"] else None
        return records

    return read
