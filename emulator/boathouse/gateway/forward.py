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
from boathouse.wire import Head, Target

HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization te trailer upgrade expect transfer-encoding date"
    " server".split()
)
CHUNK = 256 * 1024
CREDENTIAL_IN_HEADER = re.compile(r"(Credential=)[^/,\s]+")
CREDENTIAL_IN_QUERY = re.compile(r"((?:^|&)X-Amz-Credential=)[^%/&]+", re.IGNORECASE)
ACCESS_KEY_IN_QUERY = re.compile(r"((?:^|&)AWSAccessKeyId=)[^&]+")
BROKEN = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError)
"""What a base that is not there, or ends in the middle, is told by."""
OF_LOCALHOST = re.compile(r"^.*\.(?=localhost(?::|$))")
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
        passage = self._passages.get(context.service)
        account = context.account if passage is None else passage.account(context, params)
        method, target, headers, body = self._outgoing(exchange, context, params, account)
        headers = _as_account(headers, account)
        if passage is not None:
            await passage.before(context, params, headers)
        response = await self._send(base, method, target, headers, body)
        reply_headers = [(name.lower(), value) for name, value in response.headers.items() if _kept(name)]
        if passage is None:
            return Reply(response.status, reply_headers, _stream(response))
        return await _after(passage, context, params, response, reply_headers)

    @staticmethod
    def _outgoing(
        exchange: Exchange, context: Context, params: Params, account: str
    ) -> tuple[str, str, dict[str, str], Any]:
        """Method, path with query, headers, body: what came over the wire, or what ``call`` would have sent."""
        if exchange.head is None:
            sent = wire.encode(context.service, context.operation, params)
            query = f"?{sent.query}" if sent.query else ""
            signature = INTERNAL_SIGNATURE.format(
                key=account, region=context.region, service=wire.signing_name(context.service)
            )
            own = {"authorization": signature, "host": context.endpoint.partition("://")[2]}
            return (
                sent.method,
                sent.path + query,
                {name.lower(): value for name, value in sent.headers} | own,
                sent.body,
            )
        head, target = exchange.asked()
        headers = {name: value for name, value in head.headers.items() if _kept(name)}
        headers["x-forwarded-proto"] = head.scheme
        if context.service == "s3":
            _name_no_bucket(headers, head, target)
        query = f"?{_query_as_account(head.query, account)}" if head.query else ""
        has_body = "content-length" in headers or "transfer-encoding" in head.headers
        content = exchange.body.content if exchange.body.content is not None else exchange.body if has_body else None
        return head.method, target.path + query, headers, content

    async def _send(self, base: BaseUrl, method: str, target: str, headers: dict[str, str], body: Any) -> Any:
        if self._session is None:
            raise RuntimeError("forward was used before it was started")
        url = URL(base.url + target, encoded=True)
        data = aiter(body) if hasattr(body, "__aiter__") else body
        try:
            return await self._session.request(method, url, headers=headers, data=data, allow_redirects=False)
        except BROKEN as error:
            raise _unavailable(url.origin(), error) from error


async def _after(
    passage: Passage, context: Context, params: Params, response: aiohttp.ClientResponse, headers: list[tuple[str, str]]
) -> Reply:
    try:
        body = await response.read() if passage.wants_body(context.operation) else None
    except BROKEN as error:
        raise _unavailable(response.url.origin(), error) from error
    passed = Passed(response.status, dict(headers), body)
    try:
        await passage.after(context, dict(params), passed)
    except BaseException:
        response.close()
        raise
    return Reply(passed.status, list(passed.headers.items()), _stream(response) if body is None else body)


def _kept(name: str) -> bool:
    return name.lower() not in HOP_BY_HOP


def _unavailable(base: URL, error: Exception) -> AwsError:
    return AwsError(
        "ServiceUnavailable",
        f"emulator: the base at {base} does not answer ({error}); start it, or start Boathouse again",
        status=503,
    )


def _name_no_bucket(headers: dict[str, str], head: Head, target: Target) -> None:
    """The bucket stands in the path, where all bases read it alike: one that took another bucket from the host than we
    did would answer for a bucket whose policy nobody asked. What is left of the host is for URLs in answers."""
    host = OF_LOCALHOST.sub("", head.host[len(target.path) - len(head.path) :])
    if any(label.startswith("s3") for label in host.split(".")[1:]):
        headers.pop("host", None)
    else:
        headers["host"] = host


def _as_account(headers: dict[str, str], account: str) -> dict[str, str]:
    """The account's number as access key; a session's token means nothing to the base."""
    if (authorization := headers.get("authorization")) is not None:
        headers["authorization"] = CREDENTIAL_IN_HEADER.sub(rf"\g<1>{account}", authorization)
    headers.pop("x-amz-security-token", None)
    return headers


def _query_as_account(query: str, account: str) -> str:
    query = CREDENTIAL_IN_QUERY.sub(rf"\g<1>{account}", query)
    return ACCESS_KEY_IN_QUERY.sub(rf"\g<1>{account}", query)


async def _stream(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in response.content.iter_chunked(CHUNK):
            yield chunk
    except BROKEN as error:
        raise _unavailable(response.url.origin(), error) from error
    finally:
        response.release()
