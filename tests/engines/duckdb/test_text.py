"""Values as Athena's text. Doubles in Java's notation; nested values without quotes (measured on Athena by others)."""

from pathlib import Path

import duckdb
import pytest

from boathouse.datatypes import DataType, parse
from boathouse.engines.duckdb.text import MACROS, as_text

CASES = [
    ("boolean", "true", "true"),
    ("bigint", "-5", "-5"),
    ("decimal(10,2)", "1.5::DECIMAL(10,2)", "1.50"),
    ("decimal(2,2)", "0.5::DECIMAL(2,2)", "0.50"),
    ("decimal(2,2)", "(-0.5)::DECIMAL(2,2)", "-0.50"),
    ("decimal(2,2)", "0::DECIMAL(2,2)", "0.00"),
    *(
        ("double", f"{value}::DOUBLE", text)
        for value, text in {
            "1": "1.0", "0.1": "0.1", "1e20": "1.0E20", "1e7": "1.0E7", "9999999": "9999999.0",
            "12345678.9": "1.23456789E7", "0.001": "0.001", "0.0001": "1.0E-4", "0.00012345": "1.2345E-4",
            "1e-5": "1.0E-5", "-1.5e300": "-1.5E300", "1e15": "1.0E15", "123456789012345680": "1.2345678901234568E17",
            "0": "0.0", "'nan'": "NaN", "'inf'": "Infinity", "'-inf'": "-Infinity", "-0.0000123": "-1.23E-5",
            "0.30000000000000004": "0.30000000000000004",
        }.items()
    ),
    ("real", "0.1::FLOAT", "0.1"),
    ("real", "12345678.9::FLOAT", "1.2345679E7"),
    ("date", "DATE '2016-01-01'", "2016-01-01"),
    ("timestamp", "TIMESTAMP '2016-01-01'", "2016-01-01 00:00:00.000"),
    ("timestamp(6)", "TIMESTAMP '2016-01-01 00:00:00.123456'", "2016-01-01 00:00:00.123456"),
    ("timestamp(0)", "TIMESTAMP '2016-01-01 12:34:56'", "2016-01-01 12:34:56"),
    ("timestamp with time zone", "TIMESTAMPTZ '2016-01-01 00:00:00+02'", "2015-12-31 22:00:00.000 UTC"),
    ("time", "TIME '01:02:03'", "01:02:03.000"),
    ("interval day to second", "INTERVAL 2 DAY", "2 00:00:00.000"),
    ("interval day to second", "INTERVAL '-1 hour'", "-0 01:00:00.000"),
    ("interval year to month", "INTERVAL 14 MONTH", "1-2"),
    ("varbinary", "'\\xDE\\xAD'::BLOB", "de ad"),
    ("varbinary", "''::BLOB", ""),
    ("char(5)", "'ab'", "ab   "),
    ("json", """'{"a": 1}'::JSON""", '{"a": 1}'),
    ("array(integer)", "[1, 2, NULL]", "[1, 2, null]"),
    ("array(varchar)", "['a, b']", "[a, b]"),
    ("array(varchar)", "[]::VARCHAR[]", "[]"),
    ("array(array(double))", "[[1e20, 2], [NULL]]", "[[1.0E20, 2.0], [null]]"),
    ("map(varchar, integer)", "MAP {'k': 1, 'j': 2}", "{j=2, k=1}"),
    ("map(integer, varchar)", "MAP {10: 'b', 9: NULL}", "{9=null, 10=b}"),
    ("row(id bigint, name varchar)", "{'id': 1, 'name': 'x'}", "{id=1, name=x}"),
    ("row(id bigint, inner row(a double))", "{'id': NULL, 'inner': {'a': 1e10}}", "{id=null, inner={a=1.0E10}}"),
]  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect(config={"temp_directory": str(Path("nowhere"))})
    made.execute("SET TimeZone = 'UTC'")
    for macro in MACROS:
        made.execute(macro)
    return made


@pytest.mark.parametrize(("type_", "value", "expected"), CASES)
def test_text(connection: duckdb.DuckDBPyConnection, type_: str, value: str, expected: str) -> None:
    declared = DataType(type_) if type_.startswith(("interval", "time")) and "(" not in type_ else parse(type_)
    declared = parse(type_) if type_ in ("timestamp", "timestamp with time zone") else declared
    assert connection.execute(f"SELECT {as_text(declared, 'v')} FROM (SELECT {value} AS v)").fetchone() == (expected,)


@pytest.mark.parametrize(
    "type_", ["bigint", "double", "varchar", "timestamp", "array(double)", "map(varchar, double)", "row(a double)"]
)
def test_null_stays_null(connection: duckdb.DuckDBPyConnection, type_: str) -> None:
    from boathouse.engines.duckdb.types import type_name

    declared = parse(type_)
    null = f"CAST(NULL AS {type_name(declared)})"
    assert connection.execute(f"SELECT {as_text(declared, 'v')} FROM (SELECT {null} AS v)").fetchone() == (None,)
