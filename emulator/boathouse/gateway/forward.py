"""Passes a request to the base and its answer back, bodies streamed both ways.

Knows bases as URLs. The body goes through byte for byte; the access key becomes the account's number, which is how
a base that checks no signatures tells accounts apart. For one that checks them, see anew.py.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import aiohttp

from boathouse import wire
from boathouse.call import Params
from boathouse.clock import Clock
from boathouse.context import Context, Principal
from boathouse.errors import AwsError
from boathouse.gateway.anew import Sent, sign_anew
from boathouse.gateway.connections import BROKEN, Connections, unavailable
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
OF_LOCALHOST = re.compile(r"^.*\.(?=localhost(?::|$))")
INTERNAL_SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential={key}/19700101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
)


class Forward:
    """Sends over ``connections`` to the base of each service; ``passages`` are what services have to do with it."""

    def __init__(
        self, connections: Connections, base_of: Callable[[str], BaseUrl], passages: Mapping[str, Passage], clock: Clock
    ) -> None:
        self._connections = connections
        self._base_of = base_of
        self._passages = passages
        self._clock = clock

    async def __call__(self, exchange: Exchange) -> Reply:
        context, params = exchange.known()
        base = self._base_of(context.service)
        passage = self._passages.get(context.service)
        account = context.account if passage is None else passage.account(context, params)
        if exchange.head is not None:
            self._refuse_expired(exchange.head.query)
        sent = _outgoing(exchange, context, params, account)
        if passage is not None:
            await passage.before(context, params, sent.headers)
        response = await self._connections.send(base, await self._signed(sent, context, base))
        reply_headers = [(name.lower(), value) for name, value in response.headers.items() if _kept(name)]
        if passage is None:
            return Reply(response.status, reply_headers, _stream(response))
        return await _after(passage, context, params, response, reply_headers)

    async def ask(
        self, base: BaseUrl, service: str, operation: str, params: Params, principal: Principal
    ) -> dict[str, Any]:
        """Asks one base of many, for ourselves: no passage, no check of the connection. Results as of ``call``."""
        context = Context("", service, operation, principal, base.url)
        sent = _from_inside(context, params, principal.account)
        response = await self._connections.send(base, await self._signed(sent, context, base), quietly=True)
        try:
            body = await response.read()
        except BROKEN as error:
            raise unavailable(response.url, error) from error
        return wire.decode(service, operation, response.status, list(response.headers.items()), body)

    def _refuse_expired(self, query: str) -> None:
        """Of a presigned URL's signature that much holds, whatever the base makes of it."""
        ends = wire.expiry(query)
        if ends is not None and ends < self._clock.now():
            raise AwsError("AccessDenied", "Request has expired", status=403)

    async def _signed(self, sent: Sent, context: Context, base: BaseUrl) -> Sent:
        return sent if base.access_key is None else await sign_anew(sent, context, base)


def _outgoing(exchange: Exchange, context: Context, params: Params, account: str) -> Sent:
    """What came over the wire, or what ``call`` would have sent, as the account's."""
    if exchange.head is None:
        return _from_inside(context, params, account)
    head, target = exchange.asked()
    headers = {name: value for name, value in head.headers.items() if _kept(name)}
    headers["x-forwarded-proto"] = head.scheme
    if context.service == "s3":
        _name_no_bucket(headers, head, target)
    query = f"?{_query_as_account(head.query, account)}" if head.query else ""
    has_body = "content-length" in headers or "transfer-encoding" in head.headers
    content = exchange.body.content if exchange.body.content is not None else exchange.body if has_body else None
    return Sent(head.method, target.path + query, _as_account(headers, account), content)


def _from_inside(context: Context, params: Params, account: str) -> Sent:
    sent = wire.encode(context.service, context.operation, params)
    signature = INTERNAL_SIGNATURE.format(
        key=account, region=context.region, service=wire.signing_name(context.service)
    )
    own = {"authorization": signature, "host": context.endpoint.partition("://")[2]}
    headers = {name.lower(): value for name, value in sent.headers} | own
    return Sent(sent.method, sent.path + (f"?{sent.query}" if sent.query else ""), headers, sent.body)


async def _after(
    passage: Passage, context: Context, params: Params, response: aiohttp.ClientResponse, headers: list[tuple[str, str]]
) -> Reply:
    try:
        body = await response.read() if passage.wants_body(context.operation) else None
    except BROKEN as error:
        raise unavailable(response.url, error) from error
    passed = Passed(response.status, dict(headers), body)
    try:
        await passage.after(context, dict(params), passed)
    except BaseException:
        response.close()
        raise
    return Reply(passed.status, list(passed.headers.items()), _stream(response) if passed.body is None else passed.body)


def _kept(name: str) -> bool:
    return name.lower() not in HOP_BY_HOP


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
        raise unavailable(response.url, error) from error
    finally:
        response.release()
