"""A stream and its shards as values: hash key ranges, parents, which shard takes a key. Knows no storage."""

import hashlib
from bisect import bisect_right
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from boathouse.services.kinesis import sequence

HASH_KEYS = 1 << 128


@dataclass(slots=True)
class Shard:
    """``opened`` and ``closed`` are seconds since the epoch; ``last`` is a closed shard's last position."""

    index: int
    starting_hash_key: int
    ending_hash_key: int
    opened: float
    parents: list[int] = field(default_factory=list)
    closed: float | None = None
    last: int | None = None

    @property
    def id(self) -> str:
        return shard_id(self.index)


@dataclass(slots=True)
class Stream:
    """``id`` tells apart streams that had the same name; ``ready`` is when CREATING ends (seconds since the epoch)."""

    id: int
    account: str
    name: str
    arn: str
    mode: str
    created: datetime
    ready: float
    max_record_kib: int
    shards: list[Shard]
    retention_hours: int = 24
    key_id: str | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def open_shards(self) -> list[Shard]:
        """In the order of their hash key ranges."""
        return sorted(
            (shard for shard in self.shards if shard.closed is None), key=lambda shard: shard.starting_hash_key
        )

    @property
    def horizon(self) -> float:
        """How many seconds a record is kept."""
        return self.retention_hours * 3600.0

    def shard(self, name: str) -> Shard | None:
        """By id; ``shardId-0`` and ``shardId-000000000000`` are the same."""
        digits = name.removeprefix("shardId-")
        if digits == name or not digits.isdecimal() or int(digits) >= len(self.shards):
            return None
        return self.shards[int(digits)]

    def children(self, parent: Shard) -> list[Shard]:
        return [shard for shard in self.shards if parent.index in shard.parents]

    def sequence(self, shard: Shard, position: int) -> str:
        return sequence.encode(self.id, shard.index, position)


class Router:
    """Which open shard takes a record: made once a request, asked once a record."""

    def __init__(self, stream: Stream) -> None:
        self._shards = stream.open_shards
        self._starts = [shard.starting_hash_key for shard in self._shards]

    def shard(self, partition_key: str, explicit_hash_key: str | None) -> Shard:
        hash_key = hash_of(partition_key) if explicit_hash_key is None else int(explicit_hash_key)
        return self._shards[bisect_right(self._starts, hash_key) - 1]


def hash_of(partition_key: str) -> int:
    return int.from_bytes(hashlib.md5(partition_key.encode(), usedforsecurity=False).digest())


def shard_id(index: int) -> str:
    return f"shardId-{index:012d}"


def even_shards(count: int, opened: float) -> list[Shard]:
    """A new stream's shards: equal parts of the 128 bits of hash keys."""
    edges = [HASH_KEYS * index // count for index in range(count + 1)]
    return [Shard(index, edges[index], edges[index + 1] - 1, opened) for index in range(count)]


def to_document(stream: Stream) -> dict[str, Any]:
    return asdict(stream)


def from_document(document: dict[str, Any]) -> Stream:
    return Stream(**{**document, "shards": [Shard(**shard) for shard in document["shards"]]})


def describe(stream: Stream, shard: Shard) -> dict[str, Any]:
    """The model's ``Shard``."""
    sequences = {"StartingSequenceNumber": stream.sequence(shard, 0)}
    if shard.last is not None:
        sequences["EndingSequenceNumber"] = stream.sequence(shard, shard.last + 1)
    described = {"ShardId": shard.id, "HashKeyRange": hash_key_range(shard), "SequenceNumberRange": sequences}
    for member, parent in zip(("ParentShardId", "AdjacentParentShardId"), shard.parents, strict=False):
        described[member] = shard_id(parent)
    return described


def hash_key_range(shard: Shard) -> dict[str, str]:
    return {"StartingHashKey": str(shard.starting_hash_key), "EndingHashKey": str(shard.ending_hash_key)}
