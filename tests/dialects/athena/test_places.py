"""Every refusal names its line and column, as Trino counts them: from 1, comments and blanks counted."""

import pytest

from boathouse.dialects.athena import SqlRefused
from tests.dialects.athena.tables import meaning


@pytest.mark.parametrize(
    ("sql", "kind", "place", "message"),
    [
        (
            "SELECT\n  id,\n\tnope\nFROM silver",
            "semantic",
            (3, 2),
            "COLUMN_NOT_FOUND: line 3:2: Column 'nope' cannot be resolved",
        ),
        ("/* a\n b */ SELECT nope FROM silver", "semantic", (2, 14), "COLUMN_NOT_FOUND: line 2:14:"),
        (
            "SELECT 1 -- one\n  + 'a'",
            "semantic",
            (2, 3),
            "TYPE_MISMATCH: line 2:3: Cannot apply operator: integer + varchar(1)",
        ),
        (
            "SELECT *\r\nFROM nope",
            "semantic",
            (2, 6),
            "TABLE_NOT_FOUND: line 2:6: Table 'awsdatacatalog.lake.nope' does not exist",
        ),
        (
            "SELECT * FROM other.nope",
            "semantic",
            (1, 15),
            "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.other.nope'",
        ),
        ("SELECT * FROM a.b.c", "semantic", (1, 15), "CATALOG_NOT_FOUND: line 1:15: Catalog 'a' does not exist"),
        (
            "SELECT 'é', soundex('x')",
            "unsupported",
            (1, 13),
            "emulator: line 1:13: the function soundex is not supported",
        ),
        (
            "SELECT no_such_function(1)",
            "semantic",
            (1, 8),
            "FUNCTION_NOT_FOUND: line 1:8: Function 'no_such_function' not registered",
        ),
        (
            "SELECT id\nFROM silver\nWHERE",
            "syntax",
            (3, 6),
            "line 3:6: mismatched input '<EOF>'. Expecting: <expression>",
        ),
        ("SELECT id FROM silver;\nSELECT 1", "syntax", (2, 1), "line 2:1: mismatched input 'SELECT'. Expecting: <EOF>"),
        ("", "syntax", (1, 1), "line 1:1: mismatched input '<EOF>'"),
        ("  SELEC 1", "syntax", (1, 3), "line 1:3: mismatched input 'SELEC'. Expecting: 'ALTER'"),
        ("INSERT INTO t VALUES 1", "unsupported", (1, 1), "emulator: line 1:1: INSERT is not supported"),
        ("\nEXPLAIN SELECT 1", "unsupported", (2, 1), "emulator: line 2:1: EXPLAIN is not supported"),
        ("UNLOAD (SELECT 1) TO 's3://b/'", "unsupported", (1, 1), "emulator: line 1:1: UNLOAD is not supported"),
        ("WITH RECURSIVE t AS (SELECT 1) SELECT * FROM t", "unsupported", (1, 6), "emulator: line 1:6: WITH RECURSIVE"),
        (
            "SELECT * FROM information_schema.tables",
            "unsupported",
            (1, 15),
            "emulator: line 1:15: information_schema.tables",
        ),
        ('SELECT "$path" FROM silver', "unsupported", (1, 8), 'emulator: line 1:8: the hidden column "$path"'),
        (
            "SELECT actor.nope FROM silver",
            "semantic",
            (1, 8),
            "COLUMN_NOT_FOUND: line 1:8: Column 'actor.nope' cannot be resolved",
        ),
        ("SELECT id.x FROM silver", "semantic", (1, 8), "TYPE_MISMATCH: line 1:8: Expression id is not of type ROW"),
        ("SELECT id FROM silver WHERE `id` = 'a' AND nope = 1", "semantic", (1, 44), "COLUMN_NOT_FOUND: line 1:44:"),
        ("SELECT @id FROM silver", "syntax", (1, 8), "line 1:8: mismatched input '@'"),
    ],
)
def test_place(sql: str, kind: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(SqlRefused) as refused:
        meaning(sql)
    found = refused.value
    assert (found.kind, (found.line, found.column)) == (kind, place)
    assert found.message.startswith(message)
    assert str(found) == found.message
