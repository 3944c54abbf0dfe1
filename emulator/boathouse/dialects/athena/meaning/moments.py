"""Literals of dates, timestamps and intervals, and what the clock says (https://trino.io/docs/435/language/types.html)."""

import re
from datetime import date, datetime

from boathouse.datatypes import DATE, DataType
from boathouse.dialects.athena.errors import invalid_literal, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.value import Value
from boathouse.dialects.athena.types.physical import MOST_DIGITS

_DATE = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*")
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,12}))?)?)?"
    r"\s*(Z|UTC|[+-]\d\d:\d\d|[A-Z].*)?"
)
_INTERVAL_UNITS = {"DAY": 86_400_000, "HOUR": 3_600_000, "MINUTE": 60_000, "SECOND": 1_000}
_INTERVAL_FIELDS = ("DAY", "HOUR", "MINUTE", "SECOND")
_BETWEEN_FIELDS = {"DAY": r"\s+", "HOUR": ":", "MINUTE": ":"}
_UTC = ("Z", "UTC", "+00:00", "-00:00")


def date_value(written: str, node: tree.Expression) -> Value:
    if not re.match(r"\s*\d{4}-", written):
        raise _year(written, node, "DATE")
    match = _DATE.fullmatch(written)
    try:
        found = date(*map(int, match.groups())) if match else None
    except ValueError:
        found = None
    if found is None:
        raise invalid_literal(node.at, written, "DATE")
    return Value(f"DATE '{found.isoformat()}'", DATE, node.at, node.text, found.isoformat())


def timestamp_value(written: str, node: tree.Expression) -> Value:
    """The digits after the second are the type's precision; a zone makes it a timestamp with time zone."""
    match = _TIMESTAMP.fullmatch(written)
    if match is None:
        raise (
            _year(written, node, "TIMESTAMP")
            if not re.match(r"\d{4}-", written)
            else invalid_literal(node.at, written, "TIMESTAMP")
        )
    *parts, fraction, zone = match.groups()
    precision = len(fraction or "")
    if zone is not None and zone not in _UTC:
        raise unsupported(node.at, f"a timestamp with the time zone {zone}")
    if precision > MOST_DIGITS:
        raise unsupported(node.at, f"the type timestamp({precision})")
    try:
        whole = datetime(*(int(part or 0) for part in parts))  # type: ignore[arg-type]  # noqa: DTZ001 (a wall clock)
    except ValueError:
        raise invalid_literal(node.at, written, "TIMESTAMP") from None
    shown = whole.isoformat(" ") + (f".{fraction}" if fraction else "")
    if zone is not None:
        return Value(
            f"TIMESTAMPTZ '{shown}+00'", DataType("timestamp with time zone", (precision,)), node.at, node.text, shown
        )
    return Value(f"TIMESTAMP '{shown}'", DataType("timestamp", (precision,)), node.at, node.text, shown)


def _year(written: str, node: tree.Expression, name: str) -> Exception:
    if re.match(r"\s*[+-]?\d{4,}-\d", written):
        return unsupported(node.at, f"a year of more than four digits or before the year 1 ({node.text})")
    return invalid_literal(node.at, written, name)


def interval(node: tree.IntervalLiteral) -> Value:
    """Milliseconds, or months; ``constant`` is their number."""
    sign = -1 if node.negative else 1
    if node.start in ("YEAR", "MONTH"):
        months = sign * _months(node)
        return Value(f"to_months({months})", DataType("interval year to month"), node.at, node.text, months)
    milliseconds = sign * _milliseconds(node)
    sql = f"to_microseconds({milliseconds * 1000})"
    return Value(sql, DataType("interval day to second"), node.at, node.text, milliseconds)


def _months(node: tree.IntervalLiteral) -> int:
    pattern = r"\s*([+-]?)(\d+)\s*" if node.end in (None, node.start) else r"\s*([+-]?)(\d+)-(\d+)\s*"
    match = re.fullmatch(pattern, node.value)
    if match is None or (node.start, node.end) == ("MONTH", "YEAR") or node.end not in (None, "YEAR", "MONTH"):
        raise _invalid_interval(node)
    sign, first, *rest = match.groups()
    months = int(first) * (12 if node.start == "YEAR" else 1) + int(rest[0] if rest else 0)
    return -months if sign == "-" else months


def _milliseconds(node: tree.IntervalLiteral) -> int:
    start, end = node.start, node.end or node.start
    if start not in _INTERVAL_FIELDS or end not in _INTERVAL_FIELDS:
        raise _invalid_interval(node)
    chosen = _INTERVAL_FIELDS[_INTERVAL_FIELDS.index(start) : _INTERVAL_FIELDS.index(end) + 1]
    pattern = r"\s*([+-]?)" + "".join(rf"(\d+){_BETWEEN_FIELDS[name] if name != chosen[-1] else ''}" for name in chosen)
    match = re.fullmatch(pattern + (r"(?:\.(\d{1,3}))?" if end == "SECOND" else "") + r"\s*", node.value)
    if not chosen or match is None:
        raise _invalid_interval(node)
    sign, *numbers = match.groups()
    total = sum(int(number) * _INTERVAL_UNITS[name] for name, number in zip(chosen, numbers, strict=False))
    if end == "SECOND":
        total += int((numbers[-1] or "0").ljust(3, "0"))
    return -total if sign == "-" else total


def _invalid_interval(node: tree.IntervalLiteral) -> Exception:
    return invalid_literal(node.at, node.value, "INTERVAL")


def current_time(node: tree.CurrentTime) -> Value:
    """Milliseconds, as Trino has them unless told otherwise; every mention in a statement is the same instant."""
    if node.name in ("CURRENT_TIME", "LOCALTIME"):
        raise unsupported(node.at, node.name)
    if node.name == "CURRENT_DATE":
        return Value("CAST(now() AS DATE)", DATE, node.at, node.text)
    precision = 3 if node.precision is None else node.precision
    if precision != 3:
        raise unsupported(node.at, f"{node.name} with a precision other than 3")
    if node.name == "LOCALTIMESTAMP":
        sql = "date_trunc('milliseconds', CAST(now() AS TIMESTAMP))"
        return Value(sql, DataType("timestamp", (3,)), node.at, node.text)
    return Value("date_trunc('milliseconds', now())", DataType("timestamp with time zone", (3,)), node.at, node.text)
