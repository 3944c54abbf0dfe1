"""One request on its way through the chain: what came, what is known of it so far, what it is answered."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Message, Receive

from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.wire import Head, Target

MAXIMUM_BODY = 256 * 1024 * 1024
"""Bytes of a body that is read whole; streamed ones have no limit here. Lambda's zips are the largest."""


class Body:
    """A request's body: streamed once, or read whole and kept."""

    def __init__(self, receive: Receive | None = None, content: bytes | None = None) -> None:
        self._receive = receive
        self.content = content
        self.ended = receive is None

    async def read(self) -> bytes:
        if self.content is None:
            chunks, size = [], 0
            async for chunk in self:
                chunks.append(chunk)
                if (size := size + len(chunk)) > MAXIMUM_BODY:
                    raise AwsError(
                        "RequestEntityTooLarge", f"emulator: a body over {MAXIMUM_BODY} bytes is not read", status=413
                    )
            self.content = b"".join(chunks)
        return self.content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.content is not None:
            yield self.content
            return
        while not self.ended and self._receive is not None:
            message: Message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError("the client left before its request's end")
            self.ended = not message.get("more_body", False)
            if chunk := message.get("body", b""):
                yield chunk

    async def discard(self) -> None:
        """Reads what is left to its end, keeping nothing."""
        async for _ in self:
            pass


@dataclass(slots=True)
class Reply:
    """An answer on its way out, as bytes or as a stream; ``headers`` have lower-case names."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes | AsyncIterator[bytes] = b""


@dataclass(slots=True)
class Exchange:
    """``head`` and ``body`` are None for a call from inside, which enters the chain with ``context`` and ``params``.

    A step ends the chain by setting ``result`` (an operation of ours, of the model's shape) or ``reply``.
    """

    request_id: str
    head: Head | None = None
    body: Body = field(default_factory=Body)
    target: Target | None = None
    context: Context | None = None
    params: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    reply: Reply | None = None

    @property
    def ended(self) -> bool:
        return self.result is not None or self.reply is not None

    def asked(self) -> tuple[Head, Target]:
        """What came over the wire; only the steps at the edge ask."""
        if self.head is None or self.target is None:
            raise RuntimeError("this step belongs to the edge, before which nothing is identified")
        return self.head, self.target

    def known(self) -> tuple[Context, dict[str, Any]]:
        """Who asks for what; only steps after the edge ask."""
        if self.context is None or self.params is None:
            raise RuntimeError("this step belongs after authentication and parsing")
        return self.context, self.params
