"""ColumnInfo: what GetQueryResults says of a result's columns. Values as measured on Athena (engine version 3)."""

from collections.abc import Iterable
from typing import Any

from boathouse.datatypes import BIGINT, DataType
from boathouse.relation import Column

UNBOUNDED = 2147483647
PRECISIONS = {
    "tinyint": 3,
    "smallint": 5,
    "integer": 10,
    "bigint": 19,
    "real": 17,
    "double": 17,
    "timestamp": 3,
    "timestamp with time zone": 3,
    "time": 3,
    "varbinary": 1073741824,
}
NAMES = {"real": "float"}


def column_infos(columns: Iterable[Column]) -> list[dict[str, Any]]:
    return [_info(column.name, NAMES.get(column.type.name, column.type.name), column.type) for column in columns]


def rows_column() -> list[dict[str, Any]]:
    """What a statement that writes answers in place of a result."""
    return column_infos([Column("rows", BIGINT)])


def text_columns(names: Iterable[str]) -> list[dict[str, Any]]:
    """The columns of what Hive answers: SHOW, DESCRIBE."""
    return [_info(name, "string", DataType("string")) for name in names]


def _info(name: str, type_name: str, type_: DataType) -> dict[str, Any]:
    precision, scale = PRECISIONS.get(type_.name, 0), 0
    if type_.name == "decimal":
        precision, scale = type_.parameters
    elif type_.name in ("varchar", "char"):
        precision = type_.parameters[0] if type_.parameters else UNBOUNDED
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": type_name,
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": type_.name in ("varchar", "char"),
    }
