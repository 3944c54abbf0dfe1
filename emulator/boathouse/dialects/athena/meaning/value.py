"""A translated expression: DuckDB SQL of exactly the physical type of its Trino type."""

from dataclasses import dataclass, replace
from decimal import Decimal

from boathouse.datatypes import UNKNOWN, VARCHAR, DataType
from boathouse.dialects.athena.errors import Position, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.macros import may_refuse
from boathouse.dialects.athena.types.coercion import INTEGERS, can_coerce
from boathouse.dialects.athena.types.physical import NoPhysicalType, physical

Constant = str | int | float | bool | Decimal


@dataclass(frozen=True, slots=True)
class Value:
    """``text`` is the expression as the statement has it; ``constant`` its value where it is a literal other than
    NULL (a date's or timestamp's is its text)."""

    sql: str
    type: DataType
    at: Position
    text: str
    constant: Constant | None = None

    @property
    def is_text(self) -> bool:
        return self.type.name == "varchar"


def physical_at(given: DataType, at: Position) -> str:
    try:
        return physical(given)
    except NoPhysicalType as error:
        raise unsupported(at, str(error)) from None


def coerced(value: Value, target: DataType) -> Value:
    """``value`` as ``target``, which it becomes by itself in Trino; anything else is a mistake of the caller."""
    if value.type == target:
        return value
    if not can_coerce(value.type, target):
        raise ValueError(f"{value.type} does not become {target}")
    if isinstance(value.constant, int) and target.name in INTEGERS:
        return replace(value, sql=integer_sql(value.constant, target), type=target)
    before, after = physical_at(value.type, value.at), physical_at(target, value.at)
    if before == after and value.type != UNKNOWN:
        return replace(value, type=target)
    return replace(value, sql=cast_sql(value, target, after), type=target)


def integer_sql(number: int, given: DataType) -> str:
    return f"{number if number >= 0 else f'({number})'}::{given.name.upper()}"


def cast_sql(value: Value, target: DataType, after: str) -> str:
    if value.type.name == "decimal" and target.name in ("double", "real"):
        precision, scale = value.type.parameters
        return _floating(value.sql, precision, scale, after)
    return f"CAST({value.sql} AS {after})"


def _floating(sql: str, precision: int, scale: int, after: str) -> str:
    """A decimal of up to 18 digits is Trino's long, divided in the target's own arithmetic; a longer one is read as
    text. DuckDB does neither; where the digits fit the target there is no difference."""
    if precision > 18:
        return f"CAST(CAST({sql} AS VARCHAR) AS {after})"
    if scale == 0 or precision <= {"DOUBLE": 15, "FLOAT": 7}[after]:
        return f"CAST({sql} AS {after})"
    power = "1" + "0" * scale
    digits = f"CAST(CAST({sql} AS DECIMAL(38, {scale})) * {power} AS BIGINT)"
    return f"(CAST({digits} AS {after}) / CAST({power} AS {after}))"


def as_varchar(value: Value) -> Value:
    """A varchar(n) as varchar: the same SQL."""
    return replace(value, type=VARCHAR)


def tried(sql: str, node: tree.Expression) -> str:
    """NULL where ``sql`` fails as Trino would; what fails because it is not supported is refused beforehand."""
    if may_refuse(sql):
        raise unsupported(node.at, f"{node.text} (within, not every value is supported)")
    return f"TRY({sql})"
