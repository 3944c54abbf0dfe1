"""What a service is: a name of botocore's, and the operations of it that are ours."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from boathouse.context import Context

Request = dict[str, Any]
Response = dict[str, Any]
Handler = Callable[[Context, Request], Awaitable[Response | None]]
Inbound = Callable[[str, bytes], Awaitable[None]]
"""Takes what a base sends to /_boathouse/<service>/<token>: the token and the body. Raises AwsError to refuse it."""
Method = TypeVar("Method", bound=Callable[..., Any])


def operation(name: str) -> Callable[[Method], Method]:
    """Marks the method that answers the model's operation ``name`` (``CreateTable``)."""

    def mark(method: Method) -> Method:
        method.__dict__["operation"] = name
        return method

    return mark


@dataclass(slots=True)
class Passed:
    """What the base answered. ``headers`` have lower-case names; ``body`` is None while it still streams by."""

    status: int
    headers: MutableMapping[str, str]
    body: bytes | None


class Passage(Protocol):
    """What a service has to do with operations of its API that the base answers."""

    def concerns(self, operation: str) -> bool:
        """Whether it needs the request's parameters; all others pass to the base unread, ``request`` being empty."""

    async def authorise(self, context: Context, request: Request) -> None:
        """Raises AwsError for what must not pass. Runs for every operation of the API, ours too."""

    def account(self, context: Context, request: Request) -> str:
        """Whose account the base is to take the request for: the asker's, or that of whoever let the asker in."""

    async def before(self, context: Context, request: Request, headers: MutableMapping[str, str]) -> None:
        """May complete the headers (lower-case names) that go to the base, or refuse."""

    async def after(self, context: Context, request: Request, passed: Passed) -> None:
        """May complete the answer's headers and follow what it changed."""

    def wants_body(self, operation: str) -> bool:
        """Whether ``after`` needs the whole answer; everything else streams."""


class Service:
    """The operations of one API that Boathouse answers itself.

    ``rest`` says who answers the others: ``base``, or nobody (``refuse``: 501), where a base would answer from a
    state that is not ours.

    ``resources`` are objects whose ``@operation`` methods take ``(context, request)``, both of the model's shapes,
    and return the response's shape. They run on the event loop: blocking work goes to an executor. A resource may
    have ``async start()``, ``async stop()`` and ``async reset()``, called in order, in reverse, and on a reset; and
    ``troubles()``: what goes wrong in the background, a sentence by the name of what it befalls.
    """

    def __init__(
        self,
        name: str,
        *resources: object,
        rest: Literal["base", "refuse"] = "refuse",
        passage: Passage | None = None,
        inbound: Inbound | None = None,
    ) -> None:
        self.name = name
        self.rest = rest
        self.passage = passage
        self.inbound = inbound
        self.resources = resources
        self.handlers: dict[str, Handler] = {}
        for resource in resources:
            for attribute in dir(type(resource)):
                marked = getattr(getattr(type(resource), attribute), "operation", None)
                if isinstance(marked, str):
                    self.handlers[marked] = getattr(resource, attribute)

    async def start(self) -> None:
        await self._each("start", self.resources)

    async def stop(self) -> None:
        await self._each("stop", tuple(reversed(self.resources)))

    async def reset(self) -> None:
        await self._each("reset", self.resources)

    def troubles(self) -> dict[str, str]:
        found = dict[str, str]()
        for resource in self.resources:
            if (method := getattr(resource, "troubles", None)) is not None:
                found |= method()
        return found

    @staticmethod
    async def _each(step: str, resources: tuple[object, ...]) -> None:
        for resource in resources:
            if (method := getattr(resource, step, None)) is not None:
                await method()
