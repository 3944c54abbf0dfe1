"""A relation over JSON lines as SQL, by the rules of the OpenX SerDe as Trino (and so Athena) reads it.

Keys match columns without case, a text column over something nested gets its JSON, an unreadable scalar is NULL.
A line that begins with neither { nor [ is a row of NULLs; a malformed one fails the query unless
ignore.malformed.json is true: https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
"""

from collections.abc import Callable, Sequence

from boathouse.datatypes import DataType
from boathouse.engines.duckdb.errors import EngineError
from boathouse.engines.duckdb.partitions import partition_columns
from boathouse.engines.duckdb.types import identifier, listed, text, type_name
from boathouse.relation import Relation

LONGEST_LINE = 64 * 1024 * 1024
NO_TEXT = "\U0010fffe"
"""A character that Unicode says no text holds: the delimiter of a CSV reader that shall return whole lines."""

KNOWN_OPTIONS = frozenset({"serde", "ignore.malformed.json", "case.insensitive", "dots.in.keys", "explicit.null"})
BY_TEXT = {
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


def json_select(relation: Relation) -> str:
    _refuse_unknown(relation)
    keys = [relation.format.options.get(f"mapping.{column.name}", column.name).lower() for column in relation.columns]
    fields = [
        f"{_member('j', 'keys', f'fields.{identifier(key)}', key, position)} AS {identifier(str(position))}"
        for position, key in enumerate(keys)
    ]
    parsed = f"SELECT j, athena_keys(j) AS keys, {_fields('j', keys)} AS fields, file_index FROM ({_lines(relation)})"
    raw = f"SELECT {', '.join([*fields, 'file_index'])} FROM ({parsed})"
    columns = [
        f"{decoded(identifier(str(position)), column.type)} AS {identifier(column.name)}"
        for position, column in enumerate(relation.columns)
    ]
    columns += partition_columns(relation.partition_columns, relation.files)
    return f"SELECT {', '.join(columns) or '1'} FROM ({raw})"


def _refuse_unknown(relation: Relation) -> None:
    options = relation.format.options
    if options.get("serde", "").startswith("org.apache.hive"):
        raise EngineError("NOT_SUPPORTED", "emulator: Hive's own JSON SerDe is not supported; use the OpenX one")
    defaults = {"case.insensitive": "true", "dots.in.keys": "false"}
    for option, value in options.items():
        known = option in KNOWN_OPTIONS or option.startswith("mapping.")
        if not known or value.lower() != defaults.get(option, value.lower()):
            raise EngineError("NOT_SUPPORTED", f"emulator: the JSON SerDe's option {option}={value} is not supported")
    mapped = {option.removeprefix("mapping.") for option in options if option.startswith("mapping.")}
    if nested := mapped & {name for column in relation.columns for name in _nested_names(column.type)}:
        raise EngineError("NOT_SUPPORTED", f"emulator: the option mapping.{min(nested)} for a field within a struct")


def _nested_names(type_: DataType) -> set[str]:
    return set(type_.names).union(*map(_nested_names, type_.children))


def _lines(relation: Relation) -> str:
    """Every line of every file as JSON; a blank one, being the CSV reader's NULL, gives a row as well."""
    lenient = relation.format.options.get("ignore.malformed.json", "false").lower() == "true"
    uris = listed([text(file.uri) for file in relation.files])
    reader = (
        f"read_csv({uris}, columns={{'line': 'VARCHAR'}}, delim={text(NO_TEXT)}, nullstr='', quote='', escape='',"
        " comment='', header=false, auto_detect=false, strict_mode=false, hive_partitioning=false,"
        # Unless told, the reader reserves sixteen of its longest lines for each thread: 1 GiB.
        f" max_line_size={LONGEST_LINE}, buffer_size={LONGEST_LINE + 2})"
    )
    return f"SELECT athena_line(line, filename, {lenient}) AS j, file_index FROM {reader}"


def _fields(value: str, keys: Sequence[str]) -> str:
    """One pass over ``value`` for all keys as they are usually written: in lower case."""
    structure = ", ".join(f'"{key}": "JSON"' for key in dict.fromkeys(keys)) or '"": "JSON"'
    return f"json_transform({value}, {text('{' + structure + '}')})"


def _member(value: str, keys: str, exact: str, key: str, position: int) -> str:
    """A field of an object by its name, or of an array by its place."""
    by_place = f"CASE WHEN json_type({value}) = 'ARRAY' THEN json_extract({value}, '/{position}') END"
    return f"coalesce(athena_field({value}, {keys}, {exact}, {text(key)}), {by_place})"


def decoded(value: str, type_: DataType) -> str:
    """SQL that reads the JSON expression ``value``, NULL where there is none, as ``type_``."""
    match type_.name:
        case "array":
            return _bound(value, lambda v: _array(v, type_))
        case "map":
            return _bound(value, lambda v: _map(v, type_))
        case "row":
            return _bound(value, lambda v: _row(v, type_))
    return _bound(value, lambda v: _scalar(v, type_))


def _scalar(value: str, type_: DataType) -> str:
    if type_.name in ("varchar", "char"):
        shown = f"athena_json_text({value})"
        return f"left({shown}, {type_.parameters[0]})" if type_.parameters else shown
    if type_.name == "boolean":
        return f"CASE WHEN json_type({value}) <> 'NULL' THEN coalesce(lower({value} ->> '$') = 'true', false) END"
    scalar = f"athena_scalar({value}, {text(type_.trino)})"
    if type_.name == "decimal":
        return f"TRY_CAST({scalar} AS {type_name(type_)})"
    if type_.name not in BY_TEXT:
        raise EngineError("NOT_SUPPORTED", f"emulator: the type {type_} in JSON is not supported")
    return _bound(scalar, lambda s: BY_TEXT[type_.name].format(s=s))


def _bound(value: str, build: Callable[[str], str]) -> str:
    """``build`` may mention its argument often: as a lambda's parameter the value is computed once."""
    if value.isidentifier() or value.strip('"').isdigit():
        return build(value)
    return f"list_transform([{value}], lambda v: {build('v')})[1]"


def _array(value: str, type_: DataType) -> str:
    element = decoded("e", type_.children[0])
    return f"""CASE WHEN {_is_blank(value)} THEN NULL
        WHEN json_type({value}) = 'ARRAY'
        THEN list_transform(json_transform({value}, '["JSON"]'), lambda e: {element})
        ELSE [{decoded(value, type_.children[0])}] END"""


def _map(value: str, type_: DataType) -> str:
    key, item = type_.children
    pair = f"k := {decoded('to_json(k)', key)}, v := {decoded(f'json_extract({value}, athena_pointer(k))', item)}"
    entries = f"list_transform(json_keys({value}), lambda k: struct_pack({pair}))"
    return f"""CASE WHEN {_is_blank(value)} THEN NULL
        WHEN json_type({value}) = 'OBJECT' THEN map_from_entries(list_filter({entries}, lambda e: e.k IS NOT NULL))
        ELSE CAST({_refused(value, type_)} AS {type_name(type_)}) END"""


def _row(value: str, type_: DataType) -> str:
    pairs = list(zip(type_.names, type_.children, strict=True))
    items = [
        f"{identifier(name)} := {decoded(_member(value, 'f.keys', f'f.fields.{identifier(name)}', name, at), child)}"
        for at, (name, child) in enumerate(pairs)
    ]
    known = f"struct_pack(keys := athena_keys({value}), fields := {_fields(value, type_.names)})"
    build = f"list_transform([{known}], lambda f: struct_pack({', '.join(items)}))[1]"
    nothing = [f"{identifier(name)} := CAST(NULL AS {type_name(child)})" for name, child in pairs]
    return f"""CASE WHEN {value} IS NULL OR json_type({value}) = 'NULL' THEN NULL
        WHEN {_is_blank(value)} THEN struct_pack({", ".join(nothing)})
        WHEN json_type({value}) IN ('OBJECT', 'ARRAY') THEN {build}
        ELSE CAST({_refused(value, type_)} AS {type_name(type_)}) END"""


def _is_blank(value: str) -> str:
    return f"({value} IS NULL OR json_type({value}) = 'NULL' OR trim({value} ->> '$') = '')"


def _refused(value: str, type_: DataType) -> str:
    reason = text(f" can not be coerced to a {type_.name.upper()}")
    return f"error('HIVE_CURSOR_ERROR: Failed to read file: ' || json_type({value}) || {reason})"
