"""The aws-chunked encoding (STREAMING-* payloads): an upload in chunks that carry signatures, with trailers.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
"""

from collections.abc import AsyncIterable, AsyncIterator

from boathouse.errors import AwsError
from boathouse.wire.messages import Headers

MAX_LINE = 16_384


def is_aws_chunked(headers: Headers) -> bool:
    return headers.get("x-amz-content-sha256").startswith("STREAMING-") or "aws-chunked" in headers.get(
        "content-encoding"
    )


class ChunkedBody:
    """Iterates over the decoded content of ``source``, piece by piece as it comes; signatures are not checked.

    ``trailers`` are there once the iteration has ended. Raises AwsError(IncompleteBody) for what ends too early or
    is not of the encoding.
    """

    def __init__(self, source: AsyncIterable[bytes]) -> None:
        self._source = aiter(source)
        self._buffer = bytearray()
        self.trailers: dict[str, str] = {}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while size := _size(await self._line()):
            async for piece in self._exactly(size):
                yield piece
            if await self._line():
                raise _incomplete("a chunk is longer than it says")
        while line := await self._line(may_end=True):
            name, colon, value = line.partition(":")
            if not colon:
                raise _incomplete("a trailer has no name")
            self.trailers[name.strip().lower()] = value.strip()

    async def _fill(self) -> bool:
        try:
            self._buffer += await anext(self._source)
        except StopAsyncIteration:
            return False
        return True

    async def _line(self, *, may_end: bool = False) -> str:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > MAX_LINE:
                raise _incomplete("a chunk's header is too long")
            if not await self._fill():
                if may_end and not self._buffer:
                    return ""
                raise _incomplete("the body ends within a chunk's header")
        line = self._buffer[:end].decode("latin-1")
        del self._buffer[: end + 2]
        return line

    async def _exactly(self, size: int) -> AsyncIterator[bytes]:
        while size:
            if not self._buffer and not await self._fill():
                raise _incomplete("the body ends within a chunk")
            piece = bytes(self._buffer[:size])
            del self._buffer[: len(piece)]
            size -= len(piece)
            if piece:
                yield piece


def _size(line: str) -> int:
    digits = line.partition(";")[0].strip()
    if not digits or not all(digit in "0123456789abcdefABCDEF" for digit in digits) or len(digits) > 16:
        raise _incomplete("a chunk's size is not a hexadecimal number")
    return int(digits, 16)


def _incomplete(reason: str) -> AwsError:
    message = f"The request body terminated unexpectedly: {reason}"
    return AwsError("IncompleteBody", message, status=400)
