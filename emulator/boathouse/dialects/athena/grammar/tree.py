"""Trino's queries as trees. Every node knows where Trino would say that it stands; none knows types or tables."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from boathouse.datatypes import DataType
from boathouse.dialects.athena.errors import Position


@dataclass(frozen=True, slots=True)
class Node:
    at: Position


@dataclass(frozen=True, slots=True)
class Expression(Node):
    """``text`` is the expression as the statement has it, for refusals that quote it."""

    text: str


@dataclass(frozen=True, slots=True)
class NullLiteral(Expression):
    pass


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Expression):
    value: bool


@dataclass(frozen=True, slots=True)
class IntegerLiteral(Expression):
    value: int


@dataclass(frozen=True, slots=True)
class DecimalLiteral(Expression):
    """``value`` as written, with its sign: its digits give its type."""

    value: str


@dataclass(frozen=True, slots=True)
class DoubleLiteral(Expression):
    value: str


@dataclass(frozen=True, slots=True)
class StringLiteral(Expression):
    value: str


@dataclass(frozen=True, slots=True)
class BinaryLiteral(Expression):
    """``value`` is its hexadecimal digits."""

    value: str


@dataclass(frozen=True, slots=True)
class TypedLiteral(Expression):
    """``DATE '2020-01-01'``."""

    type_name: str
    value: str


@dataclass(frozen=True, slots=True)
class IntervalLiteral(Expression):
    negative: bool
    value: str
    start: str
    end: str | None


@dataclass(frozen=True, slots=True)
class Name(Expression):
    name: str


@dataclass(frozen=True, slots=True)
class Dereference(Expression):
    base: Expression
    field: str


@dataclass(frozen=True, slots=True)
class Subscript(Expression):
    base: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic(Expression):
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Concatenation(Expression):
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Comparison(Expression):
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Logical(Expression):
    """``operator`` is AND or OR."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Not(Expression):
    operand: Expression


@dataclass(frozen=True, slots=True)
class IsNull(Expression):
    operand: Expression
    negated: bool


@dataclass(frozen=True, slots=True)
class IsDistinct(Expression):
    left: Expression
    right: Expression
    negated: bool


@dataclass(frozen=True, slots=True)
class Between(Expression):
    operand: Expression
    low: Expression
    high: Expression
    negated: bool


@dataclass(frozen=True, slots=True)
class InList(Expression):
    operand: Expression
    items: tuple[Expression, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Like(Expression):
    operand: Expression
    pattern: Expression
    escape: Expression | None
    negated: bool


@dataclass(frozen=True, slots=True)
class AtTimeZone(Expression):
    operand: Expression
    zone: Expression


@dataclass(frozen=True, slots=True)
class When(Node):
    condition: Expression
    result: Expression


@dataclass(frozen=True, slots=True)
class Case(Expression):
    operand: Expression | None
    whens: tuple[When, ...]
    otherwise: Expression | None


@dataclass(frozen=True, slots=True)
class Cast(Expression):
    operand: Expression
    type: DataType
    safe: bool


@dataclass(frozen=True, slots=True)
class Extract(Expression):
    field: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class CurrentTime(Expression):
    """CURRENT_DATE, CURRENT_TIMESTAMP, LOCALTIMESTAMP, CURRENT_TIME or LOCALTIME, with the precision asked for."""

    name: str
    precision: int | None


@dataclass(frozen=True, slots=True)
class ArrayConstructor(Expression):
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class RowConstructor(Expression):
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Lambda(Expression):
    parameters: tuple[str, ...]
    body: Expression


@dataclass(frozen=True, slots=True)
class SortItem(Node):
    expression: Expression
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True)
class FrameBound(Node):
    """``kind`` is UNBOUNDED PRECEDING, PRECEDING, CURRENT ROW, FOLLOWING or UNBOUNDED FOLLOWING."""

    kind: str
    offset: Expression | None


@dataclass(frozen=True, slots=True)
class Frame(Node):
    unit: str
    start: FrameBound
    end: FrameBound | None


@dataclass(frozen=True, slots=True)
class Window(Node):
    """``base`` names a window of the WINDOW clause that this one builds on."""

    base: str | None
    partition_by: tuple[Expression, ...]
    order_by: tuple[SortItem, ...]
    frame: Frame | None


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function call; ``name`` in lower case. ``star`` is ``count(*)``, ``nulls`` IGNORE, RESPECT or None."""

    name: str
    arguments: tuple[Expression, ...]
    star: bool = False
    distinct: bool = False
    order_by: tuple[SortItem, ...] = ()
    filter: Expression | None = None
    nulls: str | None = None
    over: Window | None = None


@dataclass(frozen=True, slots=True)
class ScalarSubquery(Expression):
    query: "Query"


@dataclass(frozen=True, slots=True)
class InSubquery(Expression):
    operand: Expression
    query: "Query"
    negated: bool


@dataclass(frozen=True, slots=True)
class Exists(Expression):
    query: "Query"


@dataclass(frozen=True, slots=True)
class Quantified(Expression):
    operator: str
    quantifier: str
    left: Expression
    query: "Query"


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
class Query(Node):
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


def children(node: Node) -> Iterator[Node]:
    """The nodes directly beneath."""
    for field in fields(node):
        yield from _nodes(getattr(node, field.name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def walk(node: Node) -> Iterator[Node]:
    """The node and all beneath it that belong to the same query: it does not enter subqueries."""
    yield node
    for child in children(node):
        if not isinstance(child, Query):
            yield from walk(child)
