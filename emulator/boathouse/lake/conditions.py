"""A read's conditions as a test of partition values, compared as the column's type.

Conditions only save work, since the engine filters again: one whose constant is no value of the type is left out.
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from boathouse.datatypes import DataType
from boathouse.errors import AwsError
from boathouse.lake.values import NULL_PARTITION, NotOfType, typed
from boathouse.relation import Column, Condition

Test = Callable[[Any], bool]
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class ColumnTest:
    """What a read asks of one partition column."""

    def __init__(self, column: Column, conditions: Iterable[Condition]) -> None:
        self.column = column
        self.conditions = tuple(condition for condition in conditions if condition.column == column.name)
        self._tests = [test for condition in self.conditions if (test := _test(condition, column.type)) is not None]

    def holds(self, text: str | None) -> bool:
        """Whether a partition with this value is left. A NULL passes no condition; raises for a value of no use."""
        if text is None:
            return not self._tests
        value = self._typed(text)
        return all(test(value) for test in self._tests)

    def _typed(self, text: str) -> Any:
        try:
            return typed(text, self.column.type)
        except NotOfType as error:
            name, type_ = self.column.name, self.column.type.trino.upper()
            raise AwsError(
                "HIVE_INVALID_PARTITION_VALUE", f"Invalid partition value '{text}' for {type_} partition key: {name}"
            ) from error

    def exact(self) -> list[str] | None:
        """The only values that can be left, None where the conditions do not name them."""
        named: list[tuple[str, ...]] = [each.values for each in self.conditions if each.operator in ("=", "IN")]
        if not named:
            return None
        fewest = min(named, key=len)
        return list(dict.fromkeys(fewest))


def text_of(value: str) -> str | None:
    """A partition's value as it is kept, None for Hive's sign of NULL."""
    return None if value == NULL_PARTITION else value


def tests_of(columns: Sequence[Column], conditions: Iterable[Condition]) -> list[ColumnTest]:
    return [ColumnTest(column, conditions) for column in columns]


def _test(condition: Condition, type_: DataType) -> Test | None:
    try:
        values = [typed(value, type_) for value in condition.values]
    except NotOfType:
        return None
    if condition.operator == "IN":
        return frozenset(values).__contains__
    if condition.operator == "BETWEEN":
        low, high = values
        return lambda value: bool(low <= value <= high)
    compare, constant = COMPARISONS[condition.operator], values[0]
    return lambda value: bool(compare(value, constant))
