"""The smallest expressions: literals, names, calls, and what stands in parentheses."""

from boathouse.dialects.athena.errors import syntax, unsupported
from boathouse.dialects.athena.grammar import forms, tree
from boathouse.dialects.athena.grammar.calls import parse_call
from boathouse.dialects.athena.grammar.cursor import Cursor, name_of
from boathouse.dialects.athena.grammar.levels import Levels, parenthesized, sees_query

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


def parse_primary(cursor: Cursor, levels: Levels) -> tree.Expression:
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
        return _in_parentheses(cursor, levels)
    if token.kind == "word" and (found := _keyword(cursor, levels)) is not None:
        return found
    if not cursor.sees_name():
        raise cursor.mismatch("<expression>")
    return _named(cursor, levels)


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


def _in_parentheses(cursor: Cursor, levels: Levels) -> tree.Expression:
    mark, at = cursor.mark(), cursor.at
    if sees_query(cursor):
        query = levels.query(cursor)
        return tree.ScalarSubquery(at, cursor.text_since(mark), query)
    if (found := _lambda(cursor, levels)) is not None:
        return found
    items = parenthesized(cursor, levels.expression)
    if len(items) == 1:
        return items[0]
    return tree.RowConstructor(at, cursor.text_since(mark), items)


def _lambda(cursor: Cursor, levels: Levels) -> tree.Lambda | None:
    """``(a, b) -> body``, or nothing read."""
    mark, at = cursor.mark(), cursor.at
    cursor.expect_symbol("(")
    names = list[str]()
    while cursor.sees_name() and (cursor.sees_symbol(",", ")", ahead=1)):
        names.append(name_of(cursor.next()))
        if not cursor.accept_symbol(","):
            break
    if cursor.accept_symbol(")") and cursor.accept_symbol("->"):
        body = levels.expression(cursor)
        return tree.Lambda(at, cursor.text_since(mark), tuple(names), body)
    cursor.reset(mark)
    return None


def _named(cursor: Cursor, levels: Levels) -> tree.Expression:
    """A column, a function call, a typed literal or a lambda."""
    mark, token = cursor.mark(), cursor.next()
    if cursor.peek().kind == "string" and token.kind == "word":
        value = cursor.next().value
        return tree.TypedLiteral(token.at, cursor.text_since(mark), token.value.lower(), value)
    if cursor.accept_symbol("->"):
        body = levels.expression(cursor)
        return tree.Lambda(token.at, cursor.text_since(mark), (name_of(token),), body)
    if cursor.sees_symbol("("):
        return parse_call(cursor, mark, name_of(token).lower(), levels.expression)
    return tree.Name(token.at, cursor.text_since(mark), name_of(token))


def _keyword(cursor: Cursor, levels: Levels) -> tree.Expression | None:
    mark, at, word = cursor.mark(), cursor.at, cursor.peek().value
    follows_parenthesis = cursor.sees_symbol("(", ahead=1)
    if word == "NULL":
        cursor.next()
        return tree.NullLiteral(at, cursor.text_since(mark))
    if word in ("TRUE", "FALSE"):
        cursor.next()
        return tree.BooleanLiteral(at, cursor.text_since(mark), word == "TRUE")
    if word == "CASE":
        return forms.case(cursor, levels)
    if word == "EXISTS" and follows_parenthesis:
        cursor.next()
        query = levels.query(cursor)
        return tree.Exists(at, cursor.text_since(mark), query)
    if word in forms.WITH_PARENTHESES and follows_parenthesis:
        return forms.WITH_PARENTHESES[word](cursor, levels)
    if word == "ARRAY" and cursor.sees_symbol("[", ahead=1):
        return forms.array(cursor, levels)
    if word == "INTERVAL" and (cursor.peek(1).kind == "string" or cursor.sees_symbol("+", "-", ahead=1)):
        return forms.interval(cursor)
    if word == "DOUBLE" and cursor.sees("PRECISION", ahead=1) and cursor.peek(2).kind == "string":
        cursor.expect("DOUBLE", "PRECISION")
        value = cursor.next().value
        return tree.TypedLiteral(at, cursor.text_since(mark), "double", value)
    if word in _CURRENT:
        return forms.current(cursor)
    if word in _UNSUPPORTED and (follows_parenthesis or word.startswith("CURRENT")):
        raise unsupported(at, word)
    return None
