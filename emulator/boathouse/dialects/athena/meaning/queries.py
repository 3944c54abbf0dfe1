"""Queries as a whole: WITH, set operations, VALUES, ORDER BY and LIMIT around a SELECT."""

from collections.abc import Sequence

from boathouse.datatypes import DataType
from boathouse.dialects.athena.errors import Position, semantic, unsupported
from boathouse.dialects.athena.grammar import relational, tree
from boathouse.dialects.athena.meaning.env import Env, Output, Translated, unified
from boathouse.dialects.athena.meaning.relations import relation
from boathouse.dialects.athena.meaning.scopes import Field, Scope
from boathouse.dialects.athena.meaning.selects import select
from boathouse.dialects.athena.meaning.value import Value, coerced, physical_at
from boathouse.dialects.athena.meaning.windows import sort_key
from boathouse.dialects.athena.types.coercion import common_type
from boathouse.dialects.athena.types.names import sentence_name
from boathouse.dialects.athena.types.physical import quoted


def query(node: relational.Query, env: Env) -> Translated:
    """``env`` is what stands around: its scope is what a correlated subquery sees."""
    env = env.but(clause=None, aggregate=None, in_window=False, in_try=False, keys=None, outputs={}, windows={})
    definitions = list[str]()
    for named in node.named:
        definition, env = _define(named, env)
        definitions.append(definition)
    found = _body(node, env)
    if not definitions:
        return found
    return Translated(f"WITH {', '.join(definitions)} {found.sql}", found.outputs)


def _define(node: relational.NamedQuery, env: Env) -> tuple[str, Env]:
    inner = query(node.query, env)
    outputs = inner.outputs
    if node.columns is not None:
        if len(node.columns) != len(outputs):
            sentence = f"Column alias list has {len(node.columns)} entries but relation has {len(outputs)} columns"
            raise semantic("MISMATCHED_COLUMN_ALIASES", node.columns_at, sentence)
        outputs = tuple(
            Output(name, output.column, output.type) for name, output in zip(node.columns, outputs, strict=True)
        )
    name = env.work.alias(node.name)
    definition = f"{quoted(name)} AS ({inner.sql})"
    return definition, env.but(named={**env.named, node.name: Translated(quoted(name), outputs)})


def _body(node: relational.Query, env: Env) -> Translated:
    if isinstance(node.body, relational.Select):
        found = select(node.body, node.order_by, env)
    else:
        found = _operand(node.body, env)
        if node.order_by:
            found = _ordered(found, node.order_by, env)
    limit = "" if node.limit is None else f" LIMIT {node.limit}"
    offset = "" if not node.offset else f" OFFSET {node.offset}"
    if not (limit or offset):
        return found
    if isinstance(node.body, relational.Select) or node.order_by:
        return Translated(f"{found.sql}{limit}{offset}", found.outputs)
    return Translated(f"SELECT * FROM ({found.sql}){limit}{offset}", found.outputs)


def _operand(body: relational.Body, env: Env) -> Translated:
    if isinstance(body, relational.Query):
        return query(body, env)
    if isinstance(body, relational.Select):
        return select(body, (), env)
    if isinstance(body, relational.SetOperation):
        return _set_operation(body, env)
    if isinstance(body, relational.Values):
        return _values(body, env)
    return _whole_table(body, env)


def _ordered(found: Translated, items: Sequence[tree.SortItem], env: Env) -> Translated:
    """ORDER BY of anything but a SELECT: over the result's own columns."""
    name = env.work.alias("result")
    fields = tuple(
        Field(output.name, output.type, f"{quoted(name)}.{quoted(output.column)}") for output in found.outputs
    )
    within = env.but(scope=Scope(fields, env.scope), clause="ORDER BY clause")
    keys = [_key(item, found.outputs, within) for item in items]
    return Translated(f"SELECT * FROM ({found.sql}) AS {quoted(name)} ORDER BY {', '.join(keys)}", found.outputs)


def _key(item: tree.SortItem, outputs: Sequence[Output], env: Env) -> str:
    if isinstance(item.expression, tree.IntegerLiteral):
        position = item.expression.value
        if not 1 <= position <= len(outputs):
            raise semantic("INVALID_COLUMN_REFERENCE", item.at, f"ORDER BY position {position} is not in select list")
        value = Value(str(position), outputs[position - 1].type, item.at, item.expression.text)
        return sort_key(value, item)
    return sort_key(env.translate(item.expression), item)


def _set_operation(node: relational.SetOperation, env: Env) -> Translated:
    left, right = _operand(node.left, env), _operand(node.right, env)
    if len(left.outputs) != len(right.outputs):
        sentence = f"{node.operator} query has different number of fields: {len(left.outputs)}, {len(right.outputs)}"
        raise semantic("TYPE_MISMATCH", node.at, sentence)
    types = [
        _common(node, index, first.type, second.type)
        for index, (first, second) in enumerate(zip(left.outputs, right.outputs, strict=True), start=1)
    ]
    sides = [_as_types(side, types, left.outputs, node.at) for side in (left, right)]
    words = f"{node.operator}{' ALL' if node.all else ''}"
    outputs = tuple(
        Output(output.name, output.column, given) for output, given in zip(left.outputs, types, strict=True)
    )
    return Translated(f"({sides[0]}) {words} ({sides[1]})", outputs)


def _common(node: relational.SetOperation, index: int, left: DataType, right: DataType) -> DataType:
    found = common_type(left, right)
    if found is None:
        names = sentence_name(left), sentence_name(right)
        sentence = f"column {index} in {node.operator} query has incompatible types: {names[0]}, {names[1]}"
        raise semantic("TYPE_MISMATCH", node.at, sentence)
    physical_at(found, node.at)
    return found


def _as_types(side: Translated, types: Sequence[DataType], names: Sequence[Output], at: Position) -> str:
    """The side with each column of the common type; as it is where that changes nothing."""
    columns = [Value(quoted(output.column), output.type, at, output.column) for output in side.outputs]
    targets = [coerced(column, given).sql for column, given in zip(columns, types, strict=True)]
    if targets == [column.sql for column in columns]:
        return side.sql
    items = (f"{sql} AS {quoted(output.column)}" for sql, output in zip(targets, names, strict=True))
    return f"SELECT {', '.join(items)} FROM ({side.sql})"


def _values(node: relational.Values, env: Env) -> Translated:
    env = env.but(clause="VALUES")
    rows = [
        [env.translate(item) for item in (row.items if isinstance(row, tree.RowConstructor) else (row,))]
        for row in node.rows
    ]
    for row in rows[1:]:
        _check_row(rows[0], row, node.at)
    columns = [unified([row[index] for row in rows], "Values rows") for index in range(len(rows[0]))]
    for column in columns:
        physical_at(column[0].type, column[0].at)
    listed = ", ".join(f"({', '.join(value.sql for value in row)})" for row in zip(*columns, strict=True))
    outputs = tuple(Output(None, f"_col{index}", column[0].type) for index, column in enumerate(columns))
    name = quoted(env.work.alias("values"))
    names = ", ".join(quoted(output.column) for output in outputs)
    return Translated(f"SELECT * FROM (VALUES {listed}) AS {name}({names})", outputs)


def _check_row(first: Sequence[Value], row: Sequence[Value], at: Position) -> None:
    if len(row) != len(first):
        raise semantic("TYPE_MISMATCH", at, f"Values rows have mismatched sizes: {len(first)} vs {len(row)}")
    if any(common_type(one.type, other.type) is None for one, other in zip(first, row, strict=True)):
        shown = [f"row({', '.join(sentence_name(value.type) for value in values)})" for values in (first, row)]
        raise semantic("TYPE_MISMATCH", at, f"Values rows have mismatched types: {shown[0]} vs {shown[1]}")


def _whole_table(node: relational.TableReference, env: Env) -> Translated:
    found = relation(node, env)
    outputs = list[Output]()
    for field in found.fields:
        if field.use is not None:
            field.use()
        if field.name is None:
            raise unsupported(node.at, "TABLE of a query with a column that has no name")
        outputs.append(Output(field.name, field.name, field.type))
    items = ", ".join(
        f"{field.sql} AS {quoted(output.column)}" for field, output in zip(found.fields, outputs, strict=True)
    )
    return Translated(f"SELECT {items} FROM {found.sql}", tuple(outputs))
