"""Trino's expressions, level by level as its grammar binds them (https://trino.io/docs/435/language.html)."""

from boathouse.dialects.athena.errors import Position, unsupported
from boathouse.dialects.athena.grammar import relational, tree
from boathouse.dialects.athena.grammar.cursor import Cursor, name_of
from boathouse.dialects.athena.grammar.levels import Levels, Parse, parenthesized, sees_query
from boathouse.dialects.athena.grammar.primaries import parse_primary

_COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")


def parse_expression(cursor: Cursor) -> tree.Expression:
    return _logical(cursor, "OR", lambda inner: _logical(inner, "AND", _negation))


def _logical(cursor: Cursor, word: str, operand: Parse) -> tree.Expression:
    mark = cursor.mark()
    left = operand(cursor)
    while cursor.sees(word):
        at = cursor.next().at
        right = operand(cursor)
        left = tree.Logical(at, cursor.text_since(mark), word, left, right)
    return left


def _negation(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.at
    if cursor.accept("NOT"):
        operand = _negation(cursor)
        return tree.Not(at, cursor.text_since(mark), operand)
    return _predicated(cursor)


def _predicated(cursor: Cursor) -> tree.Expression:
    """A value and at most one predicate: ``1 = 1 = true`` is no Trino."""
    mark = cursor.mark()
    operand = parse_value(cursor)
    if cursor.sees_symbol(*_COMPARISONS):
        return _comparison(cursor, mark, operand)
    at = cursor.at
    if cursor.accept("IS"):
        return _is(cursor, mark, at, operand)
    negated = cursor.sees("NOT") and cursor.sees_any("BETWEEN", "IN", "LIKE", ahead=1)
    if negated:
        cursor.next()
    if cursor.accept("BETWEEN"):
        low = parse_value(cursor)
        cursor.expect("AND")
        high = parse_value(cursor)
        return tree.Between(at, cursor.text_since(mark), operand, low, high, negated)
    if cursor.accept("IN"):
        return _in(cursor, mark, at, operand, negated)
    if cursor.accept("LIKE"):
        pattern = parse_value(cursor)
        escape = parse_value(cursor) if cursor.accept("ESCAPE") else None
        return tree.Like(at, cursor.text_since(mark), operand, pattern, escape, negated)
    return operand


def _comparison(cursor: Cursor, mark: int, left: tree.Expression) -> tree.Expression:
    token = cursor.next()
    operator = "<>" if token.value == "!=" else token.value
    if cursor.sees_any("ALL", "SOME", "ANY") and cursor.sees_symbol("(", ahead=1):
        quantifier = cursor.next().value
        query = _subquery(cursor)
        return tree.Quantified(token.at, cursor.text_since(mark), operator, quantifier, left, query)
    right = parse_value(cursor)
    return tree.Comparison(token.at, cursor.text_since(mark), operator, left, right)


def _is(cursor: Cursor, mark: int, at: Position, operand: tree.Expression) -> tree.Expression:
    negated = cursor.accept("NOT")
    if cursor.accept("NULL"):
        return tree.IsNull(at, cursor.text_since(mark), operand, negated)
    if cursor.accept("DISTINCT", "FROM"):
        right = parse_value(cursor)
        return tree.IsDistinct(at, cursor.text_since(mark), operand, right, negated)
    raise cursor.mismatch(*(() if negated else ("'NOT'",)), "'NULL'", "'DISTINCT'")


def _in(cursor: Cursor, mark: int, at: Position, operand: tree.Expression, negated: bool) -> tree.Expression:
    if sees_query(cursor):
        query = _subquery(cursor)
        return tree.InSubquery(at, cursor.text_since(mark), operand, query, negated)
    items = parenthesized(cursor, parse_expression)
    return tree.InList(at, cursor.text_since(mark), operand, items, negated)


def parse_value(cursor: Cursor) -> tree.Expression:
    """A value expression: everything that binds tighter than a predicate. ``||`` binds loosest."""
    mark = cursor.mark()
    left = _additive(cursor)
    while cursor.sees_symbol("||"):
        at = cursor.next().at
        right = _additive(cursor)
        left = tree.Concatenation(at, cursor.text_since(mark), left, right)
    return left


def _additive(cursor: Cursor) -> tree.Expression:
    return _arithmetic(cursor, ("+", "-"), lambda inner: _arithmetic(inner, ("*", "/", "%"), _signed))


def _arithmetic(cursor: Cursor, operators: tuple[str, ...], operand: Parse) -> tree.Expression:
    mark = cursor.mark()
    left = operand(cursor)
    while cursor.sees_symbol(*operators):
        token = cursor.next()
        right = operand(cursor)
        left = tree.Arithmetic(token.at, cursor.text_since(mark), token.value, left, right)
    return left


def _signed(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.at
    if not cursor.sees_symbol("+", "-"):
        return _zoned(cursor)
    if cursor.sees_symbol("-") and cursor.peek(1).kind in ("integer", "decimal", "double"):
        return _zoned(cursor)
    operator = cursor.next().value
    operand = _signed(cursor)
    return tree.Unary(at, cursor.text_since(mark), operator, operand)


def _zoned(cursor: Cursor) -> tree.Expression:
    mark = cursor.mark()
    operand = _primary(cursor)
    while cursor.sees("AT", "TIME", "ZONE"):
        at = cursor.expect("AT", "TIME", "ZONE").at
        if cursor.sees("INTERVAL"):
            raise unsupported(at, "AT TIME ZONE with an interval")
        token = cursor.expect_string()
        zone = tree.StringLiteral(token.at, token.text, token.value)
        operand = tree.AtTimeZone(at, cursor.text_since(mark), operand, zone)
    return operand


def _primary(cursor: Cursor) -> tree.Expression:
    mark = cursor.mark()
    found = parse_primary(cursor, _LEVELS)
    while cursor.sees_symbol("[") or (cursor.sees_symbol(".") and not cursor.sees_symbol("*", ahead=1)):
        at = found.at
        if cursor.accept_symbol("."):
            name = cursor.expect_name()
            found = tree.Dereference(at, cursor.text_since(mark), found, name_of(name))
        else:
            cursor.expect_symbol("[")
            index = parse_value(cursor)
            cursor.expect_symbol("]")
            found = tree.Subscript(at, cursor.text_since(mark), found, index)
    return found


def _subquery(cursor: Cursor) -> relational.Query:
    from boathouse.dialects.athena.grammar.queries import parse_parenthesized_query  # the two grammars hold each other

    return parse_parenthesized_query(cursor)


_LEVELS = Levels(parse_expression, parse_value, _subquery)
