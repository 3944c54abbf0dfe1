"""What stands after FROM: tables, subqueries, UNNEST, and how they are joined."""

from boathouse.dialects.athena.errors import Position, unsupported
from boathouse.dialects.athena.grammar import relational, tree
from boathouse.dialects.athena.grammar.cursor import Cursor, name_of
from boathouse.dialects.athena.grammar.expressions import parse_expression
from boathouse.dialects.athena.grammar.levels import sees_query

_JOINS = (
    (("JOIN",), "INNER"),
    (("INNER", "JOIN"), "INNER"),
    (("LEFT", "JOIN"), "LEFT"),
    (("LEFT", "OUTER", "JOIN"), "LEFT"),
    (("RIGHT", "JOIN"), "RIGHT"),
    (("RIGHT", "OUTER", "JOIN"), "RIGHT"),
    (("FULL", "JOIN"), "FULL"),
    (("FULL", "OUTER", "JOIN"), "FULL"),
)


def parse_relation(cursor: Cursor) -> relational.Relation:
    """A relation and the joins that follow it. ``a JOIN b JOIN c ON .. ON ..`` nests to the right, as in Trino."""
    left = _aliased(cursor)
    while (join := _join(cursor, left)) is not None:
        left = join
    return left


def _join(cursor: Cursor, left: relational.Relation) -> relational.Join | None:
    at = cursor.at
    if cursor.sees("NATURAL"):
        raise unsupported(at, "NATURAL JOIN")
    if cursor.accept("CROSS", "JOIN"):
        return relational.Join(at, "CROSS", left, _aliased(cursor), None, ())
    for words, kind in _JOINS:
        if cursor.accept(*words):
            right = parse_relation(cursor)
            on, using = _criteria(cursor)
            return relational.Join(at, kind, left, right, on, using)
    return None


def _criteria(cursor: Cursor) -> tuple[tree.Expression | None, tuple[tuple[str, Position], ...]]:
    if cursor.accept("ON"):
        return parse_expression(cursor), ()
    if not cursor.accept("USING"):
        raise cursor.mismatch("'ON'", "'USING'")
    cursor.expect_symbol("(")
    names = list[tuple[str, Position]]()
    while True:
        token = cursor.expect_name()
        names.append((name_of(token), token.at))
        if not cursor.accept_symbol(","):
            break
    cursor.expect_symbol(")")
    return None, tuple(names)


def _aliased(cursor: Cursor) -> relational.Relation:
    at, relation = cursor.at, _primary(cursor)
    if cursor.accept("AS") or (cursor.sees_name() and not cursor.sees_clause()):
        alias = name_of(cursor.expect_name())
        columns = _column_names(cursor) if cursor.sees_symbol("(") else None
        relation = relational.Aliased(at, relation, alias, columns)
    if cursor.sees_any("TABLESAMPLE", "MATCH_RECOGNIZE") and cursor.sees_clause():
        raise unsupported(cursor.at, cursor.peek().value)
    return relation


def _column_names(cursor: Cursor) -> tuple[str, ...]:
    from boathouse.dialects.athena.grammar.queries import parse_names  # the two grammars hold each other

    return parse_names(cursor)


def _primary(cursor: Cursor) -> relational.Relation:
    from boathouse.dialects.athena.grammar.queries import parse_parenthesized_query, parse_qualified_name

    at = cursor.at
    if cursor.sees("UNNEST"):
        return _unnest(cursor)
    if cursor.sees("LATERAL") and cursor.sees_symbol("(", ahead=1):
        cursor.next()
        return relational.SubqueryRelation(at, parse_parenthesized_query(cursor), lateral=True)
    if cursor.sees_any("TABLE", "JSON_TABLE") and cursor.sees_symbol("(", ahead=1):
        raise unsupported(at, "a table function" if cursor.sees("TABLE") else "JSON_TABLE")
    if sees_query(cursor):
        return relational.SubqueryRelation(at, parse_parenthesized_query(cursor), lateral=False)
    if cursor.accept_symbol("("):
        relation = parse_relation(cursor)
        cursor.expect_symbol(")")
        return relation
    parts = parse_qualified_name(cursor)
    if cursor.sees("FOR") and cursor.sees_any("TIMESTAMP", "VERSION", ahead=1):
        raise unsupported(cursor.at, f"FOR {cursor.peek(1).value} AS OF")
    return relational.TableReference(at, parts)


def _unnest(cursor: Cursor) -> relational.Unnest:
    at = cursor.expect("UNNEST").at
    cursor.expect_symbol("(")
    arguments = [parse_expression(cursor)]
    while cursor.accept_symbol(","):
        arguments.append(parse_expression(cursor))
    cursor.expect_symbol(")")
    return relational.Unnest(at, tuple(arguments), cursor.accept("WITH", "ORDINALITY"))
