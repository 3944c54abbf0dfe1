"""The wall behind a dialect's own: its SQL is one SELECT, over relations and nothing else. Knows no dialect.

DuckDB's locks leave two ways open that such a SELECT never takes: a further statement, since CREATE SECRET may name any
server, and a URL whose parameters do: 's3://bucket/key?s3_endpoint=example.org'.
"""

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

import duckdb

from boathouse.engines.duckdb.errors import EngineError

NAME = re.compile(r'"(?:[^"]|"")*"|\w+')
OPEN = frozenset("generate_series range repeat repeat_row unnest".split())
"""Functions that give rows out of their arguments alone. Most are scalar functions, too."""
SHUT = frozenset(
    "arrow_scan arrow_scan_dumb checkpoint disable_logging disable_profiling enable_logging enable_profiling"
    " force_checkpoint glob icu_calendar_names json_each json_execute_serialized_sql json_tree pandas_scan"
    " parquet_bloom_probe parquet_file_metadata parquet_full_metadata parquet_kv_metadata parquet_metadata parquet_scan"
    " parquet_schema pg_timezone_names python_map_function query query_table read_blob read_csv read_csv_auto"
    " read_duckdb read_json read_json_auto read_json_objects read_json_objects_auto read_ndjson read_ndjson_auto"
    " read_ndjson_objects read_parquet read_text seq_scan sniff_csv summary test_all_types test_vector_types"
    " truncate_duckdb_logs which_secret".split()
)
FAMILIES = ("duckdb_", "pragma_")
"""Functions that read files, run text or tell of the engine; and how the names of others begin."""


def check(connection: duckdb.DuckDBPyConnection, sql: str, relations: Collection[str]) -> None:
    """Raises EngineError for what is not one SELECT over ``relations``, duckdb.Error for what is no SQL."""
    if [found.type for found in connection.extract_statements(sql)] != [duckdb.StatementType.SELECT]:
        raise _refused("anything but one SELECT")
    for name in _called(sql):
        if name in SHUT or name.startswith(FAMILIES):
            raise _refused(f"{name}()")
    if unknown := connection.get_table_names(sql) - set(relations):
        raise _refused(f"{min(unknown)}, which is none of its relations,")


def _called(sql: str) -> Iterator[str]:
    """Names before an opening parenthesis, as DuckDB compares them."""
    text = sql.encode()  # DuckDB counts bytes
    starts = [at for at, _ in duckdb.tokenize(sql)]
    words = [text[at:end].decode(errors="replace") for at, end in pairwise([*starts, len(text)])]
    for word, following in pairwise(words):
        if following.startswith("(") and (name := NAME.match(word)):
            yield name[0].strip('"').lower()


def _refused(what: str) -> EngineError:
    return EngineError("NOT_SUPPORTED", f"emulator: {what} in a statement's translation is refused")
