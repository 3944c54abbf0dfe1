"""One statement in translation: its tables as they are met, and the names that are taken in its SQL."""

from collections.abc import Callable
from dataclasses import dataclass, field

from boathouse.dialects.athena.errors import Position, semantic
from boathouse.dialects.athena.types.physical import quoted
from boathouse.relation import Condition, Read, Table, TableName

CATALOG = "awsdatacatalog"
Schemas = Callable[[TableName], Table | None]


@dataclass(slots=True)
class Reading:
    """A read that is still being filled: the columns and conditions that turn up."""

    alias: str
    table: Table
    columns: set[str] = field(default_factory=set)
    conditions: list[Condition] = field(default_factory=list)

    def sql(self, column: str) -> str:
        return f"{quoted(self.alias)}.{quoted(column)}"

    def finished(self) -> Read:
        used = tuple(column.name for column in self.table.all_columns if column.name in self.columns)
        return Read(self.alias, self.table.name, used or (self._cheapest(),), tuple(self.conditions))

    def _cheapest(self) -> str:
        """For a statement that only counts rows: a partition column costs nothing to read."""
        return (self.table.partition_columns or self.table.columns)[0].name


@dataclass(slots=True)
class Work:
    database: str
    schemas: Schemas
    readings: list[Reading] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def alias(self, wanted: str) -> str:
        """``wanted``, or with a number where it is taken: unique in the statement whatever the case."""
        name, number = wanted, 1
        while name.lower() in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name.lower())
        return name

    def read(self, name: TableName, wanted: str, at: Position) -> Reading:
        table = self.schemas(name)
        if table is None:
            raise semantic("TABLE_NOT_FOUND", at, f"Table '{CATALOG}.{name}' does not exist")
        reading = Reading(self.alias(wanted), table)
        self.readings.append(reading)
        return reading

    def table_name(self, parts: tuple[str, ...], at: Position) -> TableName:
        *prefix, table = (part.lower() for part in parts)
        if len(prefix) == 2 and prefix[0] == CATALOG:
            prefix = prefix[1:]
        if len(prefix) > 1:
            raise semantic("CATALOG_NOT_FOUND", at, f"Catalog '{prefix[0]}' does not exist")
        return TableName(prefix[0] if prefix else self.database, table)
