"""A relation over JSON lines as SQL, by the rules of its SerDe (OpenX's or Hive's own), as Trino and Athena have them.

Keys match columns without case; by OpenX's rules a text column over something nested gets its JSON, an unreadable
scalar is NULL, and a malformed line fails the query unless ignore.malformed.json is true:
https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
"""

from collections.abc import Sequence

from boathouse.datatypes import DataType
from boathouse.engines.duckdb.errors import EngineError
from boathouse.engines.duckdb.json_rules import HIVE, OPENX, Rules, bound
from boathouse.engines.duckdb.partitions import partition_columns
from boathouse.engines.duckdb.types import identifier, listed, text, type_name
from boathouse.relation import Relation

LONGEST_LINE = 64 * 1024 * 1024
NO_JSON = "\x1c\x1d\x1e\x1f"
"""Control characters, which JSON holds escaped only: the delimiter of a CSV reader that shall return whole lines."""

KNOWN_OPTIONS = frozenset({"serde", "ignore.malformed.json", "case.insensitive", "dots.in.keys", "explicit.null"})
HIVES_OWN = "org.apache."
"""hcatalog's JsonSerDe and serde2's."""


def json_select(relation: Relation) -> str:
    _refuse_unknown(relation)
    rules = HIVE if relation.format.options.get("serde", "").startswith(HIVES_OWN) else OPENX
    keys = [relation.format.options.get(f"mapping.{column.name}", column.name).lower() for column in relation.columns]
    fields = [
        f"{_member('j', 'keys', f'fields.{identifier(key)}', key, position)} AS {identifier(str(position))}"
        for position, key in enumerate(keys)
    ]
    parsed = (
        f"SELECT j, athena_keys(j) AS keys, {_fields('j', keys)} AS fields, file_index FROM ({_lines(relation, rules)})"
    )
    raw = f"SELECT {', '.join([*fields, 'file_index'])} FROM ({parsed})"
    columns = [
        f"{decoded(identifier(str(position)), column.type, rules)} AS {identifier(column.name)}"
        for position, column in enumerate(relation.columns)
    ]
    columns += partition_columns(relation.partition_columns, relation.files)
    return f"SELECT {', '.join(columns) or '1'} FROM ({raw})"


def _refuse_unknown(relation: Relation) -> None:
    options = relation.format.options
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


def _lines(relation: Relation, rules: Rules) -> str:
    """Every line of every file as JSON; a blank one, being the CSV reader's NULL, gives a row as well."""
    lenient = relation.format.options.get("ignore.malformed.json", "false").lower() == "true"
    uris = listed([text(file.uri) for file in relation.files])
    reader = (
        f"read_csv({uris}, columns={{'line': 'VARCHAR'}}, delim={text(NO_JSON)}, nullstr='', quote='', escape='',"
        " comment='', header=false, auto_detect=false, strict_mode=false, hive_partitioning=false,"
        # Unless told, the reader reserves sixteen of its longest lines for each thread: 1 GiB.
        f" max_line_size={LONGEST_LINE}, buffer_size={LONGEST_LINE + 2})"
    )
    paired = f"SELECT athena_paired(line) AS line, filename, file_index FROM {reader}"
    return f"SELECT {rules.line}(line, filename, {lenient}) AS j, file_index FROM ({paired})"


def _fields(value: str, keys: Sequence[str]) -> str:
    """One pass over ``value`` for all keys as they are usually written: in lower case."""
    structure = ", ".join(f'"{key}": "JSON"' for key in dict.fromkeys(keys)) or '"": "JSON"'
    return f"json_transform({value}, {text('{' + structure + '}')})"


def _member(value: str, keys: str, exact: str, key: str, position: int) -> str:
    """A field of an object by its name, or of an array by its place."""
    by_place = f"CASE WHEN json_type({value}) = 'ARRAY' THEN json_extract({value}, '/{position}') END"
    return f"coalesce(athena_field({value}, {keys}, {exact}, {text(key)}), {by_place})"


def decoded(value: str, type_: DataType, rules: Rules) -> str:
    """SQL that reads the JSON expression ``value``, NULL where there is none, as ``type_``."""
    build = {"array": _array, "map": _map, "row": _row}.get(type_.name)
    if build is None:
        return bound(value, lambda v: rules.scalar(v, type_))
    return bound(value, lambda v: build(v, type_, rules))


def _array(value: str, type_: DataType, rules: Rules) -> str:
    element = decoded("e", type_.children[0], rules)
    lone = f"[{decoded(value, type_.children[0], rules)}]" if rules.wraps else _refused(value, type_)
    return f"""CASE WHEN {_is_nothing(value, rules)} THEN NULL
        WHEN json_type({value}) = 'ARRAY'
        THEN list_transform(json_transform({value}, '["JSON"]'), lambda e: {element})
        ELSE {lone} END"""


def _map(value: str, type_: DataType, rules: Rules) -> str:
    key = decoded("to_json(k)", type_.children[0], OPENX)
    item = decoded(f"json_extract({value}, athena_pointer(k))", type_.children[1], rules)
    entries = f"list_transform(json_keys({value}), lambda k: struct_pack(k := {key}, v := {item}))"
    return f"""CASE WHEN {_is_nothing(value, rules)} THEN NULL
        WHEN json_type({value}) = 'OBJECT' THEN map_from_entries(list_filter({entries}, lambda e: e.k IS NOT NULL))
        ELSE {_refused(value, type_)} END"""


def _row(value: str, type_: DataType, rules: Rules) -> str:
    pairs = list(zip(type_.names, type_.children, strict=True))
    members = [
        _member(value, "f.keys", f"f.fields.{identifier(name)}", name, at) for at, name in enumerate(type_.names)
    ]
    items = [
        f"{identifier(name)} := {decoded(member, child, rules)}"
        for member, (name, child) in zip(members, pairs, strict=True)
    ]
    known = f"struct_pack(keys := athena_keys({value}), fields := {_fields(value, type_.names)})"
    build = f"list_transform([{known}], lambda f: struct_pack({', '.join(items)}))[1]"
    nothing = [f"{identifier(name)} := CAST(NULL AS {type_name(child)})" for name, child in pairs]
    blank = f"WHEN {_is_blank(value)} THEN struct_pack({', '.join(nothing)})" if rules.wraps else ""
    kinds = "('OBJECT', 'ARRAY')" if rules.wraps else "('OBJECT')"
    return f"""CASE WHEN {_is_null(value)} THEN NULL {blank}
        WHEN json_type({value}) IN {kinds} THEN {build}
        ELSE {_refused(value, type_)} END"""


def _is_nothing(value: str, rules: Rules) -> str:
    return f"({_is_null(value)} OR {_is_blank(value)})" if rules.wraps else _is_null(value)


def _is_null(value: str) -> str:
    return f"({value} IS NULL OR json_type({value}) = 'NULL')"


def _is_blank(value: str) -> str:
    return f"trim({value} ->> '$') = ''"


def _refused(value: str, type_: DataType) -> str:
    reason = text(f" can not be coerced to a {type_.name.upper()}")
    failed = f"error('HIVE_CURSOR_ERROR: Failed to read file: ' || json_type({value}) || {reason})"
    return f"CAST({failed} AS {type_name(type_)})"
