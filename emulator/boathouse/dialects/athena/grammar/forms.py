"""Expressions that begin with a word of their own: CASE, CAST, EXTRACT, INTERVAL, TRIM and their like."""

from collections.abc import Callable, Mapping

from boathouse.dialects.athena.errors import syntax, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.grammar.calls import parse_sort_items
from boathouse.dialects.athena.grammar.cursor import Cursor, name_of
from boathouse.dialects.athena.grammar.levels import Levels, parenthesized
from boathouse.dialects.athena.grammar.types import parse_type

_INTERVAL_FIELDS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
_EXTRACT_FIELDS = frozenset(
    "YEAR QUARTER MONTH WEEK DAY DAY_OF_MONTH DAY_OF_WEEK DOW DAY_OF_YEAR DOY YEAR_OF_WEEK YOW HOUR MINUTE SECOND"
    " TIMEZONE_MINUTE TIMEZONE_HOUR".split()
)


def array(cursor: Cursor, levels: Levels) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("ARRAY").at
    cursor.expect_symbol("[")
    items = list[tree.Expression]()
    while not cursor.sees_symbol("]"):
        items.append(levels.expression(cursor))
        if not cursor.accept_symbol(","):
            break
    cursor.expect_symbol("]")
    return tree.ArrayConstructor(at, cursor.text_since(mark), tuple(items))


def case(cursor: Cursor, levels: Levels) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("CASE").at
    operand = None if cursor.sees("WHEN") else levels.expression(cursor)
    whens = list[tree.When]()
    while cursor.sees("WHEN"):
        when_at = cursor.next().at
        condition = levels.expression(cursor)
        cursor.expect("THEN")
        whens.append(tree.When(when_at, condition, levels.expression(cursor)))
    if not whens:
        raise cursor.mismatch("'WHEN'")
    otherwise = levels.expression(cursor) if cursor.accept("ELSE") else None
    cursor.expect("END")
    return tree.Case(at, cursor.text_since(mark), operand, tuple(whens), otherwise)


def cast(cursor: Cursor, levels: Levels) -> tree.Expression:
    mark, word = cursor.mark(), cursor.next()
    cursor.expect_symbol("(")
    operand = levels.expression(cursor)
    cursor.expect("AS")
    target = parse_type(cursor, word.at)
    cursor.expect_symbol(")")
    return tree.Cast(word.at, cursor.text_since(mark), operand, target, word.value == "TRY_CAST")


def current(cursor: Cursor) -> tree.Expression:
    mark, word = cursor.mark(), cursor.next()
    precision = None
    if word.value != "CURRENT_DATE" and cursor.accept_symbol("("):
        precision = cursor.expect_integer()
        cursor.expect_symbol(")")
    return tree.CurrentTime(word.at, cursor.text_since(mark), word.value, precision)


def interval(cursor: Cursor) -> tree.Expression:
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


def row(cursor: Cursor, levels: Levels) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("ROW").at
    items = parenthesized(cursor, levels.expression)
    return tree.RowConstructor(at, cursor.text_since(mark), items)


def extract(cursor: Cursor, levels: Levels) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("EXTRACT").at
    cursor.expect_symbol("(")
    field = cursor.expect_name()
    cursor.expect("FROM")
    operand = levels.value(cursor)
    cursor.expect_symbol(")")
    if name_of(field).upper() not in _EXTRACT_FIELDS:
        raise syntax(at, f"Invalid EXTRACT field: {name_of(field)}")
    return tree.Extract(at, cursor.text_since(mark), name_of(field).upper(), operand)


def position(cursor: Cursor, levels: Levels) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("POSITION").at
    cursor.expect_symbol("(")
    needle = levels.value(cursor)
    cursor.expect("IN")
    haystack = levels.value(cursor)
    cursor.expect_symbol(")")
    return tree.Call(at, cursor.text_since(mark), "strpos", (haystack, needle))


def substring(cursor: Cursor, levels: Levels) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("SUBSTRING").at
    cursor.expect_symbol("(")
    arguments = [levels.expression(cursor)]
    separators: tuple[str, ...] = ("FROM", "FOR") if cursor.sees("FROM") else (",", ",")
    for separator in separators:
        if cursor.accept(separator) or cursor.accept_symbol(separator):
            arguments.append(levels.expression(cursor))
    cursor.expect_symbol(")")
    return tree.Call(at, cursor.text_since(mark), "substring", tuple(arguments))


def trim(cursor: Cursor, levels: Levels) -> tree.Expression:
    mark, at = cursor.mark(), cursor.expect("TRIM").at
    cursor.expect_symbol("(")
    name = "trim"
    if cursor.sees_any("LEADING", "TRAILING", "BOTH"):
        name = {"LEADING": "ltrim", "TRAILING": "rtrim", "BOTH": "trim"}[cursor.next().value]
    characters = source = None
    if not cursor.sees("FROM"):
        source = levels.value(cursor)
    if cursor.accept("FROM"):
        characters, source = source, levels.value(cursor)
    elif source is not None and cursor.accept_symbol(","):
        characters = levels.value(cursor)
    elif source is None or name != "trim":
        raise cursor.mismatch("'FROM'")
    cursor.expect_symbol(")")
    return tree.Call(at, cursor.text_since(mark), name, (source, characters) if characters else (source,))


def listagg(cursor: Cursor, levels: Levels) -> tree.Expression:
    """LISTAGG(value [, separator]) WITHIN GROUP (ORDER BY ..), as a call with its order."""
    mark, at = cursor.mark(), cursor.expect("LISTAGG").at
    cursor.expect_symbol("(")
    distinct = cursor.accept("DISTINCT")
    value = levels.expression(cursor)
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
    order_by = parse_sort_items(cursor, levels.expression)
    cursor.expect_symbol(")")
    if cursor.sees("FILTER"):
        raise unsupported(cursor.at, "LISTAGG with FILTER")
    return tree.Call(at, cursor.text_since(mark), "listagg", (value, separator), distinct=distinct, order_by=order_by)


WITH_PARENTHESES: Mapping[str, Callable[[Cursor, Levels], tree.Expression]] = {
    "CAST": cast,
    "TRY_CAST": cast,
    "EXTRACT": extract,
    "LISTAGG": listagg,
    "POSITION": position,
    "ROW": row,
    "SUBSTRING": substring,
    "TRIM": trim,
}
