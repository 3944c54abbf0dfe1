"""UNNEST: rows out of arrays and maps, several side by side (https://trino.io/docs/435/sql/select.html#unnest)."""

from boathouse.datatypes import BIGINT, DataType
from boathouse.dialects.athena.errors import semantic, unsupported
from boathouse.dialects.athena.grammar import relational, tree
from boathouse.dialects.athena.meaning.env import Env
from boathouse.dialects.athena.meaning.relations import From, mismatched_aliases
from boathouse.dialects.athena.meaning.scopes import Field, Scope
from boathouse.dialects.athena.meaning.value import Value, physical_at
from boathouse.dialects.athena.types.names import sentence_name
from boathouse.dialects.athena.types.physical import quoted

Part = tuple[str, DataType]


def unnested(node: relational.Join, unnest_node: relational.Unnest, left: From, env: Env) -> From:
    """``left CROSS JOIN UNNEST(..)`` or ``left LEFT JOIN UNNEST(..) ON TRUE``; the arguments see the left side."""
    if node.kind not in ("CROSS", "LEFT") or node.using:
        raise unsupported(node.at, f"{node.kind} JOIN UNNEST")
    if node.kind == "LEFT" and not (isinstance(node.on, tree.BooleanLiteral) and node.on.value):
        raise semantic(
            "NOT_SUPPORTED",
            node.on.at if node.on else node.at,
            "LEFT JOIN involving UNNEST is only supported with condition ON TRUE",
        )
    inner = env.but(scope=Scope(left.fields, env.scope), clause="UNNEST", keys=None, outputs={})
    right = unnest(node.right, unnest_node, inner)
    if node.kind == "CROSS":
        return From(f"{left.sql} CROSS JOIN LATERAL {right.sql}", left.fields + right.fields, left.readings)
    return From(f"{left.sql} LEFT JOIN LATERAL {right.sql} ON true", left.fields + right.fields, left.readings)


def unnest(node: relational.Relation, inner: relational.Unnest, env: Env) -> From:
    """``node`` is ``inner``, or ``inner`` with an alias."""
    alias, columns = (node.alias, node.columns) if isinstance(node, relational.Aliased) else (None, None)
    values = [env.translate(argument) for argument in inner.arguments]
    lists = [part for value in values for part in _lists(value)]
    name = env.work.alias(alias or "unnest")
    items = [f"unnest({sql}) AS {quoted(f'item{index}')}" for index, (sql, _) in enumerate(lists)]
    if inner.ordinality:
        longest = ", ".join(f"coalesce(len({sql}), 0)" for sql, _ in lists)
        items.append(f'unnest(range(1, greatest({longest}) + 1)) AS "ordinality"')
    given = [given for _, given in lists] + ([BIGINT] if inner.ordinality else [])
    outputs = [
        field
        for index, element in enumerate(given)
        for field in _fields(quoted(name), "ordinality" if index == len(lists) else f"item{index}", element)
    ]
    sql = f"(SELECT {', '.join(items)}) AS {quoted(name)}"
    return From(sql, _named(outputs, alias, columns, node))


def _lists(value: Value) -> list[Part]:
    """An array is one list, a map two: its keys and its values."""
    if value.type.name == "array":
        physical_at(value.type, value.at)
        return [(_with_names(value.sql, value.type.children[0]), value.type.children[0])]
    if value.type.name == "map":
        key, item = value.type.children
        return [(f"map_keys({value.sql})", key), (f"map_values({value.sql})", item)]
    raise semantic("INVALID_FUNCTION_ARGUMENT", value.at, f"Cannot unnest type: {sentence_name(value.type)}")


def _with_names(sql: str, element: DataType) -> str:
    """DuckDB cannot take a field of an unnamed row out of UNNEST, so its fields get names beforehand."""
    if element.name != "row" or any(element.names):
        return sql
    fields = ", ".join(f"'field{n}': struct_extract_at(item, {n})" for n in range(1, len(element.children) + 1))
    return f"list_transform({sql}, lambda item: {{{fields}}})"


def _fields(relation: str, column: str, element: DataType) -> list[Part]:
    """A row in an array becomes a column for each of its fields."""
    sql = f"{relation}.{quoted(column)}"
    if element.name != "row":
        return [(sql, element)]
    return [
        (f"struct_extract_at({sql}, {position})", child) for position, child in enumerate(element.children, start=1)
    ]


def _named(
    outputs: list[Part], alias: str | None, columns: tuple[str, ...] | None, node: relational.Relation
) -> tuple[Field, ...]:
    if columns is not None and len(columns) != len(outputs):
        raise mismatched_aliases(node.at, alias or "", len(columns), len(outputs))
    qualifier = (alias.lower(),) if alias else ()
    names = columns or (None,) * len(outputs)
    return tuple(Field(name, given, sql, qualifier) for name, (sql, given) in zip(names, outputs, strict=True))
