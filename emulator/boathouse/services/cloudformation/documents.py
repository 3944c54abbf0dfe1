"""Template text to plain data, as CloudFormation reads it: JSON, or YAML with the short forms of its functions.

Knows no section of a template and evaluates nothing. What YAML allows and CloudFormation does not is refused
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html).
"""

import json
from collections.abc import Iterator
from typing import Any

import yaml

from boathouse.errors import AwsError

YAML_TAG = "tag:yaml.org,2002:"
TYPED = frozenset(f"{YAML_TAG}{name}" for name in ("bool", "float", "int", "null"))
"""The only scalars that are not text. Dates are text here: an unquoted 2012-10-17 is a policy's version."""


def invalid(sentence: str) -> AwsError:
    return AwsError("ValidationError", sentence)


def gap(what: str, next_step: str = "docs/coverage.md lists what is") -> AwsError:
    """A refusal of the emulator's own. A client sees it where AWS would refuse a template, before anything is made."""
    return invalid(f"emulator: {what} is not supported; {next_step}")


def read(text: str) -> dict[str, Any]:
    """The template as a dict. ``!Sub x`` is ``{"Fn::Sub": x}``, ``!GetAtt A.B`` is ``{"Fn::GetAtt": ["A", "B"]}``."""
    data = _json(text) if text.lstrip().startswith("{") else _yaml(text)
    if not isinstance(data, dict):
        raise invalid("Template format error: unsupported structure.")
    return data


def _json(text: str) -> Any:
    try:
        return _long_forms(json.loads(text))
    except json.JSONDecodeError as error:
        where = f"(line {error.lineno}, column {error.colno})"
        raise invalid(f"Template format error: JSON not well-formed. {where}") from error


def _long_forms(value: Any) -> Any:
    """``{"Fn::GetAtt": "A.B"}``, which AWS takes too, becomes the list form."""
    if isinstance(value, dict):
        return {key: _function(key, _long_forms(inner)) for key, inner in value.items()}
    if isinstance(value, list):
        return [_long_forms(inner) for inner in value]
    return value


def _function(name: str, argument: Any) -> Any:
    return argument.split(".", 1) if name == "Fn::GetAtt" and isinstance(argument, str) else argument


def _yaml(text: str) -> Any:
    try:
        # The C parser reads the platform's template in a tenth of the time; PyYAML may be built without it.
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise invalid(f"Template format error: YAML not well-formed.{where}") from error
    except yaml.YAMLError as error:
        raise invalid("Template format error: YAML not well-formed.") from error
    return None if node is None else _Reader().value(node)


class _Reader:
    """One walk over a YAML document's nodes. A node met twice is an alias."""

    def __init__(self) -> None:
        self._met: set[int] = set()
        self._constructor = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node) -> Any:
        if id(node) in self._met:
            raise invalid("Template error: YAML aliases are not allowed in CloudFormation templates")
        self._met.add(id(node))
        plain = self._plain(node)
        if node.tag.startswith("!") and node.tag != "!":
            short = node.tag[1:]
            name = short if short in ("Ref", "Condition") else f"Fn::{short}"
            return {name: _function(name, plain)}
        return plain

    def _plain(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(inner) for inner in node.value]
        return self._constructor.construct_object(node) if node.tag in TYPED else node.value

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, Any]]:
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == f"{YAML_TAG}merge":
                mark = key.start_mark
                where = f"(line {mark.line + 1}, column {mark.column + 1})"
                raise invalid(f"Template format error: YAML not well-formed. {where}")
            yield key.value, _function(key.value, self.value(value))
