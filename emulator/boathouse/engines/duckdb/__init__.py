"""The DuckDB engine: SQL over relations, results as files. The only place that knows duckdb."""

from boathouse.engines.duckdb.engine import DuckDB, Reader, Work, Written
from boathouse.engines.duckdb.errors import EngineError, Interrupted, ScanTooLarge
from boathouse.engines.duckdb.output import COMPRESSIONS, MOST_PARTITIONS, Layout, WrittenFile

__all__ = [
    "COMPRESSIONS",
    "MOST_PARTITIONS",
    "DuckDB",
    "EngineError",
    "Interrupted",
    "Layout",
    "Reader",
    "ScanTooLarge",
    "Work",
    "Written",
    "WrittenFile",
]
