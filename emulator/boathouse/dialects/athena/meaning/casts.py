"""CAST and TRY_CAST: which types become which, and what fails as in Trino (https://trino.io/docs/435/functions/conversion.html)."""

from boathouse.datatypes import UNKNOWN, VARCHAR, DataType
from boathouse.dialects.athena.errors import semantic, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.env import Env
from boathouse.dialects.athena.meaning.value import Value, cast_sql, coerced, physical_at, tried
from boathouse.dialects.athena.types.coercion import INTEGER_BITS, INTEGERS, can_coerce
from boathouse.dialects.athena.types.names import sentence_name
from boathouse.dialects.athena.types.physical import literal

_NUMBERS = (*INTEGERS, "real", "double", "decimal")
_TO_TEXT = (*_NUMBERS, "boolean", "date", "timestamp", "timestamp with time zone")
_TRINO_CASTS = {
    **{name: frozenset((*_NUMBERS, "boolean", "varchar", "json")) for name in ("boolean", *_NUMBERS)},
    "varchar": frozenset(
        (*_TO_TEXT, "varchar", "char", "varbinary", "time", "json", "time with time zone", "uuid", "ipaddress")
    ),
    "char": frozenset(("varchar", "char")),
    "varbinary": frozenset(("varbinary", "uuid", "ipaddress", "hyperloglog")),
    "date": frozenset(("varchar", "date", "timestamp", "timestamp with time zone", "json")),
    "timestamp": frozenset(
        ("varchar", "date", "time", "time with time zone", "timestamp", "timestamp with time zone", "json")
    ),
    "timestamp with time zone": frozenset(
        ("varchar", "date", "time", "time with time zone", "timestamp", "timestamp with time zone")
    ),
    "interval day to second": frozenset(("varchar",)),
    "interval year to month": frozenset(("varchar",)),
    "array": frozenset(("array", "json")),
    "map": frozenset(("map", "json")),
    "row": frozenset(("row", "json")),
    "json": frozenset((*_NUMBERS, "boolean", "varchar", "json", "array", "map", "row")),
}
"""What Trino 435 casts at all; the rules beneath do most of it."""

_FROM_TEXT = {
    "boolean": "trino_text_to_boolean({0})",
    "date": "trino_text_to_date({0})",
    "double": "trino_text_to_double({0})",
    "real": "CAST(trino_text_to_double({0}) AS FLOAT)",
}
_MAY_FAIL = (tree.Arithmetic, tree.Cast, tree.Subscript, tree.Unary, tree.Call, tree.ScalarSubquery)


def cast(node: tree.Cast, env: Env) -> Value:
    value = env.translate(node.operand)
    target = node.type
    if not (value.type == UNKNOWN or target.name in _TRINO_CASTS.get(value.type.name, ())):
        names = sentence_name(value.type), sentence_name(target)
        raise semantic("TYPE_MISMATCH", node.at, f"Cannot cast {names[0]} to {names[1]}")
    physical_at(target, node.at)
    sql = _sql(value, target, node)
    if node.safe and sql != value.sql:
        # TRY_CAST forgives the cast alone, TRY everything within.
        if any(isinstance(part, _MAY_FAIL) for part in tree.walk(node.operand) if not _is_harmless(part)):
            raise unsupported(node.at, "TRY_CAST of an expression that may itself fail")
        sql = tried(sql, node)
    return Value(sql, target, node.at, node.text, value.constant if target == value.type else None)


_HARMLESS = frozenset(
    "lower upper trim ltrim rtrim length replace coalesce json_extract_scalar regexp_extract nullif".split()
)


def _is_harmless(part: tree.Node) -> bool:
    return isinstance(part, tree.Call) and part.name in _HARMLESS


def _sql(value: Value, target: DataType, node: tree.Cast) -> str:
    given = value.type
    if given == UNKNOWN:
        return f"CAST(NULL AS {physical_at(target, node.at)})"
    if given == target:
        return value.sql
    if target.name == "varchar":
        return _to_text(value, target, node)
    if can_coerce(given, target):
        return coerced(value, target).sql
    if given.name == "varchar":
        return _from_text(value, target, node)
    if given.name in (*_NUMBERS, "boolean"):
        return _number(value, target, node)
    if target.name in ("date", "timestamp", "timestamp with time zone"):
        return _moment(value, target, node)
    if given.name == target.name and given.children:
        return _nested(value, target, node)
    raise _gap(value, target, node)


def _gap(value: Value, target: DataType, node: tree.Cast) -> Exception:
    return unsupported(node.at, f"CAST from {value.type} to {target}")


def _to_text(value: Value, target: DataType, node: tree.Cast) -> str:
    """A varchar(n) cuts a longer text, and holds nothing else that is longer."""
    if value.type.name not in (*_TO_TEXT, "varchar"):
        raise _gap(value, target, node)
    sql = value.sql if value.is_text else _text_of(value, node)
    if not target.parameters:
        return sql
    length = target.parameters[0]
    if value.is_text:
        fits = value.type.parameters and value.type.parameters[0] <= length
        return sql if fits else f"substring({sql}, 1, {length})"
    return f"trino_short_text({sql}, {length}, {literal(str(target))})"


def _text_of(value: Value, node: tree.Cast) -> str:
    name = value.type.name
    if name == "real":
        raise _gap(value, VARCHAR, node)  # Trino rounds to seven digits there
    if name == "decimal" and value.type.parameters[0] == value.type.parameters[1]:
        return f"trino_decimal_to_text({value.sql})"
    if name == "double":
        return f"trino_number_to_text(trino_known_double({value.sql}, {literal(str(node.at))}))"
    if name in ("timestamp", "timestamp with time zone"):
        formats = {0: "%Y-%m-%d %H:%M:%S", 3: "%Y-%m-%d %H:%M:%S.%g", 6: "%Y-%m-%d %H:%M:%S.%f"}
        pattern = formats.get(value.type.parameters[0])
        if pattern is None:
            raise _gap(value, VARCHAR, node)
        zone = " UTC" if name == "timestamp with time zone" else ""
        return f"strftime({value.sql}, {literal(pattern + zone)})"
    return f"CAST({value.sql} AS VARCHAR)"


def _from_text(value: Value, target: DataType, node: tree.Cast) -> str:
    if target.name in INTEGERS:
        name = {"integer": "INT"}.get(target.name, target.name.upper())
        return f"CAST(trino_integer_text({value.sql}, '{name}') AS {target.name.upper()})"
    if target.name == "decimal":
        name = literal(str(target).upper())
        return f"CAST(trino_decimal_text({value.sql}, {name}) AS {physical_at(target, node.at)})"
    if target.name in _FROM_TEXT:
        return _FROM_TEXT[target.name].format(value.sql)
    if target.name == "timestamp" and target.parameters[0] == 3:
        return f"trino_text_to_timestamp({value.sql})"
    if target.name == "varbinary":
        return f"encode({value.sql})"
    raise _gap(value, target, node)


def _number(value: Value, target: DataType, node: tree.Cast) -> str:
    given, after = value.type.name, physical_at(target, node.at)
    if target.name == "boolean":
        return f"({value.sql} <> 0)"
    if given == "boolean":
        return f"CAST(CAST({value.sql} AS TINYINT) AS {after})"
    if target.name in INTEGERS:  # a fraction rounds half up, away from zero; DuckDB's doubles go to the even neighbour
        if given in ("real", "double"):
            return f"CAST(trino_double_within(round({value.sql}), {_bounds(target)}, '{target.name}') AS {after})"
        return f"CAST(trino_within({value.sql}, {_bounds(target)}, '{target.name}') AS {after})"
    if given in ("real", "double"):
        if target.name == "decimal":  # by its shortest digits, as Java's BigDecimal.valueOf
            return f"CAST(trino_plain_text(trino_known_double({value.sql}, {literal(str(node.at))})) AS {after})"
        if target.name == "real":
            return f"trino_double_to_real({value.sql})"
    if given == "decimal" and target.name in ("real", "double"):
        return cast_sql(value, target, after)
    return f"CAST({value.sql} AS {after})"


def _bounds(target: DataType) -> str:
    limit = 2 ** (INTEGER_BITS[target.name] - 1)
    return f"{-limit}, {limit - 1}"


def _moment(value: Value, target: DataType, node: tree.Cast) -> str:
    after = physical_at(target, node.at)
    if target.name == "date":
        return f"CAST({value.sql} AS DATE)"
    lost = (value.type.parameters or (0,))[0] - target.parameters[0]
    if lost <= 0:
        return f"CAST({value.sql} AS {after})"
    rounded = {3: ("500", "milliseconds"), 0: ("500000", "seconds")}.get(target.parameters[0])
    if rounded is None:
        raise _gap(value, target, node)
    return f"CAST(date_trunc('{rounded[1]}', {value.sql} + to_microseconds({rounded[0]})) AS {after})"


def _nested(value: Value, target: DataType, node: tree.Cast) -> str:
    """Only where each part becomes the other by itself, and a row's fields keep or get their names."""
    given = value.type
    pairs = zip(given.children, target.children, strict=False)
    if len(given.children) != len(target.children) or not all(can_coerce(*pair) for pair in pairs):
        raise _gap(value, target, node)
    if any(child.children for child in (*given.children, *target.children)):
        raise _gap(value, target, node)
    if given.name == "row" and any(given.names) and given.names != target.names:
        raise _gap(value, target, node)
    return f"CAST({value.sql} AS {physical_at(target, node.at)})"
