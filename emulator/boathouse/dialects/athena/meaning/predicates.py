"""Comparison, BETWEEN, IN, LIKE, IS NULL and the logical words (https://trino.io/docs/435/functions/comparison.html)."""

from boathouse.datatypes import BOOLEAN, UNKNOWN, VARCHAR, DataType
from boathouse.dialects.athena.errors import Position, runtime, semantic, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.env import Env, unified
from boathouse.dialects.athena.meaning.operators import not_applicable
from boathouse.dialects.athena.meaning.value import Value, coerced, physical_at
from boathouse.dialects.athena.types.coercion import common_type
from boathouse.dialects.athena.types.names import sentence_name
from boathouse.dialects.athena.types.physical import quoted

_NAN_MACROS = {
    "=": "trino_equal",
    "<>": "trino_not_equal",
    "<": "trino_less",
    "<=": "trino_less_or_equal",
    ">": "trino_greater",
    ">=": "trino_greater_or_equal",
}


def comparison(node: tree.Comparison, env: Env) -> Value:
    left, right = env.translate(node.left), env.translate(node.right)
    target = common_type(left.type, right.type)
    if target is None:
        raise not_applicable(node.operator, left, right, node.at)
    return Value(compared(node.operator, left, right, target, node.at), BOOLEAN, node.at, node.text)


def compared(operator: str, left: Value, right: Value, target: DataType, at: Position) -> str:
    """NaN equals nothing in Trino and is less than nothing; in DuckDB it is the greatest number."""
    if target.children:
        # An array or row with a NULL in it compares to NULL in Trino, to true or false in DuckDB.
        raise unsupported(at, f"{operator} on the type {target}")
    first, second = coerced(left, target).sql, coerced(right, target).sql
    if target.name not in ("real", "double") or _never_nan(operator, left, right):
        return f"({first} {operator} {second})"
    return f"{_NAN_MACROS[operator]}({first}, {second})"


def _never_nan(operator: str, left: Value, right: Value) -> bool:
    """Where DuckDB's order of NaN makes no difference: a literal on the side that would have to be the smaller."""
    if operator in ("=", "<>"):
        return left.constant is not None or right.constant is not None
    greater = left if operator in (">", ">=") else right
    return greater.constant is not None


def logical(node: tree.Logical, env: Env) -> Value:
    left, right = (env.boolean(side, _logical_sentence) for side in (node.left, node.right))
    return Value(f"({left.sql} {node.operator} {right.sql})", BOOLEAN, node.at, node.text)


def _logical_sentence(found: DataType) -> str:
    return f"Logical expression term must evaluate to a boolean (actual: {sentence_name(found)})"


def negation(node: tree.Not, env: Env) -> Value:
    value = env.boolean(
        node.operand,
        lambda found: f"Value of logical NOT expression must evaluate to a boolean (actual: {sentence_name(found)})",
    )
    return Value(f"(NOT {value.sql})", BOOLEAN, node.at, node.text)


def is_null(node: tree.IsNull, env: Env) -> Value:
    value = env.translate(node.operand)
    return Value(f"({value.sql} IS {'NOT ' if node.negated else ''}NULL)", BOOLEAN, node.at, node.text)


def is_distinct(node: tree.IsDistinct, env: Env) -> Value:
    left, right = env.translate(node.left), env.translate(node.right)
    target = common_type(left.type, right.type)
    if target is None:
        names = sentence_name(left.type), sentence_name(right.type)
        raise semantic("TYPE_MISMATCH", node.at, f"Cannot check if {names[0]} is distinct from {names[1]}")
    words = f"IS {'NOT ' if node.negated else ''}DISTINCT FROM"
    return Value(f"({coerced(left, target).sql} {words} {coerced(right, target).sql})", BOOLEAN, node.at, node.text)


def between(node: tree.Between, env: Env) -> Value:
    value, low, high = (env.translate(part) for part in (node.operand, node.low, node.high))
    target = common_type(value.type, low.type)
    target = None if target is None else common_type(target, high.type)
    if target is None:
        names = [sentence_name(part.type) for part in (value, low, high)]
        raise semantic("TYPE_MISMATCH", node.at, f"Cannot check if {names[0]} is BETWEEN {names[1]} and {names[2]}")
    at_least = compared(">=", value, low, target, node.at)
    at_most = compared("<=", value, high, target, node.at)
    return _negatable(f"({at_least} AND {at_most})", node)


def in_list(node: tree.InList, env: Env) -> Value:
    value, *items = unified([env.translate(node.operand), *map(env.translate, node.items)], "IN value and list items")
    if value.type.children:
        raise unsupported(node.at, f"IN on the type {value.type}")
    if value.type.name in ("real", "double") and not all(item.constant is not None for item in items):
        sql = " OR ".join(compared("=", value, item, value.type, node.at) for item in items)
        return _negatable(f"({sql})", node)
    return _negatable(f"({value.sql} IN ({', '.join(item.sql for item in items)}))", node)


def in_subquery(node: tree.InSubquery, env: Env) -> Value:
    value, inner = env.translate(node.operand), env.query(node.query)
    output = inner.outputs[0]
    target = common_type(value.type, output.type) if len(inner.outputs) == 1 else None
    if target is None:
        given = ", ".join(sentence_name(output.type) for output in inner.outputs)
        sentence = "Value expression and result of subquery must be of the same type"
        raise semantic("TYPE_MISMATCH", node.at, f"{sentence}: row({sentence_name(value.type)}) vs row({given})")
    if target.children or target.name in ("real", "double"):
        raise unsupported(node.at, f"IN with a subquery on the type {target}")
    column = coerced(Value(quoted(output.column), output.type, node.at, node.text), target)
    sql = f"SELECT {column.sql} FROM ({inner.sql})"
    return _negatable(f"({coerced(value, target).sql} IN ({sql}))", node)


def exists(node: tree.Exists, env: Env) -> Value:
    return Value(f"(EXISTS ({env.query(node.query).sql}))", BOOLEAN, node.at, node.text)


def scalar_subquery(node: tree.ScalarSubquery, env: Env) -> Value:
    inner = env.query(node.query)
    if len(inner.outputs) != 1:
        raise unsupported(node.at, "a scalar subquery of several columns")
    physical_at(inner.outputs[0].type, node.at)
    return Value(f"({inner.sql})", inner.outputs[0].type, node.at, node.text)


def like(node: tree.Like, env: Env) -> Value:
    """No escape character unless one is given (https://trino.io/docs/435/functions/comparison.html#like)."""
    value, pattern = env.translate(node.operand), env.translate(node.pattern)
    for part, what in ((value, "Left side of LIKE expression"), (pattern, "Pattern for LIKE expression")):
        if part.type != UNKNOWN and not part.is_text:
            raise semantic(
                "TYPE_MISMATCH", part.at, f"{what} must evaluate to a varchar (actual: {sentence_name(part.type)})"
            )
    sql = f"{coerced(value, VARCHAR).sql} LIKE {coerced(pattern, VARCHAR).sql}"
    if node.escape is not None:
        sql += _escape(node.escape, pattern, env)
    return _negatable(f"({sql})", node)


def _escape(node: tree.Expression, pattern: Value, env: Env) -> str:
    escape = env.translate(node)
    if not isinstance(escape.constant, str) or not isinstance(pattern.constant, str):
        raise unsupported(node.at, "LIKE with ESCAPE where pattern and escape are no literals")
    character = escape.constant
    if len(character) != 1:
        raise runtime("INVALID_FUNCTION_ARGUMENT", node.at, "Escape string must be a single character")
    rest = pattern.constant.replace(character * 2, "")
    for part in rest.split(character)[1:]:
        if part[:1] not in ("%", "_"):
            sentence = "Escape character must be followed by '%', '_' or the escape character itself"
            raise runtime("INVALID_FUNCTION_ARGUMENT", pattern.at, sentence)
    return f" ESCAPE {escape.sql}"


def _negatable(sql: str, node: tree.Between | tree.InList | tree.InSubquery | tree.Like) -> Value:
    return Value(f"(NOT {sql})" if node.negated else sql, BOOLEAN, node.at, node.text)
