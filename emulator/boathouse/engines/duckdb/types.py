"""Types and constants in DuckDB's SQL. Knows no files and no statements."""

from boathouse.datatypes import DataType
from boathouse.engines.duckdb.errors import EngineError

PLAIN = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "char": "VARCHAR",
    "varbinary": "BLOB",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMPTZ",
    "time": "TIME",
    "json": "JSON",
    "uuid": "UUID",
    "interval day to second": "INTERVAL",
    "interval year to month": "INTERVAL",
    "unknown": "VARCHAR",
}


def type_name(type_: DataType) -> str:
    """The type's name in DuckDB; EngineError for a type that no value of DuckDB can stand for."""
    match type_.name:
        case "decimal":
            return "DECIMAL({},{})".format(*type_.parameters)
        case "array":
            return f"{type_name(type_.children[0])}[]"
        case "map":
            return f"MAP({type_name(type_.children[0])}, {type_name(type_.children[1])})"
        case "row":
            fields = zip(type_.names, type_.children, strict=True)
            return f"STRUCT({', '.join(f'{identifier(name)} {type_name(child)}' for name, child in fields)})"
    if type_.name not in PLAIN:
        raise EngineError("NOT_SUPPORTED", f"emulator: the type {type_} is not supported")
    return PLAIN[type_.name]


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """``value`` as a string constant."""
    return "'" + value.replace("'", "''") + "'"


def listed(values: list[str]) -> str:
    """SQL expressions as a list constant."""
    return f"[{', '.join(values)}]"
