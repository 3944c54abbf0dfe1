"""Names, fields of rows, elements of arrays and maps, and the constructors of both."""

from boathouse.datatypes import BIGINT, UNKNOWN, DataType, array
from boathouse.dialects.athena.errors import semantic, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.env import Env, unified
from boathouse.dialects.athena.meaning.value import Value, coerced, physical_at
from boathouse.dialects.athena.types.coercion import INTEGERS, can_coerce
from boathouse.dialects.athena.types.names import sentence_name
from boathouse.dialects.athena.types.physical import literal


def name(node: tree.Name, env: Env) -> Value:
    wanted = node.name.lower()
    if wanted in env.outputs:
        return env.outputs[wanted]
    return _field((wanted,), node, env) or _unresolved(node)


def dereference(node: tree.Dereference, env: Env) -> Value:
    """``t.x``, ``db.t.x``, or the field of a row: the longest name that is a column wins."""
    parts = parts_of(node)
    if parts is not None:
        found = _field(parts, node, env)
        if found is not None:
            return found
        if not _is_column(parts[:-1], env):
            return _unresolved(node)
    return _row_field(env.translate(node.base), node)


def parts_of(node: tree.Expression) -> tuple[str, ...] | None:
    """The parts of a dotted name in lower case; None of any other expression."""
    if isinstance(node, tree.Name):
        return (node.name.lower(),)
    if isinstance(node, tree.Dereference) and (base := parts_of(node.base)) is not None:
        return (*base, node.field.lower())
    return None


def _is_column(parts: tuple[str, ...], env: Env) -> bool:
    """Whether the name, or what it begins with, is a column: then the rest are fields of its row."""
    return any(
        parts[:length] in [(key,) for key in env.outputs] or env.scope.knows(parts[:length])
        for length in range(len(parts), 0, -1)
    )


def _field(parts: tuple[str, ...], node: tree.Expression, env: Env) -> Value | None:
    field = env.scope.find(parts, node.at)
    if field is None:
        return None
    physical_at(field.type, node.at)
    return Value(field.sql, field.type, node.at, node.text)


def _unresolved(node: tree.Expression) -> Value:
    parts = parts_of(node) or (node.text,)
    if parts[-1].startswith("$"):
        raise unsupported(node.at, f'the hidden column "{parts[-1]}"')
    written = ".".join(_written(node))
    raise semantic("COLUMN_NOT_FOUND", node.at, f"Column '{written}' cannot be resolved")


def _written(node: tree.Expression) -> tuple[str, ...]:
    if isinstance(node, tree.Dereference):
        return (*_written(node.base), node.field)
    return (node.name,) if isinstance(node, tree.Name) else (node.text,)


def _row_field(base: Value, node: tree.Dereference) -> Value:
    if base.type.name != "row":
        raise semantic("TYPE_MISMATCH", node.at, f"Expression {base.text} is not of type ROW")
    wanted = node.field.lower()
    found = [child for name, child in zip(base.type.names, base.type.children, strict=True) if name.lower() == wanted]
    if len(found) > 1:
        raise semantic("AMBIGUOUS_NAME", node.at, f"Ambiguous row field reference: {node.field}")
    if not found:
        raise _unresolved_field(node)
    physical_at(found[0], node.at)
    return Value(f"struct_extract({base.sql}, {literal(wanted)})", found[0], node.at, node.text)


def _unresolved_field(node: tree.Dereference) -> Exception:
    return semantic("COLUMN_NOT_FOUND", node.at, f"Column '{'.'.join(_written(node))}' cannot be resolved")


def subscript(node: tree.Subscript, env: Env) -> Value:
    base, index = env.translate(node.base), env.translate(node.index)
    if base.type.name == "array" and index.type.name in INTEGERS:
        sql = f"trino_array_subscript({base.sql}, {coerced(index, BIGINT).sql})"
        return Value(sql, base.type.children[0], node.at, node.text)
    if base.type.name == "map" and can_coerce(index.type, base.type.children[0]):
        sql = f"trino_map_subscript({base.sql}, {coerced(index, base.type.children[0]).sql})"
        return Value(sql, base.type.children[1], node.at, node.text)
    if base.type.name == "row":
        raise unsupported(node.at, "a subscript of a row")
    names = sentence_name(base.type), sentence_name(index.type)
    raise semantic("TYPE_MISMATCH", node.at, f"Cannot use {names[1]} for subscript of {names[0]}")


def array_constructor(node: tree.ArrayConstructor, env: Env) -> Value:
    if not node.items:
        return Value("[]", array(UNKNOWN), node.at, node.text)
    items = unified([env.translate(item) for item in node.items], "All ARRAY elements")
    given = array(items[0].type)
    return Value(f"[{', '.join(item.sql for item in items)}]", given, node.at, node.text)


def row_constructor(node: tree.RowConstructor, env: Env) -> Value:
    items = [env.translate(item) for item in node.items]
    given = DataType("row", children=tuple(item.type for item in items), names=("",) * len(items))
    return Value(f"row({', '.join(item.sql for item in items)})", given, node.at, node.text)
