"""A template with values for its parameters: which resources are to be, in what order, with what properties.

Pure: what a resource is like once it is made comes in by ``find``. https://docs.aws.amazon.com/AWSCloudFormation/
latest/TemplateReference/pseudo-parameter-reference.html
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from boathouse.context import Scope
from boathouse.services.cloudformation.documents import invalid
from boathouse.services.cloudformation.functions import (
    NO_VALUE,
    UNKNOWN,
    Environment,
    Known,
    resolve,
)
from boathouse.services.cloudformation.graph import order
from boathouse.services.cloudformation.mentions import chosen, mentions
from boathouse.services.cloudformation.parameters import text
from boathouse.services.cloudformation.template import Output, Resource, Template

Find = Callable[[str], Known]


def unresolved(names: list[str], block: str) -> Exception:
    found = ", ".join(dict.fromkeys(names))
    return invalid(
        f"Template format error: Unresolved resource dependencies [{found}] in the {block} block of the template"
    )


class Blueprint:
    """``parameters``: each declared parameter's value, as text. ``scope`` and the stack give the pseudo parameters."""

    def __init__(
        self, template: Template, parameters: Mapping[str, str], scope: Scope, stack_name: str, stack_id: str
    ) -> None:
        account, region = scope
        self.template = template
        self._names: dict[str, Any] = {
            "AWS::AccountId": account,
            "AWS::Partition": "aws",
            "AWS::Region": region,
            "AWS::StackId": stack_id,
            "AWS::StackName": stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        for name, declaration in template.parameters.items():
            self._names[name] = declaration.reference(parameters[name])
        bare = self._environment(lambda _: Known(UNKNOWN, None))
        self.resources = {name: body for name, body in template.resources.items() if self._holds(body, bare)}
        self.outputs = [output for output in template.outputs.values() if self._holds(output, bare)]
        self.graph = {name: set(self._needs(resource, bare)) for name, resource in self.resources.items()}
        for output in self.outputs:
            self._check(list(self._names_in([output.value, output.export], bare)), "Outputs")
        self.order = order(self.graph)

    def properties(self, logical_id: str, find: Find) -> dict[str, Any]:
        """A resource's properties with every function resolved."""
        properties: dict[str, Any] = resolve(self.resources[logical_id].properties, self._environment(find))
        return properties

    def stack_outputs(self, find: Find) -> list[dict[str, Any]]:
        """Outputs as DescribeStacks answers them."""
        environment = self._environment(find)
        return [_output(output, environment) for output in self.outputs]

    def _environment(self, find: Find) -> Environment:
        return Environment(self._names, find, self.template.mappings, self.template.conditions)

    @staticmethod
    def _holds(part: Resource | Output, environment: Environment) -> bool:
        return part.condition is None or environment.holds(part.condition)

    def _needs(self, resource: Resource, environment: Environment) -> Iterator[str]:
        named = list(self._names_in(resource.properties, environment))
        self._check(named, "Resources")
        yield from named
        # DependsOn on a resource whose condition is false asks for nothing.
        yield from (name for name in resource.depends_on if name in self.resources)

    def _names_in(self, node: Any, environment: Environment) -> Iterator[str]:
        for mention in mentions(chosen(node, environment)):
            if mention.kind in ("Ref", "GetAtt") and mention.name in self.template.resources:
                yield mention.name

    def _check(self, names: list[str], block: str) -> None:
        if missing := [name for name in names if name not in self.resources]:
            raise unresolved(missing, block)


def _output(output: Output, environment: Environment) -> dict[str, Any]:
    value = resolve(output.value, environment)
    if isinstance(value, (dict, list)) or value is NO_VALUE:
        raise invalid("Template format error: The Value field of every Outputs member must evaluate to a String.")
    made: dict[str, Any] = {"OutputKey": output.name, "OutputValue": value if value is UNKNOWN else text(value)}
    if output.description is not None:
        made["Description"] = output.description
    if output.export is not None:
        made["ExportName"] = resolve(output.export, environment)
    return made
