"""A template as one value: its sections, each resource with its attributes. Evaluates nothing, knows no resource type.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boathouse.services.cloudformation.documents import gap, invalid, read
from boathouse.services.cloudformation.parameters import Declaration, declare

VERSION = "2010-09-09"
MAX_BODY, MAX_OBJECT = 51_200, 1_000_000
"""Bytes of a template in a request, and of one in S3."""
SECTIONS = frozenset(
    {"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Mappings", "Conditions", "Resources"}
    | {"Outputs"}
)
SECTIONS_OF_AWS = frozenset({"Transform", "Rules", "Hooks"})
ATTRIBUTES = frozenset(
    {"Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"}
    | {"Description"}
)
ATTRIBUTES_OF_AWS = frozenset({"CreationPolicy", "UpdatePolicy"})
OUTPUT_ATTRIBUTES = frozenset({"Value", "Description", "Export", "Condition"})
STACK_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
DELETION_POLICIES = ("Delete", "Retain", "RetainExceptOnCreate")
REPLACE_POLICIES = ("Delete", "Retain")


@dataclass(frozen=True, slots=True)
class Resource:
    logical_id: str
    type: str
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...]
    condition: str | None
    deletion_policy: str
    update_replace_policy: str
    metadata: Any


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    value: Any
    description: str | None
    export: Any
    condition: str | None


@dataclass(frozen=True, slots=True)
class Template:
    """``text`` is the template as it was given, which GetTemplate answers."""

    text: str
    description: str | None
    metadata: Any
    parameters: Mapping[str, Declaration]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Output]


def parse(text: str) -> Template:
    """The template in ``text``; a ValidationError, in AWS's words where AWS would refuse it too."""
    data = read(text)
    if unsupported := sorted(data.keys() & SECTIONS_OF_AWS):
        raise gap(f"the template section {unsupported[0]}")
    if unknown := sorted(data.keys() - SECTIONS):
        raise invalid(f"Invalid template property or properties [{', '.join(unknown)}]")
    if str(data.get("AWSTemplateFormatVersion", VERSION)) != VERSION:
        raise invalid("Template format error: Unrecognized template format version.")
    resources = _section(data, "Resources")
    if not resources:
        raise invalid("Template format error: At least one Resources member must be defined.")
    return Template(
        text=text,
        description=data.get("Description"),
        metadata=data.get("Metadata"),
        parameters=declare(_section(data, "Parameters")),
        mappings=_section(data, "Mappings"),
        conditions=_section(data, "Conditions"),
        resources={name: _resource(name, body) for name, body in resources.items()},
        outputs={name: _output(name, body) for name, body in _section(data, "Outputs").items()},
    )


def _section(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = data.get(name) or {}
    if not isinstance(section, Mapping):
        raise invalid(f"Template format error: {name} section must be a map.")
    return section


def _resource(name: str, body: Any) -> Resource:
    if not re.fullmatch(r"[A-Za-z0-9]+", name):
        raise invalid(f"Template format error: Resource name {name} is non alphanumeric.")
    if not isinstance(body, Mapping) or not isinstance(body.get("Type"), str):
        raise invalid(f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member.")
    if unsupported := sorted(body.keys() & ATTRIBUTES_OF_AWS):
        raise gap(f"the attribute {unsupported[0]} of the resource {name}")
    if unknown := sorted(body.keys() - ATTRIBUTES):
        raise invalid(f"Invalid template resource property '{unknown[0]}'")
    properties = {} if body.get("Properties") is None else body["Properties"]
    if not isinstance(properties, Mapping):
        raise invalid("Template format error: Properties must be an object.")
    depends_on = body.get("DependsOn", [])
    return Resource(
        logical_id=name,
        type=body["Type"],
        properties=properties,
        depends_on=(depends_on,) if isinstance(depends_on, str) else tuple(depends_on),
        condition=body.get("Condition"),
        deletion_policy=_policy(name, body, "DeletionPolicy", DELETION_POLICIES),
        update_replace_policy=_policy(name, body, "UpdateReplacePolicy", REPLACE_POLICIES),
        metadata=body.get("Metadata"),
    )


def _policy(name: str, body: Mapping[str, Any], attribute: str, allowed: tuple[str, ...]) -> str:
    policy = body.get(attribute, "Delete")
    if policy not in allowed:
        raise gap(f"{attribute} {policy!r} of the resource {name}", f"use one of {', '.join(allowed)}")
    return str(policy)


def _output(name: str, body: Any) -> Output:
    if not isinstance(body, Mapping) or "Value" not in body:
        raise invalid(f"Template format error: Every Outputs member must contain a Value object ({name}).")
    if unknown := sorted(body.keys() - OUTPUT_ATTRIBUTES):
        raise invalid(f"Invalid template output property '{unknown[0]}'")
    export = body.get("Export")
    if export is not None and (not isinstance(export, Mapping) or export.keys() != {"Name"}):
        raise invalid(f"Template format error: Output {name} is malformed. The Export must have a Name.")
    named = None if export is None else export["Name"]
    return Output(name, body["Value"], body.get("Description"), named, body.get("Condition"))
