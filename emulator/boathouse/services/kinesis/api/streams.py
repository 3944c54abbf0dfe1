"""CreateStream, DescribeStream(Summary), ListStreams, DeleteStream, and what of a stream can be changed."""

import asyncio
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.kinesis.constraints import refuse
from boathouse.services.kinesis.iterators import pack, unpack
from boathouse.services.kinesis.log import Log
from boathouse.services.kinesis.store import Store
from boathouse.services.kinesis.streams import Stream, describe, even_shards
from boathouse.tasks import Tasks

CREATING_SECONDS = 15.0
ON_DEMAND_SHARDS = 4  # https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html
LEAST_HOURS, MOST_HOURS = 24, 8760
LISTED_AT_ONCE = 100


class Streams:
    def __init__(self, store: Store, log: Log, clock: Clock) -> None:
        self._store = store
        self._log = log
        self._clock = clock
        self._tasks = Tasks()

    async def start(self) -> None:
        """Goes on with what a stop or a crash left of deleted streams."""
        for stream_id in set(self._log.streams()) - self._store.ids():
            self._tasks.spawn(self._forget(stream_id), f"forget the records of stream {stream_id}")

    async def stop(self) -> None:
        await self._tasks.cancel()

    async def reset(self) -> None:
        await self._tasks.cancel()

    @operation("CreateStream")
    async def create_stream(self, context: Context, request: Request) -> None:
        name = request["StreamName"]
        refuse(request, WarmThroughputMiBps="warm throughput")
        if request.get("RecordDistributionStrategy", "USER_PARTITION_KEY") != "USER_PARTITION_KEY":
            refuse(request, RecordDistributionStrategy="record distribution strategy AUTO")
        if self._store.get(context.scope, name) is not None:
            raise AwsError("ResourceInUseException", f"Stream {name} under account {context.account} already exists.")
        mode, now = request.get("StreamModeDetails", {}).get("StreamMode", "PROVISIONED"), self._clock.time()
        self._store.put(
            context.scope,
            Stream(
                id=self._store.new_id(),
                account=context.account,
                name=name,
                arn=context.arn(f"stream/{name}"),
                mode=mode,
                created=self._clock.now(),
                ready=now + self._clock.hurried(CREATING_SECONDS),
                max_record_kib=request.get("MaxRecordSizeInKiB", 1024),
                shards=even_shards(_shard_count(request, mode), now),
                tags=request.get("Tags", {}),
            ),
        )

    @operation("DescribeStream")
    async def describe_stream(self, context: Context, request: Request) -> Response:
        stream = self._store.find(context, request)
        start, limit = request.get("ExclusiveStartShardId", ""), min(request.get("Limit", 100), 100)
        after = [shard for shard in stream.shards if shard.id > start]
        description = self._described(stream) | {
            "Shards": [] if self._store.is_creating(stream) else [describe(stream, shard) for shard in after[:limit]],
            "HasMoreShards": len(after) > limit,
        }
        return {"StreamDescription": description}

    @operation("DescribeStreamSummary")
    async def describe_stream_summary(self, context: Context, request: Request) -> Response:
        stream = self._store.find(context, request)
        summary = self._described(stream) | {
            "OpenShardCount": len(stream.open_shards),
            "ConsumerCount": 0,
            "MaxRecordSizeInKiB": stream.max_record_kib,
        }
        return {"StreamDescriptionSummary": summary}

    @operation("ListStreams")
    async def list_streams(self, context: Context, request: Request) -> Response:
        limit = min(request.get("Limit", LISTED_AT_ONCE), LISTED_AT_ONCE)
        start = request.get("ExclusiveStartStreamName", "")
        if (token := request.get("NextToken")) is not None:
            match unpack(token):
                case ["streams", str(last)]:
                    start = last
                case _:
                    raise AwsError("InvalidArgumentException", "Invalid NextToken.")
        streams = [stream for stream in self._store.all(context.scope) if stream.name > start]
        page, more = streams[:limit], len(streams) > limit
        return {
            "StreamNames": [stream.name for stream in page],
            "HasMoreStreams": more,
            "StreamSummaries": [self._summary(stream) for stream in page],
        } | ({"NextToken": pack(["streams", page[-1].name])} if more else {})

    @operation("DeleteStream")
    async def delete_stream(self, context: Context, request: Request) -> None:
        stream = self._store.find(context, request)
        self._store.delete(context.scope, stream.name)
        self._tasks.spawn(self._forget(stream.id), f"forget the records of {stream.name}")

    async def _forget(self, stream_id: int) -> None:
        """In small steps, so that nobody waits for a large log to be removed."""
        while self._log.forget(stream_id):  # noqa: ASYNC110 - this waits for nothing, it lets others go first
            await asyncio.sleep(0)

    @operation("IncreaseStreamRetentionPeriod")
    async def increase_stream_retention_period(self, context: Context, request: Request) -> None:
        self._retain(context, request, longer=True)

    @operation("DecreaseStreamRetentionPeriod")
    async def decrease_stream_retention_period(self, context: Context, request: Request) -> None:
        self._retain(context, request, longer=False)

    def _retain(self, context: Context, request: Request, *, longer: bool) -> None:
        stream, hours = self._store.find_active(context, request), request["RetentionPeriodHours"]
        _check_retention(hours)
        if hours != stream.retention_hours and (hours > stream.retention_hours) != longer:
            than, other = ("shorter", "Decrease") if longer else ("longer", "Increase")
            raise AwsError(
                "InvalidArgumentException",
                f"Requested retention period ({hours} hours) for stream {stream.name} can not be {than} than existing"
                f" retention period ({stream.retention_hours} hours). Use {other}RetentionPeriod API.",
            )
        stream.retention_hours = hours
        self._store.put(context.scope, stream)

    @operation("UpdateMaxRecordSize")
    async def update_max_record_size(self, context: Context, request: Request) -> None:
        stream = self._store.find_active(context, request)
        stream.max_record_kib = request["MaxRecordSizeInKiB"]
        self._store.put(context.scope, stream)

    def _summary(self, stream: Stream) -> dict[str, Any]:
        return {
            "StreamName": stream.name,
            "StreamARN": stream.arn,
            "StreamStatus": self._store.status(stream),
            "StreamModeDetails": {"StreamMode": stream.mode},
            "StreamCreationTimestamp": stream.created,
        }

    def _described(self, stream: Stream) -> dict[str, Any]:
        encryption = {"EncryptionType": "KMS", "KeyId": stream.key_id} if stream.key_id else {"EncryptionType": "NONE"}
        return (
            self._summary(stream)
            | {"RetentionPeriodHours": stream.retention_hours, "EnhancedMonitoring": [{"ShardLevelMetrics": []}]}
            | encryption
        )


def _shard_count(request: Request, mode: str) -> int:
    count = request.get("ShardCount")
    if mode == "ON_DEMAND":
        if count is not None:
            raise AwsError(
                "ValidationException", "Requested ShardCount should not be specified for an on-demand stream."
            )
        return ON_DEMAND_SHARDS
    return int(request.get("ShardCount", 1))


def _check_retention(hours: int) -> None:
    if hours < LEAST_HOURS:
        sentence = f"Minimum allowed retention period is {LEAST_HOURS} hours"
        raise AwsError(
            "InvalidArgumentException", f"{sentence}. Requested retention period ({hours} hours) is too short."
        )
    if hours > MOST_HOURS:
        sentence = f"Maximum allowed retention period is {MOST_HOURS} hours"
        raise AwsError(
            "InvalidArgumentException", f"{sentence}. Requested retention period ({hours} hours) is too long."
        )
