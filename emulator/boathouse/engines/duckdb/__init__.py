"""The DuckDB engine: SQL over relations, results as files. The only place that knows duckdb."""

from boathouse.engines.duckdb.engine import DuckDB, Reader, Work, Written
from boathouse.engines.duckdb.errors import EngineError, Interrupted
from boathouse.engines.duckdb.output import MOST_PARTITIONS, Layout, WrittenFile

__all__ = [
    "MOST_PARTITIONS",
    "DuckDB",
    "EngineError",
    "Interrupted",
    "Layout",
    "Reader",
    "Work",
    "Written",
    "WrittenFile",
]
