"""Trino's queries, down to their expressions (https://trino.io/docs/435/sql/select.html)."""

from boathouse.dialects.athena.errors import Position, unsupported
from boathouse.dialects.athena.grammar import relational, tree
from boathouse.dialects.athena.grammar.calls import parse_sort_items, parse_window
from boathouse.dialects.athena.grammar.cursor import Cursor, name_of
from boathouse.dialects.athena.grammar.expressions import parse_expression
from boathouse.dialects.athena.grammar.relations import parse_relation

Windows = tuple[tuple[str, tree.Window], ...]


def parse_query(cursor: Cursor) -> relational.Query:
    at, named = cursor.at, list[relational.NamedQuery]()
    if cursor.accept("WITH"):
        if cursor.sees("RECURSIVE"):
            raise unsupported(cursor.at, "WITH RECURSIVE")
        named.append(_named_query(cursor))
        while cursor.accept_symbol(","):
            named.append(_named_query(cursor))
    return _query_without_with(cursor, at, tuple(named))


def parse_parenthesized_query(cursor: Cursor) -> relational.Query:
    cursor.expect_symbol("(")
    query = parse_query(cursor)
    cursor.expect_symbol(")")
    return query


def _named_query(cursor: Cursor) -> relational.NamedQuery:
    name = cursor.expect_name()
    columns_at = cursor.peek(1).at
    columns = parse_names(cursor) if cursor.sees_symbol("(") else None
    cursor.expect("AS")
    return relational.NamedQuery(name.at, name_of(name).lower(), columns, columns_at, parse_parenthesized_query(cursor))


def parse_names(cursor: Cursor) -> tuple[str, ...]:
    cursor.expect_symbol("(")
    names = [name_of(cursor.expect_name())]
    while cursor.accept_symbol(","):
        names.append(name_of(cursor.expect_name()))
    cursor.expect_symbol(")")
    return tuple(names)


def _query_without_with(cursor: Cursor, at: Position, named: tuple[relational.NamedQuery, ...]) -> relational.Query:
    """OFFSET comes before LIMIT in Trino, and nowhere else."""
    body = _union(cursor)
    order_by = parse_sort_items(cursor, parse_expression) if _accept_by(cursor, "ORDER") else ()
    offset = None
    if cursor.accept("OFFSET"):
        offset = cursor.expect_integer()
        if cursor.sees_any("ROW", "ROWS"):
            cursor.next()
    return relational.Query(at, named, body, order_by, offset, _limit(cursor))


def _accept_by(cursor: Cursor, word: str) -> bool:
    if not cursor.accept(word):
        return False
    cursor.expect("BY")
    return True


def _limit(cursor: Cursor) -> int | None:
    if cursor.accept("LIMIT"):
        return None if cursor.accept("ALL") else cursor.expect_integer()
    if not cursor.accept("FETCH"):
        return None
    if not cursor.sees_any("FIRST", "NEXT"):
        raise cursor.mismatch("'FIRST'", "'NEXT'")
    cursor.next()
    limit = cursor.expect_integer() if cursor.peek().kind == "integer" else 1
    if not cursor.sees_any("ROW", "ROWS"):
        raise cursor.mismatch("'ROW'", "'ROWS'")
    cursor.next()
    if cursor.sees("WITH", "TIES"):
        raise unsupported(cursor.at, "FETCH FIRST WITH TIES")
    cursor.expect("ONLY")
    return limit


def _union(cursor: Cursor) -> relational.Body:
    """UNION and EXCEPT, from the left; INTERSECT binds tighter."""
    left = _intersect(cursor)
    while cursor.sees_any("UNION", "EXCEPT"):
        word = cursor.next()
        keeps_all = _keeps_all(cursor)
        left = relational.SetOperation(word.at, word.value, keeps_all, left, _intersect(cursor))
    return left


def _intersect(cursor: Cursor) -> relational.Body:
    left = _query_primary(cursor)
    while cursor.sees("INTERSECT"):
        word = cursor.next()
        keeps_all = _keeps_all(cursor)
        left = relational.SetOperation(word.at, "INTERSECT", keeps_all, left, _query_primary(cursor))
    return left


def _keeps_all(cursor: Cursor) -> bool:
    if cursor.accept("ALL"):
        return True
    cursor.accept("DISTINCT")
    return False


def _query_primary(cursor: Cursor) -> relational.Body:
    at = cursor.at
    if cursor.sees("SELECT"):
        return _select(cursor)
    if cursor.accept("VALUES"):
        rows = [parse_expression(cursor)]
        while cursor.accept_symbol(","):
            rows.append(parse_expression(cursor))
        return relational.Values(at, tuple(rows))
    if cursor.accept("TABLE"):
        return relational.TableReference(at, parse_qualified_name(cursor))
    if cursor.accept_symbol("("):
        inner = _query_without_with(cursor, cursor.at, ())
        cursor.expect_symbol(")")
        return inner
    raise cursor.mismatch("'SELECT'", "'TABLE'", "'VALUES'", "'('")


def parse_qualified_name(cursor: Cursor) -> tuple[str, ...]:
    parts = [name_of(cursor.expect_name())]
    while cursor.accept_symbol("."):
        parts.append(name_of(cursor.expect_name()))
    return tuple(parts)


def _select(cursor: Cursor) -> relational.Select:
    at = cursor.expect("SELECT").at
    distinct = cursor.accept("DISTINCT")
    if not distinct:
        cursor.accept("ALL")
    items = [_select_item(cursor)]
    while cursor.accept_symbol(","):
        items.append(_select_item(cursor))
    relation = _from(cursor) if cursor.accept("FROM") else None
    where = parse_expression(cursor) if cursor.accept("WHERE") else None
    group_by = _group_by(cursor) if _accept_by(cursor, "GROUP") else None
    having = parse_expression(cursor) if cursor.accept("HAVING") else None
    windows = _windows(cursor) if cursor.accept("WINDOW") else ()
    return relational.Select(at, distinct, tuple(items), relation, where, group_by, having, windows)


def _select_item(cursor: Cursor) -> relational.SelectItem | relational.AllColumns:
    at = cursor.at
    if cursor.accept_symbol("*"):
        return relational.AllColumns(at, None)
    expression = parse_expression(cursor)
    if cursor.sees_symbol(".") and cursor.sees_symbol("*", ahead=1):
        cursor.next()
        cursor.next()
        if cursor.sees("AS") and cursor.sees_symbol("(", ahead=1):
            raise unsupported(cursor.at, "column aliases of a star")
        return relational.AllColumns(at, expression)
    return relational.SelectItem(at, expression, _alias(cursor))


def _alias(cursor: Cursor) -> str | None:
    if cursor.accept("AS") or (cursor.sees_name() and not cursor.sees_clause()):
        return name_of(cursor.expect_name())
    return None


def _from(cursor: Cursor) -> relational.Relation:
    left = parse_relation(cursor)
    while cursor.sees_symbol(","):
        at = cursor.next().at
        left = relational.Join(at, "CROSS", left, parse_relation(cursor), None, ())
    return left


def _group_by(cursor: Cursor) -> tuple[relational.GroupingElement, ...]:
    if cursor.sees("DISTINCT"):
        raise unsupported(cursor.at, "GROUP BY DISTINCT")
    cursor.accept("ALL")
    elements = [_grouping_element(cursor)]
    while cursor.accept_symbol(","):
        elements.append(_grouping_element(cursor))
    return tuple(elements)


def _grouping_element(cursor: Cursor) -> relational.GroupingElement:
    at = cursor.at
    for words in (("GROUPING", "SETS"), ("ROLLUP",), ("CUBE",)):
        if cursor.sees(*words) and cursor.sees_symbol("(", ahead=len(words)):
            cursor.expect(*words)
            cursor.expect_symbol("(")
            sets = [_grouping_set(cursor)]
            while cursor.accept_symbol(","):
                sets.append(_grouping_set(cursor))
            cursor.expect_symbol(")")
            return relational.GroupingElement(at, words[-1], tuple(sets))
    return relational.GroupingElement(at, "SIMPLE", (_grouping_set(cursor),))


def _grouping_set(cursor: Cursor) -> tuple[tree.Expression, ...]:
    if cursor.sees_symbol("(") and cursor.sees_symbol(")", ahead=1):
        cursor.next()
        cursor.next()
        return ()
    expression = parse_expression(cursor)
    return expression.items if isinstance(expression, tree.RowConstructor) else (expression,)


def _windows(cursor: Cursor) -> Windows:
    found = [_window(cursor)]
    while cursor.accept_symbol(","):
        found.append(_window(cursor))
    return tuple(found)


def _window(cursor: Cursor) -> tuple[str, tree.Window]:
    name = name_of(cursor.expect_name()).lower()
    cursor.expect("AS")
    return name, parse_window(cursor, parse_expression)
