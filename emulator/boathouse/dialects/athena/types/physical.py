"""DuckDB's type for each of Trino's, the one that a translated column has. A type that is not here is refused."""

from boathouse.datatypes import DataType

_PLAIN = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "varbinary": "BLOB",
    "date": "DATE",
    "interval day to second": "INTERVAL",
    "interval year to month": "INTERVAL",
    "unknown": "VARCHAR",
}
MOST_DIGITS = 6
"""DuckDB keeps microseconds: a timestamp of more digits is refused."""


class NoPhysicalType(ValueError):
    """The message names the Trino type that has no DuckDB type here."""


def physical(given: DataType) -> str:
    if given.name in _PLAIN:
        return _PLAIN[given.name]
    if given.name == "decimal":
        return f"DECIMAL({given.parameters[0]}, {given.parameters[1]})"
    if given.name == "timestamp" and given.parameters[0] <= MOST_DIGITS:
        return "TIMESTAMP"
    if given.name == "timestamp with time zone" and given.parameters[0] <= MOST_DIGITS:
        return "TIMESTAMPTZ"
    if given.name == "array":
        return f"{physical(given.children[0])}[]"
    if given.name == "map":
        return f"MAP({physical(given.children[0])}, {physical(given.children[1])})"
    if given.name == "row":
        return f"STRUCT({', '.join(_fields(given))})"
    raise NoPhysicalType(f"the type {given}")


def _fields(given: DataType) -> list[str]:
    """Fields without a name are DuckDB's unnamed ones; a row that names only some of its fields is refused."""
    types = [physical(child) for child in given.children]
    if not any(given.names):
        return types
    if not all(given.names):
        raise NoPhysicalType(f"the type {given}, with names for some of its fields,")
    return [f"{quoted(name)} {child}" for name, child in zip(given.names, types, strict=True)]


def quoted(name: str) -> str:
    """An identifier as DuckDB quotes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string as DuckDB quotes it; the zero character cannot stand in its SQL."""
    return "'" + text.replace("'", "''") + "'"
