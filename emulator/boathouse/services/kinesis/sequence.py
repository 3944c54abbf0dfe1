"""Sequence numbers: 56 digits, strictly increasing within a shard, unique within a stream, telling where they belong.

The layout is ours, in the spirit of AWS's: a leading bit that fixes the length, the stream, the position in the
shard, the shard, and a version. Clients must not read them, only compare them.
"""

from dataclasses import dataclass

LEADING = 1 << 185
VERSION = 2
STREAM_BIT, POSITION_BIT, SHARD_BIT = 112, 36, 4


@dataclass(frozen=True, slots=True)
class Place:
    """``position`` counts a shard's records from 1; 0 is the shard's own beginning."""

    stream_id: int
    shard: int
    position: int


def encode(stream_id: int, shard: int, position: int) -> str:
    return str(LEADING | stream_id << STREAM_BIT | position << POSITION_BIT | shard << SHARD_BIT | VERSION)


def decode(text: str) -> Place | None:
    """None for a number that no stream of ours gave out."""
    if not text.isdecimal():
        return None
    number = int(text)
    if number >> 185 != 1 or number & 0xF != VERSION:
        return None
    return Place(
        stream_id=(number & (LEADING - 1)) >> STREAM_BIT,
        shard=number >> SHARD_BIT & 0xFFFFFFFF,
        position=number >> POSITION_BIT & (1 << STREAM_BIT - POSITION_BIT) - 1,
    )
