"""Whether a template can be deployed here, seen before anything is made: names, functions, types and properties.

AWS's sentences where AWS would refuse too; "emulator:" and the logical id where the gap is ours.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from boathouse.errors import AwsError
from boathouse.services.cloudformation.blueprint import unresolved
from boathouse.services.cloudformation.documents import gap, invalid
from boathouse.services.cloudformation.functions import (
    CONDITION_FUNCTIONS,
    FUNCTIONS,
    PSEUDO,
    call_of,
)
from boathouse.services.cloudformation.mentions import mentions
from boathouse.services.cloudformation.resources.base import ResourceType
from boathouse.services.cloudformation.resources.shapes import gaps
from boathouse.services.cloudformation.template import Resource, Template

Types = Mapping[str, ResourceType]
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")


def check(template: Template, types: Types) -> None:
    """Raises the first thing that is wrong with a template, whatever its parameters' values."""
    _check_conditions(template)
    for resource in template.resources.values():
        _check_type(resource, types)
        _check_functions(resource.properties, f"the resource {resource.logical_id}")
        _check_names(resource.properties, "Resources", template, types)
        _check_condition_name(resource.condition, "Resources", template)
        if missing := [name for name in resource.depends_on if name not in template.resources]:
            raise unresolved(missing, "Resources")
    for output in template.outputs.values():
        node = [output.value, output.export]
        _check_functions(node, f"the output {output.name}")
        _check_names(node, "Outputs", template, types)
        _check_condition_name(output.condition, "Outputs", template)


def _check_type(resource: Resource, types: Types) -> None:
    where = resource.logical_id
    if resource.type not in types:
        raise gap(f"the resource type {resource.type} ({where})")
    type_ = types[resource.type]
    if found := next(gaps(type_.properties, resource.properties), None):
        raise gap(f"the property {found.removeprefix('/').replace('/', '.')} of {resource.type} ({where})")


def _check_functions(node: Any, where: str) -> None:
    if (call := call_of(node)) is not None and call[0] not in FUNCTIONS:
        raise gap(f"the function {call[0]} in {where}")
    if isinstance(node, str) and "{{resolve:" in node:
        raise gap(f"the dynamic reference in {where}")
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _check_functions(inner, where)


def _check_names(node: Any, block: str, template: Template, types: Types) -> None:
    for mention in mentions(node):
        match mention.kind:
            case "Ref" if not _is_known(mention.name, template):
                if mention.name.startswith("AWS::"):
                    raise gap(f"the pseudo parameter {mention.name}")
                raise unresolved([mention.name], block)
            case "GetAtt":
                _check_attribute(mention.name, mention.attribute, template, types)
            case "Condition":
                _check_condition_name(mention.name, block, template)
            case "Map" if mention.name not in template.mappings:
                raise invalid(
                    f"Template error: Mapping named '{mention.name}' is not present in the 'Mappings' section"
                )


def _is_known(name: str, template: Template) -> bool:
    return name in template.parameters or name in template.resources or name in PSEUDO


def _check_attribute(name: str, attribute: str, template: Template, types: Types) -> None:
    resource = template.resources.get(name)
    if resource is None:
        raise invalid(f"Template error: instance of Fn::GetAtt references undefined resource {name}")
    if (type_ := types.get(resource.type)) is not None and attribute not in type_.attribute_names():
        raise gap(f"the attribute {attribute} of {resource.type} ({name}) in Fn::GetAtt")


def _check_condition_name(name: str | None, block: str, template: Template) -> None:
    if name is not None and name not in template.conditions:
        raise invalid(
            f"Template format error: Unresolved condition dependency {name} in the {block} block of the template"
        )


def _check_conditions(template: Template) -> None:
    for name, node in template.conditions.items():
        for needed in _conditions_in(node):
            _check_condition_name(needed, "Conditions", template)
        _check_condition_functions(node, name)
        for mention in mentions(node):
            if mention.kind == "GetAtt" or (mention.kind == "Ref" and not _has_value(mention.name, template)):
                raise invalid(
                    f"Template format error: Unresolved dependencies [{mention.name}]. Cannot reference resources in"
                    " the Conditions block of the template"
                )
        _check_no_circle(name, template, ())


def _has_value(name: str, template: Template) -> bool:
    """Whether a condition may ask for it: conditions are settled before there are resources."""
    return name in template.parameters or name in PSEUDO


def _check_condition_functions(node: Any, name: str) -> None:
    call = call_of(node)
    if call is not None and call[0] not in FUNCTIONS and call[0] not in CONDITION_FUNCTIONS:
        raise gap(f"the function {call[0]} in the condition {name}")
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _check_condition_functions(inner, name)


def _conditions_in(node: Any) -> Iterator[str]:
    match node:
        case {"Condition": str(name)}:
            yield name
        case dict() | list():
            for inner in node.values() if isinstance(node, dict) else node:
                yield from _conditions_in(inner)


def _check_no_circle(name: str, template: Template, path: tuple[str, ...]) -> None:
    if name in path:
        raise invalid(f"Template format error: Found circular condition dependency: {' -> '.join([*path, name])}")
    for needed in _conditions_in(template.conditions[name]):
        _check_condition_name(needed, "Conditions", template)
        _check_no_circle(needed, template, (*path, name))


# -- capabilities


def required_capability(template: Template, types: Types) -> tuple[str | None, list[str]]:
    """The capability that the template asks for, and the resource types that make it so."""
    asked = [
        (type_.capability(resource.properties), resource.type)
        for resource in template.resources.values()
        if (type_ := types.get(resource.type)) is not None
    ]
    capabilities = {capability for capability, _ in asked if capability is not None}
    reasons = sorted({name for capability, name in asked if capability is not None})
    return max(capabilities, key=CAPABILITIES.index, default=None), reasons


def check_capabilities(template: Template, types: Types, given: list[str]) -> None:
    """CAPABILITY_NAMED_IAM covers CAPABILITY_IAM."""
    needed, _ = required_capability(template, types)
    if needed is not None and not set(CAPABILITIES[CAPABILITIES.index(needed) :]) & set(given):
        raise AwsError("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")
