"""The binary ``.metadata`` file beside a result, which Athena's JDBC driver reads before the result itself.

A protobuf message without an official schema: 1 query id, 2 kind of update, 3 its count, 4 columns, each with
1 catalog, 4 name, 5 label, 6 type, 7 precision, 8 scale, 9 nullable, 10 case sensitive, as read by public drivers.
"""

from collections.abc import Sequence
from typing import Any

VARINT, BYTES = 0, 2
NULLABLE_UNKNOWN = 3
WITHOUT_SIZE = frozenset(("array", "map", "row", "json", "string"))
WITHOUT_PRECISION = WITHOUT_SIZE | {"boolean", "date", "interval day to second", "interval year to month"}
WITHOUT_SCALE = WITHOUT_PRECISION - {"date"}


def companion(query_id: str, columns: Sequence[dict[str, Any]], update: tuple[str, int] | None = None) -> bytes:
    """``columns`` are ColumnInfos; ``update`` is what a writing statement did and to how many rows."""
    parts = [_text(1, query_id)]
    if update is not None:
        parts += [_text(2, update[0]), _number(3, update[1])]
    parts += [_bytes(4, _column(column)) for column in columns]
    return b"".join(parts)


def _column(info: dict[str, Any]) -> bytes:
    """Which numbers are there at all depends on the type, not on their value (measured on Athena)."""
    type_ = info["Type"]
    parts = [_text(1, info["CatalogName"]), _text(4, info["Name"]), _text(5, info["Label"]), _text(6, type_)]
    if type_ not in WITHOUT_PRECISION:
        parts.append(_number(7, info["Precision"]))
    if type_ not in WITHOUT_SCALE:
        parts.append(_number(8, info["Scale"]))
    parts.append(_number(9, NULLABLE_UNKNOWN))
    if type_ not in WITHOUT_SIZE:
        parts.append(_number(10, int(info["CaseSensitive"])))
    return b"".join(parts)


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())


def _bytes(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | BYTES) + _varint(len(value)) + value


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3 | VARINT) + _varint(value)


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
