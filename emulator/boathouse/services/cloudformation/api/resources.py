"""What a stack is made of, and what happened to it: its resources and its events."""

import json
from typing import Any

from boathouse.context import Context
from boathouse.service import Request, Response, operation
from boathouse.services.cloudformation.api.pages import page
from boathouse.services.cloudformation.documents import invalid
from boathouse.services.cloudformation.stack import Member, Stack
from boathouse.services.cloudformation.store import Store

DRIFT = {"StackResourceDriftStatus": "NOT_CHECKED"}


class Resources:
    def __init__(self, store: Store) -> None:
        self._store = store

    @operation("DescribeStackEvents")
    async def describe_stack_events(self, context: Context, request: Request) -> Response:
        stack = self._store.find(context.scope, request["StackName"])
        if stack is None:
            raise invalid(f"Stack [{request['StackName']}] does not exist")
        events = [_event(event) for event in self._store.events(stack)]
        return page(events, request.get("NextToken"), "StackEvents")

    @operation("DescribeStackResources")
    async def describe_stack_resources(self, context: Context, request: Request) -> Response:
        if "PhysicalResourceId" in request:
            stack = self._owner(context, request["PhysicalResourceId"])
        else:
            stack = self._stack(context, request.get("StackName", ""))
        wanted = request.get("LogicalResourceId")
        members = [member for name, member in self._store.members(stack).items() if wanted in (None, name)]
        return {"StackResources": [_of_stack(stack) | _described(member) for member in members]}

    @operation("DescribeStackResource")
    async def describe_stack_resource(self, context: Context, request: Request) -> Response:
        name, logical_id = request["StackName"], request["LogicalResourceId"]
        stack = self._store.find(context.scope, name)
        if stack is None:
            raise invalid(f"Stack '{name}' does not exist")
        member = self._store.member(stack, logical_id)
        if member is None:
            raise invalid(f"Resource {logical_id} does not exist for stack {stack.name}")
        detail = _of_stack(stack) | _described(member)
        detail["LastUpdatedTimestamp"] = detail.pop("Timestamp")
        return {"StackResourceDetail": detail}

    @operation("ListStackResources")
    async def list_stack_resources(self, context: Context, request: Request) -> Response:
        stack = self._stack(context, request["StackName"])
        summaries = []
        for member in self._store.members(stack).values():
            summary = _described(member)
            summary["LastUpdatedTimestamp"] = summary.pop("Timestamp")
            summaries.append(summary)
        return page(summaries, request.get("NextToken"), "StackResourceSummaries")

    def _stack(self, context: Context, name: str) -> Stack:
        stack = self._store.find(context.scope, name)
        if stack is None:
            raise invalid(f"Stack with id {name} does not exist")
        return stack

    def _owner(self, context: Context, physical_id: str) -> Stack:
        for stack in self._store.stacks(context.scope):
            members = self._store.members(stack).values()
            if any(member.now.physical_id == physical_id and not member.is_gone for member in members):
                return stack
        raise invalid(f"Stack for {physical_id} does not exist")


def _of_stack(stack: Stack) -> dict[str, Any]:
    return {"StackId": stack.id, "StackName": stack.name}


def _described(member: Member) -> dict[str, Any]:
    described: dict[str, Any] = {
        "LogicalResourceId": member.logical_id,
        "PhysicalResourceId": member.now.physical_id or None,
        "ResourceType": member.type,
        "ResourceStatus": member.status,
        "ResourceStatusReason": member.reason,
        "Timestamp": member.changed,
        "DriftInformation": DRIFT,
    }
    return {name: value for name, value in described.items() if value is not None}


def _event(event: dict[str, Any]) -> dict[str, Any]:
    """As kept, the properties as the text that AWS makes of them."""
    shown = {name: value for name, value in event.items() if name != "Properties"}
    if event.get("Properties"):
        shown["ResourceProperties"] = json.dumps(event["Properties"])
    return shown
