"""Trino's expressions as trees. Every node knows where Trino would say that it stands; none knows types or tables."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from boathouse.datatypes import DataType
from boathouse.dialects.athena.errors import Position

if TYPE_CHECKING:
    from boathouse.dialects.athena.grammar.relational import Query


@dataclass(frozen=True, slots=True)
class Node:
    at: Position


@dataclass(frozen=True, slots=True)
class Enclosed(Node):
    """What ``walk`` does not enter: a query within another."""


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
        if not isinstance(child, Enclosed):
            yield from walk(child)
