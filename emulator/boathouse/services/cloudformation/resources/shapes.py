"""The shapes of resource properties: which are supported, and how each becomes a parameter of the service's API.

A shape is data. ``gaps`` walks a template's property, functions and all, and names what is not supported;
``request`` turns a resolved value into what the API takes, refusing a wrong type in CloudFormation's words.
"""

import json
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Protocol

from boathouse.services.cloudformation.functions import UNKNOWN, call_of
from boathouse.services.cloudformation.parameters import text


class PropertyError(Exception):
    """A resolved value that its shape does not take: ``#/ShardCount: expected type: Integer, found: String``."""


class Shape(Protocol):
    def gaps(self, node: Any, path: str) -> Iterator[str]:
        """Paths in ``node``, as the template has it, that this shape does not know."""

    def request(self, value: Any, path: str) -> Any:
        """The API's value for a resolved ``value``."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """``kind`` is String, Integer, Number or Boolean. CloudFormation takes each of them as text too."""

    kind: str

    def gaps(self, node: Any, path: str) -> Iterator[str]:
        return iter(())

    def request(self, value: Any, path: str) -> Any:
        written = text(value)
        if not isinstance(value, (dict, list)):
            if self.kind == "String":
                return written
            if self.kind == "Boolean" and written in ("true", "false"):
                return written == "true"
            if self.kind == "Integer" and re.fullmatch(r"[+-]?\d+", written):
                return int(written)
            if self.kind == "Number" and re.fullmatch(r"[+-]?\d+(\.\d+)?", written):
                return float(written)
        raise _mismatch(path, self.kind, value)


@dataclass(frozen=True, slots=True)
class Document:
    """Free JSON, like a policy. ``as_text`` for APIs that take it as text."""

    as_text: bool = True

    def gaps(self, node: Any, path: str) -> Iterator[str]:
        return iter(())

    def request(self, value: Any, path: str) -> Any:
        if not isinstance(value, (dict, str)):
            raise _mismatch(path, "JSONObject", value)
        return json.dumps(value) if self.as_text and isinstance(value, dict) else value


@dataclass(frozen=True, slots=True)
class Strings:
    """A map of the user's own keys to text: tags of a table, variables of a function."""

    def gaps(self, node: Any, path: str) -> Iterator[str]:
        return iter(())

    def request(self, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            raise _mismatch(path, "JSONObject", value)
        return {key: STRING.request(inner, f"{path}/{key}") for key, inner in value.items()}


@dataclass(frozen=True, slots=True)
class Many:
    """A list. CloudFormation takes one value for a list of one."""

    of: Shape

    def gaps(self, node: Any, path: str) -> Iterator[str]:
        for index, inner in enumerate(node if isinstance(node, list) else [node]):
            yield from gaps(self.of, inner, f"{path}/{index}")

    def request(self, value: Any, path: str) -> Any:
        values = value if isinstance(value, list) else [value]
        return [self.of.request(inner, f"{path}/{index}") for index, inner in enumerate(values)]


@dataclass(frozen=True, slots=True)
class Group:
    """Named properties. ``renamed`` maps those whose name the API spells differently."""

    fields: Mapping[str, Shape]
    required: Set[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)

    def gaps(self, node: Any, path: str) -> Iterator[str]:
        for name, inner in node.items() if isinstance(node, dict) else ():
            if name in self.fields:
                yield from gaps(self.fields[name], inner, f"{path}/{name}")
            else:
                yield f"{path}/{name}"

    def request(self, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _mismatch(path, "JSONObject", value)
        if missing := sorted(self.required - value.keys()):
            raise PropertyError(f"{path}: required key [{missing[0]}] not found")
        if unknown := sorted(value.keys() - self.fields.keys()):
            raise PropertyError(f"{path}: extraneous key [{unknown[0]}] is not permitted")
        return {
            self.renamed.get(name, name): self.fields[name].request(inner, f"{path}/{name}")
            for name, inner in value.items()
        }


def gaps(shape: Shape, node: Any, path: str = "") -> Iterator[str]:
    """As ``Shape.gaps``, through functions: of Fn::If both branches, of others nothing can be said."""
    match call_of(node):
        case None:
            if node is not UNKNOWN:
                yield from shape.gaps(node, path)
        case ("Fn::If", [_, left, right]):
            yield from gaps(shape, left, path)
            yield from gaps(shape, right, path)


def _mismatch(path: str, kind: str, value: Any) -> PropertyError:
    found = {dict: "JSONObject", list: "JSONArray", bool: "Boolean", int: "Integer", float: "Number"}
    return PropertyError(f"{path}: expected type: {kind}, found: {found.get(type(value), 'String')}")


STRING = Scalar("String")
INTEGER = Scalar("Integer")
NUMBER = Scalar("Number")
BOOLEAN = Scalar("Boolean")
STRINGS = Strings()
POLICY = Document()
TAGS = Many(Group({"Key": STRING, "Value": STRING}, required={"Key", "Value"}))
