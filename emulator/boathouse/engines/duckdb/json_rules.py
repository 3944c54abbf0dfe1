"""How a JSON value becomes one of a type: the lenient OpenX SerDe's rules, and the strict ones of Hive's own SerDe.

Both as Trino 476 has them, value by value. Strict means that what does not fit fails the query.
"""

from collections.abc import Callable
from dataclasses import dataclass

from boathouse.datatypes import DataType
from boathouse.engines.duckdb.errors import EngineError
from boathouse.engines.duckdb.types import text, type_name

LENIENT = {
    "tinyint": "TRY_CAST(athena_whole_number({s}) AS TINYINT)",
    "smallint": "TRY_CAST(athena_whole_number({s}) AS SMALLINT)",
    "integer": "TRY_CAST(athena_whole_number({s}) AS INTEGER)",
    "bigint": "athena_whole_number({s})",
    "real": "TRY_CAST(athena_float({s}) AS FLOAT)",
    "double": "athena_float({s})",
    "date": "athena_json_date({s})",
    "timestamp": "athena_to_millis(athena_json_timestamp({s}))",
    "varbinary": "from_base64({s})",
}
NUMBERS = frozenset(("tinyint", "smallint", "integer", "bigint", "real", "double"))
STRICT_TEXTS = {
    "date": "NOT contains({s}, 'T')",
    "timestamp": "NOT regexp_matches({s}, '[zZ]|[+-][0-9]{{2}}:?[0-9]{{2}}$')",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """``scalar`` gives SQL for a value that is no array, map or row. ``wraps``: a lone value is an array of one, an
    array a row by position, an empty text a NULL. ``line`` is the macro that reads a line."""

    scalar: Callable[[str, DataType], str]
    wraps: bool
    line: str


def bound(value: str, build: Callable[[str], str]) -> str:
    """``build`` may mention its argument often: as a lambda's parameter the value is computed once."""
    if value.isidentifier() or value.strip('"').isdigit():
        return build(value)
    return f"list_transform([{value}], lambda v: {build('v')})[1]"


def lenient(value: str, type_: DataType) -> str:
    if type_.name in ("varchar", "char"):
        return cut(f"athena_json_text({value})", type_)
    if type_.name == "boolean":
        return f"CASE WHEN json_type({value}) <> 'NULL' THEN coalesce(lower({value} ->> '$') = 'true', false) END"
    return bound(f"athena_scalar({value}, {text(type_.trino)})", lambda s: _read(s, type_))


def strict(value: str, type_: DataType) -> str:
    plain = f"athena_plain({value})"
    if type_.name in ("varchar", "char"):
        return _required(value, "true", cut(plain, type_), type_)
    if type_.name == "boolean":
        return _required(value, "true", f"lower({plain}) = 'true'", type_)
    if type_.name == "decimal":
        unreadable = f"NOT athena_is_number({value}) AND TRY_CAST({plain} AS DOUBLE) IS NULL"
        return f"CASE WHEN NOT ({unreadable}) THEN {_required(value, 'true', _read(plain, type_), type_)} END"
    if type_.name in NUMBERS:
        return _required(value, f"athena_is_number({value})", _read(plain, type_), type_)
    if type_.name not in STRICT_TEXTS:
        raise EngineError("NOT_SUPPORTED", f"emulator: the type {type_} in Hive's JSON SerDe is not supported")
    accepted = f"NOT athena_is_number({value}) AND {STRICT_TEXTS[type_.name].format(s=plain)}"
    return _required(value, accepted, _read(plain, type_), type_)


def cut(value: str, type_: DataType) -> str:
    return f"left({value}, {type_.parameters[0]})" if type_.parameters else value


def _read(value: str, type_: DataType) -> str:
    if type_.name == "decimal":
        return f"TRY_CAST({value} AS {type_name(type_)})"
    if type_.name not in LENIENT:
        raise EngineError("NOT_SUPPORTED", f"emulator: the type {type_} in JSON is not supported")
    return LENIENT[type_.name].format(s=value)


def _required(value: str, accepted: str, result: str, type_: DataType) -> str:
    """``result`` where the value is there, is a scalar and is accepted; all else fails."""
    reason = text(f"HIVE_CURSOR_ERROR: Failed to read file: a value can not be read as {type_}: ")
    return f"""CASE WHEN {value} IS NULL OR json_type({value}) = 'NULL' THEN NULL
        WHEN json_type({value}) NOT IN ('OBJECT', 'ARRAY') AND ({accepted}) AND ({result}) IS NOT NULL THEN {result}
        ELSE CAST(error({reason} || CAST({value} AS VARCHAR)) AS {type_name(type_)}) END"""


OPENX = Rules(lenient, wraps=True, line="athena_line")
HIVE = Rules(strict, wraps=False, line="athena_strict_line")
