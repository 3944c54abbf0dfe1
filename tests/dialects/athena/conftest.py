"""A DuckDB with the dialect's macros, as an engine has it."""

from collections.abc import Iterator

import duckdb
import pytest

from boathouse.dialects.athena import MACROS


@pytest.fixture(scope="session")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    for macro in MACROS:
        connection.execute(macro)
    yield connection
    connection.close()
