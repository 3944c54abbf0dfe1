"""Types as Trino's queries spell them (https://trino.io/docs/435/language/types.html)."""

from boathouse.datatypes import DataType
from boathouse.dialects.athena.errors import Position, runtime, semantic, syntax
from boathouse.dialects.athena.grammar.cursor import Cursor, name_of

_ALIASES = {"int": "integer", "string": "varchar", "dec": "decimal"}
_SIMPLE = frozenset(
    "boolean tinyint smallint integer bigint real double varbinary date json uuid ipaddress hyperloglog unknown".split()
)
_DEFAULTS = {"decimal": (38, 0), "char": (1,), "timestamp": (3,), "time": (3,)}
_MOST_PARAMETERS = {"decimal": 2, "char": 1, "varchar": 1}
LONGEST_VARCHAR = 2_147_483_646


def parse_type(cursor: Cursor, at: Position) -> DataType:
    """``at`` is the cast's place: there Trino says what is wrong with a type."""
    found = _parse_primary(cursor, at)
    while cursor.accept("ARRAY"):
        found = DataType("array", children=(found,))
    return found


def _parse_primary(cursor: Cursor, at: Position) -> DataType:
    token = cursor.expect_name()
    name = name_of(token).lower()
    name = _ALIASES.get(name, name)
    if name == "double":
        cursor.accept("PRECISION")
    if name == "interval":
        return _interval(cursor)
    if name == "row":
        return _row(cursor, at)
    if name in ("array", "map"):
        return _nested(cursor, name, at)
    parameters = _parameters(cursor)
    if name in ("timestamp", "time"):
        return _datetime(cursor, name, parameters, at)
    if name in _SIMPLE and not parameters:
        return DataType(name)
    if name in _MOST_PARAMETERS:
        return _checked(DataType(name, parameters), at)
    raise semantic("TYPE_MISMATCH", at, f"Unknown type: {name}")


def _checked(found: DataType, at: Position) -> DataType:
    """Fills in what was left out, and holds the bounds (Trino's Decimals, VarcharType and CharType)."""
    given = found.parameters
    if len(given) > _MOST_PARAMETERS[found.name]:
        raise semantic("TYPE_MISMATCH", at, f"Unknown type: {found}")
    if found.name == "decimal":
        precision, scale = (*given, *_DEFAULTS["decimal"][len(given) :])
        if not 1 <= precision <= 38:
            raise runtime("INVALID_FUNCTION_ARGUMENT", at, f"DECIMAL precision must be in range [1, 38]: {precision}")
        if scale > precision:
            raise runtime(
                "INVALID_FUNCTION_ARGUMENT", at, f"DECIMAL scale must be in range [0, precision ({precision})]: {scale}"
            )
        return DataType("decimal", (precision, scale))
    if found.name == "char":
        return DataType("char", given or _DEFAULTS["char"])
    if given and given[0] > LONGEST_VARCHAR:
        return DataType("varchar")
    return found


def _parameters(cursor: Cursor) -> tuple[int, ...]:
    if not cursor.accept_symbol("("):
        return ()
    found = [cursor.expect_integer()]
    while cursor.accept_symbol(","):
        found.append(cursor.expect_integer())
    cursor.expect_symbol(")")
    return tuple(found)


def _datetime(cursor: Cursor, name: str, parameters: tuple[int, ...], at: Position) -> DataType:
    given = parameters or _DEFAULTS[name]
    if given[0] > 12:
        raise semantic(
            "INVALID_FUNCTION_ARGUMENT", at, f"{name.upper()} precision must be in range [0, 12]: {given[0]}"
        )
    if cursor.accept("WITH"):
        cursor.expect("TIME", "ZONE")
        return DataType(f"{name} with time zone", given)
    if cursor.accept("WITHOUT"):
        cursor.expect("TIME", "ZONE")
    return DataType(name, given)


def _interval(cursor: Cursor) -> DataType:
    start = cursor.expect_name().value
    cursor.expect("TO")
    end = cursor.expect_name().value
    if (start, end) == ("YEAR", "MONTH"):
        return DataType("interval year to month")
    if (start, end) == ("DAY", "SECOND"):
        return DataType("interval day to second")
    raise syntax(cursor.at, f"Unknown type: interval {start.lower()} to {end.lower()}")


def _nested(cursor: Cursor, name: str, at: Position) -> DataType:
    opening = cursor.next()
    if opening.value not in ("(", "<"):
        raise syntax(opening.at, f"mismatched input '{opening.text}'. Expecting: '(', '<'")
    children = [parse_type(cursor, at)]
    if name == "map":
        cursor.expect_symbol(",")
        children.append(parse_type(cursor, at))
    cursor.expect_symbol({"(": ")", "<": ">"}[opening.value])
    return DataType(name, children=tuple(children))


def _row(cursor: Cursor, at: Position) -> DataType:
    """A field without a name has the empty name."""
    cursor.expect_symbol("(")
    names, children = list[str](), list[DataType]()
    while True:
        names.append(_field_name(cursor))
        children.append(parse_type(cursor, at))
        if not cursor.accept_symbol(","):
            break
    cursor.expect_symbol(")")
    return DataType("row", children=tuple(children), names=tuple(names))


def _field_name(cursor: Cursor) -> str:
    """Reads a field's name, or nothing where the field is a type alone."""
    mark, name = cursor.mark(), cursor.expect_name()
    is_type = cursor.sees_symbol(",", ")", "(", "<") or (
        name.value in _TYPES_OF_SEVERAL_WORDS and cursor.sees_any("PRECISION", "WITH", "WITHOUT", "YEAR", "DAY")
    )
    if is_type:
        cursor.reset(mark)
        return ""
    return name_of(name).lower()


_TYPES_OF_SEVERAL_WORDS = ("DOUBLE", "TIMESTAMP", "TIME", "INTERVAL")
