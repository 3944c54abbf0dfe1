"""What a service is: a name of botocore's, and the operations of it that are ours."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from boathouse.context import Context

Request = dict[str, Any]
Response = dict[str, Any]
Handler = Callable[[Context, Request], Awaitable[Response | None]]
Method = TypeVar("Method", bound=Callable[..., Any])


def operation(name: str) -> Callable[[Method], Method]:
    """Marks the method that answers the model's operation ``name`` (``CreateTable``)."""

    def mark(method: Method) -> Method:
        method.__dict__["operation"] = name
        return method

    return mark


class Service:
    """The operations of one API that Boathouse answers itself; all others go to the base.

    ``resources`` are objects whose ``@operation`` methods take ``(context, request)``, both of the model's shapes,
    and return the response's shape. They run on the event loop: blocking work goes to an executor. A resource may
    have ``async start()``, ``async stop()`` and ``async reset()``, called in order, in reverse, and on a reset.
    """

    def __init__(self, name: str, *resources: object) -> None:
        self.name = name
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

    @staticmethod
    async def _each(step: str, resources: tuple[object, ...]) -> None:
        for resource in resources:
            if (method := getattr(resource, step, None)) is not None:
                await method()
