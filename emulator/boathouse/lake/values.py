"""Partition values: texts in the catalog and in paths, compared as their column's type.

Shared by GetPartitions expressions, by the pruning of a read's conditions, and by projection.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from boathouse.datatypes import DataType

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""What Hive writes in place of a NULL (https://cwiki.apache.org/confluence/display/Hive/DynamicPartitions)."""

INTEGERS = frozenset({"tinyint", "smallint", "integer", "bigint"})
TEXTS = frozenset({"varchar", "char"})
_INTEGER = re.compile(r"[+-]?\d+")
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?)?")


class NotOfType(ValueError):
    """The text is no value of the type: ``"x" is not an integer``."""

    def __init__(self, text: str, kind: str) -> None:
        super().__init__(f'"{text}" is not {kind}')
        self.kind = kind


def typed(text: str, type_: DataType) -> Any:
    """``text`` as something that compares as the type's values do; raises NotOfType.

    A type that partition columns do not have in Athena (array, map, row...) is compared as text.
    """
    if type_.name in INTEGERS:
        if not _INTEGER.fullmatch(text):
            raise NotOfType(text, "an integer")
        return int(text)
    if type_.name in ("decimal", "real", "double"):
        return _decimal(text)
    if type_.name == "date":
        return _date(text)
    if type_.name == "timestamp":
        return _timestamp(text)
    if type_.name == "boolean":
        return _boolean(text)
    return text


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise NotOfType(text, "a decimal") from error


def _date(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError as error:
        raise NotOfType(text, "a date") from error


def _timestamp(text: str) -> tuple[datetime, str]:
    """Seconds, and nine digits of fraction: Python's datetime has no nanoseconds."""
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        raise NotOfType(text, "a timestamp")
    day, time, fraction = found.groups()
    try:
        return datetime.fromisoformat(f"{day} {time or '00:00:00'}"), (fraction or "").ljust(9, "0")
    except ValueError as error:
        raise NotOfType(text, "a timestamp") from error


def _boolean(text: str) -> bool:
    known: Mapping[str, bool] = {"true": True, "false": False}
    if text.lower() not in known:
        raise NotOfType(text, "a boolean")
    return known[text.lower()]
