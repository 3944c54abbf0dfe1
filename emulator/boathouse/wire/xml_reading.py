"""XML to boto3's shapes, for the rest-xml protocol."""

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from botocore.model import ListShape, MapShape, Shape, StructureShape

from boathouse.wire.scalars import Malformed, read_text


def load_xml(body: bytes) -> Element:
    """Raises Malformed for what is no XML, and for document types: no AWS service takes them, and they can expand
    without bound."""
    try:
        text = body.decode("utf-8-sig")
        if "<!DOCTYPE" in text:
            raise Malformed("A document type is not allowed")
        return ElementTree.fromstring(text)  # noqa: S314 - without a document type there is nothing to expand
    except (UnicodeDecodeError, ElementTree.ParseError, ValueError, RecursionError) as error:
        raise Malformed("The request body is not valid XML") from error


def local_name(tag: str) -> str:
    return tag.rpartition("}")[2]


def read_xml(shape: Shape, elements: list[Element]) -> Any:
    """``elements`` are those of the shape's name: several for a flattened list or map, else the last one counts."""
    match shape:
        case StructureShape():
            return read_structure(shape, elements[-1])
        case ListShape():
            flattened = shape.serialization.get("flattened")
            items = elements if flattened else _children(elements[-1], shape.member.serialization.get("name", "member"))
            return [read_xml(shape.member, [item]) for item in items]
        case MapShape():
            entries = elements if shape.serialization.get("flattened") else _children(elements[-1], "entry")
            return dict(_entry(shape, entry) for entry in entries)
    return read_text(shape, elements[-1].text or "", "iso8601")


def read_structure(shape: StructureShape, element: Element) -> dict[str, Any]:
    """The members found; those that other parts of the request carry are not looked for."""
    by_name: dict[str, list[Element]] = {}
    for child in element:
        by_name.setdefault(local_name(child.tag), []).append(child)
    found = {}
    for name, member in shape.members.items():
        if member.serialization.get("location"):
            continue
        if member.serialization.get("xmlAttribute"):
            wanted = local_name(member.serialization["name"].replace(":", "}"))
            for key, value in element.attrib.items():
                if local_name(key) == wanted:
                    found[name] = value
        elif elements := by_name.get(element_name(member, name)):
            found[name] = read_xml(member, elements)
    return found


def element_name(member: Shape, name: str) -> str:
    """A flattened list's elements are named by its member, where that has a name."""
    if isinstance(member, ListShape) and member.serialization.get("flattened"):
        name = member.member.serialization.get("name", name)
        return str(name if "name" in member.member.serialization else member.serialization.get("name", name))
    return str(member.serialization.get("name", name))


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if local_name(child.tag) == name]


def _entry(shape: MapShape, entry: Element) -> tuple[Any, Any]:
    keys = _children(entry, shape.key.serialization.get("name", "key"))
    values = _children(entry, shape.value.serialization.get("name", "value"))
    if not keys or not values:
        raise Malformed("A map's entry needs a key and a value")
    return read_xml(shape.key, keys), read_xml(shape.value, values)
