"""Where stacks are kept: SQLite, written as each status changes, so that a start finds what was under way."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any
from uuid import uuid4

from boathouse.clock import Clock
from boathouse.context import Scope
from boathouse.lake.state import State
from boathouse.services.cloudformation.stack import NO_ECHO, STACK_TYPE, ChangeSet, Member, Stack


class Store:
    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._count = count()
        self._stacks = state.collection("cloudformation.stacks")
        self._names = state.collection("cloudformation.names")
        self._members = state.collection("cloudformation.resources")
        self._events = state.collection("cloudformation.events")
        self._change_sets = state.collection("cloudformation.change_sets")

    # -- stacks

    def save(self, stack: Stack) -> None:
        with self._state.transaction():
            self._stacks.put(stack.scope, stack.id, stack.document())
            self._names.put(stack.scope, stack.name, {"id": stack.id})

    def find(self, scope: Scope, name_or_id: str) -> Stack | None:
        """By id, deleted or not; by name, the one that is not deleted."""
        if not name_or_id.startswith("arn:"):
            named = self._names.get(scope, name_or_id)
            stack = None if named is None else self.find(scope, named["id"])
            return None if stack is None or stack.status == "DELETE_COMPLETE" else stack
        document = self._stacks.get(scope, name_or_id)
        return None if document is None else Stack.of(document)

    def stacks(self, scope: Scope) -> list[Stack]:
        """The newest first."""
        found = [Stack.of(document) for _, document in self._stacks.items(scope)]
        return sorted(found, key=lambda stack: stack.created, reverse=True)

    def unfinished(self) -> list[Stack]:
        """Every scope's stacks whose operation is under way, or was when the platform ended."""
        return [stack for _, _, document in self._stacks.all() if (stack := Stack.of(document)).in_progress]

    def exporter(self, stack: Stack, name: str) -> Stack | None:
        """The other stack that exports ``name`` in the same account and region."""
        for other in self.stacks(stack.scope):
            exported = any(output.get("ExportName") == name for output in other.outputs)
            if exported and other.id != stack.id and other.status != "DELETE_COMPLETE":
                return other
        return None

    # -- resources

    def member(self, stack: Stack, logical_id: str) -> Member | None:
        document = self._members.get(stack.scope, f"{stack.id}/{logical_id}")
        return None if document is None else Member.of(document)

    def members(self, stack: Stack) -> dict[str, Member]:
        found = (Member.of(document) for _, document in self._members.items(stack.scope, f"{stack.id}/"))
        return {member.logical_id: member for member in found}

    def keep(self, stack: Stack, members: Iterable[Member]) -> None:
        documents = {f"{stack.id}/{member.logical_id}": member.document() for member in members}
        self._members.put_many(stack.scope, documents)

    def drop(self, stack: Stack, member: Member) -> None:
        self._members.delete(stack.scope, f"{stack.id}/{member.logical_id}")

    # -- events: what happened, each with the state that it led to

    def turn(self, stack: Stack, status: str, reason: str | None = None) -> None:
        """The stack is in another state from now on, and says so."""
        stack.status, stack.reason = status, reason
        with self._state.transaction():
            self.save(stack)
            self._record(stack, stack.name, STACK_TYPE, stack.id, status, reason, None)

    def mark(self, stack: Stack, member: Member, status: str, reason: str | None = None) -> None:
        """The same for a resource."""
        member.status, member.reason, member.changed = status, reason, self._clock.now()
        now = member.now
        with self._state.transaction():
            self.keep(stack, [member])
            self._record(stack, member.logical_id, member.type, now.physical_id, status, reason, now.properties)

    def note(self, stack: Stack, member: Member, status: str, physical_id: str, reason: str | None = None) -> None:
        """An event about a physical resource that the stack has already left."""
        self._record(stack, member.logical_id, member.type, physical_id, status, reason, None)

    def _record(
        self, stack: Stack, logical_id: str, type_: str, physical_id: str, status: str, reason: str | None,
        properties: dict[str, Any] | None,
    ) -> None:  # fmt: skip
        event: dict[str, Any] = {
            "StackId": stack.id,
            "StackName": stack.name,
            "EventId": str(uuid4()) if type_ == STACK_TYPE else f"{logical_id}-{status}-{uuid4()}",
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id,
            "ResourceType": type_,
            "ResourceStatus": status,
            "Timestamp": self._clock.now(),
        }
        if reason is not None:
            event["ResourceStatusReason"] = reason
        if properties is not None:
            event["Properties"] = _masked(properties, sorted(stack.secrets(), key=len, reverse=True))
        if stack.token is not None:
            event["ClientRequestToken"] = stack.token
        # Events of one microsecond keep their order by the count.
        serial = f"{self._clock.millis() * 1000:020d}-{next(self._count):09d}"
        self._events.put(stack.scope, f"{stack.id}/{serial}", event)

    def events(self, stack: Stack) -> list[dict[str, Any]]:
        """The newest first."""
        return [event for _, event in reversed(self._events.items(stack.scope, f"{stack.id}/"))]

    # -- change sets

    def save_change_set(self, scope: Scope, change_set: ChangeSet) -> None:
        self._change_sets.put(scope, change_set.id, change_set.document())

    def change_sets(self, stack: Stack) -> list[ChangeSet]:
        found = (ChangeSet.of(document) for _, document in self._change_sets.items(stack.scope))
        return sorted((found for found in found if found.stack_id == stack.id), key=lambda found: found.created)

    def change_set(self, scope: Scope, name_or_id: str, stack_name: str | None) -> ChangeSet | None:
        """By id, or by name within the stack named."""
        if name_or_id.startswith("arn:"):
            document = self._change_sets.get(scope, name_or_id)
            return None if document is None else ChangeSet.of(document)
        stack = self.find(scope, stack_name) if stack_name else None
        found = self.change_sets(stack) if stack is not None else []
        return next((change_set for change_set in found if change_set.name == name_or_id), None)

    def drop_change_set(self, scope: Scope, change_set: ChangeSet) -> None:
        self._change_sets.delete(scope, change_set.id)


def _masked(value: Any, secrets: Sequence[str]) -> Any:
    """A copy without the secrets, wherever in a text they stand: an event must not tell what a parameter hides."""
    if isinstance(value, dict):
        return {key: _masked(inner, secrets) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, secrets) for inner in value]
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, NO_ECHO)
    return value
