"""What Parquet files say of themselves: their columns, and how many bytes each column takes. Read once a file."""

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
from duckdb.sqltypes import DuckDBPyType

from boathouse.engines.duckdb.errors import EngineError
from boathouse.engines.duckdb.types import listed, text
from boathouse.relation import File

KEPT = 20_000
FOOTERS = """SELECT parquet_file_metadata[1].file_name,
    list_transform(parquet_schema, lambda s: struct_pack(name := s.name, type := s.type, repeated := s.repetition_type,
        children := s.num_children, converted := s.converted_type, scale := s.scale, digits := s.precision,
        logical := s.logical_type)),
    list_transform(parquet_metadata, lambda m: struct_pack(name := split_part(m.path_in_schema, ', ', 1),
        size := m.total_compressed_size))
    FROM parquet_full_metadata({uris})"""
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
        self._lock = threading.Lock()

    def of(self, connection: duckdb.DuckDBPyConnection, files: Sequence[File]) -> dict[str, Footer]:
        """By address. Blocks, on any thread: reads the footers that are not known yet."""
        found = {file.uri: footer for file in files if (footer := self._known.get(_key(file))) is not None}
        missing = [file for file in files if file.uri not in found]
        if missing:
            read = self._read(connection, missing)
            self._keep({_key(file): read[file.uri] for file in missing})
            found |= read
        return found

    def _read(self, connection: duckdb.DuckDBPyConnection, files: Sequence[File]) -> dict[str, Footer]:
        """One pass over the files: opening one costs more than all that is asked of it."""
        try:
            rows = connection.execute(FOOTERS.format(uris=listed([text(file.uri) for file in files]))).fetchall()
        except duckdb.InvalidInputException as error:
            raise EngineError("HIVE_BAD_DATA", f"Not valid Parquet file: {_file_in(str(error))}") from error
        columns = _columns(connection, {uri: repr(schema) for uri, schema, _ in rows})
        sizes: dict[str, dict[str, int]] = {uri: {} for uri, _, _ in rows}
        for uri, _, chunks in rows:
            for chunk in chunks:
                sizes[uri][chunk["name"]] = sizes[uri].get(chunk["name"], 0) + chunk["size"]
        return {uri: Footer(columns[uri], sizes[uri]) for uri, _, _ in rows}

    def _keep(self, read: dict[tuple[str, int, str], Footer]) -> None:
        """The oldest make room, so that a long-lived platform does not grow without end."""
        with self._lock:
            self._known |= read
            for key in list(self._known)[: max(0, len(self._known) - KEPT)]:
                del self._known[key]


def _file_in(sentence: str) -> str:
    """The file that DuckDB's sentence names, else the sentence."""
    found = re.search(r"'(s3://[^']+)'", sentence)
    return found[1] if found else sentence


def _key(file: File) -> tuple[str, int, str]:
    return file.uri, file.size, file.version


def _columns(connection: duckdb.DuckDBPyConnection, schemas: dict[str, str]) -> dict[str, Columns]:
    """DuckDB's own types, asked for once for all files of the same schema."""
    known: dict[str, Columns] = {}
    for uri, schema in schemas.items():
        if schema not in known:
            known[schema] = _described(connection, uri)
    return {uri: known[schema] for uri, schema in schemas.items()}


def _described(connection: duckdb.DuckDBPyConnection, uri: str) -> Columns:
    relation = connection.sql(f"SELECT * FROM read_parquet([{text(uri)}], hive_partitioning=false)")
    return tuple(zip(relation.columns, relation.types, strict=True))


def scanned(footers: Iterable[Footer], names: Sequence[str]) -> int:
    """Bytes of the column chunks that a query over ``names`` reads. Row groups skipped by statistics count too."""
    wanted = {name.lower() for name in names}
    return sum(size for footer in footers for column, size in footer.sizes.items() if column.lower() in wanted)
