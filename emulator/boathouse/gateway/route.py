"""The last step: an operation of ours is run, any other goes to the base, unless nobody has it."""

from collections.abc import Mapping

from boathouse.errors import Unsupported
from boathouse.gateway.exchange import Exchange
from boathouse.gateway.forward import Forward
from boathouse.service import Handler, Service


class Ownership:
    """Which operation is whose, per operation: data that can be printed."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = services

    def handler(self, service: str, operation: str) -> Handler | None:
        owner = self._services.get(service)
        return None if owner is None else owner.handlers.get(operation)

    def ours(self, service: str, operation: str) -> bool:
        return self.handler(service, operation) is not None

    def owner(self, service: str, operation: str) -> str:
        """``ours``, ``base`` or ``nobody``."""
        if self.ours(service, operation):
            return "ours"
        owner = self._services.get(service)
        return "nobody" if owner is not None and owner.rest == "refuse" else "base"


class Route:
    def __init__(self, ownership: Ownership, forward: Forward) -> None:
        self._ownership = ownership
        self._forward = forward

    async def __call__(self, exchange: Exchange) -> None:
        context, params = exchange.known()
        handler = self._ownership.handler(context.service, context.operation)
        if handler is not None:
            exchange.result = await handler(context, params) or {}
        elif self._ownership.owner(context.service, context.operation) == "nobody":
            raise Unsupported(f"{context.service}.{context.operation}")
        else:
            exchange.reply = await self._forward(exchange)


class Onward:
    """The last step of a call past what is ours: the base is asked, whoever owns the operation."""

    def __init__(self, forward: Forward) -> None:
        self._forward = forward

    async def __call__(self, exchange: Exchange) -> None:
        exchange.reply = await self._forward(exchange)
