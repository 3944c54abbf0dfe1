"""Column types, one model for catalog, dialects and engines, with its spelling in Trino and in Hive.

Trino's names are the model's own (https://docs.aws.amazon.com/athena/latest/ug/data-types.html). ``parse`` reads
both spellings, since Glue stores Hive's (``struct<id:bigint>``, ``string``, ``int``) and Athena answers Trino's.
"""

import re
from dataclasses import dataclass

HIVE_NAMES = {"string": "varchar", "int": "integer", "float": "real", "binary": "varbinary", "struct": "row"}
TRINO_TO_HIVE = {"varchar": "string", "integer": "int", "real": "float", "varbinary": "binary"}
PLAIN = frozenset(
    "boolean tinyint smallint integer bigint real double varchar varbinary date timestamp json unknown time uuid"
    " hyperloglog".split()
) | {"timestamp with time zone", "interval day to second", "interval year to month"}
_TOKEN = re.compile(r"\s*([<>(),:]|\"[^\"]*\"|`[^`]*`|[^\s<>(),:\"`]+)")


@dataclass(frozen=True, slots=True)
class DataType:
    """``name`` as Trino has it; ``parameters`` of decimal(p, s), varchar(n), char(n), timestamp(p); ``children`` of
    array, map and row, with ``names`` for a row's fields."""

    name: str
    parameters: tuple[int, ...] = ()
    children: tuple["DataType", ...] = ()
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.trino

    @property
    def trino(self) -> str:
        if self.name == "row":
            pairs = zip(self.names, self.children, strict=True)
            return f"row({', '.join(f'{name} {child.trino}'.strip() for name, child in pairs)})"
        if self.children:
            return f"{self.name}({', '.join(child.trino for child in self.children)})"
        return self._with_parameters(self.name, ", ")

    @property
    def hive(self) -> str:
        if self.name == "row":
            pairs = zip(self.names, self.children, strict=True)
            return f"struct<{','.join(f'{name}:{child.hive}' for name, child in pairs)}>"
        if self.children:
            return f"{self.name}<{','.join(child.hive for child in self.children)}>"
        if self.name == "timestamp":
            return "timestamp"
        if self.name == "varchar" and self.parameters:
            return self._with_parameters("varchar", ",")
        return self._with_parameters(TRINO_TO_HIVE.get(self.name, self.name), ",")

    def _with_parameters(self, name: str, separator: str) -> str:
        if not self.parameters:
            return name
        head, *tail = name.split(" ", 1)  # timestamp(3) with time zone
        return " ".join([f"{head}({separator.join(map(str, self.parameters))})", *tail])


def decimal(precision: int, scale: int) -> DataType:
    return DataType("decimal", (precision, scale))


def array(element: DataType) -> DataType:
    return DataType("array", children=(element,))


def row(**fields: DataType) -> DataType:
    return DataType("row", children=tuple(fields.values()), names=tuple(fields))


BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT = map(DataType, ("boolean", "tinyint", "smallint", "integer", "bigint"))
REAL, DOUBLE, VARCHAR, VARBINARY, DATE = map(DataType, ("real", "double", "varchar", "varbinary", "date"))
JSON, UNKNOWN = DataType("json"), DataType("unknown")
TIMESTAMP = DataType("timestamp", (3,))
TIMESTAMP_TZ = DataType("timestamp with time zone", (3,))


class TypeSyntaxError(ValueError):
    """The text is no type; the message quotes what could not be read."""


def parse(text: str) -> DataType:
    """The type that ``text`` spells in Hive's or Trino's way; raises TypeSyntaxError."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens).replace(" ", "") != re.sub(r"\s", "", text):
        raise TypeSyntaxError(f"cannot read the type '{text}'")
    found, rest = _parse(tokens, text)
    if rest:
        raise TypeSyntaxError(f"unexpected '{rest[0]}' in the type '{text}'")
    return found


def _parse(tokens: list[str], text: str) -> tuple[DataType, list[str]]:
    if not tokens:
        raise TypeSyntaxError(f"the type '{text}' ends too early")
    spelled, *rest = tokens
    name = HIVE_NAMES.get(spelled.lower(), spelled.lower())
    if name in ("array", "map", "row"):
        return _parse_nested(name, rest, text)
    parameters: tuple[int, ...] = ()
    if rest and rest[0] == "(":
        close = rest.index(")") if ")" in rest else len(rest)
        inner = [word for word in rest[1:close] if word != ","]
        if close == len(rest) or not all(word.isdigit() for word in inner):
            raise TypeSyntaxError(f"cannot read the parameters of '{spelled}' in '{text}'")
        parameters, rest = tuple(map(int, inner)), rest[close + 1 :]
    if name == "timestamp" and [token.lower() for token in rest[:3]] == ["with", "time", "zone"]:
        name, rest = "timestamp with time zone", rest[3:]
    return _checked(name, parameters, text), rest


def _checked(name: str, parameters: tuple[int, ...], text: str) -> DataType:
    if name == "decimal":
        given = (*parameters, *(10, 0)[len(parameters) :])
        if len(given) != 2 or not 1 <= given[0] <= 38 or given[1] > given[0]:
            raise TypeSyntaxError(f"the decimal in '{text}' needs a precision of 1 to 38 and a scale within it")
        return DataType("decimal", given)
    if name in ("timestamp", "timestamp with time zone"):
        return DataType(name, parameters or (3,))
    if name == "char":
        return DataType("char", parameters or (1,))
    if name not in PLAIN:
        raise TypeSyntaxError(f"'{name}' in '{text}' is no type that Athena has")
    return DataType(name, parameters)


def _parse_nested(name: str, tokens: list[str], text: str) -> tuple[DataType, list[str]]:
    if not tokens or tokens[0] not in "<(":
        raise TypeSyntaxError(f"'{name}' in '{text}' needs its element types")
    close = {"<": ">", "(": ")"}[tokens[0]]
    rest, children, names = tokens[1:], list[DataType](), list[str]()
    while True:
        if name == "row":
            if not rest:
                raise TypeSyntaxError(f"the type '{text}' ends too early")
            names.append(rest[0].strip('`"').lower())
            rest = rest[2:] if len(rest) > 1 and rest[1] == ":" else rest[1:]
        child, rest = _parse(rest, text)
        children.append(child)
        if not rest or rest[0] not in (",", close):
            raise TypeSyntaxError(f"expected ',' or '{close}' in the type '{text}'")
        separator, rest = rest[0], rest[1:]
        if separator == close:
            break
    if len(children) != {"array": 1, "map": 2}.get(name, len(children)):
        raise TypeSyntaxError(f"'{name}' in '{text}' has {len(children)} element types")
    return DataType(name, children=tuple(children), names=tuple(names)), rest
