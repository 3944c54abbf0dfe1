"""Projection of whole numbers in a range, by a step, with a fixed number of digits or as they are."""

import re

from boathouse.lake.conditions import ColumnTest
from boathouse.lake.projection.column import MOST_ENUMERATED
from boathouse.lake.projection.settings import ProjectionSettings, invalid
from boathouse.lake.scan import beginning_of
from boathouse.lake.values import INTEGERS

LONG = range(-(2**63), 2**63)
_NUMBER = re.compile(r"[+-]?\d+")


class IntegerColumn:
    """https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html"""

    def __init__(self, test: ColumnTest, settings: ProjectionSettings) -> None:
        name = test.column.name
        bounds = [_long(text) for text in settings.required(name, "range").split(",")]
        if len(bounds) != 2 or bounds[0] > bounds[1]:
            raise invalid(f"projection.{name}.range must be two numbers in order, separated by a comma")
        self._test = test
        self._digits = settings.positive(name, "digits") or 1
        self._all = range(bounds[0], bounds[1] + 1, settings.positive(name, "interval") or 1)
        self._near = self._narrowed()

    @property
    def regex(self) -> str:
        return rf"-?\d{{{self._digits},}}"

    def value_of(self, text: str) -> str | None:
        if not _NUMBER.fullmatch(text):
            return None
        number = int(text)
        return text if number in self._all and self._text(number) == text and self._test.holds(text) else None

    def texts(self, most: int) -> list[str] | None:
        if (exact := self._test.exact()) is not None:
            found = [self._text(int(value)) for value in exact if _NUMBER.fullmatch(value)]
        elif self._near.stop - self._near.start > MOST_ENUMERATED * self._near.step:
            return None
        else:
            found = [self._text(number) for number in self._near]
        left = [text for text in dict.fromkeys(found) if self.value_of(text) is not None]
        return left if len(left) <= most else None

    @property
    def beginning(self) -> str:
        if not self._in_order or not self._near:
            return ""
        return beginning_of([self._text(self._near[0]), self._text(self._near[-1])])

    def _text(self, number: int) -> str:
        return f"{'-' if number < 0 else ''}{abs(number):0{self._digits}}"

    @property
    def _in_order(self) -> bool:
        """Whether texts sort as their numbers do: all of one width, none negative."""
        return self._all.start >= 0 and len(str(self._all.stop - 1)) <= self._digits

    def _narrowed(self) -> range:
        """Steps of the range within the bounds that the conditions set, where text and number agree on the order."""
        least, most = self._all.start, self._all.stop - 1
        if self._test.column.type.name in INTEGERS or self._in_order:
            for condition in self._test.conditions:
                if not all(_NUMBER.fullmatch(value) for value in condition.values):
                    continue
                numbers = [int(value) for value in condition.values]
                if condition.operator in (">", ">=", "=", "BETWEEN"):
                    least = max(least, numbers[0])
                if condition.operator in ("<", "<=", "=", "BETWEEN"):
                    most = min(most, numbers[-1])
        step = self._all.step
        start = self._all.start + -(-(least - self._all.start) // step) * step
        return range(start, most + 1, step)


def _long(text: str) -> int:
    """A range with a hyphen gives this sentence (https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html)."""
    if not _NUMBER.fullmatch(text.strip()) or int(text) not in LONG:
        raise invalid(f'For input string: "{text}"')
    return int(text)
