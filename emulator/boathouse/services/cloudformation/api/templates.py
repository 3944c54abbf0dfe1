"""Templates: the one that a stack was made of, as it was given; and what a template asks for."""

from typing import Any

from boathouse.context import Context
from boathouse.service import Request, Response, operation
from boathouse.services.cloudformation.documents import invalid
from boathouse.services.cloudformation.parameters import Declaration, text
from boathouse.services.cloudformation.proposals import Proposals, refuse_others
from boathouse.services.cloudformation.stack import IN_REVIEW
from boathouse.services.cloudformation.store import Store
from boathouse.services.cloudformation.template import VERSION, Template, parse
from boathouse.services.cloudformation.validation import required_capability

STAGES = ["Original", "Processed"]


class Templates:
    def __init__(self, store: Store, proposals: Proposals) -> None:
        self._store = store
        self._proposals = proposals

    @operation("GetTemplate")
    async def get_template(self, context: Context, request: Request) -> Response:
        """Both stages are the same: a template with transforms is refused."""
        return {"TemplateBody": self._kept(context, request), "StagesAvailable": STAGES}

    @operation("GetTemplateSummary")
    async def get_template_summary(self, context: Context, request: Request) -> Response:
        refuse_others(request, "GetTemplateSummary", {"TemplateBody", "TemplateURL", "StackName"})
        if "StackName" in request:
            template = parse(self._kept(context, request))
        else:
            template = await self._given(context, request)
        summary: dict[str, Any] = {
            **self._asks(template),
            "Parameters": [_declared(declaration) for declaration in template.parameters.values()],
            "ResourceTypes": list(dict.fromkeys(resource.type for resource in template.resources.values())),
            "Version": VERSION,
        }
        if template.metadata is not None:
            summary["Metadata"] = str(template.metadata)
        return summary

    @operation("ValidateTemplate")
    async def validate_template(self, context: Context, request: Request) -> Response:
        """Stricter than AWS: what cannot be deployed here is refused here already."""
        template = await self._given(context, request)
        parameters = [_parameter(declaration) for declaration in template.parameters.values()]
        return {**self._asks(template), "Parameters": parameters}

    async def _given(self, context: Context, request: Request) -> Template:
        return self._proposals.template(await self._proposals.text(context, request) or "")

    def _asks(self, template: Template) -> dict[str, Any]:
        capability, reasons = required_capability(template, self._proposals.types)
        asks: dict[str, Any] = {"Capabilities": [] if capability is None else [capability], "DeclaredTransforms": []}
        if reasons:
            asks["CapabilitiesReason"] = f"The following resource(s) require capabilities: [{', '.join(reasons)}]"
        if template.description is not None:
            asks["Description"] = template.description
        return asks

    def _kept(self, context: Context, request: Request) -> str:
        name = request.get("StackName")
        if "ChangeSetName" in request:
            change_set = self._store.change_set(context.scope, request["ChangeSetName"], name)
            if change_set is not None:
                return change_set.target.template
        stack = self._store.find(context.scope, name or "")
        if stack is None or stack.status == IN_REVIEW:
            raise invalid(f"Stack with id {name} does not exist")
        return stack.current.template


def _parameter(declaration: Declaration) -> dict[str, Any]:
    shown: dict[str, Any] = {"ParameterKey": declaration.name, "NoEcho": declaration.no_echo}
    if declaration.default is not None:
        shown["DefaultValue"] = declaration.default
    if declaration.description is not None:
        shown["Description"] = declaration.description
    return shown


def _declared(declaration: Declaration) -> dict[str, Any]:
    allowed = [text(value) for value in declaration.rules.get("AllowedValues", [])]
    constraints = {"ParameterConstraints": {"AllowedValues": allowed} if allowed else {}}
    return {**_parameter(declaration), "ParameterType": declaration.type, **constraints}
