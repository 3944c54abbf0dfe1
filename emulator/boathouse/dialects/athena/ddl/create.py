"""CREATE DATABASE and CREATE EXTERNAL TABLE."""

from boathouse.datatypes import DataType, TypeSyntaxError, parse
from boathouse.dialects.athena.ddl.names import parse_name, parse_properties, parse_table_name
from boathouse.dialects.athena.ddl.storage import StorageClauses
from boathouse.dialects.athena.errors import SqlRefused, syntax, unsupported
from boathouse.dialects.athena.grammar.cursor import Cursor
from boathouse.dialects.athena.statements import CreateDatabase, CreateExternalTable
from boathouse.relation import Column


def create_database(cursor: Cursor) -> CreateDatabase:
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = parse_name(cursor)
    comment = cursor.expect_string().value if cursor.accept("COMMENT") else ""
    location = cursor.expect_string().value if cursor.accept("LOCATION") else None
    properties = parse_properties(cursor) if cursor.accept("WITH", "DBPROPERTIES") else {}
    return CreateDatabase(name, if_not_exists, comment, location, properties)


def create_external_table(cursor: Cursor, database: str) -> CreateExternalTable:
    """https://docs.aws.amazon.com/athena/latest/ug/create-table.html"""
    at = cursor.at
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    table = parse_table_name(cursor, database)
    columns = _columns(cursor)
    comment, partitions, location, properties = "", tuple[Column, ...](), None, dict[str, str]()
    clauses = StorageClauses()
    while not (cursor.sees_symbol(";") or cursor.peek().kind == "end"):
        if cursor.accept("COMMENT"):
            comment = cursor.expect_string().value
        elif cursor.accept("PARTITIONED", "BY"):
            partitions = _columns(cursor)
        elif cursor.accept("LOCATION"):
            location = cursor.expect_string().value
        elif cursor.accept("TBLPROPERTIES"):
            properties = parse_properties(cursor)
        elif cursor.sees("CLUSTERED", "BY"):
            raise unsupported(cursor.at, "CLUSTERED BY")
        elif not clauses.parse(cursor):
            raise cursor.mismatch("'COMMENT'", "'PARTITIONED'", "'ROW'", "'STORED'", "'LOCATION'", "'TBLPROPERTIES'")
    if location is None:
        # Athena refuses it too (create-table page: LOCATION is required); its sentence is not documented.
        raise SqlRefused("semantic", "FAILED: SemanticException LOCATION is required for an external table", *at)
    _check_names(columns + partitions, cursor)
    return CreateExternalTable(
        table, columns, partitions, clauses.storage(at), location, if_not_exists, comment, properties
    )


def _columns(cursor: Cursor) -> tuple[Column, ...]:
    cursor.expect_symbol("(")
    found = list[Column]()
    while True:
        name = parse_name(cursor)
        given = _type(cursor)
        found.append(Column(name, given, cursor.expect_string().value if cursor.accept("COMMENT") else ""))
        if not cursor.accept_symbol(","):
            break
    cursor.expect_symbol(")")
    return tuple(found)


def _type(cursor: Cursor) -> DataType:
    """Reads up to the end of the column: Hive's types nest in angle brackets and parentheses."""
    at, mark, depth = cursor.at, cursor.mark(), 0
    while cursor.peek().kind != "end":
        if depth == 0 and (cursor.sees_symbol(",", ")") or cursor.sees("COMMENT")):
            break
        depth += cursor.sees_symbol("<", "(") - cursor.sees_symbol(">", ")")
        cursor.next()
    if cursor.mark() == mark:
        raise cursor.mismatch("<type>")
    try:
        return parse(cursor.text_since(mark))
    except TypeSyntaxError as error:
        raise syntax(at, str(error)) from None


def _check_names(columns: tuple[Column, ...], cursor: Cursor) -> None:
    names = [column.name for column in columns]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        sentence = f"FAILED: SemanticException Column repeated in table definition: {repeated}"
        raise SqlRefused("semantic", sentence, *cursor.at)
