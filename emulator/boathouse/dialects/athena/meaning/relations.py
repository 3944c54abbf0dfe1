"""FROM: what each relation is in DuckDB, and the fields that it brings into scope."""

from dataclasses import dataclass, replace

from boathouse.dialects.athena.errors import Position, semantic, unsupported
from boathouse.dialects.athena.grammar import relational
from boathouse.dialects.athena.meaning.env import Env, Translated
from boathouse.dialects.athena.meaning.predicates import compared
from boathouse.dialects.athena.meaning.scopes import Field, Scope
from boathouse.dialects.athena.meaning.value import Value, coerced
from boathouse.dialects.athena.meaning.work import CATALOG, Reading
from boathouse.dialects.athena.types.coercion import common_type
from boathouse.dialects.athena.types.names import sentence_name
from boathouse.dialects.athena.types.physical import quoted


@dataclass(frozen=True, slots=True)
class From:
    """``sql`` is what stands after FROM; ``readings`` are the tables whose columns ``fields`` hold."""

    sql: str
    fields: tuple[Field, ...]
    readings: tuple[Reading, ...] = ()


def relation(node: relational.Relation, env: Env, alias: str | None = None) -> From:
    """``env`` is the query's around; ``alias`` the name that the relation is given, if it is."""
    if isinstance(node, relational.Aliased):
        return _aliased(node, env)
    if isinstance(node, relational.TableReference):
        return _table(node, env, alias)
    if isinstance(node, relational.SubqueryRelation):
        if node.lateral:
            raise unsupported(node.at, "LATERAL")
        return _derived(env.translate_query(node.query, env), alias, env, "subquery")
    if isinstance(node, relational.Join):
        return _join(node, env)
    raise unsupported(node.at, type(node).__name__)


def _aliased(node: relational.Aliased, env: Env) -> From:
    found = relation(node.relation, env, node.alias)
    qualifier = (node.alias.lower(),)
    fields = tuple(replace(field, qualifier=qualifier) for field in found.fields)
    if node.columns is not None:
        if len(node.columns) != len(fields):
            raise mismatched_aliases(node.at, node.alias, len(node.columns), len(fields))
        fields = tuple(replace(field, name=name) for field, name in zip(fields, node.columns, strict=True))
    return replace(found, fields=fields)


def mismatched_aliases(at: Position, alias: str, given: int, available: int) -> Exception:
    sentence = f"Column alias list has {given} entries but '{alias}' has {available} columns available"
    return semantic("MISMATCHED_COLUMN_ALIASES", at, sentence)


def _table(node: relational.TableReference, env: Env, alias: str | None) -> From:
    named = env.named.get(node.parts[0].lower()) if len(node.parts) == 1 else None
    if named is not None:
        return _derived(named, alias or node.parts[0], env, node.parts[0], named_query=True)
    name = env.work.table_name(node.parts, node.at)
    if name.database == "information_schema":
        raise unsupported(node.at, f"{name}")
    if "$" in name.table:
        raise unsupported(node.at, f"the metadata table {name.table}")
    reading = env.work.read(name, alias or name.table, node.at)
    qualifier = (CATALOG, name.database, name.table)

    def using(column: str) -> Field:
        return Field(column, types[column], reading.sql(column), qualifier, lambda: reading.columns.add(column))

    types = {column.name: column.type for column in reading.table.all_columns}
    return From(quoted(reading.alias), tuple(map(using, types)), (reading,))


def _derived(inner: Translated, alias: str | None, env: Env, fallback: str, *, named_query: bool = False) -> From:
    name = env.work.alias(alias or fallback)
    sql = f"{inner.sql} AS {quoted(name)}" if named_query else f"({inner.sql}) AS {quoted(name)}"
    qualifier = (fallback.lower(),) if named_query else ()
    fields = tuple(
        Field(output.name, output.type, f"{quoted(name)}.{quoted(output.column)}", qualifier)
        for output in inner.outputs
    )
    return From(sql, fields)


def _join(node: relational.Join, env: Env) -> From:
    left = relation(node.left, env)
    if isinstance(bare := unaliased(node.right), relational.Unnest):
        from boathouse.dialects.athena.meaning.unnest import unnested  # UNNEST joins what stands before it

        return unnested(node, bare, left, env)
    right = relation(node.right, env)
    readings = left.readings + right.readings
    right_sql = f"({right.sql})" if isinstance(node.right, relational.Join) else right.sql
    if node.kind == "CROSS":
        return From(f"{left.sql} CROSS JOIN {right_sql}", left.fields + right.fields, readings)
    if node.on is None:
        return _using(node, left, right, right_sql)
    scope = Scope(left.fields + right.fields, env.scope)
    within = env.but(scope=scope, clause="JOIN clause", clause_at=node.on.at, keys=None, outputs={})
    on = within.boolean(
        node.on, lambda found: f"JOIN ON clause must evaluate to a boolean: actual type {sentence_name(found)}"
    )
    return From(f"{left.sql} {node.kind} JOIN {right_sql} ON {on.sql}", left.fields + right.fields, readings)


def unaliased(node: relational.Relation) -> relational.Relation:
    return node.relation if isinstance(node, relational.Aliased) else node


def _using(node: relational.Join, left: From, right: From, right_sql: str) -> From:
    """The columns of USING come first, once, and no longer belong to either side."""
    conditions, shared = list[str](), list[Field]()
    for name, at in node.using:
        first, second = (_using_field(side, name, at, which) for side, which in ((left, "left"), (right, "right")))
        target = common_type(first.type, second.type)
        if target is None or target.children or target.name in ("real", "double"):
            raise unsupported(at, f"USING ({name}) on the types {first.type} and {second.type}")
        ours, theirs = (Value(field.sql, field.type, at, name) for field in (first, second))
        conditions.append(compared("=", ours, theirs, target, at))
        merged = f"coalesce({coerced(ours, target).sql}, {coerced(theirs, target).sql})"
        shared.append(Field(name, target, merged))
    used = {name.lower() for name, _ in node.using}
    rest = tuple(field for field in left.fields + right.fields if field.name is None or field.name.lower() not in used)
    sql = f"{left.sql} {node.kind} JOIN {right_sql} ON {' AND '.join(conditions)}"
    return From(sql, (*shared, *rest), left.readings + right.readings)


def _using_field(side: From, name: str, at: Position, which: str) -> Field:
    found = [field for field in side.fields if field.name is not None and field.name.lower() == name.lower()]
    if not found:
        raise semantic("COLUMN_NOT_FOUND", at, f"Column '{name}' is missing from {which} side of join")
    if len(found) > 1:
        raise semantic("AMBIGUOUS_NAME", at, f"Column '{name}' is ambiguous")
    _use(found[0])
    return found[0]


def _use(field: Field) -> None:
    if field.use is not None:
        field.use()
