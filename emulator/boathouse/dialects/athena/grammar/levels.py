"""What the parts of the grammar of expressions need of each other, handed down rather than imported in a circle."""

from collections.abc import Callable
from dataclasses import dataclass

from boathouse.dialects.athena.grammar import relational, tree
from boathouse.dialects.athena.grammar.cursor import Cursor

Parse = Callable[[Cursor], tree.Expression]


@dataclass(frozen=True, slots=True)
class Levels:
    """``expression`` reads any, ``value`` what binds tighter than a predicate, ``query`` a query in parentheses."""

    expression: Parse
    value: Parse
    query: Callable[[Cursor], relational.Query]


def parenthesized(cursor: Cursor, parse: Parse) -> tuple[tree.Expression, ...]:
    cursor.expect_symbol("(")
    items = [parse(cursor)]
    while cursor.accept_symbol(","):
        items.append(parse(cursor))
    cursor.expect_symbol(")")
    return tuple(items)


def sees_query(cursor: Cursor, ahead: int = 0) -> bool:
    """Whether the parenthesis that opens at ``ahead`` holds a query rather than an expression or a relation.

    ``((SELECT 1) + 1)`` is an expression, ``((SELECT 1) UNION (SELECT 2))`` a query.
    """
    if not cursor.sees_symbol("(", ahead=ahead):
        return False
    if cursor.sees_any("SELECT", "WITH", "VALUES", "TABLE", ahead=ahead + 1):
        return not (cursor.sees("TABLE", ahead=ahead + 1) and cursor.sees_symbol("(", ahead=ahead + 2))
    if not sees_query(cursor, ahead + 1):
        return False
    return cursor.sees_any(*_AFTER_A_QUERY, ahead=_after_parenthesis(cursor, ahead + 1))


_AFTER_A_QUERY = ("UNION", "INTERSECT", "EXCEPT", "ORDER", "OFFSET", "LIMIT", "FETCH")


def _after_parenthesis(cursor: Cursor, ahead: int) -> int:
    depth = 0
    while cursor.peek(ahead).kind != "end":
        depth += cursor.sees_symbol("(", ahead=ahead) - cursor.sees_symbol(")", ahead=ahead)
        ahead += 1
        if depth == 0:
            break
    return ahead
