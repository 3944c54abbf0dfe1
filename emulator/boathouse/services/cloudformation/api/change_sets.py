"""Change sets: what an update, or a creation, would do, kept until it is carried out."""

from typing import Any
from uuid import uuid4

from boathouse.clock import Clock
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.cloudformation.api.pages import page
from boathouse.services.cloudformation.api.stacks import (
    PROPOSAL,
    actor,
    check_updatable,
    described_parameters,
    new_stack,
)
from boathouse.services.cloudformation.deployments import USER, Deployments
from boathouse.services.cloudformation.documents import gap, invalid
from boathouse.services.cloudformation.plan import Change
from boathouse.services.cloudformation.proposals import Proposals, refuse_others
from boathouse.services.cloudformation.stack import IN_REVIEW, ChangeSet, Stack
from boathouse.services.cloudformation.store import Store

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
RECREATION = {"True": "Always", "False": "Never", "Conditional": "Conditionally"}


class ChangeSets:
    def __init__(self, store: Store, proposals: Proposals, deployments: Deployments, clock: Clock) -> None:
        self._store = store
        self._proposals = proposals
        self._deployments = deployments
        self._clock = clock

    @operation("CreateChangeSet")
    async def create_change_set(self, context: Context, request: Request) -> Response:
        others = {"ChangeSetName", "ChangeSetType", "ClientToken", "Description", "OnStackFailure"}
        refuse_others(request, "CreateChangeSet", PROPOSAL | others | {"UsePreviousTemplate"})
        kind = request.get("ChangeSetType", "UPDATE")
        if kind not in ("CREATE", "UPDATE"):
            raise gap(f"ChangeSetType {kind}", "use CREATE or UPDATE")
        text = await self._proposals.text(context, request)
        stack, is_new = self._stack(context, request, kind)
        name = request["ChangeSetName"]
        self._make_room(context, name, stack)
        proposal = self._proposals.propose(request, stack, text, exists=kind == "UPDATE")
        empty = kind == "UPDATE" and proposal.changes_nothing(stack)
        change_set = ChangeSet(
            id=context.arn(f"changeSet/{name}/{uuid4()}"),
            name=name,
            stack_id=stack.id,
            stack_name=stack.name,
            type=kind,
            created=self._clock.now(),
            status="FAILED" if empty else "CREATE_COMPLETE",
            execution_status="UNAVAILABLE" if empty else "AVAILABLE",
            reason=NO_CHANGES if empty else None,
            target=proposal.target,
            changes=[_change(change) for change in proposal.plan.changes],
            description=request.get("Description"),
            on_failure=request.get("OnStackFailure"),
        )
        if is_new:
            self._store.turn(stack, IN_REVIEW, USER)
        self._store.save_change_set(context.scope, change_set)
        return {"Id": change_set.id, "StackId": stack.id}

    def _stack(self, context: Context, request: Request, kind: str) -> tuple[Stack, bool]:
        """The stack that a change set is for, and whether it is only now thought of."""
        name = request["StackName"]
        stack = self._store.find(context.scope, name)
        if kind == "CREATE":
            if stack is None:
                return new_stack(context, name, self._clock), True
            if stack.status != IN_REVIEW:
                raise invalid(
                    f"Stack [{name}] already exists and cannot be created again with the changeSet"
                    f" [{request['ChangeSetName']}]."
                )
            return stack, False
        if stack is None or stack.status in (IN_REVIEW, "DELETE_COMPLETE"):
            raise invalid(f"Stack [{name}] does not exist")
        check_updatable(stack)
        return stack, False

    def _make_room(self, context: Context, name: str, stack: Stack) -> None:
        """The name of a change set that can still be executed is taken.

        On AWS so is any other's. But the AWS CLI names them by the second, and here two deployments fit into one.
        """
        other = self._store.change_set(context.scope, name, stack.id)
        if other is not None and other.execution_status == "AVAILABLE":
            raise AwsError("AlreadyExistsException", f"ChangeSet [{name}] already exists")
        if other is not None:
            self._store.drop_change_set(context.scope, other)

    @operation("DescribeChangeSet")
    async def describe_change_set(self, context: Context, request: Request) -> Response:
        refuse_others(request, "DescribeChangeSet", {"ChangeSetName", "StackName", "NextToken"})
        change_set = self._find(context, request)
        return {
            **self._summary(context, change_set),
            **page(change_set.changes, request.get("NextToken"), "Changes"),
            "Parameters": described_parameters(change_set.target),
            "Capabilities": change_set.target.capabilities,
            "NotificationARNs": [],
            "RollbackConfiguration": {},
            "Tags": [],
        }

    @operation("ListChangeSets")
    async def list_change_sets(self, context: Context, request: Request) -> Response:
        stack = self._store.find(context.scope, request["StackName"])
        if stack is None:
            raise invalid(f"Stack [{request['StackName']}] does not exist")
        summaries = [self._summary(context, change_set) for change_set in self._store.change_sets(stack)]
        return page(summaries, request.get("NextToken"), "Summaries")

    @operation("ExecuteChangeSet")
    async def execute_change_set(self, context: Context, request: Request) -> Response:
        supported = {"ChangeSetName", "StackName", "ClientRequestToken", "DisableRollback"}
        refuse_others(request, "ExecuteChangeSet", supported)
        change_set = self._find(context, request)
        if change_set.execution_status != "AVAILABLE":
            raise AwsError(
                "InvalidChangeSetStatus",
                f"ChangeSet [{change_set.id}] cannot be executed in its current execution status of"
                f" [{change_set.execution_status}]",
            )
        stack = self._store.find(context.scope, change_set.stack_id)
        if stack is None:
            raise invalid(f"Stack [{change_set.stack_name}] does not exist")
        await self._execute(context, request, change_set, stack)
        return {}

    async def _execute(self, context: Context, request: Request, change_set: ChangeSet, stack: Stack) -> None:
        disabled = bool(request.get("DisableRollback"))
        if change_set.type == "UPDATE":
            check_updatable(stack)
            if disabled:
                raise gap("DisableRollback of an update", "leave it out")
        stack.principal, stack.change_set_id = actor(context.principal), change_set.id
        stack.token = request.get("ClientRequestToken")
        for other in self._store.change_sets(stack):
            if other.id != change_set.id:
                self._store.drop_change_set(context.scope, other)
        change_set.execution_status = "EXECUTE_IN_PROGRESS"
        self._store.save_change_set(context.scope, change_set)
        if change_set.type == "UPDATE":
            await self._deployments.update(stack, change_set.target)
        else:
            stack.current = change_set.target
            stack.on_failure = "DO_NOTHING" if disabled else change_set.on_failure or "ROLLBACK"
            await self._deployments.create(stack)

    @operation("DeleteChangeSet")
    async def delete_change_set(self, context: Context, request: Request) -> Response:
        """One that is not there is no error, as on AWS. The stack that a CREATE made for review stays, as there."""
        change_set = self._store.change_set(context.scope, request["ChangeSetName"], request.get("StackName"))
        if change_set is not None:
            self._store.drop_change_set(context.scope, change_set)
        return {}

    def _find(self, context: Context, request: Request) -> ChangeSet:
        name, stack_name = request["ChangeSetName"], request.get("StackName")
        if not name.startswith("arn:") and stack_name is None:
            raise invalid("StackName must be specified if ChangeSetName is not specified as an ARN.")
        change_set = self._store.change_set(context.scope, name, stack_name)
        if change_set is None:
            raise AwsError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")
        return change_set

    def _summary(self, context: Context, change_set: ChangeSet) -> dict[str, Any]:
        summary: dict[str, Any] = {
            "ChangeSetId": change_set.id,
            "ChangeSetName": change_set.name,
            "StackId": change_set.stack_id,
            "StackName": change_set.stack_name,
            "CreationTime": change_set.created,
            "Status": change_set.status,
            "StatusReason": change_set.reason,
            "ExecutionStatus": self._execution(context, change_set),
            "Description": change_set.description,
            "IncludeNestedStacks": False,
        }
        return {name: value for name, value in summary.items() if value is not None}

    def _execution(self, context: Context, change_set: ChangeSet) -> str:
        """Once it is under way, the stack knows how it went."""
        stack = self._store.find(context.scope, change_set.stack_id)
        if change_set.execution_status != "EXECUTE_IN_PROGRESS" or stack is None or stack.in_progress:
            return change_set.execution_status
        succeeded = stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        return "EXECUTE_COMPLETE" if succeeded else "EXECUTE_FAILED"


def _change(change: Change) -> dict[str, Any]:
    described: dict[str, Any] = {
        "Action": change.action,
        "LogicalResourceId": change.logical_id,
        "ResourceType": change.type,
        "Scope": list(change.scope),
        "Details": [
            {
                "Target": {
                    "Attribute": "Properties",
                    "Name": name,
                    "RequiresRecreation": RECREATION[change.replacement or "False"],
                },
                "Evaluation": "Static",
                "ChangeSource": "DirectModification",
            }
            for name in change.properties
        ],
    }
    if change.physical_id:
        described["PhysicalResourceId"] = change.physical_id
    if change.replacement is not None:
        described["Replacement"] = change.replacement
    return {"Type": "Resource", "ResourceChange": described}
