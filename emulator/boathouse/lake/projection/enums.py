"""Projection from a list of values: given by the table (enum), or by the query (injected)."""

import re
from collections.abc import Sequence
from functools import cached_property

from boathouse.errors import AwsError
from boathouse.lake.conditions import ColumnTest
from boathouse.lake.projection.settings import ProjectionSettings
from boathouse.lake.scan import beginning_of


class ListedColumn:
    def __init__(self, test: ColumnTest, values: Sequence[str]) -> None:
        self._left = [value for value in dict.fromkeys(values) if test.holds(value)]

    @cached_property
    def regex(self) -> str:
        """Longer values first, so that a value is not taken for the one that it begins with."""
        return "|".join(re.escape(value) for value in sorted(self._left, key=len, reverse=True)) or "(?!)"

    def value_of(self, text: str) -> str | None:
        return text if text in self._left else None

    def texts(self, most: int) -> list[str] | None:
        return self._left if len(self._left) <= most else None

    @property
    def beginning(self) -> str:
        return beginning_of(self._left)


def enum(test: ColumnTest, settings: ProjectionSettings) -> ListedColumn:
    """White space is part of a value."""
    return ListedColumn(test, settings.required(test.column.name, "values").split(","))


def injected(test: ColumnTest) -> ListedColumn:
    """The query names the values: with = or IN, and nothing else."""
    exact = test.exact()
    if exact is None or any(condition.operator not in ("=", "IN") for condition in test.conditions):
        raise AwsError(
            "CONSTRAINT_VIOLATION",
            # https://github.com/awslabs/aws-athena-query-federation/issues/836
            f"Injected projected partition column {test.column.name} must have only (and at least one) equality"
            " conditions in the WHERE clause!",
        )
    return ListedColumn(test, exact)
