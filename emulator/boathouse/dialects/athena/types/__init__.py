"""Trino's type system, and DuckDB's type for each of its types. It knows no SQL of either."""
