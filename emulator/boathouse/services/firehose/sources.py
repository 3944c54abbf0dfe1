"""Where a delivery stream's records come from: its own buffer, or a Kinesis stream read through ``call``.

A source remembers what it has read; what it is told to ``commit`` it never gives again, also after a restart.
"""

from datetime import datetime
from typing import Any, Protocol

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.errors import AwsError
from boathouse.lake.sessions import assumed_role
from boathouse.services.firehose.buffer import PutBuffer
from boathouse.services.firehose.ledger import Ledger, Receipt, Record
from boathouse.services.firehose.store import DeliveryStream, Document, Store
from boathouse.services.firehose.waiting import wait_for

BYTES_AT_ONCE = 4 * 1024 * 1024
RECORDS_AT_ONCE = 2_500
FIRST_PAUSE = 1.0  # seconds, hurried: how often Firehose reads each shard
LONGEST_PAUSE = 0.25  # seconds of ours: an idle stream is asked four times a second
DIRECT_PUT = "direct-put"


class Source(Protocol):
    async def read(self, seconds: float | None) -> list[Record]:
        """The next records as soon as there are some; none if there are none for ``seconds``."""

    def commit(self, positions: dict[str, str]) -> None: ...


class PutSource:
    def __init__(self, stream: DeliveryStream, buffer: PutBuffer, ledger: Ledger, clock: Clock) -> None:
        self._stream = stream
        self._buffer = buffer
        self._ledger = ledger
        self._clock = clock
        self._read = 0

    async def read(self, seconds: float | None) -> list[Record]:
        rows = self._buffer.read(self._stream.id, self._read, BYTES_AT_ONCE)
        if not rows:
            await wait_for(self._clock, self._buffer.arrival(self._stream.id), seconds)
            rows = self._buffer.read(self._stream.id, self._read, BYTES_AT_ONCE)
        if not rows:
            return []
        self._read = rows[-1][0]
        receipt = self._ledger.take(DIRECT_PUT, str(self._read), len(rows))
        return [
            Record(f"{self._stream.id:022d}{position:034d}", data, arrived, receipt) for position, arrived, data in rows
        ]

    def commit(self, positions: dict[str, str]) -> None:
        self._buffer.remove(self._stream.id, int(positions[DIRECT_PUT]))


class KinesisSource:
    """Starts, as AWS does, with what arrives after the delivery stream was made."""

    def __init__(
        self, stream: DeliveryStream, kinesis: Document, store: Store, call: Call, ledger: Ledger, clock: Clock
    ) -> None:
        self._stream = stream
        self._name = kinesis["KinesisStreamARN"].rpartition("/")[2]
        self._principal = assumed_role(kinesis["RoleARN"], stream.name, stream.region)
        self._store = store
        self._call = call
        self._ledger = ledger
        self._clock = clock
        self._committed = store.positions(stream)
        self._read = dict(self._committed)
        self._iterators: dict[str, str] = {}
        self._ended = set[str]()
        self._pause = clock.hurried(FIRST_PAUSE)

    async def read(self, seconds: float | None) -> list[Record]:
        until = None if seconds is None else self._clock.time() + seconds
        while True:
            if records := await self._sweep():
                self._pause = self._clock.hurried(FIRST_PAUSE)
                return records
            left = self._pause if until is None else until - self._clock.time()
            if left <= 0:
                return []
            await self._clock.sleep(min(self._pause, left))
            self._pause = min(self._pause * 2, max(LONGEST_PAUSE, self._clock.hurried(FIRST_PAUSE)))

    def commit(self, positions: dict[str, str]) -> None:
        self._committed |= positions
        self._store.put_positions(self._stream, self._committed)

    async def _sweep(self) -> list[Record]:
        """Each shard once."""
        if not self._iterators:
            await self._find_shards()
        records = list[Record]()
        for shard in list(self._iterators):
            records += await self._read_shard(shard)
        return records

    async def _read_shard(self, shard: str) -> list[Record]:
        try:
            answer = await self._kinesis("GetRecords", ShardIterator=self._iterators[shard], Limit=RECORDS_AT_ONCE)
        except AwsError as error:
            if error.code != "ExpiredIteratorException":
                raise
            self._iterators[shard] = await self._iterator(shard)
            return []
        if (following := answer.get("NextShardIterator")) is not None:
            self._iterators[shard] = following
        else:
            del self._iterators[shard]
            self._ended.add(shard)
            await self._find_shards()  # its children
        found = answer["Records"]
        if not found:
            return []
        self._read[shard] = found[-1]["SequenceNumber"]
        receipt = self._ledger.take(shard, self._read[shard], len(found))
        return [_record(shard, record, receipt) for record in found]

    async def _find_shards(self) -> None:
        page: dict[str, Any] = {"StreamName": self._name}
        while page:
            answer = await self._kinesis("ListShards", **page)
            for shard in answer["Shards"]:
                name = shard["ShardId"]
                if name not in self._ended and name not in self._iterators:
                    self._iterators[name] = await self._iterator(name)
            page = {"NextToken": answer["NextToken"]} if answer.get("NextToken") else {}

    async def _iterator(self, shard: str) -> str:
        start: dict[str, Any] = {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": self._stream.created}
        if shard in self._read:
            start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": self._read[shard]}
        answer = await self._kinesis("GetShardIterator", StreamName=self._name, ShardId=shard, **start)
        return str(answer["ShardIterator"])

    async def _kinesis(self, operation: str, **params: Any) -> dict[str, Any]:
        return await self._call("kinesis", operation, params, as_=self._principal)


def _record(shard: str, record: dict[str, Any], receipt: Receipt) -> Record:
    arrival: datetime = record["ApproximateArrivalTimestamp"]
    arrived = int(arrival.timestamp() * 1000)
    metadata = {
        "shardId": shard,
        "partitionKey": record["PartitionKey"],
        "approximateArrivalTimestamp": arrived,
        "sequenceNumber": record["SequenceNumber"],
        "subsequenceNumber": "",
    }
    return Record(f"{record['SequenceNumber']}000000", record["Data"], arrived, receipt, metadata)
