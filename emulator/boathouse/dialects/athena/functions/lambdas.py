"""Functions that take a lambda. Its parameters are names in a scope of their own; DuckDB has lambdas too."""

from boathouse.datatypes import BOOLEAN, DataType, array
from boathouse.dialects.athena.errors import semantic, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.env import Env
from boathouse.dialects.athena.meaning.scopes import Field, Scope
from boathouse.dialects.athena.meaning.value import Value
from boathouse.dialects.athena.types.names import sentence_name
from boathouse.dialects.athena.types.physical import quoted

PAGE = "https://trino.io/docs/435/functions/array.html"
SIGNATURES = {
    "transform": "transform(array(T), function(T, U)) -> array(U)",
    "filter": "filter(array(T), function(T, boolean)) -> array(T)",
    "any_match": "any_match(array(T), function(T, boolean)) -> boolean",
    "all_match": "all_match(array(T), function(T, boolean)) -> boolean",
    "none_match": "none_match(array(T), function(T, boolean)) -> boolean",
}


def transform(node: tree.Call, env: Env) -> Value:
    items, body, name = _parts(node, env)
    sql = f"list_transform({items.sql}, lambda {name}: {body.sql})"
    return Value(sql, array(body.type), node.at, node.text)


def filter_array(node: tree.Call, env: Env) -> Value:
    items, body, name = _condition(node, env)
    return Value(f"list_filter({items.sql}, lambda {name}: {body.sql})", items.type, node.at, node.text)


def match(node: tree.Call, env: Env) -> Value:
    """Three-valued, as AND and OR over the elements are: a NULL that could decide makes the answer NULL."""
    items, body, name = _condition(node, env)
    answers = f"list_transform({items.sql}, lambda {name}: {body.sql})"
    return Value(f"trino_{node.name}({answers})", BOOLEAN, node.at, node.text)


def _condition(node: tree.Call, env: Env) -> tuple[Value, Value, str]:
    items, body, name = _parts(node, env)
    if body.type != BOOLEAN:
        sentence = f"Unexpected parameters ({sentence_name(items.type)}, function) for function {node.name}"
        raise semantic("FUNCTION_NOT_FOUND", node.at, sentence)
    return items, body, name


def _parts(node: tree.Call, env: Env) -> tuple[Value, Value, str]:
    """The array, the lambda's body over one element, and the element's name in the SQL."""
    if len(node.arguments) != 2 or not isinstance(function := node.arguments[1], tree.Lambda):
        raise semantic("FUNCTION_NOT_FOUND", node.at, f"Unexpected parameters for function {node.name}")
    if len(function.parameters) != 1 or node.over or node.distinct or node.filter or node.order_by:
        raise unsupported(node.at, f"{node.name} in this form")
    items = env.translate(node.arguments[0])
    if items.type.name != "array":
        raise semantic(
            "FUNCTION_NOT_FOUND",
            node.at,
            f"Unexpected parameters ({sentence_name(items.type)}, function) for function {node.name}",
        )
    name = quoted(env.work.alias(function.parameters[0]))
    return items, _body(function, items.type.children[0], name, env), name


def _body(function: tree.Lambda, element: DataType, name: str, env: Env) -> Value:
    if any(isinstance(part, tree.ScalarSubquery | tree.InSubquery | tree.Exists) for part in tree.walk(function.body)):
        raise unsupported(function.at, "a subquery in a lambda")
    scope = Scope((Field(function.parameters[0], element, name),), env.scope)
    return env.but(scope=scope, keys=None, clause="Lambda expression", clause_at=function.at).translate(function.body)
