"""Which of Trino's types become which by themselves, and where two of them meet.

https://trino.io/docs/435/language/types.html; the decimal rules are those of Trino's TypeCoercion.
"""

from boathouse.datatypes import BIGINT, DOUBLE, INTEGER, REAL, SMALLINT, TINYINT, UNKNOWN, DataType, decimal

INTEGERS = ("tinyint", "smallint", "integer", "bigint")
NUMBERS = (*INTEGERS, "decimal", "real", "double")
INTEGER_BITS = {"tinyint": 8, "smallint": 16, "integer": 32, "bigint": 64}
DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
BY_NAME = {"tinyint": TINYINT, "smallint": SMALLINT, "integer": INTEGER, "bigint": BIGINT}
INTERVALS = ("interval day to second", "interval year to month")
_INSTANT = "timestamp with time zone"
_DATETIMES = ("date", "timestamp", _INSTANT)


def as_decimal(given: DataType) -> DataType:
    """The decimal type that holds every value of an integer type; a decimal type itself."""
    return given if given.name == "decimal" else decimal(DIGITS[given.name], 0)


def common_type(left: DataType, right: DataType) -> DataType | None:
    """Trino's least type that both become, or None."""
    if left == right:
        return left
    if UNKNOWN in (left, right):
        return right if left == UNKNOWN else left
    if left.name in NUMBERS and right.name in NUMBERS:
        return _common_number(left, right)
    if left.name == right.name == "varchar":
        return _common_varchar(left, right)
    if left.name in _DATETIMES and right.name in _DATETIMES:
        return _common_datetime(left, right)
    if left.name == right.name and left.children and len(left.children) == len(right.children):
        return _common_nested(left, right)
    return None


def can_coerce(given: DataType, target: DataType) -> bool:
    """Whether Trino turns ``given`` into ``target`` without being asked."""
    return common_type(given, target) == target


def _common_number(left: DataType, right: DataType) -> DataType:
    names = {left.name, right.name}
    if "double" in names:
        return DOUBLE
    if "real" in names:
        return REAL
    if "decimal" in names:
        first, second = as_decimal(left).parameters, as_decimal(right).parameters
        scale = max(first[1], second[1])
        return decimal(min(38, max(first[0] - first[1], second[0] - second[1]) + scale), scale)
    return BY_NAME[max(names, key=INTEGERS.index)]


def _common_varchar(left: DataType, right: DataType) -> DataType:
    if not left.parameters or not right.parameters:
        return DataType("varchar")
    return DataType("varchar", (max(left.parameters[0], right.parameters[0]),))


def _common_datetime(left: DataType, right: DataType) -> DataType:
    name = max(left.name, right.name, key=_DATETIMES.index)
    precision = max((given.parameters[0] for given in (left, right) if given.parameters), default=0)
    return DataType(name, (precision,))


def _common_nested(left: DataType, right: DataType) -> DataType | None:
    children = [common_type(*pair) for pair in zip(left.children, right.children, strict=True)]
    if any(child is None for child in children):
        return None
    names = tuple(name if name == other else "" for name, other in zip(left.names, right.names, strict=True))
    return DataType(left.name, children=tuple(child for child in children if child is not None), names=names)


def without_length(given: DataType) -> DataType:
    """The type with every varchar(n) in it a varchar."""
    if given.name == "varchar":
        return DataType("varchar")
    return DataType(given.name, given.parameters, tuple(map(without_length, given.children)), given.names)
