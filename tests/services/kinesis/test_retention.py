"""What a moved clock does to records and iterators. Through the operations, with the clock at hand."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Context, root_of
from boathouse.errors import AwsError
from boathouse.lake.state import State
from boathouse.services import kinesis

HOUR = 3600.0


class Operator:
    """Runs operations of a Kinesis of its own; ``restart`` builds it anew on the same file, as after a kill -9."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.clock = Clock(60)
        self.restart()

    def restart(self) -> None:
        self._service = kinesis.build(state=State(self._path), clock=self.clock, call=Call())

    def __call__(self, operation: str, **request: Any) -> dict[str, Any]:
        context = Context("request", "kinesis", operation, root_of(), "http://localhost")
        return asyncio.run(self._run(operation, context, request)) or {}

    async def _run(self, operation: str, context: Context, request: dict[str, Any]) -> dict[str, Any] | None:
        return await self._service.handlers[operation](context, request)

    def put(self, *data: bytes) -> list[str]:
        entries = [{"Data": item, "PartitionKey": "k"} for item in data]
        return [put["SequenceNumber"] for put in self("PutRecords", StreamName="s", Records=entries)["Records"]]

    def iterator(self, kind: str = "TRIM_HORIZON", **start: Any) -> str:
        answer = self("GetShardIterator", StreamName="s", ShardId="shardId-0", ShardIteratorType=kind, **start)
        return str(answer["ShardIterator"])

    def read(self, kind: str = "TRIM_HORIZON", **start: Any) -> list[bytes]:
        return [record["Data"] for record in self("GetRecords", ShardIterator=self.iterator(kind, **start))["Records"]]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    made = Operator(tmp_path / "state.sqlite")
    made("CreateStream", StreamName="s", ShardCount=1)
    made.clock.advance(60)
    return made


def test_records_expire_after_the_retention_period(operator: Operator) -> None:
    operator.put(b"old", b"older")
    operator.clock.advance(23 * HOUR)
    operator.put(b"new")
    assert operator.read() == [b"old", b"older", b"new"]
    # documented(https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html): 24 hours by default
    operator.clock.advance(2 * HOUR)
    assert operator.read() == [b"new"]
    operator.clock.advance(24 * HOUR)
    assert operator.read() == []


def test_a_longer_retention_keeps_them(operator: Operator) -> None:
    operator("IncreaseStreamRetentionPeriod", StreamName="s", RetentionPeriodHours=48)
    operator.put(b"old")
    operator.clock.advance(47 * HOUR)
    assert operator.read() == [b"old"]


def test_numbers_go_on_after_everything_expired_and_a_restart(operator: Operator) -> None:
    (before,) = operator.put(b"old")
    operator.clock.advance(100 * HOUR)
    operator.put(b"trims")
    operator.clock.advance(100 * HOUR)
    operator.restart()
    (after,) = operator.put(b"new")
    assert int(after) > int(before)
    assert operator.read("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=before) == [b"new"]


def test_at_timestamp_starts_with_the_next_record(operator: Operator) -> None:
    operator.put(b"first")
    operator.clock.advance(HOUR)
    between = operator.clock.now()
    operator.clock.advance(HOUR)
    operator.put(b"second", b"third")
    assert operator.read("AT_TIMESTAMP", Timestamp=between) == [b"second", b"third"]


def test_how_far_behind_a_reader_is(operator: Operator) -> None:
    operator.put(b"first")
    operator.clock.advance(HOUR)
    operator.put(b"second")
    answer = operator("GetRecords", ShardIterator=operator.iterator(), Limit=1)
    assert HOUR * 1000 <= answer["MillisBehindLatest"] < HOUR * 1000 + 60_000


def test_an_iterator_expires_after_five_minutes(operator: Operator) -> None:
    iterator = operator.iterator()
    operator.clock.advance(299)
    operator("GetRecords", ShardIterator=iterator)
    operator.clock.advance(2)
    # documented(API_GetShardIterator): 5 minutes; client(kinesalite, recorded from AWS): the sentence
    with pytest.raises(
        AwsError, match="further in the future than the tolerated delay of 300000 milliseconds"
    ) as refused:
        operator("GetRecords", ShardIterator=iterator)
    assert refused.value.code == "ExpiredIteratorException"


def test_what_was_acknowledged_is_there_after_a_restart(operator: Operator) -> None:
    numbers = operator.put(b"one", b"two")
    operator.restart()
    assert operator.read() == [b"one", b"two"]
    assert operator.read("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[0]) == [b"two"]
