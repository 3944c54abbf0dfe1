"""Forms to boto3's shapes, for the query protocol: ``Tags.member.1.Key=a`` and EC2's ``Tag.1.Key=a``."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import ListShape, MapShape, Shape, StructureShape

from boathouse.wire.scalars import Malformed, read_text

MAX_DEPTH = 64


class Field:
    """A node of the tree that dotted names make: a value of its own, and fields beneath it."""

    __slots__ = ("fields", "value")

    def __init__(self) -> None:
        self.value: str | None = None
        self.fields: dict[str, Field] = {}


def load_form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise Malformed("The request body is not a valid form") from error


def grow(pairs: Iterable[tuple[str, str]]) -> Field:
    root = Field()
    for name, value in pairs:
        node, path = root, name.split(".")
        if len(path) > MAX_DEPTH:
            raise Malformed("The request nests too deep")
        for part in path:
            node = node.fields.setdefault(part, Field())
        node.value = value if node.value is None else node.value
    return root


class FormReader:
    """``ec2`` reads EC2's dialect: names begin with a capital, lists are never wrapped."""

    def __init__(self, *, ec2: bool = False) -> None:
        self._ec2 = ec2

    def read(self, shape: Shape, field: Field) -> Any:
        match shape:
            case StructureShape():
                return self.structure(shape, field)
            case ListShape():
                return self._list(shape, field)
            case MapShape():
                return self._map(shape, field)
        if field.value is None:
            raise Malformed("Unexpected complex element termination")
        return read_text(shape, field.value, "iso8601")

    def structure(self, shape: StructureShape, field: Field) -> dict[str, Any]:
        found = {}
        for name, member in shape.members.items():
            if (child := self._child(member, name, field)) is not None:
                found[name] = self.read(member, child)
        return found

    def _child(self, member: Shape, name: str, field: Field) -> Field | None:
        if isinstance(member, ListShape) and member.serialization.get("flattened") and not self._ec2:
            inner = member.member.serialization.get("name")
            return field.fields.get(inner or member.serialization.get("name", name))
        return field.fields.get(self._name(member, name))

    def _name(self, member: Shape, name: str) -> str:
        if not self._ec2:
            return str(member.serialization.get("name", name))
        if "queryName" in member.serialization:
            return str(member.serialization["queryName"])
        given = str(member.serialization.get("name", name))
        return given[0].upper() + given[1:]

    def _list(self, shape: ListShape, field: Field) -> list[Any]:
        if not (self._ec2 or shape.serialization.get("flattened")):
            wrapper = shape.member.serialization.get("name", "member")
            field = field.fields.get(wrapper, Field())
        return [self.read(shape.member, item) for item in _in_order(field)]

    def _map(self, shape: MapShape, field: Field) -> dict[str, Any]:
        if not shape.serialization.get("flattened"):
            field = field.fields.get("entry", Field())
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        found = {}
        for entry in _in_order(field):
            if key_name not in entry.fields or value_name not in entry.fields:
                raise Malformed("A map's entry needs a key and a value")
            found[self.read(shape.key, entry.fields[key_name])] = self.read(shape.value, entry.fields[value_name])
        return found


def _in_order(field: Field) -> list[Field]:
    """By number; AWS closes gaps."""
    if not all(key.isdecimal() and key.isascii() for key in field.fields):
        raise Malformed("The key of a list must be a number")
    return [field.fields[key] for key in sorted(field.fields, key=int)]
