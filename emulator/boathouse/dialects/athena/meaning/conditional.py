"""CASE, coalesce, if, nullif, try, greatest and least: where types meet (https://trino.io/docs/435/functions/conditional.html)."""

from boathouse.datatypes import BOOLEAN, UNKNOWN, VARCHAR, DataType
from boathouse.dialects.athena.errors import semantic, syntax, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.env import Env, unified
from boathouse.dialects.athena.meaning.predicates import compared
from boathouse.dialects.athena.meaning.value import Value, tried
from boathouse.dialects.athena.types.coercion import common_type
from boathouse.dialects.athena.types.names import sentence_name
from boathouse.dialects.athena.types.physical import literal


def case(node: tree.Case, env: Env) -> Value:
    conditions = _conditions(node, env) if node.operand is None else _equalities(node, node.operand, env)
    results = [env.translate(when.result) for when in node.whens]
    otherwise = [] if node.otherwise is None else [env.translate(node.otherwise)]
    results = unified(results + otherwise, "All CASE results")
    branches = " ".join(
        f"WHEN {condition} THEN {result.sql}" for condition, result in zip(conditions, results, strict=False)
    )
    rest = f" ELSE {results[-1].sql}" if otherwise else ""
    return Value(f"(CASE {branches}{rest} END)", results[0].type, node.at, node.text)


def _conditions(node: tree.Case, env: Env) -> list[str]:
    def sentence(found: DataType) -> str:
        return f"CASE WHEN clause must evaluate to a boolean (actual: {sentence_name(found)})"

    return [env.boolean(when.condition, sentence).sql for when in node.whens]


def _equalities(node: tree.Case, compared_to: tree.Expression, env: Env) -> list[str]:
    operand, values = env.translate(compared_to), [env.translate(when.condition) for when in node.whens]
    for value in values:
        if common_type(operand.type, value.type) is None:
            names = sentence_name(operand.type), sentence_name(value.type)
            sentence = "CASE operand type does not match WHEN clause operand type"
            raise semantic("TYPE_MISMATCH", value.at, f"{sentence}: {names[0]} vs {names[1]}")
    operand, *values = unified([operand, *values], "CASE operand and WHEN conditions")
    return [compared("=", operand, value, operand.type, value.at) for value in values]


def coalesce(node: tree.Call, env: Env) -> Value:
    if len(node.arguments) < 2:
        raise syntax(node.at, "The 'coalesce' function must have at least two arguments")
    _need(node, True, "")
    values = unified([env.translate(argument) for argument in node.arguments], "All COALESCE operands")
    return Value(f"coalesce({', '.join(value.sql for value in values)})", values[0].type, node.at, node.text)


def if_function(node: tree.Call, env: Env) -> Value:
    _need(node, len(node.arguments) in (2, 3), "Invalid number of arguments for 'if' function")
    condition = env.boolean(
        node.arguments[0], lambda found: f"IF condition must evaluate to a boolean (actual: {sentence_name(found)})"
    )
    values = [env.translate(argument) for argument in node.arguments[1:]]
    if common_type(values[0].type, values[-1].type) is None:
        names = sentence_name(values[0].type), sentence_name(values[-1].type)
        raise semantic("TYPE_MISMATCH", node.at, f"Result types for IF must be the same: {names[0]} vs {names[1]}")
    values = unified(values, "Result types for IF")
    rest = f" ELSE {values[1].sql}" if len(values) == 2 else ""
    return Value(f"(CASE WHEN {condition.sql} THEN {values[0].sql}{rest} END)", values[0].type, node.at, node.text)


def nullif(node: tree.Call, env: Env) -> Value:
    """The first argument's type and value, compared as the common type."""
    _need(node, len(node.arguments) == 2, "Invalid number of arguments for 'nullif' function")
    left, right = (env.translate(argument) for argument in node.arguments)
    target = common_type(left.type, right.type)
    if target is None:
        names = sentence_name(left.type), sentence_name(right.type)
        raise semantic("TYPE_MISMATCH", node.at, f"Types are not comparable with NULLIF: {names[0]} vs {names[1]}")
    equal = compared("=", left, right, target, node.at)
    return Value(f"(CASE WHEN {equal} THEN NULL ELSE {left.sql} END)", left.type, node.at, node.text)


def try_function(node: tree.Call, env: Env) -> Value:
    """NULL where its argument fails (https://trino.io/docs/435/functions/conditional.html#try)."""
    _need(node, len(node.arguments) == 1, "The 'try' function must have exactly one argument")
    value = env.but(in_try=True).translate(node.arguments[0])
    return Value(tried(value.sql, node), value.type, node.at, node.text)


def greatest(node: tree.Call, env: Env) -> Value:
    return _extreme(node, env)


def least(node: tree.Call, env: Env) -> Value:
    return _extreme(node, env)


def _extreme(node: tree.Call, env: Env) -> Value:
    """NULL if any argument is, which DuckDB would skip."""
    _need(node, bool(node.arguments), f"Unexpected parameters () for function {node.name}")
    values = unified([env.translate(argument) for argument in node.arguments], "All arguments")
    given = values[0].type
    has_nan = given.name in ("real", "double") and not _all_constant(values)
    if given.children or given in (BOOLEAN, UNKNOWN) or has_nan:
        raise unsupported(node.at, f"{node.name} on the type {given}")
    any_null = " OR ".join(f"{value.sql} IS NULL" for value in values)
    sql = f"(CASE WHEN {any_null} THEN NULL ELSE {node.name}({', '.join(value.sql for value in values)}) END)"
    return Value(sql, given, node.at, node.text)


def _all_constant(values: list[Value]) -> bool:
    return all(value.constant is not None for value in values)


def _need(node: tree.Call, fits: bool, sentence: str) -> None:
    if not fits:
        raise semantic("INVALID_FUNCTION_ARGUMENT", node.at, sentence)
    if node.distinct or node.order_by or node.filter or node.over or node.star:
        raise semantic("FUNCTION_NOT_AGGREGATE", node.at, f"{node.name} is no aggregate function")


def type_of(node: tree.Call, env: Env) -> Value:
    """The name of its argument's type, known before anything runs; the argument counts for nothing else."""
    _need(node, len(node.arguments) == 1, "Unexpected parameters for function typeof")
    name = sentence_name(env.translate(node.arguments[0]).type)
    return Value(literal(name), VARCHAR, node.at, node.text)
