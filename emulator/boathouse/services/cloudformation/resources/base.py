"""What a resource type is: data about its properties and its service's operations, and code only where AWS differs.

To add a type, subclass ResourceType, fill in what describes it, and name it in resources/__init__.py. Where the four
operations follow the pattern (one call each, the resource named by one member), there is no code to write.
Everything is asked of the service by ``call``, as the principal that asked for the stack.
"""

import secrets
import string
from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, ClassVar

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Principal
from boathouse.errors import AwsError
from boathouse.services.cloudformation.resources.shapes import Group

Values = Mapping[str, Any]
Arns = Mapping[str, str]
PARTITION = "aws"
RANDOM = 12


class HandlerError(Exception):
    """A resource cannot become what was asked: the sentence for its event, and CloudFormation's code for it."""

    def __init__(self, message: str, code: str = "InvalidRequest") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Naming:
    """How a resource gets its name: by ``property`` (a dotted path), else STACK-LOGICAL-RANDOM within ``limit``.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
    """

    property: str | None
    limit: int
    lower: bool = False

    def given(self, values: Values) -> str | None:
        value = None if self.property is None else at(values, self.property)
        return None if value is None else str(value)

    def make(self, stack: str, logical_id: str) -> str:
        tail = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(RANDOM))
        room = self.limit - RANDOM - 2
        logical = logical_id[: max(room - len(stack), room // 2)]
        name = f"{stack[: room - len(logical)]}-{logical}-{tail}"
        return name.lower() if self.lower else name


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, where, and by what means: what a type needs to do its work for one resource of a stack."""

    call: Call
    clock: Clock
    principal: Principal
    stack: str
    logical_id: str
    service: str
    begun: Callable[[str], None]
    """To be told the physical id as soon as there is one, where the service chooses it."""

    async def __call__(self, operation: str, **params: Any) -> dict[str, Any]:
        """One call to the type's own service; parameters that are None are left out."""
        given = {name: value for name, value in params.items() if value is not None}
        return await self.call(self.service, operation, given, as_=self.principal)

    def arn(self, pattern: str, name: str) -> str:
        """A type's ARN pattern with everything filled in."""
        where = self.principal
        return pattern.format(name=name, partition=PARTITION, region=where.region, account=where.account)

    async def until(self, ready: Callable[[], Awaitable[bool]], *, every: float = 5.0, within: float = 900.0) -> None:
        """Asks ``ready`` until it says yes: at AWS's pace each ``every`` seconds; fails after ``within``."""
        due = self.clock.time() + within
        while not await ready():
            if self.clock.time() >= due:
                raise HandlerError(f"Exceeded attempts to wait ({within:.0f} s)", "NotStabilized")
            await self.clock.sleep(self.clock.hurried(every))


@dataclass(frozen=True, slots=True)
class Made:
    """A resource as it is now: Ref's value and GetAtt's values."""

    physical_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


class ResourceType:
    """One type. The class variables describe it.

    ``member``: what the operations call the resource's name. ``absent``, ``taken``: error codes that say that there is
    none, or one already. ``replaces``: properties (dotted paths) whose change asks for another resource, by AWS's
    documentation. ``fixed``: properties whose change AWS makes in place and we refuse by name. ``late``: properties
    that the create operation does not take: the type's own code gives them to others. ``arns``: attributes made from
    a pattern with {name}, {account}, {region} and {partition}; ``attributes``: those that the type's code finds.
    """

    type: ClassVar[str]
    service: ClassVar[str]
    properties: ClassVar[Group]
    naming: ClassVar[Naming | None] = None
    member: ClassVar[str]
    creates: ClassVar[str]
    reads: ClassVar[str] = ""
    updates: ClassVar[str] = ""
    deletes: ClassVar[str]
    absent: ClassVar[Set[str]]
    taken: ClassVar[Set[str]]
    replaces: ClassVar[Set[str]] = frozenset()
    fixed: ClassVar[Set[str]] = frozenset({"Tags"})
    arns: ClassVar[Arns] = {}
    attributes: ClassVar[Set[str]] = frozenset()
    late: ClassVar[Set[str]] = frozenset()

    def attribute_names(self) -> Set[str]:
        return self.attributes | self.arns.keys()

    def capability(self, properties: Values) -> str | None:
        """The capability that a template with such a resource must be given."""
        return None

    def name(self, values: Values, act: Acting) -> str:
        """The physical id, known before anything is made; empty where the service chooses it."""
        if self.naming is None:
            return ""
        return self.naming.given(values) or self.naming.make(act.stack, act.logical_id)

    def key(self, name: str, values: Values) -> dict[str, Any]:
        """The parameters that name the resource in reads, updates and deletes."""
        return {self.member: name}

    def request(self, values: Values) -> dict[str, Any]:
        """Resolved properties as the API's parameters; a PropertyError says what is wrong with them."""
        return self.properties.request(dict(values), "#")

    def asked(self, name: str, values: Values) -> dict[str, Any]:
        """What the create operation is asked for: all but the late properties."""
        request = self.request({key: value for key, value in values.items() if key not in self.late})
        return {**request, **self.key(name, values)}

    def changed(self, name: str, values: Values) -> dict[str, Any]:
        """What the update operation is asked for."""
        return self.asked(name, values)

    async def exists(self, act: Acting, name: str, values: Values) -> bool:
        try:
            await act(self.reads, **self.key(name, values))
        except AwsError as error:
            if error.code in self.absent:
                return False
            raise
        return True

    async def create(self, act: Acting, name: str, values: Values) -> Made:
        await act(self.creates, **self.asked(name, values))
        return await self.made(act, name, values)

    async def made(self, act: Acting, name: str, values: Values) -> Made:
        """The resource as it is after it was made or changed, once it is stable."""
        return Made(name, {attribute: act.arn(pattern, name) for attribute, pattern in self.arns.items()})

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        await act(self.updates, **self.changed(name, new))
        return await self.made(act, name, new)

    async def delete(self, act: Acting, name: str, values: Values) -> None:
        try:
            await act(self.deletes, **self.key(name, values))
        except AwsError as error:
            if error.code not in self.absent:
                raise


def at(values: Values, path: str) -> Any:
    """The value at a dotted path, None where there is none."""
    value: Any = values
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
