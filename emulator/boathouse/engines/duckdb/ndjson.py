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
from boathouse.relation import File, Relation

LONGEST_LINE = 64 * 1024 * 1024
NO_TEXT = "\U0010fffe"
"""A character that Unicode says no text holds: the delimiter of a CSV reader that shall return whole lines."""
NO_TEXT_EITHER = "\U0010ffff"

KNOWN_OPTIONS = frozenset({"serde", "ignore.malformed.json", "case.insensitive", "dots.in.keys", "explicit.null"})
MACROS = (
    "CREATE MACRO athena_unreadable(file, why) AS error('HIVE_CURSOR_ERROR: Failed to read file at ' || file || why)",
    """CREATE MACRO athena_line(line, file, lenient) AS CASE
        WHEN ltrim(line)[1] = '{' AND json_valid(line) THEN CAST(line AS JSON)
        WHEN ltrim(line)[1] = '[' AND json_valid(line)
        THEN athena_unreadable(file, ': emulator: an array as a row is not supported')
        WHEN ltrim(line)[1] IN ('{', '[') AND NOT lenient
        THEN athena_unreadable(file, ': Row is not a valid JSON Object: ' || line[:200]) END""",
    "CREATE MACRO athena_pointer(key) AS '/' || replace(replace(key, '~', '~0'), '/', '~1')",
    """CREATE MACRO athena_other_case(j, field) AS
        json_extract(j, athena_pointer(list_filter(json_keys(j), lambda k: lower(k) = field)[-1]))""",
    "CREATE MACRO athena_field(j, exact, field) AS coalesce(exact, athena_other_case(j, field))",
    """CREATE MACRO athena_scalar(v, type) AS CASE WHEN json_type(v) IN ('OBJECT', 'ARRAY')
        THEN error('HIVE_CURSOR_ERROR: ' || json_type(v) || ' can not be coerced to a ' || type)
        ELSE v ->> '$' END""",
    """CREATE MACRO athena_json_text(v) AS CASE json_type(v)
        WHEN 'NULL' THEN NULL WHEN 'VARCHAR' THEN v ->> '$' ELSE CAST(v AS VARCHAR) END""",
    r"""CREATE MACRO athena_whole_number(s) AS CASE
        WHEN regexp_full_match(s, '[+-]?(0|[1-9][0-9]*)') THEN TRY_CAST(s AS BIGINT)
        WHEN regexp_full_match(s, '0[0-9]+|0[xX].*')
        THEN CAST(error('NOT_SUPPORTED: emulator: the octal or hexadecimal number ' || s || ' in JSON') AS BIGINT)
        WHEN TRY_CAST(s AS DECIMAL(38, 18)) = trunc(TRY_CAST(s AS DECIMAL(38, 18)))
        THEN TRY_CAST(TRY_CAST(s AS DECIMAL(38, 18)) AS BIGINT) END""",
    r"""CREATE MACRO athena_json_date(s) AS CASE
        WHEN regexp_full_match(s, '[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}( .*)?') THEN TRY_CAST(split_part(s, ' ', 1) AS DATE)
        WHEN regexp_full_match(s, '[+-]?[0-9]+') THEN
        DATE '1970-01-01' + TRY_CAST(athena_whole_number(s) AS INTEGER) END
    """,
    r"""CREATE MACRO athena_json_timestamp(s) AS CASE
        WHEN regexp_full_match(s, '[0-9-]+[Tt][0-9:.]+([zZ]|[+-][0-9]{2}:?[0-9]{2})')
        THEN CAST(TRY_CAST(s AS TIMESTAMPTZ) AS TIMESTAMP)
        WHEN contains(s, ':') THEN CASE WHEN NOT contains(upper(s), 'T') THEN TRY_CAST(s AS TIMESTAMP) END
        WHEN regexp_full_match(s, '[+-]?[0-9]*\.[0-9]*')
        THEN make_timestamp(CAST(trunc(TRY_CAST(s AS DECIMAL(38, 6)) * 1000) AS BIGINT) * 1000)
        WHEN regexp_full_match(s, '[+-]?[0-9]+')
        THEN make_timestamp(TRY_CAST(s AS BIGINT) * CASE WHEN length(s) >= 13 THEN 1000 ELSE 1000000 END) END""",
)
BY_TEXT = {
    "boolean": "coalesce(lower({s}) = 'true', false)",
    "tinyint": "TRY_CAST(athena_whole_number({s}) AS TINYINT)",
    "smallint": "TRY_CAST(athena_whole_number({s}) AS SMALLINT)",
    "integer": "TRY_CAST(athena_whole_number({s}) AS INTEGER)",
    "bigint": "athena_whole_number({s})",
    "real": "TRY_CAST({s} AS FLOAT)",
    "double": "TRY_CAST({s} AS DOUBLE)",
    "date": "athena_json_date({s})",
    "timestamp": "athena_to_millis(athena_json_timestamp({s}))",
    "varbinary": "from_base64({s})",
}


def json_selects(relation: Relation) -> list[str]:
    if relation.format.options.get("serde", "").startswith("org.apache.hive"):
        raise EngineError("NOT_SUPPORTED", "emulator: Hive's own JSON SerDe is not supported; use the OpenX one")
    for option, value in relation.format.options.items():
        known = option in KNOWN_OPTIONS or option.startswith("mapping.")
        if not known or (option in ("case.insensitive", "dots.in.keys") and value.lower() != _default(option)):
            raise EngineError("NOT_SUPPORTED", f"emulator: the JSON SerDe's option {option}={value} is not supported")
    return [_select(relation, relation.files)]


def _default(option: str) -> str:
    return "true" if option == "case.insensitive" else "false"


def _select(relation: Relation, files: Sequence[File]) -> str:
    lenient = relation.format.options.get("ignore.malformed.json", "false").lower() == "true"
    keys = [relation.format.options.get(f"mapping.{column.name}", column.name).lower() for column in relation.columns]
    lines = f"SELECT athena_line(line, filename, {lenient}) AS j, file_index FROM {_lines(files)}"
    fields = [
        f"athena_field(j, fields.{identifier(key)}, {text(key)}) AS {identifier(str(i))}" for i, key in enumerate(keys)
    ]
    parsed = f"SELECT j, {_fields('j', keys)} AS fields, file_index FROM ({lines})"
    raw = f"SELECT {', '.join([*fields, 'file_index'])} FROM ({parsed})"
    columns = [
        f"{decoded(identifier(str(i)), column.type)} AS {identifier(column.name)}"
        for i, column in enumerate(relation.columns)
    ]
    columns += partition_columns(relation.partition_columns, files)
    return f"SELECT {', '.join(columns) or '1'} FROM ({raw})"


def _lines(files: Sequence[File]) -> str:
    uris = listed([text(file.uri) for file in files])
    return (
        f"read_csv({uris}, columns={{'line': 'VARCHAR'}}, delim={text(NO_TEXT)}, nullstr={text(NO_TEXT_EITHER)},"
        f" quote='', escape='', comment='', header=false, auto_detect=false, strict_mode=false,"
        f" hive_partitioning=false, max_line_size={LONGEST_LINE})"
    )


def _fields(value: str, keys: Sequence[str]) -> str:
    """One pass over ``value`` for all keys as they are usually written: in lower case."""
    structure = ", ".join(f'"{key}": "JSON"' for key in dict.fromkeys(keys)) or '"": "JSON"'
    return f"json_transform({value}, {text('{' + structure + '}')})"


def decoded(value: str, type_: DataType) -> str:
    """SQL that reads the JSON expression ``value``, NULL where there is none, as ``type_``."""
    match type_.name:
        case "varchar" | "char":
            shown = f"athena_json_text({value})"
            return f"left({shown}, {type_.parameters[0]})" if type_.parameters else shown
        case "array":
            return _bound(value, lambda v: _array(v, type_))
        case "map":
            return _bound(value, lambda v: _map(v, type_))
        case "row":
            return _bound(value, lambda v: _row(v, type_))
    scalar = f"athena_scalar({value}, {text(type_.trino)})"
    if type_.name == "decimal":
        return f"TRY_CAST({scalar} AS {type_name(type_)})"
    if type_.name not in BY_TEXT:
        raise EngineError("NOT_SUPPORTED", f"emulator: the type {type_} in JSON is not supported")
    if type_.name == "boolean":
        return f"CASE WHEN json_type({value}) <> 'NULL' THEN coalesce(lower({value} ->> '$') = 'true', false) END"
    return BY_TEXT[type_.name].format(s=scalar)


def _bound(value: str, build: Callable[[str], str]) -> str:
    """``build`` may mention its argument often: as a lambda's parameter the value is computed once."""
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
        f"{identifier(name)} := {decoded(f'athena_field({value}, f.{identifier(name)}, {text(name)})', child)}"
        for name, child in pairs
    ]
    nothing = [f"{identifier(name)} := CAST(NULL AS {type_name(child)})" for name, child in pairs]
    build = f"list_transform([{_fields(value, type_.names)}], lambda f: struct_pack({', '.join(items)}))[1]"
    return f"""CASE WHEN {value} IS NULL OR json_type({value}) = 'NULL' THEN NULL
        WHEN {_is_blank(value)} THEN struct_pack({", ".join(nothing)})
        WHEN json_type({value}) = 'OBJECT' THEN {build}
        ELSE CAST({_refused(value, type_)} AS {type_name(type_)}) END"""


def _is_blank(value: str) -> str:
    return f"({value} IS NULL OR json_type({value}) = 'NULL' OR trim({value} ->> '$') = '')"


def _refused(value: str, type_: DataType) -> str:
    reason = text(f" can not be coerced to a {type_.name.upper()}")
    return f"error('HIVE_CURSOR_ERROR: ' || json_type({value}) || {reason})"
