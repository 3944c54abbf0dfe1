"""Passes a request to the base and its answer back, bodies streamed both ways.

Knows bases as URLs. The body goes through byte for byte; the access key becomes the account's number, which is how
a base that checks no signatures tells accounts apart.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import aiohttp
from yarl import URL

from boathouse import wire
from boathouse.call import Params
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.gateway.exchange import Exchange, Reply
from boathouse.service import Passage, Passed
from boathouse.settings import BaseUrl

HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization te trailer upgrade expect transfer-encoding date"
    " server".split()
)
CHUNK = 256 * 1024
CREDENTIAL_IN_HEADER = re.compile(r"(Credential=)[^/,\s]+")
CREDENTIAL_IN_QUERY = re.compile(r"((?:^|&)X-Amz-Credential=)[^%/&]+", re.IGNORECASE)
ACCESS_KEY_IN_QUERY = re.compile(r"((?:^|&)AWSAccessKeyId=)[^&]+")
INTERNAL_SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential={key}/19700101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
)


class Forward:
    """One pool of connections to all bases."""

    def __init__(self, base_of: Callable[[str], BaseUrl], passages: Mapping[str, Passage]) -> None:
        self._base_of = base_of
        self._passages = passages
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def __call__(self, exchange: Exchange) -> Reply:
        context, params = exchange.known()
        base = self._base_of(context.service)
        method, target, headers, body = self._outgoing(exchange, context, params)
        headers = _as_account(headers, context)
        passage = self._passages.get(context.service)
        if passage is not None:
            await passage.before(context, params, headers)
        response = await self._send(base, method, target, headers, body)
        reply_headers = [(name.lower(), value) for name, value in response.headers.items() if _kept(name)]
        if passage is None:
            return Reply(response.status, reply_headers, _stream(response))
        return await _after(passage, context, params, response, reply_headers)

    @staticmethod
    def _outgoing(exchange: Exchange, context: Context, params: Params) -> tuple[str, str, dict[str, str], Any]:
        """Method, path with query, headers, body: what came over the wire, or what ``call`` would have sent."""
        if exchange.head is None:
            sent = wire.encode(context.service, context.operation, params)
            query = f"?{sent.query}" if sent.query else ""
            signature = INTERNAL_SIGNATURE.format(key=context.account, region=context.region, service=context.service)
            headers = {name.lower(): value for name, value in sent.headers}
            return sent.method, sent.path + query, headers | {"authorization": signature}, sent.body
        head = exchange.head
        headers = {name: value for name, value in head.headers.items() if _kept(name)}
        query = f"?{_query_as_account(head.query, context.account)}" if head.query else ""
        has_body = "content-length" in headers or "transfer-encoding" in head.headers
        content = exchange.body.content if exchange.body.content is not None else exchange.body if has_body else None
        return head.method, head.path + query, headers, content

    async def _send(self, base: BaseUrl, method: str, target: str, headers: dict[str, str], body: Any) -> Any:
        if self._session is None:
            raise RuntimeError("forward was used before it was started")
        url = URL(base.url + target, encoded=True)
        data = aiter(body) if hasattr(body, "__aiter__") else body
        try:
            return await self._session.request(method, url, headers=headers, data=data, allow_redirects=False)
        except (aiohttp.ClientConnectionError, TimeoutError) as error:
            raise AwsError(
                "ServiceUnavailable",
                f"emulator: the base at {base.url} does not answer ({error}); start it, or start Boathouse again",
                status=503,
            ) from error


async def _after(
    passage: Passage, context: Context, params: Params, response: aiohttp.ClientResponse, headers: list[tuple[str, str]]
) -> Reply:
    body = await response.read() if passage.wants_body(context.operation) else None
    passed = Passed(response.status, dict(headers), body)
    try:
        await passage.after(context, dict(params), passed)
    except BaseException:
        response.close()
        raise
    return Reply(passed.status, list(passed.headers.items()), _stream(response) if body is None else body)


def _kept(name: str) -> bool:
    return name.lower() not in HOP_BY_HOP


def _as_account(headers: dict[str, str], context: Context) -> dict[str, str]:
    """The account's number as access key; a session's token means nothing to the base."""
    if (authorization := headers.get("authorization")) is not None:
        headers["authorization"] = CREDENTIAL_IN_HEADER.sub(rf"\g<1>{context.account}", authorization)
    headers.pop("x-amz-security-token", None)
    return headers


def _query_as_account(query: str, account: str) -> str:
    query = CREDENTIAL_IN_QUERY.sub(rf"\g<1>{account}", query)
    return ACCESS_KEY_IN_QUERY.sub(rf"\g<1>{account}", query)


async def _stream(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in response.content.iter_chunked(CHUNK):
            yield chunk
    finally:
        response.release()
