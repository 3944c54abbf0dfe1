"""What a Glue table is to a statement and to an engine: its schema, and the format of its objects.

Formats are an allow-list by SerDe: whatever is not in it is refused by name, never read as something else.
"""

from collections.abc import Mapping
from typing import Any

from boathouse.datatypes import TypeSyntaxError, parse
from boathouse.errors import Unsupported
from boathouse.lake.state import Document
from boathouse.relation import Column, Format, Table, TableName

LAZY_SIMPLE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
FORMATS: Mapping[str, str] = {
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe": "PARQUET",
    "org.openx.data.jsonserde.JsonSerDe": "JSON",
    "org.apache.hive.hcatalog.data.JsonSerDe": "JSON",
    "org.apache.hadoop.hive.serde2.JsonSerDe": "JSON",
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": "CSV",
    LAZY_SIMPLE: "TEXTFILE",
}
NOT_TEXT = "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat"
TABLE_OPTIONS = ("skip.header.line.count", "serialization.null.format")
"""Table properties that change what a text format reads, as SerDe properties do."""
NO_EFFECT = frozenset({"serialization.format", "path", "paths"})
"""SerDe properties that writers leave behind and Athena does not read."""


def name_of(table: Document) -> TableName:
    return TableName(table["DatabaseName"], table["Name"])


def schema_of(table: Document) -> Table:
    """Columns in the table's order, partition keys apart; raises Unsupported for a view or a type of no use."""
    refuse_other_kinds(table)
    storage = table.get("StorageDescriptor") or {}
    name = name_of(table)
    return Table(name, _columns(name, storage.get("Columns")), _columns(name, table.get("PartitionKeys")))


def format_of(table: Document) -> Format:
    """How the table's objects are read: the format's name, with the properties of SerDe and table that matter."""
    refuse_other_kinds(table)
    storage = table.get("StorageDescriptor") or {}
    serde = storage.get("SerdeInfo") or {}
    library = serde.get("SerializationLibrary") or ""
    if library not in FORMATS or storage.get("InputFormat") == NOT_TEXT:
        odd = NOT_TEXT if storage.get("InputFormat") == NOT_TEXT else f"the SerDe {library or '(none)'}"
        raise Unsupported(f"{odd} of table {name_of(table)}")
    properties = table.get("Parameters") or {}
    options = {key: properties[key] for key in TABLE_OPTIONS if key in properties}
    options |= {key: value for key, value in (serde.get("Parameters") or {}).items() if key not in NO_EFFECT}
    return Format(FORMATS[library], options | {"serde": library})


def refuse_other_kinds(table: Document) -> None:
    """Tables whose objects are not simply their rows: views, Iceberg, Delta, Hudi."""
    properties = table.get("Parameters") or {}
    kind = str(properties.get("table_type") or properties.get("spark.sql.sources.provider") or "").lower()
    if table.get("TableType") == "VIRTUAL_VIEW":
        raise Unsupported(f"the view {name_of(table)}")
    if kind in ("iceberg", "delta", "hudi"):
        raise Unsupported(f"the {kind.capitalize()} table {name_of(table)}")


def _columns(name: TableName, columns: list[dict[str, Any]] | None) -> tuple[Column, ...]:
    return tuple(_column(name, column) for column in columns or ())


def _column(name: TableName, column: Mapping[str, Any]) -> Column:
    """Athena folds column names to lower case.

    https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
    """
    try:
        type_ = parse(column.get("Type") or "string")
    except TypeSyntaxError as error:
        raise Unsupported(f"the type '{column['Type']}' of column {column['Name']} of table {name}") from error
    return Column(column["Name"].lower(), type_, column.get("Comment") or "")
