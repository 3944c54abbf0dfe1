"""boto3's shapes to XML, for the query and rest-xml protocols."""

import html
import re
from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from boathouse.wire.scalars import write_text

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
Text = Callable[[Shape, Any], str]


def element(name: str, content: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{content}</{name.partition(' ')[0]}>"


def xml_text(text: str) -> str:
    """Escaped. Characters that XML cannot carry become U+FFFD."""
    return html.escape(_NOT_XML.sub("\ufffd", text)).replace("\r", "&#xd;")


def namespace(uri: str | None, prefix: str | None = None) -> str:
    """As an attribute, with its space in front; empty where there is none."""
    return f' xmlns{":" + prefix if prefix else ""}="{xml_text(uri)}"' if uri else ""


class XmlWriter:
    """``milliseconds``: timestamps carry them even where they are zero, as S3's do. ``ec2``: EC2's dialect."""

    def __init__(self, *, milliseconds: bool = False, ec2: bool = False) -> None:
        self._milliseconds = milliseconds
        self._list_name = "item" if ec2 else "member"

    def members(self, shape: StructureShape, value: dict[str, Any], *, body_only: bool = False) -> str:
        """The elements of a structure's members, in the model's order. Raises TypeError for one that it lacks."""
        for name in value:
            if name not in shape.members:
                raise TypeError(f"{shape.name} has no member {name}")
        parts = []
        for name, member in shape.members.items():
            item = value.get(name)
            skipped = member.serialization.get("xmlAttribute") or (body_only and member.serialization.get("location"))
            if item is not None and not skipped:
                parts.append(self.write(member, member.serialization.get("name", name), item))
        return "".join(parts)

    def write(self, shape: Shape, name: str, value: Any) -> str:
        match shape:
            case StructureShape():
                return element(name, self.members(shape, value), self._attributes(shape, value))
            case ListShape():
                return self._list(shape, name, value)
            case MapShape():
                return self._map(shape, name, value)
        text = write_text(shape, value, "iso8601", milliseconds=self._milliseconds)
        return element(name, xml_text(text))

    def _attributes(self, shape: StructureShape, value: dict[str, Any]) -> str:
        parts = []
        if declared := shape.serialization.get("xmlNamespace"):
            uri, prefix = (declared, None) if isinstance(declared, str) else (declared["uri"], declared.get("prefix"))
            parts.append(namespace(uri, prefix))
        for name, member in shape.members.items():
            if member.serialization.get("xmlAttribute") and value.get(name) is not None:
                parts.append(f' {member.serialization["name"]}="{xml_text(str(value[name]))}"')
        return "".join(parts)

    def _list(self, shape: ListShape, name: str, value: list[Any]) -> str:
        inner = shape.member.serialization.get("name")
        if shape.serialization.get("flattened"):
            return "".join(self.write(shape.member, inner or name, item) for item in value)
        return element(name, "".join(self.write(shape.member, inner or self._list_name, item) for item in value))

    def _map(self, shape: MapShape, name: str, value: dict[str, Any]) -> str:
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        entries = [
            self.write(shape.key, key_name, key) + self.write(shape.value, value_name, item)
            for key, item in value.items()
        ]
        if shape.serialization.get("flattened"):
            return "".join(element(name, entry) for entry in entries)
        return element(name, "".join(element("entry", entry) for entry in entries))
