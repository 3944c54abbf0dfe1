"""The small parts that Hive's statements share: names, properties, partition specifications."""

from boathouse.dialects.athena.errors import syntax, unsupported
from boathouse.dialects.athena.grammar.cursor import Cursor, name_of
from boathouse.relation import TableName

CATALOG = "awsdatacatalog"


def parse_name(cursor: Cursor) -> str:
    """In lower case. Hive takes a name that begins with an underscore in backticks only."""
    token = cursor.expect_name()
    if token.kind == "word" and token.text.startswith("_"):
        sentence = (
            f"mismatched input '{token.text}'. Expecting: <identifier> (one that begins with '_' needs backticks)"
        )
        raise syntax(token.at, sentence)
    return name_of(token).lower()


def parse_table_name(cursor: Cursor, database: str) -> TableName:
    at = cursor.at
    parts = [parse_name(cursor)]
    while cursor.accept_symbol("."):
        parts.append(parse_name(cursor))
    if len(parts) == 3 and parts[0] == CATALOG:
        parts = parts[1:]
    if len(parts) > 2:
        raise unsupported(at, f"the catalog {parts[0]}")
    return TableName(parts[0] if len(parts) == 2 else database, parts[-1])


def parse_properties(cursor: Cursor) -> dict[str, str]:
    """``('key' = 'value', ...)``"""
    found = dict[str, str]()
    cursor.expect_symbol("(")
    while True:
        key = cursor.expect_string().value
        cursor.expect_symbol("=")
        found[key] = cursor.expect_string().value
        if not cursor.accept_symbol(","):
            break
    cursor.expect_symbol(")")
    return found


def parse_partition(cursor: Cursor) -> dict[str, str]:
    """``PARTITION (column = value, ...)``; values as text."""
    cursor.expect("PARTITION")
    cursor.expect_symbol("(")
    found = dict[str, str]()
    while True:
        name = parse_name(cursor)
        if cursor.sees_symbol("<", ">", "<=", ">=", "<>", "!="):
            raise unsupported(cursor.at, f"a partition by {cursor.peek().text}")
        cursor.expect_symbol("=")
        found[name] = _value(cursor)
        if not cursor.accept_symbol(","):
            break
    cursor.expect_symbol(")")
    return found


def _value(cursor: Cursor) -> str:
    sign = "-" if cursor.accept_symbol("-") else ""
    if not sign and cursor.peek().kind == "string":
        return cursor.next().value
    if cursor.peek().kind not in ("integer", "decimal"):
        raise cursor.mismatch("<string>", "<number>")
    return sign + cursor.next().value
