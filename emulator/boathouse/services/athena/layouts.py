"""Hive's text layouts of tables, as Athena answers SHOW and DESCRIBE, and the Glue table that DDL describes.

Paddings, headings and separators as measured on Athena by others; SHOW CREATE TABLE's as its documentation shows.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from boathouse.dialects.athena.statements import CreateExternalTable
from boathouse.errors import Unsupported
from boathouse.relation import Column

WIDTH = 20


def matching(names: Iterable[str], pattern: str | None) -> list[str]:
    """``*`` stands for any characters, ``|`` for a choice."""
    if pattern is None:
        return list(names)
    choices = "|".join(".*".join(map(re.escape, choice.split("*"))) for choice in pattern.split("|"))
    return [name for name in names if re.fullmatch(choices, name)]


def column_names(table: Mapping[str, Any]) -> list[str]:
    return [_padded(column["Name"]) for column in _columns(table) + _keys(table)]


def properties(table: Mapping[str, Any], only: str | None) -> list[str]:
    found = dict(sorted((table.get("Parameters") or {}).items()))
    if only is None:
        return [f"{name}\t{value}" for name, value in found.items()]
    if only not in found:
        return [f"Table {table['DatabaseName']}.{table['Name']} does not have property: {only}"]
    return [f"{only}\t{found[only]}"]


def described(table: Mapping[str, Any]) -> list[str]:
    lines = [_described(column) for column in _columns(table) + _keys(table)]
    if not _keys(table):
        return lines
    heading = "\t".join(_padded(name) for name in ("# col_name", "data_type", "comment"))
    blank = "\t \t "
    return [*lines, blank, f"# Partition Information{blank}", heading, blank, *map(_described, _keys(table))]


def create_table(table: Mapping[str, Any]) -> list[str]:
    if table.get("TableType") == "VIRTUAL_VIEW":
        raise Unsupported("SHOW CREATE TABLE of a view")
    storage = table["StorageDescriptor"]
    serde = storage.get("SerdeInfo") or {}
    lines = [f"CREATE EXTERNAL TABLE `{table['Name']}`(", *_listed(_declared(column) for column in _columns(table))]
    lines[-1] += ")"
    if comment := (table.get("Parameters") or {}).get("comment"):
        lines.append(f"COMMENT '{_quoted(comment)}'")
    if keys := _keys(table):
        lines += ["PARTITIONED BY ( ", *_listed(_declared(column) for column in keys)]
        lines[-1] += ")"
    lines += ["ROW FORMAT SERDE ", f"  '{serde.get('SerializationLibrary', '')}' "]
    if serde_properties := _pairs(serde.get("Parameters") or {}):
        lines += ["WITH SERDEPROPERTIES ( ", *serde_properties]
        lines[-1] += " "
    lines += ["STORED AS INPUTFORMAT ", f"  '{storage.get('InputFormat', '')}' "]
    lines += ["OUTPUTFORMAT ", f"  '{storage.get('OutputFormat', '')}'"]
    lines += ["LOCATION", f"  '{storage.get('Location', '')}'"]
    shown = {key: value for key, value in (table.get("Parameters") or {}).items() if key not in ("EXTERNAL", "comment")}
    return [*lines, "TBLPROPERTIES (", *(_pairs(shown) or ["  )"])]


def table_input(statement: CreateExternalTable) -> dict[str, Any]:
    """The Glue table that a CREATE EXTERNAL TABLE describes."""
    comment = {"comment": statement.comment} if statement.comment else {}
    serde = {"serialization.format": "1", **statement.storage.serde_properties}
    return {
        "Name": statement.table.table,
        "Owner": "hadoop",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", **comment, **statement.properties},
        "PartitionKeys": [_glue_column(column) for column in statement.partition_columns],
        "StorageDescriptor": {
            "Columns": [_glue_column(column) for column in statement.columns],
            "Location": statement.location,
            "InputFormat": statement.storage.input_format,
            "OutputFormat": statement.storage.output_format,
            "SerdeInfo": {"SerializationLibrary": statement.storage.serde, "Parameters": serde},
            "Compressed": False,
            "NumberOfBuckets": -1,
        },
    }


def _glue_column(column: Column) -> dict[str, str]:
    comment = {"Comment": column.comment} if column.comment else {}
    return {"Name": column.name, "Type": column.type.hive, **comment}


def _columns(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list((table.get("StorageDescriptor") or {}).get("Columns") or ())


def _keys(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(table.get("PartitionKeys") or ())


def _padded(text: str) -> str:
    return text.ljust(WIDTH)


def _described(column: Mapping[str, Any]) -> str:
    return "\t".join(_padded(column.get(member) or "") for member in ("Name", "Type", "Comment"))


def _declared(column: Mapping[str, Any]) -> str:
    comment = f" COMMENT '{_quoted(column['Comment'])}'" if column.get("Comment") else ""
    return f"  `{column['Name']}` {column.get('Type', 'string')}{comment}"


def _listed(lines: Iterable[str]) -> list[str]:
    """All but the last with a comma and a blank, as Hive prints lists."""
    *head, last = lines
    return [f"{line}, " for line in head] + [last]


def _pairs(values: Mapping[str, str]) -> list[str]:
    if not values:
        return []
    lines = _listed(f"  '{_quoted(key)}'='{_quoted(value)}'" for key, value in sorted(values.items()))
    lines[-1] += ")"
    return lines


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
