"""The records of all streams, on disk, read by position. Knows no API and no stream's settings.

A shard's last record is never trimmed: its position is what the next one counts on from, also after a restart.
"""

from collections.abc import Iterator
from typing import NamedTuple

from boathouse.lake.state import State

TRIMMED_AT_ONCE = 1_000
TABLE = "kinesis_records"
OF_SHARD = f"FROM {TABLE} WHERE stream=? AND shard=?"


class Record(NamedTuple):
    """A row of the table but for its stream: ``arrived`` in milliseconds since the epoch, ``encrypted`` 0 or 1.

    A tuple, since of everything that is done to a record making a dataclass of it took longest.
    """

    shard: int
    position: int
    arrived: int
    partition_key: str
    encrypted: int
    data: bytes


class Log:
    def __init__(self, state: State) -> None:
        self._state = state
        state.declare(
            TABLE,
            "stream INTEGER, shard INTEGER, position INTEGER, arrived INTEGER NOT NULL, partition_key TEXT NOT NULL,"
            " encrypted INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (stream, shard, position)",
            large=True,
        )

    def append(self, stream: int, records: list[Record]) -> None:
        """All of them or none, on disk when it returns."""
        self._state.execute_many(
            f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(stream, *record) for record in records],
        )

    def streams(self) -> Iterator[int]:
        """The ids of the streams that have records; each is one step in the key, however many records it has."""
        last = -1
        while True:
            (found,) = self._state.execute(f"SELECT min(stream) FROM {TABLE} WHERE stream > ?", last).fetchone()
            if found is None:
                return
            yield found
            last = found

    def last(self, stream: int, shard: int) -> int:
        """The last record's position, 0 if there never was one."""
        (position,) = self._state.execute(f"SELECT max(position) {OF_SHARD}", stream, shard).fetchone()
        return position or 0

    def read(self, stream: int, shard: int, position: int, limit: int, max_bytes: int) -> list[Record]:
        """From ``position`` on, at most ``limit`` records and ``max_bytes`` of data and keys, but at least one."""
        rows = self._state.execute(
            f"SELECT shard, position, arrived, partition_key, encrypted, data {OF_SHARD} AND position>=?"
            " ORDER BY position LIMIT ?",
            stream, shard, position, limit,
        )  # fmt: skip
        records, size = list[Record](), 0
        for record in map(Record._make, rows):
            size += len(record.data) + len(record.partition_key)
            if records and size > max_bytes:
                break
            records.append(record)
        return records

    def first_since(self, stream: int, shard: int, millis: int) -> int:
        """The position of the first record that arrived at ``millis`` or later; one past the last if there is none.

        Arrivals follow positions, so a binary search finds it without reading the records between.
        """
        oldest, high = self._oldest(stream, shard), self.last(stream, shard) + 1
        if oldest is None:
            return high
        low, arrived = oldest
        if arrived >= millis:
            return low
        while low < high:
            middle = (low + high) // 2
            if self._arrived(stream, shard, middle) >= millis:
                high = middle
            else:
                low = middle + 1
        return low

    def _arrived(self, stream: int, shard: int, position: int) -> int:
        row = self._state.execute(f"SELECT arrived {OF_SHARD} AND position=?", stream, shard, position).fetchone()
        return int(row[0])

    def _oldest(self, stream: int, shard: int) -> tuple[int, int] | None:
        """The oldest record's position and arrival."""
        row: tuple[int, int] | None = self._state.execute(
            f"SELECT position, arrived {OF_SHARD} ORDER BY position LIMIT 1", stream, shard
        ).fetchone()
        return row

    def trim(self, stream: int, shard: int, millis: int) -> None:
        """Removes records that arrived before ``millis``, a bounded number a call, but never the shard's last."""
        oldest = self._oldest(stream, shard)
        if oldest is None or oldest[1] >= millis:
            return
        self._state.execute(
            f"DELETE {OF_SHARD} AND position < min(?, (SELECT max(position) {OF_SHARD}),"
            f" (SELECT min(position) {OF_SHARD}) + ?)",
            stream, shard, self.first_since(stream, shard, millis), stream, shard, stream, shard, TRIMMED_AT_ONCE,
        )  # fmt: skip

    def forget(self, stream: int) -> bool:
        """Removes some records of a deleted stream; whether there may be more."""
        removed = self._state.execute(
            f"DELETE FROM {TABLE} WHERE (stream, shard, position) IN"
            f" (SELECT stream, shard, position FROM {TABLE} WHERE stream=? LIMIT ?)",
            stream, TRIMMED_AT_ONCE,
        ).rowcount  # fmt: skip
        return removed > 0
