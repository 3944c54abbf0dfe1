"""Trino's queries as trees: SELECT and what it is made of, relations and joins, set operations, CREATE TABLE AS."""

from dataclasses import dataclass

from boathouse.dialects.athena.errors import Position
from boathouse.dialects.athena.grammar.tree import Enclosed, Expression, Node, SortItem, Window


@dataclass(frozen=True, slots=True)
class Relation(Node):
    pass


@dataclass(frozen=True, slots=True)
class TableReference(Relation):
    """``parts`` as written: table, database.table or catalog.database.table."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SubqueryRelation(Relation):
    query: "Query"
    lateral: bool


@dataclass(frozen=True, slots=True)
class Unnest(Relation):
    arguments: tuple[Expression, ...]
    ordinality: bool


@dataclass(frozen=True, slots=True)
class Aliased(Relation):
    relation: Relation
    alias: str
    columns: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Join(Relation):
    """``kind`` is INNER, LEFT, RIGHT, FULL or CROSS; a comma is a CROSS join."""

    kind: str
    left: Relation
    right: Relation
    on: Expression | None
    using: tuple[tuple[str, Position], ...]


@dataclass(frozen=True, slots=True)
class SelectItem(Node):
    expression: Expression
    alias: str | None


@dataclass(frozen=True, slots=True)
class AllColumns(Node):
    """``*`` or, with ``base``, ``t.*``; ``base`` may also be an expression of a row type."""

    base: Expression | None


@dataclass(frozen=True, slots=True)
class GroupingElement(Node):
    """``kind`` is SETS (one plain set, or GROUPING SETS), ROLLUP or CUBE, over sets of expressions."""

    kind: str
    sets: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True)
class Select(Node):
    distinct: bool
    items: tuple[SelectItem | AllColumns, ...]
    relation: Relation | None
    where: Expression | None
    group_by: tuple[GroupingElement, ...] | None
    having: Expression | None
    windows: tuple[tuple[str, Window], ...]


@dataclass(frozen=True, slots=True)
class SetOperation(Node):
    """``operator`` is UNION, INTERSECT or EXCEPT."""

    operator: str
    all: bool
    left: "Body"
    right: "Body"


@dataclass(frozen=True, slots=True)
class Values(Node):
    rows: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class NamedQuery(Node):
    name: str
    columns: tuple[str, ...] | None
    columns_at: Position
    query: "Query"


@dataclass(frozen=True, slots=True)
class Query(Enclosed):
    named: tuple[NamedQuery, ...]
    body: "Body"
    order_by: tuple[SortItem, ...] = ()
    offset: int | None = None
    limit: int | None = None


Body = Select | SetOperation | Values | TableReference | Query


@dataclass(frozen=True, slots=True)
class CreateTableAs(Node):
    parts: tuple[str, ...]
    if_not_exists: bool
    comment: str
    properties: tuple[tuple[str, Position, Expression], ...]
    query: Query
    with_data: bool
