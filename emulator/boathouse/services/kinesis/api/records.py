"""PutRecord, PutRecords, GetShardIterator and GetRecords."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.kinesis import iterators, sequence
from boathouse.services.kinesis.constraints import refuse, too_long
from boathouse.services.kinesis.iterators import ShardIterator
from boathouse.services.kinesis.log import Log, Record
from boathouse.services.kinesis.store import Store
from boathouse.services.kinesis.streams import HASH_KEYS, Router, Shard, Stream, hash_key_range, shard_id

BYTES_A_REQUEST = 10 * 1024 * 1024
BYTES_A_READ = 10 * 1024 * 1024
WITH_NUMBER = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")
MOST_RECORDS_A_READ = 10_000


class Records:
    def __init__(self, store: Store, log: Log, clock: Clock) -> None:
        self._store = store
        self._log = log
        self._clock = clock

    @operation("PutRecord")
    async def put_record(self, context: Context, request: Request) -> Response:
        refuse(request, DryRun="DryRun")
        stream = self._store.find_active(context, request)
        _check_record(stream, request, "")
        (put,) = self._append(stream, [request])
        return put | ({"EncryptionType": "KMS"} if stream.key_id else {})

    @operation("PutRecords")
    async def put_records(self, context: Context, request: Request) -> Response:
        refuse(request, DryRun="DryRun")
        entries = request["Records"]
        _check_request(entries)
        stream = self._store.find_active(context, request)
        for number, entry in enumerate(entries, 1):
            _check_record(stream, entry, f"records.{number}.member.")
        return {
            "FailedRecordCount": 0,
            "Records": self._append(stream, entries),
            "EncryptionType": "KMS" if stream.key_id else "NONE",
        }

    def _append(self, stream: Stream, entries: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
        router, now, encrypted = Router(stream), self._clock.millis(), stream.key_id is not None
        last = {shard.index: self._log.last(stream.id, shard.index) for shard in stream.open_shards}
        records, answers = list[Record](), list[dict[str, str]]()
        for entry in entries:
            shard = router.shard(entry["PartitionKey"], entry.get("ExplicitHashKey"))
            last[shard.index] += 1
            position = last[shard.index]
            records.append(Record(shard.index, position, now, entry["PartitionKey"], encrypted, entry["Data"]))
            answers.append({"ShardId": shard.id, "SequenceNumber": stream.sequence(shard, position)})
        self._log.append(stream.id, records)
        for index in last:
            self._log.trim(stream.id, index, self._horizon(stream))
        return answers

    @operation("GetShardIterator")
    async def get_shard_iterator(self, context: Context, request: Request) -> Response:
        refuse(request, DryRun="DryRun")
        stream = self._store.find(context, request)
        shard = stream.shard(request["ShardId"])
        if shard is None:
            raise _no_shard(request["ShardId"], stream.name, context.account)
        position = self._start(stream, shard, request)
        iterator = ShardIterator(stream.name, stream.id, shard.index, position, self._clock.millis())
        return {"ShardIterator": iterator.encode()}

    def _start(self, stream: Stream, shard: Shard, request: Request) -> int:
        kind: str = request["ShardIteratorType"]
        number: str | None = request.get("StartingSequenceNumber")
        if (kind in WITH_NUMBER) != (number is not None):
            also = "no StartingSequenceNumber" if number is None else "also a StartingSequenceNumber"
            raise AwsError(
                "InvalidArgumentException",
                "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2)"
                f" TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {kind} and {also}.",
            )
        if number is not None:
            position = _position(stream, shard, number)
            return position + 1 if kind == "AFTER_SEQUENCE_NUMBER" else position
        if kind == "AT_TIMESTAMP":
            return self._log.first_since(stream.id, shard.index, self._timestamp(request))
        return 0 if kind == "TRIM_HORIZON" else self._log.last(stream.id, shard.index) + 1

    def _timestamp(self, request: Request) -> int:
        given: datetime | None = request.get("Timestamp")
        if given is None:
            raise AwsError("InvalidArgumentException", "Must specify a Timestamp when using AT_TIMESTAMP.")
        millis, now = int(given.timestamp() * 1000), self._clock.millis()
        if millis > now:
            raise AwsError(
                "InvalidArgumentException",
                "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis."
                f" timestampInMillis: {millis}, currentTimestampInMillis: {now}",
            )
        return millis

    @operation("GetRecords")
    async def get_records(self, context: Context, request: Request) -> Response:
        refuse(request, DryRun="DryRun")
        now, limit = self._clock.millis(), request.get("Limit", MOST_RECORDS_A_READ)
        iterator = iterators.decode(request["ShardIterator"], now)
        stream = self._store.get(context.scope, iterator.stream)
        if stream is None or stream.id != iterator.stream_id or iterator.shard >= len(stream.shards):
            raise _no_shard(shard_id(iterator.shard), iterator.stream, context.account)
        shard = stream.shards[iterator.shard]
        start = max(iterator.position, self._log.first_since(stream.id, shard.index, self._horizon(stream)))
        last = self._log.last(stream.id, shard.index)
        records = self._log.read(stream.id, shard.index, start, limit, BYTES_A_READ)
        after = records[-1].position + 1 if records else start
        answer: Response = {
            "Records": [_answer(stream, record) for record in records],
            "MillisBehindLatest": now - records[-1].arrived if records and after <= last else 0,
        }
        if shard.last is not None and after > shard.last:
            return answer | {"ChildShards": [_child(child) for child in stream.children(shard)]}
        following = ShardIterator(stream.name, stream.id, shard.index, after, now)
        return answer | {"NextShardIterator": following.encode()}

    def _horizon(self, stream: Stream) -> int:
        """Records that arrived before are expired; milliseconds since the epoch."""
        return self._clock.millis() - int(stream.horizon * 1000)


def _check_request(entries: Sequence[dict[str, Any]]) -> None:
    if sum(len(entry["Data"]) + len(entry.get("PartitionKey", "").encode()) for entry in entries) > BYTES_A_REQUEST:
        raise AwsError("InvalidArgumentException", f"Records size exceeds {BYTES_A_REQUEST >> 20} MB limit")


def _check_record(stream: Stream, entry: dict[str, Any], at: str) -> None:
    key, explicit = entry.get("PartitionKey"), entry.get("ExplicitHashKey")
    if key is None:  # only optional where records are distributed evenly, which is refused
        raise AwsError("InvalidArgumentException", "PartitionKey must be specified.")
    if len(entry["Data"]) + len(key.encode()) > stream.max_record_kib * 1024:
        raise too_long(f"{at}data", stream.max_record_kib * 1024)
    if explicit is not None and int(explicit) >= HASH_KEYS:
        raise AwsError(
            "InvalidArgumentException",
            "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]."
            f" Specified value was {explicit}",
        )


def _position(stream: Stream, shard: Shard, number: str) -> int:
    place = sequence.decode(number)
    if place is None or place.stream_id != stream.id:
        reason = "" if place is None else " because it did not come from this stream"
        raise AwsError(
            "InvalidArgumentException",
            f"StartingSequenceNumber {number} used in GetShardIterator on shard {shard.id} in stream {stream.name}"
            f" under account {stream.account} is invalid{reason}.",
        )
    if place.shard != shard.index:
        raise AwsError(
            "InvalidArgumentException",
            f"Invalid StartingSequenceNumber. It encodes {shard_id(place.shard)}, while it was used in a call to a"
            f" shard with {shard.id}",
        )
    return place.position


def _answer(stream: Stream, record: Record) -> dict[str, Any]:
    answer = {
        "SequenceNumber": sequence.encode(stream.id, record.shard, record.position),
        "ApproximateArrivalTimestamp": datetime.fromtimestamp(record.arrived / 1000, UTC),
        "Data": record.data,
        "PartitionKey": record.partition_key,
    }
    return answer | ({"EncryptionType": "KMS"} if record.encrypted else {})


def _child(shard: Shard) -> dict[str, Any]:
    parents = [shard_id(parent) for parent in shard.parents]
    return {"ShardId": shard.id, "ParentShards": parents, "HashKeyRange": hash_key_range(shard)}


def _no_shard(shard: str, stream: str, account: str) -> AwsError:
    message = f"Shard {shard} in stream {stream} under account {account} does not exist"
    return AwsError("ResourceNotFoundException", message)
