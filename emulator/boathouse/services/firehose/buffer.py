"""What DirectPut streams have taken and not yet delivered, on disk before it is acknowledged. Knows no delivery."""

import asyncio
from collections import defaultdict

from boathouse.lake.state import State

TABLE = "firehose_records"


class PutBuffer:
    def __init__(self, state: State) -> None:
        self._state = state
        self._last: dict[int, int] = {}
        self._arrived: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        state.declare(
            TABLE,
            "stream INTEGER, position INTEGER, arrived INTEGER NOT NULL, data BLOB NOT NULL,"
            " PRIMARY KEY (stream, position)",
            large=True,
        )

    def append(self, stream: int, arrived: int, records: list[bytes]) -> None:
        """All of them or none, on disk when it returns. ``arrived`` in milliseconds since the epoch."""
        first = self._position(stream) + 1
        rows = [(stream, first + index, arrived, data) for index, data in enumerate(records)]
        self._state.execute_many(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?)", rows)
        self._last[stream] = first + len(rows) - 1
        self._arrived[stream].set()

    def read(self, stream: int, after: int, max_bytes: int) -> list[tuple[int, int, bytes]]:
        """Position, arrival and data of records after a position, at most ``max_bytes`` of data, but at least one."""
        found, size = list[tuple[int, int, bytes]](), 0
        rows = self._state.execute(
            f"SELECT position, arrived, data FROM {TABLE} WHERE stream=? AND position>? ORDER BY position",
            stream, after,
        )  # fmt: skip
        for row in rows:
            size += len(row[2])
            if found and size > max_bytes:
                break
            found.append(row)
        if not found:
            self._arrived[stream].clear()
        return found

    def arrival(self, stream: int) -> asyncio.Event:
        """Set by an append, cleared by a read that finds nothing."""
        return self._arrived[stream]

    def remove(self, stream: int, up_to: int) -> None:
        self._state.execute(f"DELETE FROM {TABLE} WHERE stream=? AND position<=?", stream, up_to)

    def forget(self, stream: int) -> None:
        self._state.execute(f"DELETE FROM {TABLE} WHERE stream=?", stream)
        self._last.pop(stream, None)
        self._arrived.pop(stream, None)

    def reset(self) -> None:
        self._last.clear()
        self._arrived.clear()

    def _position(self, stream: int) -> int:
        """The last one given out: numbers must not begin again while somebody reads on from the old ones."""
        if stream not in self._last:
            (last,) = self._state.execute(f"SELECT max(position) FROM {TABLE} WHERE stream=?", stream).fetchone()
            self._last[stream] = last or 0
        return self._last[stream]
