"""The tests that a partition expression is made of, typed by the partition key, with Glue's sentences for misuse."""

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from boathouse.datatypes import DataType, TypeSyntaxError, parse
from boathouse.errors import AwsError
from boathouse.lake.catalog.partitions import Matches
from boathouse.lake.catalog.refusals import invalid
from boathouse.lake.values import INTEGERS, TEXTS, NotOfType, typed

OPERATORS = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SUPPORTED = INTEGERS | TEXTS | {"decimal", "date", "timestamp"}


@dataclass(frozen=True, slots=True)
class Key:
    """A partition key: its position among the values, and its type as Glue has it."""

    position: int
    type_name: str

    @property
    def type(self) -> DataType:
        try:
            found = parse(self.type_name)
        except TypeSyntaxError:
            found = None
        if found is None or found.name not in SUPPORTED:
            raise invalid(f"Unknown type : '{self.type_name}'")
        return found

    def constant(self, text: str) -> Any:
        try:
            return typed(text, self.type)
        except NotOfType as error:
            raise invalid(_sentence(text, error)) from error

    def value(self, values: Sequence[str], type_: DataType) -> Any:
        """A registered value that is not of the key's type makes the whole call fail, as in Glue."""
        text = values[self.position]
        try:
            return typed(text, type_)
        except NotOfType as error:
            raise AwsError("InvalidStateException", _sentence(text, error)) from error


def comparison(key: Key, symbol: str, constant: str) -> Matches:
    compare, right, type_ = OPERATORS[symbol], key.constant(constant), key.type
    return lambda values: bool(compare(key.value(values, type_), right))


def membership(key: Key, constants: Sequence[str]) -> Matches:
    among, type_ = {key.constant(constant) for constant in constants}, key.type
    return lambda values: key.value(values, type_) in among


def between(key: Key, low: str, high: str) -> Matches:
    least, most, type_ = key.constant(low), key.constant(high), key.type
    return lambda values: bool(least <= key.value(values, type_) <= most)


def like(key: Key, pattern: str) -> Matches:
    kind = key.type.name
    if kind not in TEXTS:
        name = "Integral" if kind in INTEGERS else kind.capitalize()
        raise invalid(f"{name} data type doesn't support operation 'LIKE'")
    matches = like_pattern(pattern)
    return lambda values: matches.fullmatch(values[key.position]) is not None


def is_null(negated: bool) -> Matches:
    """Glue keeps no NULL among partition values: IS NULL finds nothing, whatever the type.

    Measured by others (https://github.com/aws/aws-sdk/issues/670); Trino's GlueExpressionUtil says the same.
    """
    return lambda _: negated


def negation(test: Matches) -> Matches:
    return lambda values: not test(values)


def like_pattern(pattern: str) -> re.Pattern[str]:
    """SQL's LIKE as a regular expression: ``%`` any text, ``_`` any one character."""
    parts = {"%": ".*", "_": "."}
    return re.compile("".join(parts.get(character, re.escape(character)) for character in pattern), re.DOTALL)


def _sentence(text: str, error: NotOfType) -> str:
    if error.kind == "an integer":
        return f'For input string: "{text}" is not an integer.'
    if error.kind == "a timestamp":
        return f"Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] {text} is not a timestamp."
    return f"{text} is not {error.kind}."
