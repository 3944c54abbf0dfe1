"""Stacks: create, update, delete, describe, list."""

from typing import Any
from uuid import uuid4

from boathouse.clock import Clock
from boathouse.context import Context, Principal
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.cloudformation.api.pages import page
from boathouse.services.cloudformation.deployments import Deployments
from boathouse.services.cloudformation.documents import gap, invalid
from boathouse.services.cloudformation.proposals import Proposals, refuse_others
from boathouse.services.cloudformation.stack import IN_REVIEW, NO_ECHO, UPDATABLE, Stack, Target
from boathouse.services.cloudformation.store import Store
from boathouse.services.cloudformation.template import STACK_NAME

PROPOSAL = frozenset({"StackName", "TemplateBody", "TemplateURL", "Parameters", "Capabilities", "ClientRequestToken"})


def actor(principal: Principal) -> dict[str, str]:
    """A principal as a stack keeps it, to act as it later."""
    return {name: getattr(principal, name) for name in ("account", "arn", "region", "access_key")}


def new_stack(context: Context, name: str, clock: Clock) -> Stack:
    if not STACK_NAME.fullmatch(name):
        raise invalid(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: Member must"
            " satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    return Stack(
        id=context.arn(f"stack/{name}/{uuid4()}"),
        name=name,
        account=context.account,
        region=context.region,
        principal=actor(context.principal),
        status="",
        created=clock.now(),
        current=Target("", {}),
    )


def check_updatable(stack: Stack) -> None:
    if stack.status not in UPDATABLE:
        raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")


class Stacks:
    def __init__(self, store: Store, proposals: Proposals, deployments: Deployments, clock: Clock) -> None:
        self._store = store
        self._proposals = proposals
        self._deployments = deployments
        self._clock = clock

    @operation("CreateStack")
    async def create_stack(self, context: Context, request: Request) -> Response:
        refuse_others(request, "CreateStack", PROPOSAL | {"DisableRollback", "OnFailure"})
        name, token = request["StackName"], request.get("ClientRequestToken")
        text = await self._proposals.text(context, request)
        found = self._store.find(context.scope, name)
        if found is not None:
            if token is not None and found.token == token:
                return {"StackId": found.id}
            raise AwsError("AlreadyExistsException", f"Stack [{name}] already exists")
        stack = new_stack(context, name, self._clock)
        proposal = self._proposals.propose(request, stack, text, exists=False)
        stack.current, stack.token, stack.on_failure = proposal.target, token, _on_failure(request)
        await self._deployments.create(stack)
        return {"StackId": stack.id}

    @operation("UpdateStack")
    async def update_stack(self, context: Context, request: Request) -> Response:
        refuse_others(request, "UpdateStack", PROPOSAL | {"UsePreviousTemplate"})
        text = await self._proposals.text(context, request)
        stack = self._store.find(context.scope, request["StackName"])
        if stack is None or stack.status == "DELETE_COMPLETE":
            raise invalid(f"Stack [{request['StackName']}] does not exist")
        token = request.get("ClientRequestToken")
        if token is not None and stack.token == token:
            return {"StackId": stack.id}
        check_updatable(stack)
        proposal = self._proposals.propose(request, stack, text, exists=True)
        if proposal.changes_nothing(stack):
            raise invalid("No updates are to be performed.")
        stack.token, stack.principal, stack.change_set_id = token, actor(context.principal), None
        await self._deployments.update(stack, proposal.target)
        return {"StackId": stack.id}

    @operation("DeleteStack")
    async def delete_stack(self, context: Context, request: Request) -> None:
        """Answers nothing, and nothing is wrong where there is no such stack, as on AWS."""
        refuse_others(request, "DeleteStack", {"StackName", "ClientRequestToken", "RetainResources"})
        stack = self._store.find(context.scope, request["StackName"])
        if stack is None or stack.status in ("DELETE_COMPLETE", "DELETE_IN_PROGRESS"):
            return
        if stack.in_progress and stack.status != "CREATE_IN_PROGRESS":
            raise invalid(f"Stack [{stack.name}] cannot be deleted while in status {stack.status}")
        stack.retain = self._retained(stack, request.get("RetainResources", []))
        stack.token, stack.principal = request.get("ClientRequestToken"), actor(context.principal)
        await self._deployments.delete(stack)

    def _retained(self, stack: Stack, names: list[str]) -> list[str]:
        """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html"""
        if names and stack.status != "DELETE_FAILED":
            raise invalid(
                f"Invalid operation on stack [{stack.id}]. Resources to retain can be specified only if the stack is in"
                " DELETE_FAILED state"
            )
        members = self._store.members(stack)
        if unknown := [name for name in names if name not in members or members[name].status != "DELETE_FAILED"]:
            raise invalid(f"The following resources to retain are not in DELETE_FAILED state: [{', '.join(unknown)}]")
        return names

    @operation("DescribeStacks")
    async def describe_stacks(self, context: Context, request: Request) -> Response:
        name = request.get("StackName")
        if name is None:
            living = [stack for stack in self._store.stacks(context.scope) if stack.status != "DELETE_COMPLETE"]
            return page([_described(stack) for stack in living], request.get("NextToken"), "Stacks")
        stack = self._store.find(context.scope, name)
        if stack is None:
            raise invalid(f"Stack with id {name} does not exist")
        return {"Stacks": [_described(stack)]}

    @operation("ListStacks")
    async def list_stacks(self, context: Context, request: Request) -> Response:
        wanted = request.get("StackStatusFilter")
        stacks = [stack for stack in self._store.stacks(context.scope) if not wanted or stack.status in wanted]
        return page([_summary(stack) for stack in stacks], request.get("NextToken"), "StackSummaries")

    @operation("ListExports")
    async def list_exports(self, context: Context, request: Request) -> Response:
        exports = [
            {"ExportingStackId": stack.id, "Name": output["ExportName"], "Value": output["OutputValue"]}
            for stack in self._store.stacks(context.scope)
            if stack.status != "DELETE_COMPLETE"
            for output in stack.outputs
            if "ExportName" in output
        ]
        return page(sorted(exports, key=lambda export: export["Name"]), request.get("NextToken"), "Exports")


def _on_failure(request: Request) -> str:
    if "OnFailure" in request and "DisableRollback" in request:
        raise invalid("You can specify either DisableRollback or OnFailure, but not both.")
    chosen = request.get("OnFailure", "DO_NOTHING" if request.get("DisableRollback") else "ROLLBACK")
    if chosen not in ("DO_NOTHING", "DELETE", "ROLLBACK"):
        raise gap(f"OnFailure {chosen}", "use DO_NOTHING, DELETE or ROLLBACK")
    return str(chosen)


def described_parameters(target: Target) -> list[dict[str, Any]]:
    """A target's parameters as they may be shown."""
    return [
        {"ParameterKey": name, "ParameterValue": NO_ECHO if name in target.no_echo else value}
        for name, value in target.parameters.items()
    ]


def _summary(stack: Stack) -> dict[str, Any]:
    summary: dict[str, Any] = {
        "StackId": stack.id,
        "StackName": stack.name,
        "TemplateDescription": stack.current.description,
        "CreationTime": stack.created,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }
    return {name: value for name, value in summary.items() if value is not None}


def _described(stack: Stack) -> dict[str, Any]:
    described = _summary(stack)
    if (description := described.pop("TemplateDescription", None)) is not None:
        described["Description"] = description
    described |= {
        "Parameters": described_parameters(stack.current),
        "Capabilities": stack.current.capabilities,
        "Outputs": stack.outputs,
        "DisableRollback": stack.on_failure == "DO_NOTHING",
        "EnableTerminationProtection": False,
        "NotificationARNs": [],
        "RollbackConfiguration": {},
        "Tags": [],
    }
    if stack.change_set_id is not None:
        described["ChangeSetId"] = stack.change_set_id
    if stack.status == IN_REVIEW:
        described["Outputs"] = []
    return described
