"""What a template's nodes name: parameters, resources, conditions, mappings. Evaluates nothing but conditions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from boathouse.services.cloudformation.functions import VARIABLE, Environment, call_of, sub_arguments


@dataclass(frozen=True, slots=True)
class Mention:
    """``kind`` is Ref, GetAtt (with its attribute), Condition or Map."""

    kind: str
    name: str
    attribute: str = ""


def mentions(node: Any) -> Iterator[Mention]:
    """Everything that a node's functions name, in all branches of Fn::If."""
    match call_of(node):
        case ("Ref", str(name)):
            yield Mention("Ref", name)
        case ("Fn::GetAtt", [str(name), str(attribute)]):
            yield Mention("GetAtt", name, attribute)
        case ("Fn::Sub", argument):
            yield from _mentions_of_sub(argument)
        case ("Fn::If", [str(condition), *branches]):
            yield Mention("Condition", condition)
            yield from mentions(branches)
        case ("Fn::FindInMap", [str(name), *keys]):
            yield Mention("Map", name)
            yield from mentions(keys)
        case _:
            for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
                yield from mentions(inner)


def _mentions_of_sub(argument: Any) -> Iterator[Mention]:
    template, variables = sub_arguments(argument)
    yield from mentions(variables)
    for literal, name in VARIABLE.findall(template):
        if not literal and name not in variables:
            resource, _, attribute = name.partition(".")
            yield Mention("GetAtt", resource, attribute) if attribute else Mention("Ref", name)


def chosen(node: Any, environment: Environment) -> Any:
    """A node with each Fn::If replaced by the branch that its condition chooses, all else as it is."""
    match call_of(node):
        case ("Fn::If", [str(condition), left, right]):
            return chosen(left if environment.holds(condition) else right, environment)
    if isinstance(node, dict):
        return {key: chosen(value, environment) for key, value in node.items()}
    return [chosen(inner, environment) for inner in node] if isinstance(node, list) else node
