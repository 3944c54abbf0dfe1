"""ListShards, SplitShard and MergeShards."""

from dataclasses import dataclass

from boathouse.clock import Clock
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.kinesis.iterators import LIFETIME_MILLIS, pack, unpack
from boathouse.services.kinesis.log import Log
from boathouse.services.kinesis.store import Store
from boathouse.services.kinesis.streams import Shard, Stream, describe

LISTED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Page:
    """Where a listing goes on: after the shard ``after``, of the shards open in the seconds ``since``..``until``."""

    stream: str
    after: str
    since: float
    until: float


class Shards:
    def __init__(self, store: Store, log: Log, clock: Clock) -> None:
        self._store = store
        self._log = log
        self._clock = clock

    @operation("ListShards")
    async def list_shards(self, context: Context, request: Request) -> Response:
        limit = min(request.get("MaxResults", LISTED_AT_ONCE), LISTED_AT_ONCE)
        if (token := request.get("NextToken")) is not None:
            if "StreamName" in request or "ExclusiveStartShardId" in request:
                raise AwsError("InvalidArgumentException", "NextToken and StreamName cannot be provided together.")
            page = self._resumed(token)
            stream = self._store.find(context, {"StreamName": page.stream})
        else:
            stream = self._store.find(context, request)
            page = self._asked(stream, request)
        shards = [shard for shard in stream.shards if shard.id > page.after and _open(shard, page.since, page.until)]
        answer: Response = {"Shards": [describe(stream, shard) for shard in shards[:limit]]}
        if len(shards) > limit:
            last = shards[limit - 1].id
            answer["NextToken"] = pack([page.stream, last, page.since, page.until, self._clock.millis()])
        return answer

    def _resumed(self, token: str) -> Page:
        match unpack(token):
            case [str(stream), str(after), float(since), float(until), int(issued)]:
                if self._clock.millis() - issued > LIFETIME_MILLIS:
                    raise AwsError("ExpiredNextTokenException", "The NextToken has expired.")
                return Page(stream, after, since, until)
            case _:
                raise AwsError("InvalidArgumentException", "Invalid NextToken.")

    def _asked(self, stream: Stream, request: Request) -> Page:
        now = self._clock.time()
        horizon = now - stream.horizon
        after, chosen = request.get("ExclusiveStartShardId", ""), request.get("ShardFilter", {})
        at = chosen["Timestamp"].timestamp() if "Timestamp" in chosen else horizon
        match chosen.get("Type", "FROM_TRIM_HORIZON"):
            case "AFTER_SHARD_ID":
                return Page(stream.name, chosen.get("ShardId", after), horizon, now)
            case "AT_LATEST":
                return Page(stream.name, after, now, now)
            case "AT_TRIM_HORIZON" | "AT_TIMESTAMP":
                at = max(at, horizon, stream.created.timestamp())
                return Page(stream.name, after, at, at)
            case _:
                return Page(stream.name, after, max(at, horizon), now)

    @operation("SplitShard")
    async def split_shard(self, context: Context, request: Request) -> None:
        stream = self._store.find_active(context, request)
        parent, start = _found(stream, request["ShardToSplit"]), int(request["NewStartingHashKey"])
        if not parent.starting_hash_key + 1 < start <= parent.ending_hash_key:
            raise AwsError(
                "InvalidArgumentException",
                f"NewStartingHashKey {start} used in SplitShard() on shard {parent.id} in stream {stream.name} under"
                f" account {context.account} is not both greater than one plus the shard's StartingHashKey"
                f" {parent.starting_hash_key} and less than the shard's EndingHashKey {parent.ending_hash_key - 1}.",
            )
        self._close(stream, parent)
        self._open(stream, parent.starting_hash_key, start - 1, [parent.index])
        self._open(stream, start, parent.ending_hash_key, [parent.index])
        self._store.put(context.scope, stream)

    @operation("MergeShards")
    async def merge_shards(self, context: Context, request: Request) -> None:
        stream = self._store.find_active(context, request)
        one, other = _found(stream, request["ShardToMerge"]), _found(stream, request["AdjacentShardToMerge"])
        low, high = sorted((one, other), key=lambda shard: shard.starting_hash_key)
        if low.ending_hash_key + 1 != high.starting_hash_key:
            raise AwsError(
                "InvalidArgumentException",
                f"Shards {one.id} and {other.id} in stream {stream.name} under account {context.account} are not an"
                " adjacent pair of shards eligible for merging",
            )
        self._close(stream, one)
        self._close(stream, other)
        self._open(stream, low.starting_hash_key, high.ending_hash_key, [one.index, other.index])
        self._store.put(context.scope, stream)

    def _close(self, stream: Stream, shard: Shard) -> None:
        shard.closed, shard.last = self._clock.time(), self._log.last(stream.id, shard.index)

    def _open(self, stream: Stream, start: int, end: int, parents: list[int]) -> None:
        stream.shards.append(Shard(len(stream.shards), start, end, self._clock.time(), parents))


def _open(shard: Shard, since: float, until: float) -> bool:
    return shard.opened <= until and (shard.closed is None or shard.closed > since)


def _found(stream: Stream, name: str) -> Shard:
    shard = stream.shard(name)
    if shard is None:
        message = f"Could not find shard {name} in stream {stream.name} under account {stream.account}."
        raise AwsError("ResourceNotFoundException", message)
    if shard.closed is not None:
        raise AwsError(
            "ResourceInUseException",
            f"Shard {name} in stream {stream.name} under account {stream.account} has already been merged or split,"
            " and thus is not eligible for merging or splitting.",
        )
    return shard
