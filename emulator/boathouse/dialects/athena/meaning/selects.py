"""SELECT: what its items are, how rows are grouped, and what ORDER BY may name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from boathouse.datatypes import BOOLEAN, UNKNOWN
from boathouse.dialects.athena.errors import Position, semantic, unsupported
from boathouse.dialects.athena.grammar import relational, tree
from boathouse.dialects.athena.meaning.columns import parts_of
from boathouse.dialects.athena.meaning.env import Env, Output, Translated
from boathouse.dialects.athena.meaning.grouping import grouping, is_grouped
from boathouse.dialects.athena.meaning.pruning import conditions_of
from boathouse.dialects.athena.meaning.relations import From, relation, unaliased
from boathouse.dialects.athena.meaning.scopes import Field, Scope
from boathouse.dialects.athena.meaning.unnest import unnest
from boathouse.dialects.athena.meaning.value import Value, coerced, physical_at
from boathouse.dialects.athena.meaning.windows import sort_key
from boathouse.dialects.athena.types.names import sentence_name
from boathouse.dialects.athena.types.physical import quoted

Item = tuple[str | None, Value]


def select(node: relational.Select, order_by: Sequence[tree.SortItem], env: Env) -> Translated:
    source = _source(node, env)
    scope = Scope(source.fields, env.scope)
    inner = env.but(scope=scope, windows=dict(node.windows))
    where = _where(node, source, inner)
    grouped = is_grouped(node, order_by)
    group_by, keys = grouping(node, inner) if grouped else ("", None)
    block = inner.but(keys=keys)
    items = [item for given in node.items for item in _items(given, source, block)]
    having = _having(node, block)
    outputs = _outputs(items)
    ordering = _ordering(node, order_by, items, block)
    listed = ", ".join(
        f"{_typed(value)} AS {quoted(output.column)}" for (_, value), output in zip(items, outputs, strict=True)
    )
    clauses = (f" FROM {source.sql}" if source.sql else "") + where + group_by + having + ordering
    return Translated(f"SELECT {'DISTINCT ' if node.distinct else ''}{listed}{clauses}", outputs)


def _typed(value: Value) -> str:
    """A function of a constant NULL loses its type in DuckDB; the column must not."""
    if not ("NULL" in value.sql or "CASE" in value.sql) or value.type == UNKNOWN:
        return value.sql
    return f"CAST({value.sql} AS {physical_at(value.type, value.at)})"


def _source(node: relational.Select, env: Env) -> From:
    if node.relation is None:
        return From("", ())
    if isinstance(bare := unaliased(node.relation), relational.Unnest):
        return unnest(node.relation, bare, env)
    return relation(node.relation, env)


def _where(node: relational.Select, source: From, env: Env) -> str:
    if node.where is None:
        return ""
    condition = env.but(clause="WHERE clause", clause_at=node.where.at).boolean(
        node.where, lambda found: f"WHERE clause must evaluate to a boolean: actual type {sentence_name(found)}"
    )
    conditions_of(node.where, source, env)
    return f" WHERE {condition.sql}"


def _items(given: relational.SelectItem | relational.AllColumns, source: From, env: Env) -> list[Item]:
    if isinstance(given, relational.AllColumns):
        return _all_columns(given, source, env)
    expression = given.expression
    value = checked(expression, env)
    name = given.alias
    if name is None and isinstance(expression, tree.Name):
        name = expression.name
    if name is None and isinstance(expression, tree.Dereference) and parts_of(expression) is not None:
        name = expression.field
    return [(name, value)]


def checked(expression: tree.Expression, env: Env) -> Value:
    """Translated; in a grouped query, refused if it has a column that is neither grouped by nor aggregated."""
    del env.scope.mentions[:]
    value = env.translate(expression)
    physical_at(value.type, expression.at)
    if env.keys is not None and any(mention.sql not in env.keys for mention in env.scope.mentions):
        raise semantic(
            "EXPRESSION_NOT_AGGREGATE",
            expression.at,
            f"'{_shown(expression)}' must be an aggregate expression or appear in GROUP BY clause",
        )
    return value


def _shown(expression: tree.Expression) -> str:
    """As Trino shows it, by and large: operators in parentheses."""
    operators = (tree.Arithmetic, tree.Comparison, tree.Logical, tree.Concatenation)
    bare = expression.text.startswith("(") and expression.text.endswith(")")
    return f"({expression.text})" if isinstance(expression, operators) and not bare else expression.text


def _all_columns(given: relational.AllColumns, source: From, env: Env) -> list[Item]:
    fields = source.fields
    if given.base is not None:
        parts = parts_of(given.base)
        fields = tuple(env.scope.of_relation(parts)) if parts else ()
        if not fields:
            raise semantic("TABLE_NOT_FOUND", given.at, f"Unable to resolve reference {given.base.text}")
    if not source.sql:
        raise semantic("COLUMN_NOT_FOUND", given.at, "SELECT * not allowed in queries without FROM clause")
    return [(field.name, _column(field, given.at, env)) for field in fields]


def _column(field: Field, at: Position, env: Env) -> Value:
    if field.use is not None:
        field.use()
    physical_at(field.type, at)
    if env.keys is not None and field.sql not in env.keys:
        sentence = f"Column '{field.name}' not in GROUP BY clause"
        raise semantic("EXPRESSION_NOT_AGGREGATE", at, sentence)
    return Value(field.sql, field.type, at, field.name or "")


def _outputs(items: Sequence[Item]) -> tuple[Output, ...]:
    """Each column's name in the SQL is unique, whatever Trino's is."""
    taken, outputs = set[str](), list[Output]()
    for index, (name, value) in enumerate(items):
        column, number = name or f"_col{index}", 1
        while column.lower() in taken:
            number += 1
            column = f"{name or f'_col{index}'}_{number}"
        taken.add(column.lower())
        outputs.append(Output(name, column, value.type))
    return tuple(outputs)


def _having(node: relational.Select, env: Env) -> str:
    if node.having is None:
        return ""
    value = checked(node.having, env)
    if value.type not in (BOOLEAN, UNKNOWN):
        sentence = f"HAVING clause must evaluate to a boolean: actual type {sentence_name(value.type)}"
        raise semantic("TYPE_MISMATCH", node.having.at, sentence)
    return f" HAVING {coerced(value, BOOLEAN).sql}"


def _ordering(node: relational.Select, order_by: Sequence[tree.SortItem], items: Sequence[Item], env: Env) -> str:
    """A key that is a select item stands as its number: DuckDB then sorts by the very column."""
    if not order_by:
        return ""
    within = env.but(outputs=_named(items))
    numbers = {value.sql: str(index) for index, (_, value) in reversed(list(enumerate(items, start=1)))}
    keys = list[str]()
    for item in order_by:
        value = _sort_value(item, items, within)
        number = numbers.get(value.sql)
        if node.distinct and number is None:
            sentence = "For SELECT DISTINCT, ORDER BY expressions must appear in select list"
            raise semantic("EXPRESSION_NOT_IN_DISTINCT", node.at, sentence)
        if node.distinct and item.nulls_first and value.type.name in ("real", "double"):
            raise unsupported(item.at, f"SELECT DISTINCT with NULLS FIRST on the type {value.type}")
        keys.append(sort_key(value, item, number))
    return f" ORDER BY {', '.join(keys)}"


def _named(items: Sequence[Item]) -> Mapping[str, Value]:
    return {name.lower(): value for name, value in items if name is not None}


def _sort_value(item: tree.SortItem, items: Sequence[Item], env: Env) -> Value:
    expression = item.expression
    if not isinstance(expression, tree.IntegerLiteral):
        return checked(expression, env)
    if not 1 <= expression.value <= len(items):
        raise semantic(
            "INVALID_COLUMN_REFERENCE", item.at, f"ORDER BY position {expression.value} is not in select list"
        )
    return replace(items[expression.value - 1][1], at=item.at)
