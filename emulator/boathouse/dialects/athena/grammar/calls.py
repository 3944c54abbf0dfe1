"""Function calls of Trino's: arguments, ORDER BY, FILTER, null treatment and the window after OVER."""

from collections.abc import Callable

from boathouse.dialects.athena.errors import unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.grammar.cursor import Cursor, name_of

Parse = Callable[[Cursor], tree.Expression]


def parse_call(cursor: Cursor, mark: int, name: str, parse: Parse) -> tree.Call:
    """From the opening parenthesis on; ``mark`` is where the name stands, ``parse`` reads an expression."""
    at = cursor.at_mark(mark)
    cursor.expect_symbol("(")
    star = cursor.sees_symbol("*") and cursor.sees_symbol(")", ahead=1)
    distinct, arguments, order_by = False, tuple[tree.Expression, ...](), tuple[tree.SortItem, ...]()
    if star:
        cursor.next()
    elif not cursor.sees_symbol(")"):
        distinct = cursor.accept("DISTINCT")
        if not distinct and cursor.sees("ALL") and not cursor.sees_symbol(",", ")", ".", "(", ahead=1):
            cursor.next()
        arguments = _expressions(cursor, parse)
        if cursor.accept("ORDER", "BY"):
            order_by = parse_sort_items(cursor, parse)
    cursor.expect_symbol(")")
    where = _filter(cursor, parse)
    nulls = None
    if cursor.sees_any("IGNORE", "RESPECT") and cursor.sees("NULLS", ahead=1):
        nulls = cursor.next().value
        cursor.next()
    over = _over(cursor, parse)
    return tree.Call(at, cursor.text_since(mark), name, arguments, star, distinct, order_by, where, nulls, over)


def _expressions(cursor: Cursor, parse: Parse) -> tuple[tree.Expression, ...]:
    found = [parse(cursor)]
    while cursor.accept_symbol(","):
        found.append(parse(cursor))
    return tuple(found)


def _filter(cursor: Cursor, parse: Parse) -> tree.Expression | None:
    if not (cursor.sees("FILTER") and cursor.sees_symbol("(", ahead=1)):
        return None
    cursor.next()
    cursor.expect_symbol("(")
    cursor.expect("WHERE")
    where = parse(cursor)
    cursor.expect_symbol(")")
    return where


def _over(cursor: Cursor, parse: Parse) -> tree.Window | None:
    if not cursor.sees("OVER"):
        return None
    cursor.next()
    if cursor.sees_name():
        name = cursor.next()
        return tree.Window(name.at, name_of(name), (), (), None)
    return parse_window(cursor, parse)


def parse_window(cursor: Cursor, parse: Parse) -> tree.Window:
    cursor.expect_symbol("(")
    at, base = cursor.at, None
    if cursor.sees_name() and not (cursor.sees_any("PARTITION", "RANGE", "ROWS", "GROUPS")):
        base = name_of(cursor.next())
    partition_by: tuple[tree.Expression, ...] = ()
    if cursor.accept("PARTITION"):
        cursor.expect("BY")
        partition_by = _expressions(cursor, parse)
    order_by = parse_sort_items(cursor, parse) if cursor.accept("ORDER", "BY") else ()
    frame = _frame(cursor, parse) if cursor.sees_any("RANGE", "ROWS", "GROUPS") else None
    if cursor.sees_any("MEASURES", "PATTERN", "AFTER", "DEFINE", "SUBSET", "INITIAL", "SEEK"):
        raise unsupported(cursor.at, "row pattern recognition in a window")
    cursor.expect_symbol(")")
    return tree.Window(at, base, partition_by, order_by, frame)


def parse_sort_items(cursor: Cursor, parse: Parse) -> tuple[tree.SortItem, ...]:
    found = [_sort_item(cursor, parse)]
    while cursor.accept_symbol(","):
        found.append(_sort_item(cursor, parse))
    return tuple(found)


def _sort_item(cursor: Cursor, parse: Parse) -> tree.SortItem:
    """Nulls sort last unless told otherwise, ascending and descending (https://trino.io/docs/435/sql/select.html)."""
    at, expression = cursor.at, parse(cursor)
    descending = cursor.accept("DESC")
    if not descending:
        cursor.accept("ASC")
    nulls_first = False
    if cursor.accept("NULLS"):
        nulls_first = cursor.accept("FIRST")
        if not nulls_first:
            cursor.expect("LAST")
    return tree.SortItem(at, expression, descending, nulls_first)


def _frame(cursor: Cursor, parse: Parse) -> tree.Frame:
    unit = cursor.next()
    if not cursor.accept("BETWEEN"):
        return tree.Frame(unit.at, unit.value, _bound(cursor, parse), None)
    start = _bound(cursor, parse)
    cursor.expect("AND")
    return tree.Frame(unit.at, unit.value, start, _bound(cursor, parse))


def _bound(cursor: Cursor, parse: Parse) -> tree.FrameBound:
    at = cursor.at
    if cursor.accept("UNBOUNDED"):
        return tree.FrameBound(at, f"UNBOUNDED {_direction(cursor)}", None)
    if cursor.accept("CURRENT", "ROW"):
        return tree.FrameBound(at, "CURRENT ROW", None)
    offset = parse(cursor)
    return tree.FrameBound(at, _direction(cursor), offset)


def _direction(cursor: Cursor) -> str:
    if not cursor.sees_any("PRECEDING", "FOLLOWING"):
        raise cursor.mismatch("'PRECEDING'", "'FOLLOWING'")
    return cursor.next().value
