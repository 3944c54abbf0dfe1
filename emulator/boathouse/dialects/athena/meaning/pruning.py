"""Conditions on partition columns out of a WHERE: what lets an engine leave files unread. They only ever save work."""

from collections.abc import Iterator

from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.columns import parts_of
from boathouse.dialects.athena.meaning.env import Env
from boathouse.dialects.athena.meaning.relations import From
from boathouse.dialects.athena.meaning.value import Value
from boathouse.dialects.athena.meaning.work import Reading
from boathouse.dialects.athena.types.coercion import INTEGERS
from boathouse.relation import Column, Condition

_MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_COMPARABLE = ("varchar", "date", *INTEGERS)


def conditions_of(where: tree.Expression, source: From, env: Env) -> None:
    """Adds to the source's readings what the conjuncts of ``where`` say of their partition columns alone.

    Every condition here refuses NULL, so it holds for outer joins too: a row that it leaves out would not have
    passed WHERE, nor would its empty stand-in.
    """
    for conjunct in _conjuncts(where):
        found = _condition(conjunct, env)
        if found is None:
            continue
        name, operator, values = found
        for reading in source.readings:
            column = _column(name, source, reading)
            if column is None:
                continue
            if column.type.name in _COMPARABLE and all(_same(column.type.name, value) for value in values):
                reading.conditions.append(Condition(column.name, operator, tuple(str(v.constant) for v in values)))


def _conjuncts(node: tree.Expression) -> Iterator[tree.Expression]:
    if isinstance(node, tree.Logical) and node.operator == "AND":
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    else:
        yield node


def _column(name: tuple[str, ...], source: From, reading: Reading) -> Column | None:
    """The partition column of ``reading`` that ``name`` means, whatever an alias list calls it."""
    field = next((field for field in source.fields if field.answers(name)), None)
    if field is None:
        return None
    columns = reading.table.partition_columns
    return next((column for column in columns if field.sql == reading.sql(column.name)), None)


def _same(type_name: str, value: Value) -> bool:
    """Whether the literal is of the column's kind: then its text is a partition value's."""
    return value.type.name == type_name or (type_name in INTEGERS and value.type.name in INTEGERS)


def _condition(node: tree.Expression, env: Env) -> tuple[tuple[str, ...], str, list[Value]] | None:
    if isinstance(node, tree.Comparison):
        name, operator, other = parts_of(node.left), node.operator, node.right
        if name is None:
            name, operator, other = parts_of(node.right), _MIRRORED[node.operator], node.left
        return _with_constants(name, operator, (other,), env)
    if isinstance(node, tree.Between) and not node.negated:
        return _with_constants(parts_of(node.operand), "BETWEEN", (node.low, node.high), env)
    if isinstance(node, tree.InList) and not node.negated:
        return _with_constants(parts_of(node.operand), "IN", node.items, env)
    return None


def _with_constants(
    name: tuple[str, ...] | None, operator: str, nodes: tuple[tree.Expression, ...], env: Env
) -> tuple[tuple[str, ...], str, list[Value]] | None:
    literals = (tree.StringLiteral, tree.IntegerLiteral, tree.TypedLiteral)
    if name is None or not all(isinstance(node, literals) for node in nodes):
        return None
    return name, operator, [env.translate(node) for node in nodes]
