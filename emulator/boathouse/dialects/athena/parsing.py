"""From a statement's text to its meaning: which of Athena's two languages it is in, and who translates it."""

import re
from collections.abc import Sequence

from boathouse.dialects.athena.ctas import create_table_as
from boathouse.dialects.athena.ddl import parse_ddl
from boathouse.dialects.athena.errors import Position, SqlRefused, syntax, unsupported
from boathouse.dialects.athena.grammar.creation import parse_create_table_as
from boathouse.dialects.athena.grammar.cursor import Cursor
from boathouse.dialects.athena.grammar.queries import parse_qualified_name, parse_query
from boathouse.dialects.athena.grammar.tokens import trino_tokens
from boathouse.dialects.athena.grammar.words import RESERVED
from boathouse.dialects.athena.meaning.statement import translated
from boathouse.dialects.athena.meaning.work import Schemas, Work
from boathouse.dialects.athena.parameters import bound
from boathouse.dialects.athena.statements import Statement

_QUERIES = ("SELECT", "WITH", "VALUES", "TABLE")
_DDL = ("CREATE", "DROP", "ALTER", "SHOW", "DESCRIBE", "DESC", "MSCK")
_UNSUPPORTED = (
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE",
    "UNLOAD",
    "EXPLAIN",
    "PREPARE",
    "EXECUTE",
    "DEALLOCATE",
    "OPTIMIZE",
    "VACUUM",
    "ANALYZE",
    "USING",
)
_BLANK = re.compile(r"(?:\s|--[^\n]*|/\*.*?\*/)*", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_]+|\(|\S")


def parse(sql: str, database: str, schemas: Schemas, parameters: Sequence[str] = ()) -> Statement:
    """What ``sql`` means in ``database``; ``schemas`` gives a table's schema, None where there is no such table.

    ``parameters`` are the values of a query's question marks, as StartQueryExecution takes them. Raises SqlRefused.
    """
    try:
        return _parsed(sql, database, schemas, parameters)
    except RecursionError:  # in Trino's words, whose parser recurses, too
        raise syntax(Position(1, 1), "statement is too large (stack overflow while parsing)") from None


def _parsed(sql: str, database: str, schemas: Schemas, parameters: Sequence[str]) -> Statement:
    word, at = _first_word(sql)
    if word in _QUERIES or word == "(" or (word == "CREATE" and _is_create_table_as(sql)):
        return _trino(sql, word, database.lower(), schemas, parameters)
    if word in _DDL:
        return parse_ddl(sql, database.lower())
    if word in _UNSUPPORTED:
        raise unsupported(at, word)
    expecting = ", ".join(f"'{known}'" for known in sorted((*_QUERIES, *_DDL, *_UNSUPPORTED)))
    raise syntax(at, f"mismatched input '{_as_written(sql)}'. Expecting: {expecting}")


def _trino(sql: str, word: str, database: str, schemas: Schemas, parameters: Sequence[str]) -> Statement:
    cursor, work = Cursor(sql, bound(trino_tokens(sql), parameters), RESERVED), Work(database, schemas)
    if word == "CREATE":
        creation = parse_create_table_as(cursor)
        cursor.expect_end()
        return create_table_as(creation, work)
    query = parse_query(cursor)
    cursor.expect_end()
    return translated(query, work)


def _first_word(sql: str) -> tuple[str, Position]:
    start = _start(sql)
    match = _WORD.match(sql, start)
    line = sql.count("\n", 0, start) + 1
    at = Position(line, start - (sql.rfind("\n", 0, start) + 1) + 1)
    return (match.group().upper() if match else "<EOF>"), at


def _start(sql: str) -> int:
    match = _BLANK.match(sql)
    return match.end() if match else 0


def _as_written(sql: str) -> str:
    match = _WORD.match(sql, _start(sql))
    return match.group() if match else "<EOF>"


def _is_create_table_as(sql: str) -> bool:
    """CREATE TABLE with a query is Trino's, without one Hive's: what follows the name tells them apart."""
    try:
        cursor = Cursor(sql, trino_tokens(sql), RESERVED)
        cursor.expect("CREATE", "TABLE")
        cursor.accept("IF", "NOT", "EXISTS")
        parse_qualified_name(cursor)
    except SqlRefused:
        return False
    return cursor.sees_any("AS", "WITH") or (cursor.sees("COMMENT") and not cursor.sees_symbol("("))
