"""Shard iterators and page tokens: places in a stream that a client carries for at most five minutes."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from boathouse.errors import AwsError

LIFETIME_MILLIS = 300_000


@dataclass(frozen=True, slots=True)
class ShardIterator:
    """``position`` is the first that it may still return, ``issued`` in milliseconds since the epoch."""

    stream: str
    stream_id: int
    shard: int
    position: int
    issued: int

    def encode(self) -> str:
        return pack([self.stream, self.stream_id, self.shard, self.position, self.issued])


def decode(text: str, now: int) -> ShardIterator:
    """Raises InvalidArgumentException, or ExpiredIteratorException five minutes after it was given out."""
    match unpack(text):
        case [str(stream), int(stream_id), int(shard), int(position), int(issued)]:
            iterator = ShardIterator(stream, stream_id, shard, position, issued)
        case _:
            raise AwsError("InvalidArgumentException", "Invalid ShardIterator.")
    if now - issued > LIFETIME_MILLIS:
        raise AwsError(
            "ExpiredIteratorException",
            f"Iterator expired. The iterator was created at time {_date(issued)} while right now it is {_date(now)}"
            f" which is further in the future than the tolerated delay of {LIFETIME_MILLIS} milliseconds.",
        )
    return iterator


def pack(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode()


def unpack(text: str) -> Any:
    """What was packed, or None if it was something else."""
    try:
        return json.loads(base64.urlsafe_b64decode(text))
    except ValueError:
        return None


def _date(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
