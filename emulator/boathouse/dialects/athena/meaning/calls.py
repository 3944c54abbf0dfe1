"""A function call: which rule fits its arguments, and what aggregates and windows add around it."""

from collections.abc import Sequence

from boathouse.datatypes import BOOLEAN, UNKNOWN, DataType
from boathouse.dialects.athena.errors import semantic, unsupported
from boathouse.dialects.athena.functions.registry import SPECIAL_FORMS, functions, overloads, trinos
from boathouse.dialects.athena.functions.rules import Arguments, Function
from boathouse.dialects.athena.functions.signatures import Binding, bind, filled, parameters_of, signature
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.env import Env
from boathouse.dialects.athena.meaning.value import Value, coerced, physical_at
from boathouse.dialects.athena.meaning.windows import over_sql, sorted_by
from boathouse.dialects.athena.types.coercion import can_coerce, without_length
from boathouse.dialects.athena.types.names import sentence_name


def call(node: tree.Call, env: Env) -> Value:
    special = SPECIAL_FORMS.get(node.name)
    if special is not None:
        return special(node, env)
    candidates = functions().get(node.name)
    if candidates is None:
        raise _unknown(node)
    kind = candidates[0].kind
    if kind == "scalar":
        return _scalar(node, candidates, env)
    return _aggregate(node, candidates, env)


def _unknown(node: tree.Call) -> Exception:
    if node.name in trinos():
        return unsupported(node.at, f"the function {node.name}")
    return semantic("FUNCTION_NOT_FOUND", node.at, f"Function '{node.name}' not registered")


def is_aggregate(node: tree.Node) -> bool:
    """Whether the node is an aggregate of its query: a call of one, without OVER."""
    if not isinstance(node, tree.Call) or node.over is not None:
        return False
    candidates = functions().get(node.name)
    return candidates is not None and candidates[0].kind == "aggregate"


def _scalar(node: tree.Call, candidates: Sequence[Function], env: Env) -> Value:
    if node.over is not None or node.filter is not None or node.distinct or node.order_by or node.star:
        raise _not_scalar(node)
    arguments = [env.translate(argument) for argument in node.arguments]
    function, given = _resolved(node, candidates, arguments)
    return Value(_scalar_sql(function, given), given.result, node.at, node.text)


def _not_scalar(node: tree.Call) -> Exception:
    if node.over is not None:
        return semantic("FUNCTION_NOT_WINDOW", node.at, f"Not a window function: {node.name}")
    if node.distinct:
        sentence = "DISTINCT is not supported for non-aggregation functions"
        return semantic("FUNCTION_NOT_AGGREGATE", node.at, sentence)
    words = "Filter" if node.filter is not None else "ORDER BY"
    return semantic("FUNCTION_NOT_AGGREGATE", node.at, f"{words} is only valid for aggregation functions")


def _resolved(
    node: tree.Call, candidates: Sequence[Function], arguments: Sequence[Value]
) -> tuple[Function, Arguments]:
    """A signature that fits as it is before one that fits by coercion, each in the order of the rules."""
    types = [argument.type for argument in arguments]
    for exactly in (True, False):
        for function in candidates:
            found = bind(signature(function.signature), types, exactly=exactly)
            if found is not None:
                targets, binding = found
                _check_nulls(node, function, types)
                _check_overloads(node, targets, types)
                values = [coerced(value, target) for value, target in zip(arguments, targets, strict=True)]
                return function, Arguments(values, node, binding, _result(function, binding, targets))
    raise _no_signature(node, types)


def _check_nulls(node: tree.Call, function: Function, types: Sequence[DataType]) -> None:
    """Of a bare NULL Trino chooses the type, or finds the call ambiguous; only where any type will do, all is well."""
    parameters = parameters_of(signature(function.signature), len(types)) or ()
    several = len(list(overloads(node.name, types))) > 1
    for parameter, given in zip(parameters, types, strict=True):
        if given == UNKNOWN and not parameter.is_variable and (parameter.numbers or several):
            raise unsupported(node.at, f"NULL without a type as an argument of {node.name}")


def _check_overloads(node: tree.Call, targets: Sequence[DataType], types: Sequence[DataType]) -> None:
    """A rule that fits by coercion is no rule where Trino has a function that fits better."""
    ours = [without_length(target) for target in targets]
    for others in overloads(node.name, types):
        theirs = [without_length(other) for other in others]
        if theirs != ours and all(can_coerce(*pair) for pair in zip(theirs, ours, strict=True)):
            shown = ", ".join(map(sentence_name, types))
            raise unsupported(node.at, f"the function {node.name} of ({shown})")


def _result(function: Function, binding: Binding, targets: Sequence[DataType]) -> DataType:
    if function.returns is not None:
        return function.returns(targets)
    return filled(signature(function.signature).returns, binding)


def _no_signature(node: tree.Call, types: Sequence[DataType]) -> Exception:
    given = ", ".join(map(sentence_name, types))
    expected = ", ".join(text.partition(" -> ")[0] for text in trinos().get(node.name, ())).replace("(p, s)", "(p,s)")
    if any(overloads(node.name, types)):
        return unsupported(node.at, f"the function {node.name} of ({given})")
    sentence = f"Unexpected parameters ({given}) for function {node.name}. Expected: {expected}"
    return semantic("FUNCTION_NOT_FOUND", node.at, sentence)


def _scalar_sql(function: Function, given: Arguments) -> str:
    return _formatted(function.emit, given) if isinstance(function.emit, str) else function.emit(given)


def _formatted(template: str, given: Arguments, **slots: str) -> str:
    sqls = [value.sql for value in given.values]
    numbers = {letter: str(number) for letter, number in given.binding.numbers.items()}
    result = physical_at(given.result, given.call.at)
    return template.format(*sqls, all=", ".join(sqls), result=result, at=given.at, **numbers, **slots)


def _aggregate(node: tree.Call, candidates: Sequence[Function], env: Env) -> Value:
    _check_place(node, candidates[0], env)
    mark = len(env.scope.mentions)
    within = env.but(clause=None, aggregate=node if node.over is None else None, in_window=node.over is not None)
    if node.over is None:
        within = within.but(keys=None)
    arguments = [within.translate(argument) for argument in node.arguments]
    if node.star != (node.name == "count" and not arguments):
        raise semantic("FUNCTION_NOT_FOUND", node.at, f"Unexpected parameters (*) for function {node.name}")
    function, given = _resolved(node, candidates, arguments)
    template = function.emit if isinstance(function.emit, str) else function.emit(given)
    slots = _slots(node, template, within)
    if node.over is None:
        del env.scope.mentions[mark:]  # columns inside an aggregate need not be grouped by
    sql = _formatted(template, given, **slots)
    return Value(sql, given.result, node.at, node.text)


def _check_place(node: tree.Call, function: Function, env: Env) -> None:
    if function.kind == "window" and node.over is None:
        raise semantic("MISSING_OVER", node.at, f"Window function system.builtin.{node.name} requires an OVER clause")
    if env.in_try:
        raise unsupported(node.at, "an aggregate or a window function inside try")
    if env.clause is not None:
        sentence = "cannot contain aggregations, window functions or grouping operations"
        raise semantic("EXPRESSION_NOT_SCALAR", env.clause_at or node.at, f"{env.clause} {sentence}: [{node.text}]")
    if env.aggregate is not None:
        what, name = ("aggregations" if node.over is None else "window functions"), env.aggregate.name
        error = "NESTED_AGGREGATION" if node.over is None else "NESTED_WINDOW"
        raise semantic(error, env.aggregate.at, f"Cannot nest {what} inside aggregation '{name}': [{node.text}]")
    if env.in_window and node.over is not None:
        raise semantic("NESTED_WINDOW", node.at, f"Cannot nest window functions: [{node.text}]")


def _slots(node: tree.Call, template: str, env: Env) -> dict[str, str]:
    _check_window(node, template)
    if node.distinct and all(isinstance(argument, _LITERALS) for argument in node.arguments):
        raise unsupported(node.at, f"{node.name} with DISTINCT of a literal")  # Trino 435 counts its rows
    if node.distinct and node.order_by:
        raise unsupported(node.at, f"{node.name} with DISTINCT and ORDER BY")
    where = ""
    if node.filter is not None:
        condition = env.boolean(
            node.filter, lambda found: f"Filter expression must evaluate to a boolean (actual: {sentence_name(found)})"
        )
        where = f" FILTER (WHERE {coerced(condition, BOOLEAN).sql})"
    return {
        "distinct": "DISTINCT " if node.distinct else "",
        "order": f" ORDER BY {sorted_by(node.order_by, env)}" if node.order_by else "",
        "nulls": " IGNORE NULLS" if node.nulls == "IGNORE" else "",
        "over": where + (over_sql(node.over, node.name, env) if node.over is not None else ""),
    }


_LITERALS = (tree.IntegerLiteral, tree.DecimalLiteral, tree.DoubleLiteral, tree.StringLiteral, tree.TypedLiteral)


def _check_window(node: tree.Call, template: str) -> None:
    """What Trino refuses of a window function, and what the rule has no place for."""
    if node.nulls is not None and "{nulls}" not in template:
        sentence = f"Cannot specify null treatment clause for {node.name} function"
        raise semantic("NULL_TREATMENT_NOT_ALLOWED", node.at, sentence)
    if node.over is not None:
        if node.filter is not None:
            raise semantic("NOT_SUPPORTED", node.at, "FILTER is not yet supported for window functions")
        if node.distinct:
            sentence = f"DISTINCT in window function parameters not yet supported: {node.text}"
            raise semantic("NOT_SUPPORTED", node.at, sentence)
    for asked, slot, words in ((node.distinct, "{distinct}", "DISTINCT"), (node.order_by, "{order}", "ORDER BY")):
        if asked and (slot not in template or node.over is not None):
            raise unsupported(node.at, f"{node.name} with {words}")
