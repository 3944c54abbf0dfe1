"""boto3's shapes to JSON: one writer a shape, built once."""

import json
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from boathouse.wire.scalars import timestamp_format, write_blob, write_float, write_timestamp

Writer = Callable[[Any], Any]


def dump_json(value: Any) -> bytes:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


@cache
def json_writer(shape: Shape) -> Writer:
    """A writer from boto3's values to what ``dump_json`` takes. Members that are None are left out; a member that
    the model does not have is a mistake of ours and raises TypeError."""
    return _writer(shape, {})


def _writer(shape: Shape, known: dict[str, Writer]) -> Writer:
    match shape:
        case StructureShape():
            return _structure_writer(shape, known)
        case ListShape():
            return partial(_write_list, _writer(shape.member, known))
        case MapShape():
            return partial(_write_map, _writer(shape.value, known))
    match shape.type_name:
        case "timestamp":
            return partial(write_timestamp, form=timestamp_format(shape, "unixTimestamp"))
        case "blob":
            return write_blob
        case "float" | "double":
            return write_float
        case "string" | "character":
            return partial(_write_plain, str)
        case "boolean":
            return partial(_write_plain, bool)
    return partial(_write_plain, int)


def _structure_writer(shape: StructureShape, known: dict[str, Writer]) -> Writer:
    if shape.is_document_type:
        return _write_document
    if shape.name in known:
        return known[shape.name]
    members: dict[str, tuple[str, Writer]] = {}

    def write(value: Any) -> dict[str, Any]:
        written = {}
        for name, item in value.items():
            if name not in members:
                raise TypeError(f"{shape.name} has no member {name}")
            if item is not None:
                key, write_member = members[name]
                written[key] = write_member(item)
        return written

    known[shape.name] = write
    for name, member in shape.members.items():
        members[name] = member.serialization.get("name", name), _writer(member, known)
    return write


def _write_list(write: Writer, value: Any) -> list[Any]:
    return [None if item is None else write(item) for item in value]


def _write_map(write: Writer, value: Any) -> dict[str, Any]:
    return {key: None if item is None else write(item) for key, item in value.items()}


def _write_plain(expected: type, value: Any) -> Any:
    if not isinstance(value, expected):
        raise TypeError(f"{value!r} is no {expected.__name__}")
    return value


def _write_document(value: Any) -> Any:
    return value
