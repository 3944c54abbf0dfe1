"""Dates, timestamps and intervals in arithmetic (https://trino.io/docs/435/functions/datetime.html)."""

from boathouse.datatypes import BIGINT, DATE, DataType
from boathouse.dialects.athena.errors import runtime, semantic, unsupported
from boathouse.dialects.athena.functions.date import CLOCK_PARTS, PARTS
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.env import Env
from boathouse.dialects.athena.meaning.value import Value, coerced
from boathouse.dialects.athena.types.coercion import INTEGERS, common_type

DAY_TIME, YEAR_MONTH = "interval day to second", "interval year to month"
_DATETIMES = ("date", "timestamp", "timestamp with time zone")
_DAY = 86_400_000


def arithmetic(operator: str, left: Value, right: Value, node: tree.Expression) -> Value | None:
    """None where Trino has no such operator."""
    if operator == "+" and left.type.name in (DAY_TIME, YEAR_MONTH) and right.type.name in _DATETIMES:
        left, right = right, left
    if operator in "+-" and left.type.name in _DATETIMES and right.type.name in (DAY_TIME, YEAR_MONTH):
        return _shifted(operator, left, right, node)
    if operator == "-" and left.type.name in _DATETIMES and right.type.name in _DATETIMES:
        return _difference(left, right, node)
    if operator in "+-" and left.type.name == right.type.name and left.type.name in (DAY_TIME, YEAR_MONTH):
        return Value(f"({left.sql} {operator} {right.sql})", left.type, node.at, node.text)
    if operator == "*" and left.type.name in INTEGERS and right.type.name in (DAY_TIME, YEAR_MONTH):
        left, right = right, left
    if operator == "*" and left.type.name in (DAY_TIME, YEAR_MONTH) and right.type.name in INTEGERS:
        return Value(f"({left.sql} * {right.sql})", left.type, node.at, node.text)
    if operator in "*/" and {left.type.name, right.type.name} & {DAY_TIME, YEAR_MONTH}:
        raise unsupported(node.at, f"{left.type} {operator} {right.type}")
    return None


def extract(node: tree.Extract, env: Env) -> Value:
    """https://trino.io/docs/435/functions/datetime.html#extraction-function"""
    value, field = env.translate(node.operand), node.field.lower()
    if field.startswith("timezone") or value.type.name not in _DATETIMES:
        raise unsupported(node.at, f"EXTRACT({node.field} FROM {value.type})")
    if field in PARTS:
        return Value(f"{PARTS[field]}({value.sql})", BIGINT, node.at, node.text)
    if value.type == DATE:
        raise semantic("TYPE_MISMATCH", node.operand.at, f"Cannot extract {node.field} from date")
    return Value(CLOCK_PARTS[field].format(value.sql), BIGINT, node.at, node.text)


def at_time_zone(node: tree.AtTimeZone, env: Env) -> Value:
    """In UTC only: what stands for a timestamp with time zone here has no other zone."""
    value, zone = env.translate(node.operand), env.translate(node.zone)
    if zone.constant not in ("UTC", "Z", "+00:00"):
        raise unsupported(node.at, f"AT TIME ZONE {node.zone.text}")
    if value.type.name not in ("timestamp", "timestamp with time zone"):
        raise semantic(
            "TYPE_MISMATCH",
            node.operand.at,
            f"Type of value must be a time or timestamp with or without time zone (actual {value.type})",
        )
    target = DataType("timestamp with time zone", value.type.parameters)
    return Value(coerced(value, target).sql, target, node.at, node.text)


def _shifted(operator: str, moment: Value, interval: Value, node: tree.Expression) -> Value:
    sql = f"({moment.sql} {operator} {interval.sql})"
    if moment.type != DATE:
        precision = moment.type.parameters[0]
        if interval.type.name == DAY_TIME:  # an interval has milliseconds
            precision = max(3, precision)
        return Value(sql, DataType(moment.type.name, (precision,)), node.at, node.text)
    if interval.type.name == DAY_TIME:
        if not isinstance(interval.constant, int):
            raise unsupported(node.at, "a date and an interval day to second that is no literal")
        if interval.constant % _DAY:
            raise runtime("INVALID_FUNCTION_ARGUMENT", node.at, "Cannot add hour, minutes or seconds to a date")
    return Value(f"CAST({sql} AS DATE)", DATE, node.at, node.text)


def _difference(left: Value, right: Value, node: tree.Expression) -> Value | None:
    target = common_type(left.type, right.type)
    if target is None:
        return None
    left, right = coerced(left, target), coerced(right, target)
    result = DataType(DAY_TIME)
    if target == DATE:
        return Value(f"to_days(CAST({left.sql} - {right.sql} AS INTEGER))", result, node.at, node.text)
    if target.parameters[0] > 3:
        raise unsupported(node.at, f"{target} - {target}")
    return Value(f"to_microseconds(date_diff('microseconds', {right.sql}, {left.sql}))", result, node.at, node.text)
