"""What Parquet files say of themselves: their columns, and how many bytes each column takes. Read once a file."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
from duckdb.sqltypes import DuckDBPyType

from boathouse.engines.duckdb.errors import EngineError
from boathouse.engines.duckdb.types import listed, text
from boathouse.relation import File

KEPT = 20_000
Columns = tuple[tuple[str, DuckDBPyType], ...]


@dataclass(frozen=True, slots=True)
class Footer:
    """``columns`` are the top-level ones in the file's order and spelling; ``sizes`` their compressed bytes."""

    columns: Columns
    sizes: dict[str, int]

    def actual(self, name: str) -> tuple[str, DuckDBPyType] | None:
        """The column that Athena takes for ``name``: names match without case."""
        return next((column for column in self.columns if column[0].lower() == name), None)


class Footers:
    """A file is told by its address and version: objects are replaced, never changed."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, str], Footer] = {}

    def of(self, connection: duckdb.DuckDBPyConnection, files: Sequence[File]) -> dict[str, Footer]:
        """By address. Blocks: reads the footers that are not known yet."""
        missing = [file for file in files if _key(file) not in self._known]
        if missing:
            self._read(connection, missing)
        return {file.uri: self._known[_key(file)] for file in files}

    def _read(self, connection: duckdb.DuckDBPyConnection, files: Sequence[File]) -> None:
        uris = listed([text(file.uri) for file in files])
        schemas: dict[str, list[tuple[object, ...]]] = {}
        try:
            schema_rows = connection.execute(
                "SELECT file_name, name, type, repetition_type, num_children, converted_type, scale, precision,"
                f" logical_type FROM parquet_schema({uris})"
            ).fetchall()
            size_rows = connection.execute(
                "SELECT file_name, split_part(path_in_schema, ', ', 1), CAST(sum(total_compressed_size) AS BIGINT)"
                f" FROM parquet_metadata({uris}) GROUP BY ALL"
            ).fetchall()
        except duckdb.InvalidInputException as error:
            raise EngineError("HIVE_BAD_DATA", f"Not valid Parquet file: {_file_in(str(error))}") from error
        for name, *rest in schema_rows:
            schemas.setdefault(name, []).append(tuple(rest))
        sizes: dict[str, dict[str, int]] = {}
        for name, column, size in size_rows:
            sizes.setdefault(name, {})[column] = size
        columns = _columns(connection, schemas)
        self._forget(len(files))
        for file in files:
            self._known[_key(file)] = Footer(columns[file.uri], sizes.get(file.uri, {}))

    def _forget(self, coming: int) -> None:
        """The oldest make room, so that a long-lived platform does not grow without end."""
        surplus = len(self._known) + coming - KEPT
        for key in list(self._known)[: max(0, surplus)]:
            del self._known[key]


def _file_in(sentence: str) -> str:
    """The file that DuckDB's sentence names, else the sentence."""
    found = re.search(r"'(s3://[^']+)'", sentence)
    return found[1] if found else sentence


def _key(file: File) -> tuple[str, int, str]:
    return file.uri, file.size, file.version


def _columns(connection: duckdb.DuckDBPyConnection, schemas: dict[str, list[tuple[object, ...]]]) -> dict[str, Columns]:
    """DuckDB's own types, asked for once for all files of the same schema."""
    known: dict[tuple[tuple[object, ...], ...], Columns] = {}
    found = {}
    for uri, rows in schemas.items():
        schema = tuple(rows)
        if schema not in known:
            known[schema] = _described(connection, uri)
        found[uri] = known[schema]
    return found


def _described(connection: duckdb.DuckDBPyConnection, uri: str) -> Columns:
    relation = connection.sql(f"SELECT * FROM read_parquet([{text(uri)}], hive_partitioning=false)")
    return tuple(zip(relation.columns, relation.types, strict=True))


def scanned(footers: Iterable[Footer], names: Sequence[str]) -> int:
    """Bytes of the column chunks that a query over ``names`` reads. Row groups skipped by statistics count too."""
    wanted = {name.lower() for name in names}
    return sum(size for footer in footers for column, size in footer.sizes.items() if column.lower() in wanted)
