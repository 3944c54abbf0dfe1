"""SHOW and DESCRIBE."""

from boathouse.dialects.athena.ddl.names import parse_name, parse_partition, parse_table_name
from boathouse.dialects.athena.errors import unsupported
from boathouse.dialects.athena.grammar.cursor import Cursor
from boathouse.dialects.athena.statements import (
    Describe,
    ShowColumns,
    ShowCreateTable,
    ShowDatabases,
    ShowPartitions,
    ShowTableProperties,
    ShowTables,
)
from boathouse.relation import TableName

Shown = ShowDatabases | ShowTables | ShowPartitions | ShowColumns | ShowCreateTable | ShowTableProperties


def show(cursor: Cursor, database: str) -> Shown:
    if cursor.accept("DATABASES") or cursor.accept("SCHEMAS"):
        return ShowDatabases(_pattern(cursor))
    if cursor.accept("TABLES"):
        named = parse_name(cursor) if cursor.accept("IN") or cursor.accept("FROM") else database
        return ShowTables(named, _pattern(cursor))
    if cursor.accept("PARTITIONS"):
        return ShowPartitions(_table(cursor, database))
    if cursor.accept("COLUMNS"):
        return _columns(cursor, database)
    if cursor.accept("CREATE", "TABLE"):
        return ShowCreateTable(_table(cursor, database))
    if cursor.accept("TBLPROPERTIES"):
        return _properties(cursor, database)
    for words in (("VIEWS",), ("CREATE", "VIEW")):
        if cursor.sees(*words):
            raise unsupported(cursor.at, f"SHOW {' '.join(words)}")
    raise cursor.mismatch(
        "'COLUMNS'", "'CREATE'", "'DATABASES'", "'PARTITIONS'", "'SCHEMAS'", "'TABLES'", "'TBLPROPERTIES'"
    )


def _pattern(cursor: Cursor) -> str | None:
    if cursor.accept("LIKE") or cursor.peek().kind == "string":
        return cursor.expect_string().value
    return None


def _table(cursor: Cursor, database: str) -> TableName:
    table = parse_table_name(cursor, database)
    if cursor.sees("PARTITION"):
        raise unsupported(cursor.at, "SHOW PARTITIONS of some partitions")
    return table


def _columns(cursor: Cursor, database: str) -> ShowColumns:
    if not (cursor.accept("IN") or cursor.accept("FROM")):
        raise cursor.mismatch("'FROM'", "'IN'")
    table = parse_table_name(cursor, database)
    if cursor.accept("IN") or cursor.accept("FROM"):
        table = TableName(parse_name(cursor), table.table)
    return ShowColumns(table)


def _properties(cursor: Cursor, database: str) -> ShowTableProperties:
    table = parse_table_name(cursor, database)
    if not cursor.accept_symbol("("):
        return ShowTableProperties(table)
    name = cursor.expect_string().value
    cursor.expect_symbol(")")
    return ShowTableProperties(table, name)


def describe(cursor: Cursor, database: str) -> Describe:
    detail = cursor.next().value if cursor.sees_any("EXTENDED", "FORMATTED") else None
    table = parse_table_name(cursor, database)
    partition = parse_partition(cursor) if cursor.sees("PARTITION") else None
    column = parse_name(cursor) if cursor.sees_name() else None
    if cursor.sees_symbol("."):
        raise unsupported(cursor.at, "DESCRIBE of a part of a column")
    return Describe(table, detail, partition, column)
