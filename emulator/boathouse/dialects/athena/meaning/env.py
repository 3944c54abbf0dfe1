"""What a rule may ask while it translates an expression: names, types, and what its clause allows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from boathouse.datatypes import BOOLEAN, UNKNOWN, DataType
from boathouse.dialects.athena.errors import Position, semantic, unsupported
from boathouse.dialects.athena.grammar import relational, tree
from boathouse.dialects.athena.meaning.scopes import Scope
from boathouse.dialects.athena.meaning.value import Value, coerced
from boathouse.dialects.athena.meaning.work import Work
from boathouse.dialects.athena.types.coercion import common_type


@dataclass(frozen=True, slots=True)
class Output:
    """A column of a translated query. ``column`` is its name in the SQL, ``name`` Trino's, None without one."""

    name: str | None
    column: str
    type: DataType


@dataclass(frozen=True, slots=True)
class Translated:
    sql: str
    outputs: tuple[Output, ...]


Named = Mapping[str, Translated]
"""The WITH queries in scope: for each its outputs, and as ``sql`` the name that it has in the translated statement."""

Rules = Mapping[type[tree.Expression], Callable[[Any, "Env"], Value]]
TranslateQuery = Callable[[relational.Query, "Env"], Translated]


@dataclass(frozen=True, slots=True)
class Env:
    """``clause`` is Trino's name of the clause where aggregates and windows are forbidden, None where they may stand;
    ``clause_at`` where its expression stands. ``aggregate`` is the call whose arguments these are.

    ``keys`` are the SQL of the GROUP BY keys, None outside a grouped query. ``outputs`` are the select items that an
    ORDER BY may name. ``windows`` are those of the WINDOW clause.
    """

    work: Work
    rules: Rules
    translate_query: TranslateQuery
    scope: Scope
    named: Named
    clause: str | None = None
    clause_at: Position | None = None
    aggregate: tree.Call | None = None
    in_window: bool = False
    in_try: bool = False
    keys: frozenset[str] | None = None
    outputs: Mapping[str, Value] = field(default_factory=dict)
    windows: Mapping[str, tree.Window] = field(default_factory=dict)

    def but(self, **changes: Any) -> "Env":
        return replace(self, **changes)

    def translate(self, node: tree.Expression) -> Value:
        rule = self.rules.get(type(node))
        if rule is None:
            raise unsupported(node.at, f"{type(node).__name__} ({node.text})")
        mark = len(self.scope.mentions)
        value = rule(node, self)
        if self.keys is not None and value.sql in self.keys:
            del self.scope.mentions[mark:]
        return value

    def query(self, query: relational.Query) -> Translated:
        """A subquery of an expression: it sees this scope around its own."""
        return self.translate_query(query, self)

    def as_type(self, node: tree.Expression, target: DataType) -> Value:
        return coerced(self.translate(node), target)

    def boolean(self, node: tree.Expression, sentence: Callable[[DataType], str]) -> Value:
        """``sentence`` is Trino's refusal of another type."""
        value = self.translate(node)
        if value.type not in (BOOLEAN, UNKNOWN):
            raise semantic("TYPE_MISMATCH", node.at, sentence(value.type))
        return coerced(value, BOOLEAN)


def unified(values: list[Value], what: str) -> list[Value]:
    """All as their common type; ``what`` begins Trino's refusal where there is none."""
    target = values[0].type
    for value in values[1:]:
        found = common_type(target, value.type)
        if found is None:
            raise no_common_type(value.at, what, [value.type for value in values], (target, value.type))
        target = found
    return [coerced(value, target) for value in values]


def no_common_type(at: Position, what: str, types: list[DataType], pair: tuple[DataType, DataType]) -> Exception:
    distinct = ", ".join(dict.fromkeys(map(str, types)))
    return semantic(
        "TYPE_MISMATCH",
        at,
        f"{what} must be the same type or coercible to a common type. Cannot find common type between"
        f" {pair[0]} and {pair[1]}, all types (without duplicates): [{distinct}]",
    )
