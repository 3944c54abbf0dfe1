"""Trino's expressions, level by level as its grammar binds them (https://trino.io/docs/435/language.html)."""

from collections.abc import Callable

from boathouse.dialects.athena.errors import Position, syntax, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.grammar.calls import parse_call, parse_sort_items
from boathouse.dialects.athena.grammar.cursor import Cursor, name_of
from boathouse.dialects.athena.grammar.types import parse_type

_COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")
_INTERVAL_FIELDS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
_CURRENT = ("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP")
_UNSUPPORTED = (
    "CURRENT_USER",
    "CURRENT_CATALOG",
    "CURRENT_SCHEMA",
    "CURRENT_PATH",
    "JSON_EXISTS",
    "JSON_VALUE",
    "JSON_QUERY",
    "JSON_OBJECT",
    "JSON_ARRAY",
    "NORMALIZE",
    "GROUPING",
)
_BIGGEST = 2**63

Parse = Callable[[Cursor], tree.Expression]


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
    items = _parenthesized(cursor)
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
    found = _simple(cursor)
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


def _simple(cursor: Cursor) -> tree.Expression:
    token = cursor.peek()
    if token.kind in ("integer", "decimal", "double") or cursor.sees_symbol("-"):
        return _number(cursor)
    if token.kind == "string":
        cursor.next()
        return tree.StringLiteral(token.at, token.text, token.value)
    if token.kind == "binary":
        cursor.next()
        return tree.BinaryLiteral(token.at, token.text, token.value)
    if cursor.sees_symbol("("):
        return _in_parentheses(cursor)
    if token.kind == "word" and (found := _keyword(cursor)) is not None:
        return found
    if not cursor.sees_name():
        raise cursor.mismatch("<expression>")
    return _named(cursor)


def _number(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.at
    sign = "-" if cursor.accept_symbol("-") else ""
    token = cursor.next()
    text = cursor.text_since(mark)
    if token.kind == "decimal":
        return tree.DecimalLiteral(at, text, sign + token.value)
    if token.kind == "double":
        return tree.DoubleLiteral(at, text, sign + token.value)
    if token.kind != "integer":
        raise syntax(token.at, f"mismatched input '{token.text}'. Expecting: <number>")
    value = int(sign + token.value)
    if not -_BIGGEST <= value < _BIGGEST:
        raise syntax(at, f"Invalid numeric literal: {sign}{token.value}")
    return tree.IntegerLiteral(at, text, value)


def _in_parentheses(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.at
    if sees_query(cursor):
        query = _subquery(cursor)
        return tree.ScalarSubquery(at, cursor.text_since(mark), query)
    if (found := _lambda(cursor)) is not None:
        return found
    items = _parenthesized(cursor)
    if len(items) == 1:
        return items[0]
    return tree.RowConstructor(at, cursor.text_since(mark), items)


def _lambda(cursor: Cursor) -> tree.Lambda | None:
    """``(a, b) -> body``, or nothing read."""
    mark, at = cursor.mark(), cursor.at
    cursor.expect_symbol("(")
    names = list[str]()
    while cursor.sees_name() and (cursor.sees_symbol(",", ")", ahead=1)):
        names.append(name_of(cursor.next()))
        if not cursor.accept_symbol(","):
            break
    if cursor.accept_symbol(")") and cursor.accept_symbol("->"):
        body = parse_expression(cursor)
        return tree.Lambda(at, cursor.text_since(mark), tuple(names), body)
    cursor.reset(mark)
    return None


def _named(cursor: Cursor) -> tree.Expression:
    """A column, a function call, a typed literal or a lambda."""
    mark, token = cursor.mark(), cursor.next()
    if cursor.peek().kind == "string" and token.kind == "word":
        value = cursor.next().value
        return tree.TypedLiteral(token.at, cursor.text_since(mark), token.value.lower(), value)
    if cursor.accept_symbol("->"):
        body = parse_expression(cursor)
        return tree.Lambda(token.at, cursor.text_since(mark), (name_of(token),), body)
    if cursor.sees_symbol("("):
        return parse_call(cursor, mark, name_of(token).lower(), parse_expression)
    return tree.Name(token.at, cursor.text_since(mark), name_of(token))


def _keyword(cursor: Cursor) -> tree.Expression | None:
    mark, at, word = cursor.mark(), cursor.at, cursor.peek().value
    follows_parenthesis = cursor.sees_symbol("(", ahead=1)
    if word == "NULL":
        cursor.next()
        return tree.NullLiteral(at, cursor.text_since(mark))
    if word in ("TRUE", "FALSE"):
        cursor.next()
        return tree.BooleanLiteral(at, cursor.text_since(mark), word == "TRUE")
    if word == "CASE":
        return _case(cursor)
    if word in ("CAST", "TRY_CAST") and follows_parenthesis:
        return _cast(cursor)
    if word == "EXISTS" and follows_parenthesis:
        cursor.next()
        query = _subquery(cursor)
        return tree.Exists(at, cursor.text_since(mark), query)
    if word in _SPECIAL and follows_parenthesis:
        return _SPECIAL[word](cursor)
    if word == "ARRAY" and cursor.sees_symbol("[", ahead=1):
        return _array(cursor)
    if word == "INTERVAL" and (cursor.peek(1).kind == "string" or cursor.sees_symbol("+", "-", ahead=1)):
        return _interval(cursor)
    if word == "DOUBLE" and cursor.sees("PRECISION", ahead=1) and cursor.peek(2).kind == "string":
        cursor.expect("DOUBLE", "PRECISION")
        value = cursor.next().value
        return tree.TypedLiteral(at, cursor.text_since(mark), "double", value)
    if word in _CURRENT:
        return _current(cursor)
    if word in _UNSUPPORTED and (follows_parenthesis or word.startswith("CURRENT")):
        raise unsupported(at, word)
    return None


def _array(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("ARRAY").at
    cursor.expect_symbol("[")
    items = list[tree.Expression]()
    while not cursor.sees_symbol("]"):
        items.append(parse_expression(cursor))
        if not cursor.accept_symbol(","):
            break
    cursor.expect_symbol("]")
    return tree.ArrayConstructor(at, cursor.text_since(mark), tuple(items))


def _case(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("CASE").at
    operand = None if cursor.sees("WHEN") else parse_expression(cursor)
    whens = list[tree.When]()
    while cursor.sees("WHEN"):
        when_at = cursor.next().at
        condition = parse_expression(cursor)
        cursor.expect("THEN")
        whens.append(tree.When(when_at, condition, parse_expression(cursor)))
    if not whens:
        raise cursor.mismatch("'WHEN'")
    otherwise = parse_expression(cursor) if cursor.accept("ELSE") else None
    cursor.expect("END")
    return tree.Case(at, cursor.text_since(mark), operand, tuple(whens), otherwise)


def _cast(cursor: Cursor) -> tree.Expression:
    mark, word = cursor.mark(), cursor.next()
    cursor.expect_symbol("(")
    operand = parse_expression(cursor)
    cursor.expect("AS")
    target = parse_type(cursor, word.at)
    cursor.expect_symbol(")")
    return tree.Cast(word.at, cursor.text_since(mark), operand, target, word.value == "TRY_CAST")


def _current(cursor: Cursor) -> tree.Expression:
    mark, word = cursor.mark(), cursor.next()
    precision = None
    if word.value != "CURRENT_DATE" and cursor.accept_symbol("("):
        precision = cursor.expect_integer()
        cursor.expect_symbol(")")
    return tree.CurrentTime(word.at, cursor.text_since(mark), word.value, precision)


def _interval(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("INTERVAL").at
    negative = cursor.accept_symbol("-")
    if not negative:
        cursor.accept_symbol("+")
    value = cursor.expect_string().value
    start = _interval_field(cursor)
    end = _interval_field(cursor) if cursor.accept("TO") else None
    return tree.IntervalLiteral(at, cursor.text_since(mark), negative, value, start, end)


def _interval_field(cursor: Cursor) -> str:
    if not cursor.sees_any(*_INTERVAL_FIELDS):
        raise cursor.mismatch(*(f"'{field}'" for field in _INTERVAL_FIELDS))
    return cursor.next().value


def _row(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("ROW").at
    items = _parenthesized(cursor)
    return tree.RowConstructor(at, cursor.text_since(mark), items)


def _extract(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("EXTRACT").at
    cursor.expect_symbol("(")
    field = cursor.expect_name()
    cursor.expect("FROM")
    operand = parse_value(cursor)
    cursor.expect_symbol(")")
    if name_of(field).upper() not in EXTRACT_FIELDS:
        raise syntax(at, f"Invalid EXTRACT field: {name_of(field)}")
    return tree.Extract(at, cursor.text_since(mark), name_of(field).upper(), operand)


EXTRACT_FIELDS = frozenset(
    "YEAR QUARTER MONTH WEEK DAY DAY_OF_MONTH DAY_OF_WEEK DOW DAY_OF_YEAR DOY YEAR_OF_WEEK YOW HOUR MINUTE SECOND"
    " TIMEZONE_MINUTE TIMEZONE_HOUR".split()
)


def _position(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("POSITION").at
    cursor.expect_symbol("(")
    needle = parse_value(cursor)
    cursor.expect("IN")
    haystack = parse_value(cursor)
    cursor.expect_symbol(")")
    return tree.Call(at, cursor.text_since(mark), "strpos", (haystack, needle))


def _substring(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("SUBSTRING").at
    cursor.expect_symbol("(")
    arguments = [parse_expression(cursor)]
    separators: tuple[str, ...] = ("FROM", "FOR") if cursor.sees("FROM") else (",", ",")
    for separator in separators:
        if cursor.accept(separator) or cursor.accept_symbol(separator):
            arguments.append(parse_expression(cursor))
    cursor.expect_symbol(")")
    return tree.Call(at, cursor.text_since(mark), "substring", tuple(arguments))


def _trim(cursor: Cursor) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("TRIM").at
    cursor.expect_symbol("(")
    name = "trim"
    if cursor.sees_any("LEADING", "TRAILING", "BOTH"):
        name = {"LEADING": "ltrim", "TRAILING": "rtrim", "BOTH": "trim"}[cursor.next().value]
    characters = source = None
    if not cursor.sees("FROM"):
        source = parse_value(cursor)
    if cursor.accept("FROM"):
        characters, source = source, parse_value(cursor)
    elif source is not None and cursor.accept_symbol(","):
        characters = parse_value(cursor)
    elif source is None or name != "trim":
        raise cursor.mismatch("'FROM'")
    cursor.expect_symbol(")")
    return tree.Call(at, cursor.text_since(mark), name, (source, characters) if characters else (source,))


def _listagg(cursor: Cursor) -> tree.Expression:
    """LISTAGG(value [, separator]) WITHIN GROUP (ORDER BY ..), as a call with its order."""
    mark, at = cursor.mark(), cursor.expect("LISTAGG").at
    cursor.expect_symbol("(")
    distinct = cursor.accept("DISTINCT")
    value = parse_expression(cursor)
    separator: tree.Expression = tree.StringLiteral(at, "''", "")
    if cursor.accept_symbol(","):
        token = cursor.expect_string()
        separator = tree.StringLiteral(token.at, token.text, token.value)
    if cursor.sees("ON"):
        raise unsupported(cursor.at, "LISTAGG with ON OVERFLOW")
    cursor.expect_symbol(")")
    cursor.expect("WITHIN", "GROUP")
    cursor.expect_symbol("(")
    cursor.expect("ORDER", "BY")
    order_by = parse_sort_items(cursor, parse_expression)
    cursor.expect_symbol(")")
    if cursor.sees("FILTER"):
        raise unsupported(cursor.at, "LISTAGG with FILTER")
    return tree.Call(at, cursor.text_since(mark), "listagg", (value, separator), distinct=distinct, order_by=order_by)


_SPECIAL: dict[str, Parse] = {
    "ROW": _row,
    "EXTRACT": _extract,
    "POSITION": _position,
    "SUBSTRING": _substring,
    "TRIM": _trim,
    "LISTAGG": _listagg,
}


def _parenthesized(cursor: Cursor) -> tuple[tree.Expression, ...]:
    cursor.expect_symbol("(")
    items = [parse_expression(cursor)]
    while cursor.accept_symbol(","):
        items.append(parse_expression(cursor))
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


def _subquery(cursor: Cursor) -> tree.Query:
    from boathouse.dialects.athena.grammar.queries import parse_parenthesized_query  # the two grammars hold each other

    return parse_parenthesized_query(cursor)
