"""Each statement of the corpus gives what Trino recorded, value and type, or is refused by name, line and column.

Every expectation is client(Trino 435), recorded by record.py; what Boathouse refuses is named in the corpus itself.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from boathouse.datatypes import DataType
from boathouse.datatypes import parse as parse_type
from boathouse.dialects.athena import SqlRefused, parse
from boathouse.dialects.athena.statements import Query
from boathouse.dialects.athena.types.physical import physical
from boathouse.engines.duckdb.errors import EngineError, translated
from tests.dialects.athena.wire import as_real, encoded

CORPUS = {
    path.stem: yaml.safe_load(path.read_text()) for path in sorted((Path(__file__).parent / "corpus").glob("*.yaml"))
}
ENTRIES = [
    pytest.param(entry, id=f"{name}-{number}")
    for name, entries in CORPUS.items()
    for number, entry in enumerate(entries, start=1)
]
Entry = dict[str, Any]


@pytest.mark.parametrize("entry", ENTRIES)
def test_statement(entry: Entry, duck: duckdb.DuckDBPyConnection) -> None:
    if "refused" in entry:
        assert_refused(entry, duck)
    elif "error" in entry:
        assert_fails(entry, duck)
    else:
        assert_answers(entry, duck)


def assert_refused(entry: Entry, duck: duckdb.DuckDBPyConnection) -> None:
    """By name, line and column; where only a value tells, while it runs."""
    with pytest.raises((SqlRefused, duckdb.InvalidInputException)) as failure:
        duck.execute(translation(entry["sql"]).sql).fetchall()
    assert re.search(rf"emulator: line \d+:\d+: {re.escape(entry['refused'])} is not supported", str(failure.value))
    if isinstance(refused := failure.value, SqlRefused):
        assert refused.kind == "unsupported"
        assert f"line {refused.line}:{refused.column}: " in refused.message


def assert_fails(entry: Entry, duck: duckdb.DuckDBPyConnection) -> None:
    """Under Trino's name; where Trino names a place, before anything runs and at that place."""
    expected = entry["error"]
    with pytest.raises((SqlRefused, duckdb.Error)) as failure:
        duck.execute(translation(entry["sql"]).sql).fetchall()
    assert named(failure.value) == expected["name"]
    if "line" in expected and expected["name"] not in NOWHERE:
        assert isinstance(failure.value, SqlRefused)
        assert (failure.value.line, failure.value.column) == (expected["line"], expected["column"])


NOWHERE = ("FUNCTION_NOT_WINDOW",)
"""Trino says 1:1 there, wherever the call stands."""


def named(error: Exception) -> str:
    if isinstance(error, SqlRefused):
        return "SYNTAX_ERROR" if error.kind == "syntax" else error.message.partition(":")[0]
    assert isinstance(error, duckdb.Error)
    found = translated(error)
    return found.name if isinstance(found, EngineError) else "interrupted"


def assert_answers(entry: Entry, duck: duckdb.DuckDBPyConnection) -> None:
    query = translation(entry["sql"])
    assert [[column.name, column.type.trino] for column in query.columns] == entry["columns"]
    cursor = duck.execute(query.sql)
    types = [str(description[1]) for description in cursor.description or ()]
    assert [spelled(given) for given in types] == [
        spelled(physical(column.type)) if column.type.name != "unknown" else spelled(given)
        for column, given in zip(query.columns, types, strict=True)
    ]
    rows = [
        [encoded(value, column.type) for value, column in zip(row, query.columns, strict=True)]
        for row in cursor.fetchall()
    ]
    expected = [
        [rounded(value, column.type) for value, column in zip(row, query.columns, strict=True)] for row in entry["rows"]
    ]
    in_order = "ORDER BY" in entry["sql"].rpartition(")")[2].upper()
    assert rows == expected if in_order else Counter(map(repr, rows)) == Counter(map(repr, expected))


def spelled(given: str) -> str:
    """DuckDB's names of types differ in blanks and in one name between statement and result."""
    return re.sub(r'[ "]', "", given.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"))


def rounded(value: Any, given: DataType) -> Any:
    """Trino writes a real by its shortest digits: as a number of 64 bits it is another one."""
    return as_real(value) if given.name == "real" and isinstance(value, float) else value


def translation(sql: str) -> Query:
    statement = parse(sql, "default", lambda _: None)
    assert isinstance(statement, Query)
    return statement


def test_how_much_is_answered() -> None:
    entries = [entry for entries in CORPUS.values() for entry in entries]
    answered = [entry for entry in entries if "rows" in entry and "refused" not in entry]
    refused = [entry for entry in entries if "rows" in entry and "refused" in entry]
    assert len(entries) >= 400
    assert len(answered) >= 190
    assert len(refused) < len(answered) / 4


def test_types_read_back() -> None:
    """What the corpus calls a type is a type of the model, by the same name."""
    names = {name for entries in CORPUS.values() for entry in entries for _, name in entry.get("columns", ())}
    plain = [name for name in names if not name.startswith(("interval", "unknown", "json")) and "row(" not in name]
    assert [parse_type(name).trino for name in plain] == plain
