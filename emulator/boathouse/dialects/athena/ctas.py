"""CREATE TABLE AS: the properties that Athena takes, and what it refuses of them.

https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html
"""

from boathouse.dialects.athena.errors import Position, SqlRefused, runtime, semantic, unsupported
from boathouse.dialects.athena.grammar import relational, tree
from boathouse.dialects.athena.meaning.statement import analysed
from boathouse.dialects.athena.meaning.work import Work
from boathouse.dialects.athena.statements import CreateTableAs, Query

Properties = dict[str, tuple[Position, tree.Expression]]

_TEXT = (
    "external_location",
    "format",
    "write_compression",
    "parquet_compression",
    "orc_compression",
    "field_delimiter",
)
_UNSUPPORTED = (
    "partitioning",
    "location",
    "is_external",
    "vacuum_min_snapshots_to_keep",
    "vacuum_max_snapshot_age_seconds",
    "write_target_data_file_size_bytes",
    "bucketed_by",
    "bucket_count",
    "compression_level",
)
_FORMATS = ("PARQUET", "ORC", "AVRO", "JSON", "TEXTFILE", "ION", "RCFILE", "SEQUENCEFILE")


def create_table_as(node: relational.CreateTableAs, work: Work) -> CreateTableAs:
    query, written = analysed(node.query, work)
    target = work.table_name(node.parts, node.at)
    given = _checked(node)
    texts = {name: _text(name, *given[name]) for name in _TEXT if name in given}
    partitioned_by = _names("partitioned_by", given)
    _check_columns(query, written, node)
    _check_partitions([column.name.lower() for column in query.columns], partitioned_by, node.at)
    format_name = texts.get("format", "PARQUET").upper()
    if format_name not in _FORMATS:
        raise _invalid("format", *given["format"])
    return CreateTableAs(
        query=query,
        target=target,
        format=format_name,
        external_location=texts.get("external_location"),
        partitioned_by=partitioned_by,
        compression=_compression(texts, format_name),
        if_not_exists=node.if_not_exists,
        with_data=node.with_data,
        comment=node.comment,
        properties={name: texts[name] for name in ("field_delimiter",) if name in texts},
        places={name: str(at) for name, (at, _) in given.items()},
    )


def _checked(node: relational.CreateTableAs) -> Properties:
    found: Properties = {}
    for name, at, value in node.properties:
        if name in found:
            raise semantic("DUPLICATE_PROPERTY", at, f"Duplicate property: {name}")
        found[name] = (at, value)
        if name == "table_type":
            if _text(name, at, value).upper() != "HIVE":
                raise unsupported(at, f"a table of the type {_text(name, at, value).upper()}")
        elif name in _UNSUPPORTED:
            raise unsupported(at, f"the table property {name}")
        elif name not in (*_TEXT, "partitioned_by"):
            raise semantic(
                "INVALID_TABLE_PROPERTY", at, f"Catalog 'awsdatacatalog' table property '{name}' does not exist"
            )
    return found


def _text(name: str, at: Position, value: tree.Expression) -> str:
    if not isinstance(value, tree.StringLiteral):
        raise _invalid(name, at, value)
    return value.value


def _invalid(name: str, at: Position, value: tree.Expression) -> SqlRefused:
    sentence = f"Invalid value for catalog 'awsdatacatalog' table property '{name}': Cannot convert [{value.text}]"
    return semantic("INVALID_TABLE_PROPERTY", at, sentence)


def _names(name: str, given: Properties) -> tuple[str, ...]:
    if name not in given:
        return ()
    at, value = given[name]
    if not isinstance(value, tree.ArrayConstructor):
        raise _invalid(name, at, value)
    return tuple(_text(name, at, item).lower() for item in value.items)


def _compression(texts: dict[str, str], format_name: str) -> str | None:
    """``write_compression``, or the older property of the format's own."""
    own = {"PARQUET": "parquet_compression", "ORC": "orc_compression"}.get(format_name)
    found = texts.get("write_compression") or (texts.get(own) if own else None)
    return found.upper() if found else None


def _check_columns(query: Query, written: tuple[str | None, ...], node: relational.CreateTableAs) -> None:
    """Each column has a name, once, and a type."""
    for index, column in enumerate(query.columns):
        if written[index] is None:
            raise semantic("MISSING_COLUMN_NAME", node.at, f"Column name not specified at position {index + 1}")
        if column.name.lower() in [earlier.name.lower() for earlier in query.columns[:index]]:
            raise semantic("DUPLICATE_COLUMN_NAME", node.at, f"Column name '{column.name}' specified more than once")
        if column.type.name == "unknown":
            raise semantic("COLUMN_TYPE_UNKNOWN", node.at, f"Column type is unknown at position {index + 1}")


def _check_partitions(names: list[str], partitioned_by: tuple[str, ...], at: Position) -> None:
    """In the words of Trino's Hive connector, which gives no position."""
    if not partitioned_by:
        return
    missing = [name for name in partitioned_by if name not in names]
    if missing:
        raise runtime("INVALID_TABLE_PROPERTY", at, f"Partition columns [{', '.join(missing)}] not present in schema")
    if len(partitioned_by) == len(names):
        raise runtime("INVALID_TABLE_PROPERTY", at, "Table contains only partition columns")
    if tuple(names[-len(partitioned_by) :]) != partitioned_by:
        sentence = "Partition keys must be the last columns in the table and in the same order as the table properties"
        raise runtime("HIVE_COLUMN_ORDER_MISMATCH", at, f"{sentence}: [{', '.join(partitioned_by)}]")
