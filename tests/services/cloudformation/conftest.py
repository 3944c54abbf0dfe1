import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

WITHIN = 60.0


class Stacks:
    """CloudFormation as a test uses it: one client, and the stacks that it made."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.made: list[str] = []

    def name(self) -> str:
        """A name for a stack that goes with the test."""
        self.made.append(f"stack-{uuid4().hex[:10]}")
        return self.made[-1]

    def create(self, template: str, *, until: str = "CREATE_COMPLETE", **options: Any) -> str:
        """Makes a stack, waits until it is settled in the state asked for, gives its name."""
        name = options.pop("StackName", None) or self.name()
        self.client.create_stack(StackName=name, TemplateBody=template, **asked(options))
        self.expect(name, until)
        return name

    def update(self, name: str, template: str, *, until: str = "UPDATE_COMPLETE", **options: Any) -> None:
        self.client.update_stack(StackName=name, TemplateBody=template, **asked(options))
        self.expect(name, until)

    def delete(self, name: str, *, until: str = "DELETE_COMPLETE", **options: Any) -> None:
        stack_id = self.describe(name)["StackId"]
        self.client.delete_stack(StackName=name, **options)
        self.expect(stack_id, until)

    def describe(self, name: str) -> dict[str, Any]:
        stack: dict[str, Any] = self.client.describe_stacks(StackName=name)["Stacks"][0]
        return stack

    def expect(self, name: str, status: str) -> None:
        """The stack settles in ``status``; if it does not, the events say why."""
        deadline = time.monotonic() + WITHIN
        while (found := self.describe(name)["StackStatus"]).endswith("IN_PROGRESS"):
            assert time.monotonic() < deadline, found
        assert found == status, "\n".join(map(str, self.events(name)))

    def events(self, name: str) -> list[tuple[str, str, str]]:
        """Logical id, status and reason, the oldest first."""
        pages = self.client.get_paginator("describe_stack_events").paginate(StackName=name)
        events = [event for page in pages for event in page["StackEvents"]]
        return [
            (event["LogicalResourceId"], event["ResourceStatus"], event.get("ResourceStatusReason", ""))
            for event in reversed(events)
        ]

    def outputs(self, name: str) -> dict[str, str]:
        return {output["OutputKey"]: output["OutputValue"] for output in self.describe(name)["Outputs"]}

    def physical(self, name: str, logical_id: str) -> str:
        detail = self.client.describe_stack_resource(StackName=name, LogicalResourceId=logical_id)
        physical_id: str = detail["StackResourceDetail"]["PhysicalResourceId"]
        return physical_id

    def refusal(self, operation: str, **params: Any) -> tuple[str, str]:
        """Code and message with which an operation is refused."""
        with pytest.raises(ClientError) as refused:
            getattr(self.client, operation)(**params)
        error = refused.value.response["Error"]
        return error["Code"], error["Message"]


def asked(options: dict[str, Any]) -> dict[str, Any]:
    """``Parameters`` may be a plain dict."""
    if isinstance(values := options.get("Parameters"), dict):
        options["Parameters"] = [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]
    return options


@pytest.fixture
def stacks(client: Callable[..., Any]) -> Iterator[Stacks]:
    made = Stacks(client("cloudformation"))
    yield made
    for name in made.made:
        made.client.delete_stack(StackName=name)


@pytest.fixture
def unique() -> str:
    """Part of the names that a test gives itself."""
    return uuid4().hex[:10]
