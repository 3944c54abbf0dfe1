"""Connections to the bases, kept and used again. Knows no more of a request than how it is sent."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import aiohttp
from yarl import URL

from boathouse.errors import AwsError
from boathouse.gateway.anew import Sent
from boathouse.settings import BaseUrl

Connected = Callable[[BaseUrl], Awaitable[None]]
BROKEN = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError)
"""What a base that is not there, or ends in the middle, is told by."""


class Connections:
    """``tell`` names who hears of each new one before a request goes over it, and may refuse it by AwsError."""

    def __init__(self) -> None:
        self._connected: Connected | None = None
        self._session: aiohttp.ClientSession | None = None

    def tell(self, connected: Connected) -> None:
        self._connected = connected

    async def start(self) -> None:
        watching = aiohttp.TraceConfig()
        watching.on_connection_create_end.append(self._hear)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            trace_configs=[watching],
        )

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, base: BaseUrl, sent: Sent, *, quietly: bool = False) -> aiohttp.ClientResponse:
        """``quietly``: ``connected`` does not hear of it. Raises AwsError(ServiceUnavailable)."""
        if self._session is None:
            raise RuntimeError("a base was asked before the connections were started")
        url = URL(base.url + sent.target, encoded=True)
        data = sent.content if sent.content is None or isinstance(sent.content, bytes) else aiter(sent.content)
        try:
            return await self._session.request(
                sent.method,
                url,
                headers=sent.headers,
                data=data,
                allow_redirects=False,
                trace_request_ctx=None if quietly else base,
            )
        except BROKEN as error:
            raise unavailable(url, error) from error

    async def _hear(self, _: aiohttp.ClientSession, request: SimpleNamespace, __: object) -> None:
        if (base := request.trace_request_ctx) is not None and self._connected is not None:
            await self._connected(base)


def unavailable(url: URL, error: Exception) -> AwsError:
    return AwsError(
        "ServiceUnavailable",
        f"emulator: the base at {url.origin()} does not answer ({error}); start it, or start Boathouse again",
        status=503,
    )
