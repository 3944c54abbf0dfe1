"""What a Parquet column's values become under the type that the table declares, or that they cannot.

Athena reads Parquet by the declared types and fails with HIVE_BAD_DATA where a file has something else:
https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html
"""

from duckdb.sqltypes import DuckDBPyType

from boathouse.datatypes import DataType
from boathouse.engines.duckdb.errors import EngineError
from boathouse.engines.duckdb.types import identifier, text, type_name

INTEGERS = frozenset(("tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint"))
UNSIGNED = frozenset(("uinteger", "ubigint"))
TIMESTAMPS = frozenset(("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns", "timestamp with time zone"))
COARSE_TIMESTAMPS = frozenset(("timestamp_s", "timestamp_ms"))
ACCEPTED = {
    "boolean": frozenset(("boolean",)),
    "tinyint": INTEGERS,
    "smallint": INTEGERS,
    "integer": INTEGERS,
    "bigint": INTEGERS,
    "real": frozenset(("float",)),
    "double": frozenset(("double", "float")),
    "decimal": INTEGERS | {"decimal"},
    "varchar": frozenset(("varchar", "blob", "enum")),
    "char": frozenset(("varchar", "blob", "enum")),
    "varbinary": frozenset(("blob", "varchar")),
    "date": frozenset(("date",)),
    "timestamp": TIMESTAMPS,
}
PHYSICAL = {
    "boolean": "BOOLEAN",
    "float": "FLOAT",
    "double": "DOUBLE",
    "varchar": "BINARY",
    "blob": "BINARY",
    "enum": "BINARY",
    "bigint": "INT64",
    "decimal": "FIXED_LEN_BYTE_ARRAY",
    "struct": "group",
    "list": "group",
    "map": "group",
}
MACROS = (
    # Athena's timestamps have milliseconds; finer values are rounded as Trino rounds them, half a millisecond up. The
    # remainder is made positive, since DuckDB's has the sign of what is divided: it is negative before 1970.
    (
        "CREATE MACRO athena_to_millis(t) AS"
        " make_timestamp(epoch_us(t) + 500 - ((epoch_us(t) + 500) % 1000 + 1000) % 1000)"
    ),
)


class Incompatible(Exception):
    """The file's values cannot stand for the declared type; ``physical`` is the type in Parquet's words."""

    def __init__(self, physical: str) -> None:
        super().__init__(physical)
        self.physical = physical


def coerced(value: str, actual: DuckDBPyType, declared: DataType) -> str:
    """SQL that makes ``value``, of DuckDB's type ``actual``, one of ``declared``; raises Incompatible."""
    match declared.name, actual.id:
        case "array", "list":
            return _array(value, actual, declared)
        case "map", "map":
            return _map(value, actual, declared)
        case "row", "struct":
            return _row(value, actual, declared)
    if actual.id in UNSIGNED:
        raise EngineError("NOT_SUPPORTED", "emulator: unsigned integers of 32 and 64 bits in Parquet")
    if actual.id not in ACCEPTED.get(declared.name, ()):
        raise Incompatible(PHYSICAL.get(actual.id, "INT64" if actual.id in TIMESTAMPS else "INT32"))
    if declared.name == "timestamp":
        plain = value if actual.id == "timestamp" else f"CAST({value} AS TIMESTAMP)"
        return plain if actual.id in COARSE_TIMESTAMPS else f"athena_to_millis({plain})"
    if declared.name in ("varchar", "char"):
        return _characters(value, actual, declared)
    if declared.name == "varbinary":
        return f"encode({value})" if actual.id == "varchar" else value
    wanted = type_name(declared)
    return value if str(actual) == wanted else f"CAST({value} AS {wanted})"


def _characters(value: str, actual: DuckDBPyType, declared: DataType) -> str:
    readable = {"blob": f"decode({value})", "enum": f"CAST({value} AS VARCHAR)"}.get(actual.id, value)
    if not declared.parameters:
        return readable
    return f"left({readable}, {declared.parameters[0]})"


def _array(value: str, actual: DuckDBPyType, declared: DataType) -> str:
    element = coerced("e", child_types(actual)[0], declared.children[0])
    return value if element == "e" else f"list_transform({value}, lambda e: {element})"


def _map(value: str, actual: DuckDBPyType, declared: DataType) -> str:
    key = coerced("e.key", child_types(actual)[0], declared.children[0])
    item = coerced("e.value", child_types(actual)[1], declared.children[1])
    if (key, item) == ("e.key", "e.value"):
        return value
    pair = f"lambda e: struct_pack(k := {key}, v := {item})"
    return f"map_from_entries(list_transform(map_entries({value}), {pair}))"


def _row(value: str, actual: DuckDBPyType, declared: DataType) -> str:
    spelled = [name for name, _ in actual.children]
    names = {name.lower(): (name, type_) for name, type_ in zip(spelled, child_types(actual), strict=True)}
    fields, same = [], spelled == list(declared.names)
    for name, type_ in zip(declared.names, declared.children, strict=True):
        if name not in names:
            fields.append(f"{identifier(name)} := CAST(NULL AS {type_name(type_)})")
            continue
        field = f"struct_extract({value}, {text(names[name][0])})"
        changed = coerced(field, names[name][1], type_)
        same = same and changed == field
        fields.append(f"{identifier(name)} := {changed}")
    return value if same else f"CASE WHEN {value} IS NOT NULL THEN struct_pack({', '.join(fields)}) END"


def child_types(type_: DuckDBPyType) -> list[DuckDBPyType]:
    """The types within a list, map or struct; its children are pairs of name and type."""
    return [child for _, child in type_.children if isinstance(child, DuckDBPyType)]
