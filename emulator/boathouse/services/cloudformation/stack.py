"""A stack and what belongs to it, as they are kept: the stack, its resources, its events, its change sets."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from boathouse.context import Principal, Scope

STACK_TYPE = "AWS::CloudFormation::Stack"
NO_ECHO = "****"
"""What is shown in the place of a NoEcho parameter's value."""
UPDATABLE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
IN_REVIEW = "REVIEW_IN_PROGRESS"


@dataclass(slots=True)
class Target:
    """What an operation is to make of a stack: a template's text and its parameters' values.

    ``no_echo`` names the parameters whose values must not be shown.
    """

    template: str
    parameters: dict[str, str]
    description: str | None = None
    capabilities: list[str] = field(default_factory=list)
    no_echo: list[str] = field(default_factory=list)

    def secrets(self) -> set[str]:
        return {self.parameters[name] for name in self.no_echo} - {""}


@dataclass(slots=True)
class Stack:
    """``current`` is what the stack is made of, ``target`` what the operation under way is making of it."""

    id: str
    name: str
    account: str
    region: str
    principal: dict[str, str]
    status: str
    created: datetime
    current: Target
    target: Target | None = None
    reason: str | None = None
    updated: datetime | None = None
    deleted: datetime | None = None
    on_failure: str = "ROLLBACK"
    outputs: list[dict[str, Any]] = field(default_factory=list)
    token: str | None = None
    change_set_id: str | None = None
    retain: list[str] = field(default_factory=list)

    @property
    def scope(self) -> Scope:
        return self.account, self.region

    @property
    def in_progress(self) -> bool:
        return self.status.endswith("IN_PROGRESS") and self.status != IN_REVIEW

    def secrets(self) -> set[str]:
        """The values of NoEcho parameters that its resources' properties may be made of."""
        return self.current.secrets() | (set() if self.target is None else self.target.secrets())

    def acts_as(self) -> Principal:
        """Who asked for the operation under way: everything is done as them."""
        return Principal(**self.principal)

    def document(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Stack":
        target = document["target"]
        kept = {
            "current": Target(**document["current"]),
            "target": None if target is None else Target(**target),
        }
        return cls(**{**document, **kept})


@dataclass(slots=True)
class Physical:
    """A resource that exists, or may exist, with the properties that made it."""

    physical_id: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Member:
    """One resource of a stack by its logical id.

    While the stack is updated, ``before`` is what there was when a resource has been changed or replaced, and
    ``fresh`` says that the update added it. ``spare`` are physical resources that clean-up has to delete.
    """

    logical_id: str
    type: str
    status: str
    changed: datetime
    reason: str | None = None
    now: Physical = field(default_factory=Physical)
    needs: list[str] = field(default_factory=list)
    deletion_policy: str = "Delete"
    replace_policy: str = "Delete"
    metadata: Any = None
    before: Physical | None = None
    fresh: bool = False
    spare: list[Physical] = field(default_factory=list)

    @property
    def is_gone(self) -> bool:
        return self.status in ("DELETE_COMPLETE", "DELETE_SKIPPED")

    def document(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Member":
        before = document["before"]
        kept = {
            "now": Physical(**document["now"]),
            "before": None if before is None else Physical(**before),
            "spare": [Physical(**spare) for spare in document["spare"]],
        }
        return cls(**{**document, **kept})


@dataclass(slots=True)
class ChangeSet:
    id: str
    name: str
    stack_id: str
    stack_name: str
    type: str
    created: datetime
    status: str
    execution_status: str
    target: Target
    changes: list[dict[str, Any]]
    reason: str | None = None
    description: str | None = None
    on_failure: str | None = None

    def document(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> "ChangeSet":
        return cls(**{**document, "target": Target(**document["target"])})
