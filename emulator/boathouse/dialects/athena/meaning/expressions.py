"""The rules for expressions: one for each kind of node, and none for what is refused."""

from collections.abc import Callable
from typing import Any

from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning import (
    calls,
    casts,
    columns,
    conditional,
    datetimes,
    literals,
    moments,
    operators,
    predicates,
)
from boathouse.dialects.athena.meaning.env import Env, Rules
from boathouse.dialects.athena.meaning.value import Value


def _alone(rule: Callable[[Any], Value]) -> Callable[[Any, Env], Value]:
    """A literal's rule: it asks nothing of what stands around."""
    return lambda node, _: rule(node)


RULES: Rules = {
    tree.NullLiteral: _alone(literals.null),
    tree.BooleanLiteral: _alone(literals.boolean),
    tree.IntegerLiteral: _alone(literals.integer),
    tree.DecimalLiteral: _alone(literals.decimal_literal),
    tree.DoubleLiteral: _alone(literals.double),
    tree.StringLiteral: _alone(literals.string),
    tree.BinaryLiteral: _alone(literals.binary),
    tree.TypedLiteral: _alone(literals.typed),
    tree.IntervalLiteral: _alone(moments.interval),
    tree.CurrentTime: _alone(moments.current_time),
    tree.Name: columns.name,
    tree.Dereference: columns.dereference,
    tree.Subscript: columns.subscript,
    tree.ArrayConstructor: columns.array_constructor,
    tree.RowConstructor: columns.row_constructor,
    tree.Unary: operators.sign,
    tree.Arithmetic: operators.arithmetic,
    tree.Concatenation: operators.concatenation,
    tree.Comparison: predicates.comparison,
    tree.Logical: predicates.logical,
    tree.Not: predicates.negation,
    tree.IsNull: predicates.is_null,
    tree.IsDistinct: predicates.is_distinct,
    tree.Between: predicates.between,
    tree.InList: predicates.in_list,
    tree.InSubquery: predicates.in_subquery,
    tree.Exists: predicates.exists,
    tree.ScalarSubquery: predicates.scalar_subquery,
    tree.Like: predicates.like,
    tree.Case: conditional.case,
    tree.Cast: casts.cast,
    tree.Extract: datetimes.extract,
    tree.AtTimeZone: datetimes.at_time_zone,
    tree.Call: calls.call,
}
