"""A relation over Parquet files as SQL: declared columns only, by name, under their declared types."""

from collections.abc import Sequence

from duckdb.sqltypes import DuckDBPyType

from boathouse.engines.duckdb.coercion import Incompatible, coerced
from boathouse.engines.duckdb.errors import EngineError
from boathouse.engines.duckdb.footers import Footer
from boathouse.engines.duckdb.partitions import partition_columns
from boathouse.engines.duckdb.types import identifier, listed, text, type_name
from boathouse.relation import Column, File, Relation

Shape = tuple[tuple[str, DuckDBPyType] | None, ...]


def parquet_selects(relation: Relation, footers: dict[str, Footer]) -> list[str]:
    """One SELECT for all files that have the relation's columns under the same names and types."""
    groups: dict[str, tuple[Shape, list[File]]] = {}
    for file in relation.files:
        shape = tuple(footers[file.uri].actual(column.name) for column in relation.columns)
        groups.setdefault(str(shape), (shape, []))[1].append(file)
    return [_select(relation, shape, files) for shape, files in groups.values()]


def _select(relation: Relation, shape: Shape, files: Sequence[File]) -> str:
    columns = [
        f"{_value(column, actual, files[0])} AS {identifier(column.name)}"
        for column, actual in zip(relation.columns, shape, strict=True)
    ]
    columns += partition_columns(relation.partition_columns, files)
    uris = listed([text(file.uri) for file in files])
    return f"SELECT {', '.join(columns) or '1'} FROM read_parquet({uris}, hive_partitioning=false) AS file"


def _value(column: Column, actual: tuple[str, DuckDBPyType] | None, file: File) -> str:
    if actual is None:
        return f"CAST(NULL AS {type_name(column.type)})"
    try:
        return coerced(f"file.{identifier(actual[0])}", actual[1], column.type)
    except Incompatible as error:
        raise EngineError(
            "HIVE_BAD_DATA",
            f"Field {column.name}'s type {error.physical} in parquet file {file.uri} is incompatible with type"
            f" {column.type} defined in table schema",
        ) from error
