"""CloudFormation's functions: what each gives. Knows no resource type and no stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from boathouse.services.cloudformation.documents import gap, invalid
from boathouse.services.cloudformation.parameters import text


class Marker:
    """A value that is none: compared by identity."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


NO_VALUE = Marker("AWS::NoValue")
UNKNOWN = Marker("known after apply")
"""What an attribute of a resource is before there is one. Text and lists made of it are unknown too."""

PSEUDO = frozenset(
    f"AWS::{name}" for name in ("AccountId", "NoValue", "Partition", "Region", "StackId", "StackName", "URLSuffix")
)
VARIABLE = re.compile(r"\$\{(!?)([^{}]*)\}")
CONDITION_FUNCTIONS: Sequence[str] = ("Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")


@dataclass(frozen=True, slots=True)
class Known:
    """A resource as others see it: Ref's value, and GetAtt's by attribute. ``attributes`` None: all unknown."""

    reference: Any
    attributes: Mapping[str, Any] | None

    def attribute(self, name: str) -> Any:
        return UNKNOWN if self.attributes is None else self.attributes[name]


@dataclass(frozen=True, slots=True)
class Environment:
    """What names mean. ``names`` has parameters and pseudo parameters, ``resources`` finds a resource by its id."""

    names: Mapping[str, Any]
    resources: Callable[[str], Known]
    mappings: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, condition: str) -> bool:
        """Whether a condition is true. The template's check has seen that it exists and that no two need each other."""
        return bool(truth(self.conditions[condition], self))


def call_of(node: Any) -> tuple[str, Any] | None:
    """The function and its argument, where a node is a call of one."""
    if isinstance(node, dict) and len(node) == 1:
        ((name, argument),) = node.items()
        if name == "Ref" or name.startswith("Fn::"):
            return name, argument
    return None


def resolve(node: Any, environment: Environment) -> Any:
    """A node with every function replaced by its value; what is AWS::NoValue is left out of maps and lists."""
    if (call := call_of(node)) is not None:
        name, argument = call
        if name not in FUNCTIONS:
            raise gap(f"the function {name}")
        return FUNCTIONS[name](argument, environment)
    if isinstance(node, dict):
        values = {key: resolve(value, environment) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not NO_VALUE}
    if isinstance(node, list):
        return [value for inner in node if (value := resolve(inner, environment)) is not NO_VALUE]
    return node


def truth(node: Any, environment: Environment) -> bool:
    """A condition's value: of Fn::Equals, And, Or, Not, or of another condition."""
    match node:
        case {"Condition": str(name)}:
            return environment.holds(name)
        case {"Fn::Equals": [left, right]}:
            return bool(canonical(resolve(left, environment)) == canonical(resolve(right, environment)))
        case {"Fn::Not": [inner]}:
            return not truth(inner, environment)
        case {"Fn::And": [*parts]} if 2 <= len(parts) <= 10:
            return all(truth(part, environment) for part in parts)
        case {"Fn::Or": [*parts]} if 2 <= len(parts) <= 10:
            return any(truth(part, environment) for part in parts)
    raise invalid("Template format error: Every Conditions member must be one of Fn::And, Fn::Equals, Fn::Not, Fn::Or")


def canonical(value: Any) -> Any:
    """A value as CloudFormation compares it: scalars are text."""
    if isinstance(value, dict):
        return {key: canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [canonical(inner) for inner in value]
    return value if value is None or value is UNKNOWN else text(value)


def _ref(argument: Any, environment: Environment) -> Any:
    if not isinstance(argument, str):
        raise invalid("Template error: every Ref object must have a single String value.")
    if argument == "AWS::NoValue":
        return NO_VALUE
    return environment.names[argument] if argument in environment.names else environment.resources(argument).reference


def _get_att(argument: Any, environment: Environment) -> Any:
    match argument:
        case [str(name), str(attribute)]:
            return environment.resources(name).attribute(attribute)
    raise invalid(
        "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource"
        " attribute"
    )


def sub_arguments(argument: Any) -> tuple[str, dict[str, Any]]:
    match argument:
        case str(template):
            return template, {}
        case [str(template), dict(variables)]:
            return template, variables
    raise invalid(
        "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as"
        " first argument, and an optional second argument to specify a mapping of values to replace in the string"
    )


def _substitute(argument: Any, environment: Environment) -> Any:
    template, variables = sub_arguments(argument)
    values = {name: resolve(value, environment) for name, value in variables.items()}
    unknown = False

    def value_of(match: re.Match[str]) -> str:
        nonlocal unknown
        literal, name = match.groups()
        if literal:
            return "${" + name + "}"
        resource, _, attribute = name.partition(".")
        if name in values:
            value = values[name]
        else:
            value = _get_att([resource, attribute], environment) if attribute else _ref(name, environment)
        if isinstance(value, (dict, list)) or value is NO_VALUE:
            raise invalid(f"Template error: variable {name} in Fn::Sub expression does not resolve to a string")
        unknown = unknown or value is UNKNOWN
        return text(value)

    made = VARIABLE.sub(value_of, template)
    return UNKNOWN if unknown else made


def _join(argument: Any, environment: Environment) -> Any:
    match argument:
        case [str(delimiter), parts]:
            values = resolve(parts, environment)
            if values is UNKNOWN:
                return UNKNOWN
            if isinstance(values, list) and not any(isinstance(value, (dict, list)) for value in values):
                unknown = any(value is UNKNOWN for value in values)
                return UNKNOWN if unknown else delimiter.join(text(value) for value in values)
    raise invalid(
        "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of"
        " strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."
    )


def _if(argument: Any, environment: Environment) -> Any:
    match argument:
        case [str(condition), left, right]:
            return resolve(left if environment.holds(condition) else right, environment)
    raise invalid("Template error: Fn::If requires a list argument with three parameters")


def _select(argument: Any, environment: Environment) -> Any:
    match argument:
        case [index, values]:
            position, found = resolve(index, environment), resolve(values, environment)
            if found is UNKNOWN or position is UNKNOWN:
                return UNKNOWN
            if isinstance(found, list) and text(position).isdigit():
                if int(position) < len(found):
                    return found[int(position)]
                raise invalid(f"Template error: Fn::Select cannot select nonexistent value at index {position}")
    raise invalid("Template error: Fn::Select requires a list argument with two elements: an integer index and a list")


def _split(argument: Any, environment: Environment) -> Any:
    match argument:
        case [str(delimiter), source] if delimiter:
            value = resolve(source, environment)
            if value is UNKNOWN:
                return UNKNOWN
            if not isinstance(value, (dict, list)):
                return text(value).split(delimiter)
    raise invalid(
        "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be"
        " split or a function that returns a string to be split."
    )


def _find_in_map(argument: Any, environment: Environment) -> Any:
    if not isinstance(argument, list) or len(argument) != 3:
        raise invalid("Template error: Fn::FindInMap requires a list argument with three parameters")
    name, *keys = (text(resolve(part, environment)) for part in argument)
    value: Any = environment.mappings.get(name)
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is None:
        raise invalid(f"Template error: Unable to get mapping for {'::'.join([name, *keys])}")
    return value


def _base64(argument: Any, environment: Environment) -> Any:
    value = resolve(argument, environment)
    return value if value is UNKNOWN else base64.b64encode(text(value).encode()).decode()


FUNCTIONS: Mapping[str, Callable[[Any, Environment], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _substitute,
    "Fn::Join": _join,
    "Fn::If": _if,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::Base64": _base64,
}
