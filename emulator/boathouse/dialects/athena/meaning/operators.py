"""Arithmetic, ``||`` and signs: result types and overflow as Trino has them (https://trino.io/docs/435/functions/math.html)."""

from boathouse.datatypes import DOUBLE, REAL, UNKNOWN, VARBINARY, VARCHAR, DataType, decimal
from boathouse.dialects.athena.errors import Position, semantic, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning import datetimes
from boathouse.dialects.athena.meaning.env import Env
from boathouse.dialects.athena.meaning.value import Value, coerced
from boathouse.dialects.athena.types.coercion import INTEGERS, INTERVALS, NUMBERS, as_decimal, common_type
from boathouse.dialects.athena.types.names import sentence_name
from boathouse.dialects.athena.types.physical import physical

_INTEGER_SQL = {"+": "({0} + {1})", "-": "({0} - {1})", "*": "({0} * {1})", "/": "({0} // {1})", "%": "({0} % {1})"}
_CHECKED = {"/": "trino_integer_divide({0}, {1})", "%": "trino_integer_modulus({0}, {1})"}


def arithmetic(node: tree.Arithmetic, env: Env) -> Value:
    left, right = env.translate(node.left), env.translate(node.right)
    found = combined(node.operator, left, right, node)
    if (
        env.in_try
        and node.operator in "/%"
        and found.type.name == "decimal"
        and _may_not_fit(node.operator, left, right)
    ):
        # Beyond 38 digits on the way DuckDB fails where Trino goes on: TRY would make a NULL of it.
        raise unsupported(node.at, f"try of {left.type} {node.operator} {right.type}")
    return found


def combined(operator: str, left: Value, right: Value, node: tree.Expression) -> Value:
    if (left.type.name in NUMBERS and right.type.name in NUMBERS) or UNKNOWN in (left.type, right.type):
        left, right = _without_unknown(left, right, node.at)
    if left.type.name in NUMBERS and right.type.name in NUMBERS:
        return _number(operator, left, right, node)
    found = datetimes.arithmetic(operator, left, right, node)
    if found is None:
        raise not_applicable(operator, left, right, node.at)
    return found


def _may_not_fit(operator: str, left: Value, right: Value) -> bool:
    """Whether the operands, brought to one scale as whole numbers, may have more than 38 digits."""
    (p1, s1), (p2, s2) = as_decimal(left.type).parameters, as_decimal(right.type).parameters
    if operator == "/":
        return p1 + s2 + max(s2 - s1, 0) > 38
    return max(p1 - s1, p2 - s2) + max(s1, s2) > 38


def not_applicable(operator: str, left: Value, right: Value, at: Position) -> Exception:
    names = sentence_name(left.type), sentence_name(right.type)
    return semantic("TYPE_MISMATCH", at, f"Cannot apply operator: {names[0]} {operator} {names[1]}")


def _without_unknown(left: Value, right: Value, at: Position) -> tuple[Value, Value]:
    """NULL takes the other side's type, where that is what Trino chooses: among numbers."""
    if UNKNOWN not in (left.type, right.type):
        return left, right
    other = right.type if left.type == UNKNOWN else left.type
    if other.name not in INTEGERS and other not in (DOUBLE, REAL):
        raise unsupported(at, f"arithmetic of NULL and {other}")
    return coerced(left, other), coerced(right, other)


def _number(operator: str, left: Value, right: Value, node: tree.Expression) -> Value:
    common = common_type(left.type, right.type)
    if common is None:
        raise not_applicable(operator, left, right, node.at)
    if common.name == "decimal":
        return _decimal(operator, left, right, node)
    left, right = coerced(left, common), coerced(right, common)
    if common.name in INTEGERS:
        template = _INTEGER_SQL[operator]
        if operator in _CHECKED and not right.constant:
            template = _CHECKED[operator]
        return Value(template.format(left.sql, right.sql), common, node.at, node.text)
    return Value(f"({left.sql} {operator} {right.sql})", common, node.at, node.text)


def _decimal(operator: str, left: Value, right: Value, node: tree.Expression) -> Value:
    """Each operator's precision and scale, capped at 38 digits (https://trino.io/docs/435/functions/decimal.html)."""
    first, second = as_decimal(left.type), as_decimal(right.type)
    left, right = coerced(left, first), coerced(right, second)
    (p1, s1), (p2, s2) = first.parameters, second.parameters
    scale = max(s1, s2)
    if operator in "+-":
        return _decimal_sum(operator, left, right, decimal(min(38, max(p1 - s1, p2 - s2) + scale + 1), scale), node)
    if operator == "*":
        return _decimal_product(left, right, node)
    if operator == "/":
        result = decimal(min(38, p1 + s2 + max(s2 - s1, 0)), scale)
        shift = scale - s1 + s2
        power = "1" + "0" * shift
        macro = "trino_divide_rounded" if _is_nonzero(right) else "trino_decimal_divide"
        sql = f"{macro}({_unscaled(left)} * CAST('{power}' AS HUGEINT), {_unscaled(right)})"
        return Value(_scaled(sql, result), result, node.at, node.text)
    result = decimal(min(p2 - s2, p1 - s1) + scale, scale)
    sql = f"trino_decimal_modulus({_unscaled(left, scale)}, {_unscaled(right, scale)})"
    return Value(_scaled(sql, result), result, node.at, node.text)


def _is_nonzero(value: Value) -> bool:
    return (isinstance(value.constant, int) and value.constant != 0) or (
        isinstance(value.constant, str) and any(digit in value.constant for digit in "123456789")
    )


def _decimal_sum(operator: str, left: Value, right: Value, result: DataType, node: tree.Expression) -> Value:
    """Both sides as the result's type first: DuckDB would keep 18 digits where Trino goes to 19."""
    name = physical(result)
    sides = [side.sql if side.type == result else f"CAST({side.sql} AS {name})" for side in (left, right)]
    return Value(f"CAST({sides[0]} {operator} {sides[1]} AS {name})", result, node.at, node.text)


def _decimal_product(left: Value, right: Value, node: tree.Expression) -> Value:
    (p1, s1), (p2, s2) = left.type.parameters, right.type.parameters
    if s1 + s2 > 38:
        sentence = f"DECIMAL scale must be in range [0, precision (38)]: {s1 + s2}"
        raise semantic("INVALID_FUNCTION_ARGUMENT", node.at, sentence)
    result = decimal(min(38, p1 + p2), s1 + s2)
    wide = left.sql if max(p1, p2) > 18 else f"CAST({left.sql} AS DECIMAL(19, {s1}))"  # else DuckDB stays at 18 digits
    return Value(f"CAST({wide} * {right.sql} AS {physical(result)})", result, node.at, node.text)


def _unscaled(value: Value, scale: int | None = None) -> str:
    """The decimal's digits as a HUGEINT, with ``scale`` digits of fraction; too many digits fail when they meet."""
    precision, own = value.type.parameters
    target = own if scale is None else scale
    if target == 0:
        return f"CAST({value.sql} AS HUGEINT)"
    power = "1" + "0" * target
    if precision + target <= 38:
        return f"CAST(CAST({value.sql} AS DECIMAL(38, {own})) * CAST('{power}' AS DECIMAL({target + 1}, 0)) AS HUGEINT)"
    digits = f"trino_digits({value.sql})"  # by way of text, since the product would not fit
    return digits if target == own else f"({digits} * CAST('1{'0' * (target - own)}' AS HUGEINT))"


def _scaled(sql: str, result: DataType) -> str:
    precision, scale = result.parameters
    if scale == 0:
        return f"CAST({sql} AS DECIMAL({precision}, 0))"
    unit = f"CAST('0.{'1'.zfill(scale)}' AS DECIMAL({scale}, {scale}))"
    return f"CAST(CAST({sql} AS DECIMAL(38, 0)) * {unit} AS DECIMAL({precision}, {scale}))"


def sign(node: tree.Unary, env: Env) -> Value:
    value = env.translate(node.operand)
    if value.type.name not in (*NUMBERS, *(INTERVALS if node.operator == "-" else ())):
        verb = "negate" if node.operator == "-" else "apply unary plus to"
        raise semantic("TYPE_MISMATCH", node.at, f"Cannot {verb} {sentence_name(value.type)}")
    if node.operator == "+":
        return value
    return Value(f"(- {value.sql})", value.type, node.at, node.text)


def concatenation(node: tree.Concatenation, env: Env) -> Value:
    left, right = env.translate(node.left), env.translate(node.right)
    target = common_type(left.type, right.type)
    if UNKNOWN in (left.type, right.type):
        raise unsupported(node.at, "|| with NULL without a type")
    if target is not None and target.name == "varchar":
        return Value(f"({coerced(left, VARCHAR).sql} || {coerced(right, VARCHAR).sql})", VARCHAR, node.at, node.text)
    if target == VARBINARY:
        return Value(f"({left.sql} || {right.sql})", VARBINARY, node.at, node.text)
    if target is not None and target.name == "array":
        left, right = coerced(left, target), coerced(right, target)
        return Value(f"trino_array_concat({left.sql}, {right.sql})", target, node.at, node.text)
    if "array" in (left.type.name, right.type.name) or target is not None:
        raise unsupported(node.at, f"{left.type} || {right.type}")
    names = sentence_name(left.type), sentence_name(right.type)
    raise semantic("FUNCTION_NOT_FOUND", node.at, f"Unexpected parameters ({names[0]}, {names[1]}) for function concat")
