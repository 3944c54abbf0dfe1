"""Which DDL statement a text is."""

from boathouse.dialects.athena.ddl.alter import alter_table
from boathouse.dialects.athena.ddl.create import create_database, create_external_table
from boathouse.dialects.athena.ddl.names import parse_name, parse_table_name
from boathouse.dialects.athena.ddl.show import describe, show
from boathouse.dialects.athena.ddl.words import RESERVED
from boathouse.dialects.athena.errors import unsupported
from boathouse.dialects.athena.grammar.cursor import Cursor
from boathouse.dialects.athena.grammar.tokens import hive_tokens
from boathouse.dialects.athena.statements import DropDatabase, DropTable, Statement


def parse_ddl(sql: str, database: str) -> Statement:
    cursor = Cursor(sql, hive_tokens(sql), RESERVED)
    statement = _statement(cursor, database)
    cursor.expect_end()
    return statement


def _statement(cursor: Cursor, database: str) -> Statement:
    at = cursor.at
    if cursor.accept("CREATE"):
        return _create(cursor, database)
    if cursor.accept("DROP"):
        return _drop(cursor, database)
    if cursor.accept("ALTER", "TABLE"):
        return alter_table(cursor, database)
    if cursor.accept("SHOW"):
        return show(cursor, database)
    if cursor.accept("DESCRIBE") or cursor.accept("DESC"):
        return describe(cursor, database)
    words = " ".join(cursor.peek(ahead).value for ahead in range(2) if cursor.peek(ahead).kind == "word")
    raise unsupported(at, words)


def _create(cursor: Cursor, database: str) -> Statement:
    if cursor.accept("DATABASE") or cursor.accept("SCHEMA"):
        return create_database(cursor)
    if cursor.accept("EXTERNAL", "TABLE"):
        return create_external_table(cursor, database)
    if cursor.sees("TABLE"):
        raise unsupported(cursor.at, "CREATE TABLE without EXTERNAL (a table of the type ICEBERG)")
    if cursor.sees("VIEW") or cursor.sees("OR", "REPLACE"):
        raise unsupported(cursor.at, "CREATE VIEW")
    raise cursor.mismatch("'DATABASE'", "'EXTERNAL'", "'SCHEMA'", "'TABLE'", "'VIEW'")


def _drop(cursor: Cursor, database: str) -> Statement:
    if cursor.accept("DATABASE") or cursor.accept("SCHEMA"):
        if_exists = cursor.accept("IF", "EXISTS")
        name = parse_name(cursor)
        cascade = cursor.accept("CASCADE")
        if not cascade:
            cursor.accept("RESTRICT")
        return DropDatabase(name, if_exists, cascade)
    if cursor.accept("TABLE"):
        if_exists = cursor.accept("IF", "EXISTS")
        return DropTable(parse_table_name(cursor, database), if_exists)
    if cursor.sees("VIEW"):
        raise unsupported(cursor.at, "DROP VIEW")
    raise cursor.mismatch("'DATABASE'", "'SCHEMA'", "'TABLE'", "'VIEW'")
