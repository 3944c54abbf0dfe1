"""DuckDB's values as Trino's client protocol writes them, so that ours and the recorded ones are the same text."""

import base64
import math
import struct
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from boathouse.datatypes import DataType

MILLISECONDS = {"days": 86_400_000, "hours": 3_600_000, "minutes": 60_000, "seconds": 1_000}


def encoded(value: Any, given: DataType) -> Any:
    if value is None:
        return None
    if given.name == "array":
        return [encoded(item, given.children[0]) for item in value]
    if given.name == "map":
        keys = (encoded(key, given.children[0]) for key in value)
        return {str(key): encoded(item, given.children[1]) for key, item in zip(keys, value.values(), strict=True)}
    if given.name == "row":
        items = value.values() if isinstance(value, dict) else value
        return [encoded(item, child) for item, child in zip(items, given.children, strict=True)]
    return _plain(value, given)


def _plain(value: Any, given: DataType) -> Any:
    match value:
        case bool() | int() | str():
            return value
        case float():
            return _number(value, given)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return _timestamp(value, given)
        case date():
            return value.isoformat()
        case timedelta():
            return _interval(value, given)
        case bytes():
            return base64.b64encode(value).decode()
    raise TypeError(f"{type(value)} for {given}")


def _number(value: float, given: DataType) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return as_real(value) if given.name == "real" else value


def as_real(value: float) -> float:
    """The nearest number of 32 bits, however it was written."""
    found: float = struct.unpack("f", struct.pack("f", value))[0]
    return found


def _timestamp(value: datetime, given: DataType) -> str:
    precision = given.parameters[0]
    text = value.strftime("%Y-%m-%d %H:%M:%S")
    fraction = f".{value.microsecond:06}"[: precision + 1] if precision else ""
    return text + fraction + (" UTC" if given.name == "timestamp with time zone" else "")


def _interval(value: timedelta, given: DataType) -> str:
    """DuckDB's client counts 30 days a month."""
    if given.name == "interval year to month":
        months = value.days // 30
        return f"{months // 12}-{months % 12}"
    total = round(value / timedelta(milliseconds=1))
    days, rest = divmod(abs(total), MILLISECONDS["days"])
    hours, rest = divmod(rest, MILLISECONDS["hours"])
    minutes, rest = divmod(rest, MILLISECONDS["minutes"])
    seconds, milliseconds = divmod(rest, MILLISECONDS["seconds"])
    return f"{'-' if total < 0 else ''}{days} {hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}"
