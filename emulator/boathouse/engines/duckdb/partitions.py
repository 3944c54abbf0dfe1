"""Partition values as typed columns. They belong to a file's partition and are not in the file."""

from collections.abc import Sequence
from datetime import date

from boathouse.engines.duckdb.errors import EngineError
from boathouse.engines.duckdb.types import identifier, listed, text, type_name
from boathouse.relation import Column, File

INTEGER_BITS = {"tinyint": 8, "smallint": 16, "integer": 32, "bigint": 64}


def partition_columns(columns: Sequence[Column], files: Sequence[File]) -> list[str]:
    """Select list items that give each file's partition values to its rows; ``file_index`` tells the file."""
    return [f"{_value(column, [file.partition[i] for file in files])} AS {identifier(column.name)}"
            for i, column in enumerate(columns)]  # fmt: skip


def _value(column: Column, values: Sequence[str | None]) -> str:
    distinct = list(dict.fromkeys(values))
    constants = [constant(column, value) for value in distinct]
    if len(constants) == 1:
        return constants[0]
    positions = {value: position for position, value in enumerate(distinct, 1)}
    by_file = listed([str(positions[value]) for value in values])
    return f"{listed(constants)}[{by_file}[CAST(file_index AS BIGINT) + 1]]"


def constant(column: Column, value: str | None) -> str:
    """``value``, text as the catalog keeps it, as a constant of the column's type."""
    type_ = type_name(column.type)
    if value is None:
        return f"CAST(NULL AS {type_})"
    if not _is_readable(column, value):
        raise EngineError(
            "HIVE_INVALID_PARTITION_VALUE",
            f"Invalid partition value '{value}' for {column.type.trino.upper()} partition key: {column.name}",
        )
    return text(value) if type_ == "VARCHAR" else f"CAST({text(value)} AS {type_})"


def _is_readable(column: Column, value: str) -> bool:
    try:
        if column.type.name == "date":
            date.fromisoformat(value)
        elif bits := INTEGER_BITS.get(column.type.name):
            return int(value) in range(-(1 << bits - 1), 1 << bits - 1)
    except ValueError:
        return False
    return True
