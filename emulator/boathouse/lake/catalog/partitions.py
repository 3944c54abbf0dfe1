"""Registered partitions of tables: one row each, in the order of their values, so that tens of thousands are quick.

Values are texts, as Glue keeps them; their number is the table's number of partition keys.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from boathouse.clock import Clock
from boathouse.context import Scope
from boathouse.lake.catalog.refusals import already_exists, invalid, partition_not_found, wrong_number_of_values
from boathouse.lake.catalog.schema import WITHIN_TABLE
from boathouse.lake.catalog.tables import STORAGE_DEFAULTS, Tables
from boathouse.lake.state import Document, State, decode, encode

Matches = Callable[[Sequence[str]], bool]


class Place(NamedTuple):
    """Where a partition's objects lie: what a query needs of it. ``serde`` is empty where it has none of its own."""

    values: tuple[str, ...]
    location: str
    serde: str


class Partitions:
    """``table`` is a table's document; ``scope`` must be the one that it came from."""

    def __init__(self, state: State, clock: Clock, tables: Tables) -> None:
        self._state = state
        self._clock = clock
        self._tables = tables

    def create(self, scope: Scope, table: Document, partition_input: Document) -> None:
        values = checked(table, partition_input.get("Values"))
        with self._state.transaction():
            if self._find(scope, table, values) is not None:
                raise already_exists("Partition")
            created = self._clock.now().replace(microsecond=0)
            self._put(scope, table, _accepted(partition_input) | {"CreationTime": created})

    def get(self, scope: Scope, table: Document, values: Sequence[str]) -> Document:
        document = self._find(scope, table, checked(table, values))
        if document is None:
            raise partition_not_found()
        return _answered(table, document)

    def page(
        self,
        scope: Scope,
        table: Document,
        *,
        matches: Matches | None = None,
        segment: tuple[int, int] = (0, 1),
        after: str = "",
        limit: int = 1000,
    ) -> tuple[list[Document], str | None]:
        """Up to ``limit`` partitions, and the key to go on ``after`` if there are more.

        ``segment`` (number, total) splits the partitions into parts that do not overlap; ``matches`` is asked with
        a partition's values.
        """
        keys = self._keys(scope, table, after)
        number, total = segment
        if total > 1:
            keys = (key for key in keys if zlib.crc32(key.encode()) % total == number)
        if matches is not None:
            keys = (key for key in keys if matches(json.loads(key)))
        taken = list(islice(keys, limit + 1))
        found = [self._read(scope, table, key) for key in taken[:limit]]
        return found, taken[limit - 1] if len(taken) > limit else None

    def places(self, scope: Scope, table: Document) -> Iterator[Place]:
        """Every partition's place, in the order of their values."""
        rows = self._state.execute(
            f"SELECT key, location, serde FROM glue_partitions WHERE {WITHIN_TABLE} ORDER BY key",
            *scope, table["DatabaseName"], table["Name"],
        )  # fmt: skip
        return (Place(tuple(json.loads(key)), location, serde) for key, location, serde in rows)

    def update(self, scope: Scope, table: Document, values: Sequence[str], partition_input: Document) -> None:
        """Replaces a partition, which the input may also give other values."""
        old, new = checked(table, values), checked(table, partition_input.get("Values"))
        with self._state.transaction():
            document = self._find(scope, table, old)
            if document is None:
                raise partition_not_found()
            if new != old:
                if self._find(scope, table, new) is not None:
                    raise already_exists("Partition")
                self._delete(scope, table, old)
            self._put(scope, table, _accepted(partition_input) | {"CreationTime": document["CreationTime"]})

    def delete(self, scope: Scope, table: Document, values: Sequence[str]) -> None:
        if not self._delete(scope, table, checked(table, values)):
            raise partition_not_found()

    def _keys(self, scope: Scope, table: Document, after: str) -> Iterator[str]:
        rows = self._state.execute(
            f"SELECT key FROM glue_partitions WHERE {WITHIN_TABLE} AND key>? ORDER BY key",
            *scope, table["DatabaseName"], table["Name"], after,
        )  # fmt: skip
        return (key for (key,) in rows)

    def _read(self, scope: Scope, table: Document, key: str) -> Document:
        (document,) = self._state.execute(
            f"SELECT document FROM glue_partitions WHERE {WITHIN_TABLE} AND key=?",
            *scope, table["DatabaseName"], table["Name"], key,
        ).fetchone()  # fmt: skip
        return _answered(table, decode(document))

    def _find(self, scope: Scope, table: Document, values: Sequence[str]) -> Document | None:
        row = self._state.execute(
            f"SELECT document FROM glue_partitions WHERE {WITHIN_TABLE} AND key=?",
            *scope, table["DatabaseName"], table["Name"], _key(values),
        ).fetchone()  # fmt: skip
        return None if row is None else decode(row[0])

    def _put(self, scope: Scope, table: Document, partition: Document) -> None:
        storage = partition.get("StorageDescriptor", {})
        self._state.execute(
            "INSERT OR REPLACE INTO glue_partitions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *scope, table["DatabaseName"], table["Name"], _key(partition["Values"]),
            storage.get("Location", ""), storage.get("SerdeInfo", {}).get("SerializationLibrary", ""),
            encode(partition),
        )  # fmt: skip

    def _delete(self, scope: Scope, table: Document, values: Sequence[str]) -> bool:
        return (
            self._state.execute(
                f"DELETE FROM glue_partitions WHERE {WITHIN_TABLE} AND key=?",
                *scope, table["DatabaseName"], table["Name"], _key(values),
            ).rowcount
            > 0
        )  # fmt: skip


def checked(table: Document, values: Sequence[str] | None) -> list[str]:
    """The values of one of the table's partitions; raises InvalidInputException."""
    if len(values or ()) != len(table.get("PartitionKeys") or ()):
        raise wrong_number_of_values()
    found = list(values or ())
    if not all(found):
        raise invalid("Partition values cannot be empty.")
    return found


def _key(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def _accepted(partition_input: Document) -> dict[str, Any]:
    partition = dict(partition_input)
    if (storage := partition_input.get("StorageDescriptor")) is not None:
        partition["StorageDescriptor"] = STORAGE_DEFAULTS | storage
    return partition


def _answered(table: Document, partition: Document) -> Document:
    return partition | {
        "DatabaseName": table["DatabaseName"],
        "TableName": table["Name"],
        "CatalogId": table["CatalogId"],
    }
