"""CREATE TABLE AS, as Trino writes it (https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html)."""

from boathouse.dialects.athena.errors import Position
from boathouse.dialects.athena.grammar import relational, tree
from boathouse.dialects.athena.grammar.cursor import Cursor, name_of
from boathouse.dialects.athena.grammar.expressions import parse_expression
from boathouse.dialects.athena.grammar.queries import parse_qualified_name, parse_query


def parse_create_table_as(cursor: Cursor) -> relational.CreateTableAs:
    """From CREATE on: ``CREATE TABLE [IF NOT EXISTS] name [COMMENT ..] [WITH (..)] AS query [WITH [NO] DATA]``."""
    at = cursor.expect("CREATE", "TABLE").at
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    parts = parse_qualified_name(cursor)
    comment = cursor.expect_string().value if cursor.accept("COMMENT") else ""
    properties = _properties(cursor) if cursor.accept("WITH") else ()
    cursor.expect("AS")
    query = parse_query(cursor)
    with_data = True
    if cursor.accept("WITH"):
        with_data = not cursor.accept("NO")
        cursor.expect("DATA")
    return relational.CreateTableAs(at, parts, if_not_exists, comment, properties, query, with_data)


def _properties(cursor: Cursor) -> tuple[tuple[str, Position, tree.Expression], ...]:
    found = list[tuple[str, Position, tree.Expression]]()
    cursor.expect_symbol("(")
    while True:
        name = cursor.expect_name()
        cursor.expect_symbol("=")
        found.append((name_of(name).lower(), name.at, parse_expression(cursor)))
        if not cursor.accept_symbol(","):
            break
    cursor.expect_symbol(")")
    return tuple(found)
