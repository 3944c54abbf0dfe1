"""Literals: their types, and their values as DuckDB writes them (https://trino.io/docs/435/language/types.html)."""

import math
import re

from boathouse.datatypes import (
    BIGINT,
    BOOLEAN,
    DOUBLE,
    INTEGER,
    REAL,
    UNKNOWN,
    VARBINARY,
    VARCHAR,
    DataType,
    decimal,
)
from boathouse.dialects.athena.errors import invalid_literal, semantic, unsupported
from boathouse.dialects.athena.grammar import tree
from boathouse.dialects.athena.meaning.moments import date_value, timestamp_value
from boathouse.dialects.athena.meaning.value import Value, integer_sql
from boathouse.dialects.athena.types.coercion import BY_NAME, INTEGER_BITS
from boathouse.dialects.athena.types.physical import literal


def null(node: tree.NullLiteral) -> Value:
    return Value("NULL", UNKNOWN, node.at, node.text)


def boolean(node: tree.BooleanLiteral) -> Value:
    return Value(str(node.value).lower(), BOOLEAN, node.at, node.text, node.value)


def integer(node: tree.IntegerLiteral) -> Value:
    return integer_value(node.value, INTEGER if -(2**31) <= node.value < 2**31 else BIGINT, node)


def integer_value(value: int, given: DataType, node: tree.Expression) -> Value:
    return Value(integer_sql(value, given), given, node.at, node.text, value)


def decimal_literal(node: tree.DecimalLiteral) -> Value:
    return _decimal(node.value, node)


def _decimal(written: str, node: tree.Expression) -> Value:
    """Its digits are its type, without the zeros in front (Trino's Decimals.parse)."""
    match = re.fullmatch(r"\s*([+-]?)0*(\d*)(?:\.(\d*))?\s*", written)
    if match is None or not any(character.isdigit() for character in written):
        raise invalid_literal(node.at, written, "DECIMAL")
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    precision, scale = max(1, len(whole) + len(fraction)), len(fraction)
    if precision > 38:
        raise invalid_literal(node.at, written, "DECIMAL")
    digits = f"{sign}{whole or '0'}.{fraction}" if fraction else f"{sign}{whole or '0'}"
    return Value(
        f"CAST('{digits}' AS DECIMAL({precision}, {scale}))", decimal(precision, scale), node.at, node.text, digits
    )


def double(node: tree.DoubleLiteral) -> Value:
    return _floating(node.value, DOUBLE, node)


def _floating(written: str, given: DataType, node: tree.Expression) -> Value:
    try:
        value = float(written)
    except ValueError:
        raise invalid_literal(node.at, written, given.name.upper()) from None
    shown = written.strip() if math.isfinite(value) else str(value)
    return Value(f"CAST('{shown}' AS {'DOUBLE' if given == DOUBLE else 'FLOAT'})", given, node.at, node.text, value)


def string(node: tree.StringLiteral) -> Value:
    return _string(node.value, DataType("varchar", (len(node.value),)), node)


def _string(value: str, given: DataType, node: tree.Expression) -> Value:
    if "\0" in value:
        raise unsupported(node.at, "the character U+0000 in a string")
    return Value(literal(value), given, node.at, node.text, value)


def binary(node: tree.BinaryLiteral) -> Value:
    return Value(f"from_hex('{node.value}')", VARBINARY, node.at, node.text)


def typed(node: tree.TypedLiteral) -> Value:
    name, written = node.type_name, node.value
    if name == "date":
        return date_value(written, node)
    if name == "timestamp":
        return timestamp_value(written, node)
    if name == "decimal":
        return _decimal(written, node)
    if name in ("double", "real"):
        return _floating(written, DOUBLE if name == "double" else REAL, node)
    if name in BY_NAME:
        return _typed_integer(written, BY_NAME[name], node)
    if name == "varchar":
        return _string(written, VARCHAR, node)
    if name == "boolean" and written.lower() in ("true", "false"):
        return Value(written.lower(), BOOLEAN, node.at, node.text, written.lower() == "true")
    if name in ("json", "char", "time", "boolean", "varbinary", "uuid", "ipaddress"):
        raise unsupported(node.at, f"the literal {node.text}")
    raise semantic("TYPE_NOT_FOUND", node.at, f"Unknown resolvedType: {name}")


def _typed_integer(written: str, given: DataType, node: tree.Expression) -> Value:
    bits = INTEGER_BITS[given.name]
    if not re.fullmatch(r"[+-]?\d+", written) or not -(2 ** (bits - 1)) <= int(written) < 2 ** (bits - 1):
        raise invalid_literal(node.at, written, given.name.upper())
    return integer_value(int(written), given, node)
