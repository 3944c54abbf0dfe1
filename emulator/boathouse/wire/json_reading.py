"""JSON to boto3's shapes: one reader a shape, built once, so that a request is walked once."""

import json
from collections.abc import Callable
from functools import cache, partial
from typing import Any, NoReturn

from botocore.model import ListShape, MapShape, Shape, StructureShape

from boathouse.wire.scalars import (
    INTEGER_LIMITS,
    SPECIAL_FLOATS,
    Malformed,
    misplaced,
    read_blob,
    read_timestamp,
    timestamp_format,
)

Reader = Callable[[Any], Any]


def load_json(body: bytes) -> Any:
    """Raises Malformed for what is no JSON, nests too deep, has numbers that no AWS reader takes, or text that no UTF-8
    can carry back: half of a surrogate pair."""
    try:
        text = body.decode("utf-8")  # json's own reading of bytes lets UTF-16 and surrogates pass
        value = json.loads(text, parse_constant=_refuse_constant)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Malformed("The request body is not valid JSON") from error
    return value


def _refuse_constant(text: str) -> None:
    raise Malformed(f"{text} is not valid JSON")


@cache
def json_reader(shape: Shape) -> Reader:
    """A reader for values of ``shape``: raises Malformed for values of another type, ignores unknown members."""
    return _reader(shape, {})


def _reader(shape: Shape, known: dict[str, Reader]) -> Reader:
    match shape:
        case StructureShape():
            return _structure_reader(shape, known)
        case ListShape():
            return partial(_read_list, _reader(shape.member, known))
        case MapShape():
            return partial(_read_map, _reader(shape.value, known))
    match shape.type_name:
        case "timestamp":
            return partial(read_timestamp, form=timestamp_format(shape, "unixTimestamp"))
        case "blob":
            return read_blob
        case "integer" | "long":
            return partial(_read_integer, INTEGER_LIMITS[shape.type_name])
        case "float" | "double":
            return _read_float
        case "boolean":
            return _read_boolean
    return _read_string


def _structure_reader(shape: StructureShape, known: dict[str, Reader]) -> Reader:
    """``known`` closes the circle for shapes that contain themselves."""
    if shape.is_document_type:
        return _read_document
    if shape.name in known:
        return known[shape.name]
    members: dict[str, tuple[str, Reader]] = {}

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _not_a(value, "null")
        found = {}
        for key, item in value.items():
            if item is not None and key in members:
                name, read_member = members[key]
                found[name] = read_member(item)
        return found

    def read_union(value: Any) -> dict[str, Any]:
        found = read(value)
        if len(found) != 1:
            raise Malformed(f"Exactly one member of {shape.name} must be set, {len(found)} are")
        return found

    known[shape.name] = read_union if shape.is_tagged_union else read
    for name, member in shape.members.items():
        members[member.serialization.get("name", name)] = name, _reader(member, known)
    return known[shape.name]


def _not_a(value: Any, expected: str) -> Malformed:
    return misplaced(value, "") if isinstance(value, dict | list) else Malformed(f"Expected {expected}")


def _read_list(read: Reader, value: Any) -> list[Any]:
    """A null in it is refused: https://smithy.io/2.0/spec/type-refinement-traits.html#sparse-trait"""
    if not isinstance(value, list):
        raise _not_a(value, "list or null")
    return [_refuse_null() if item is None else read(item) for item in value]


def _read_map(read: Reader, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _not_a(value, "map or null")
    return {key: _refuse_null() if item is None else read(item) for key, item in value.items()}


def _refuse_null() -> NoReturn:
    raise Malformed("NULL_VALUE can not be an item of a list or map")


def _read_string(value: Any) -> str:
    if not isinstance(value, str):
        raise misplaced(value, "a String")
    return value


def _read_integer(limit: int, value: Any) -> int:
    """A fraction is cut off, as AWS does."""
    if isinstance(value, int | float) and not isinstance(value, bool) and -limit <= value < limit:
        return int(value)
    raise misplaced(value, "a Long" if limit == INTEGER_LIMITS["long"] else "an Integer")


def _read_float(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise misplaced(value, "a Double") from None
    if isinstance(value, str) and value in SPECIAL_FLOATS:
        return SPECIAL_FLOATS[value]
    raise misplaced(value, "a Double")


def _read_boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise misplaced(value, "a Boolean")
    return value


def _read_document(value: Any) -> Any:
    return value
