"""The steps that every request takes, one small handler each. app.py lists them in order.

``edge`` steps make sense of what came over the wire; ``core`` steps are those that a call from inside takes too.
"""

import uuid
from collections.abc import Awaitable, Callable, Sequence

from boathouse.call import Params, Result
from boathouse.context import Context, Principal
from boathouse.gateway.exchange import Exchange, Reply
from boathouse.wire import decode, validate

Step = Callable[[Exchange], Awaitable[None]]


class Chain:
    """Steps run until one ends the exchange; ``afterwards`` steps run whatever happened."""

    def __init__(self, *, edge: Sequence[Step], core: Sequence[Step], endpoint: str) -> None:
        self._edge = edge
        self._core = core
        self._endpoint = endpoint

    async def run(self, exchange: Exchange) -> None:
        for step in (*self._edge, *self._core):
            await step(exchange)
            if exchange.ended:
                return

    async def call(self, service: str, operation: str, params: Params, principal: Principal) -> Result:
        """The chain without a socket: for one part of the platform that asks another."""
        validate(service, operation, params)
        request_id = str(uuid.uuid4())
        context = Context(request_id, service, operation, principal, self._endpoint)
        exchange = Exchange(request_id, context=context, params=dict(params))
        for step in self._core:
            await step(exchange)
            if exchange.result is not None:
                return exchange.result
            if exchange.reply is not None:
                return decode(service, operation, exchange.reply.status, *await _whole(exchange.reply))
        raise RuntimeError(f"no step answered {service}.{operation}")


async def _whole(reply: Reply) -> tuple[list[tuple[str, str]], bytes]:
    if isinstance(reply.body, bytes):
        return reply.headers, reply.body
    return reply.headers, b"".join([chunk async for chunk in reply.body])
