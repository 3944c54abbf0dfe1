"""Results as files in the scratch folder: Athena's CSV, and Parquet with a folder for each partition.

Files are written here and uploaded whole by whoever asked: then encryption, policy and audit are S3's own for any
client, the result appears at once or not at all, and a cancelled query leaves nothing behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import duckdb

from boathouse.datatypes import DataType
from boathouse.engines.duckdb.errors import EngineError
from boathouse.engines.duckdb.text import as_text
from boathouse.engines.duckdb.types import identifier, text, type_name
from boathouse.relation import Column

MOST_PARTITIONS = 100
"""Athena's limit for one statement (https://docs.aws.amazon.com/athena/latest/ug/ctas-insert-into.html)."""
CSV = "FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', ESCAPE '\"', FORCE_QUOTE *, NULLSTR ''"
COMPRESSIONS = {"GZIP": "gzip", "SNAPPY": "snappy", "ZSTD": "zstd", "NONE": "uncompressed"}
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
FILE_SIZE = "256MB"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """``size`` in bytes; ``partition`` are its partition values as text, in the order of the partition columns."""

    path: Path
    size: int
    partition: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """``partitioned_by`` are the last columns, in this order; ``compression`` is Athena's name for it."""

    partitioned_by: tuple[str, ...] = ()
    compression: str = "GZIP"


def write_csv(
    connection: duckdb.DuckDBPyConnection, sql: str, columns: Sequence[Column], path: Path
) -> tuple[int, list[WrittenFile]]:
    """Rows, and the one file. Every value is quoted but NULL, which is empty; there is no header."""
    names = [identifier(f"c{i}") for i in range(len(columns))]
    shown = [as_text(column.type, name) for column, name in zip(columns, names, strict=True)]
    values = f"SELECT {', '.join(shown)} FROM ({sql}) AS result({', '.join(names)})"
    rows = _rows(connection.execute(f"COPY ({values}) TO {text(str(path))} ({CSV})"))
    return rows, [WrittenFile(path, _size(path))]


def write_parquet(
    connection: duckdb.DuckDBPyConnection, sql: str, columns: Sequence[Column], folder: Path, layout: Layout
) -> tuple[int, list[WrittenFile]]:
    """Rows and files. No rows, no files, as in Athena."""
    for column in columns:
        _refuse_unstorable(column.type)
    names = [identifier(column.name) for column in columns]
    typed = [f"CAST({name} AS {type_name(column.type)}) AS {name}" for name, column in zip(names, columns, strict=True)]
    values = f"SELECT {', '.join(typed)} FROM ({sql}) AS result({', '.join(names)})"
    options = f"FORMAT parquet, COMPRESSION {COMPRESSIONS[layout.compression]}"
    if layout.partitioned_by:
        return _write_partitions(connection, values, columns, folder, layout, options)
    rows = _rows(
        connection.execute(f"COPY ({values}) TO {text(str(folder))} ({options}, FILE_SIZE_BYTES '{FILE_SIZE}')")
    )
    return rows, [WrittenFile(path, _size(path)) for path in sorted(folder.iterdir())] if rows else []


def _write_partitions(
    connection: duckdb.DuckDBPyConnection,
    values: str,
    columns: Sequence[Column],
    folder: Path,
    layout: Layout,
    options: str,
) -> tuple[int, list[WrittenFile]]:
    """The result is kept first: how many partitions it has must be known before the first file is opened."""
    keys = [identifier(name) for name in layout.partitioned_by]
    types = {column.name: column.type for column in columns}
    texts = [f"{as_text(types[name], identifier(name))} AS {identifier(name)}" for name in layout.partitioned_by]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE result AS SELECT * REPLACE ({', '.join(texts)}) FROM ({values})")
    try:
        (partitions,) = connection.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(keys)} FROM result LIMIT {MOST_PARTITIONS + 1})"
        ).fetchall()[0]
        if partitions > MOST_PARTITIONS:
            raise EngineError(
                "HIVE_TOO_MANY_OPEN_PARTITIONS",
                f"Exceeded limit of {MOST_PARTITIONS} open writers for partitions/buckets",
            )
        rows = _rows(
            connection.execute(f"COPY result TO {text(str(folder))} ({options}, PARTITION_BY ({', '.join(keys)}))")
        )
    finally:
        connection.execute("DROP TABLE IF EXISTS result")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return rows, [WrittenFile(path, _size(path), _values(path.relative_to(folder))) for path in files]


def _size(path: Path) -> int:
    return path.stat().st_size


def _values(path: Path) -> tuple[str | None, ...]:
    """The partition values that DuckDB put into the path, percent-encoded."""
    values = [unquote(part.partition("=")[2]) for part in path.parts[:-1]]
    return tuple(None if value == NULL_PARTITION else value for value in values)


def _refuse_unstorable(type_: DataType) -> None:
    """The types that Hive tables do not have, in Trino's words (measured on Athena: NOT_SUPPORTED)."""
    if type_.name in ("json", "uuid", "time", "unknown", "timestamp with time zone") or "interval" in type_.name:
        raise EngineError("NOT_SUPPORTED", f"Unsupported Hive type: {type_}")
    for child in type_.children:
        _refuse_unstorable(child)


def _rows(copied: duckdb.DuckDBPyConnection) -> int:
    (row,) = copied.fetchall()
    return int(row[0])
