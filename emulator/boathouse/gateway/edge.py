"""The ASGI edge: a request becomes an exchange, its outcome becomes an answer in the protocol's own form.

The one broad except of the program is here: what nobody foresaw is logged with its request id and answered 500.
"""

import contextlib
import logging
import uuid
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from boathouse import wire
from boathouse.errors import AwsError
from boathouse.gateway.chain import Chain
from boathouse.gateway.exchange import Body, Exchange, Reply
from boathouse.wire import Head, Headers

log = logging.getLogger(__name__)

NO_LENGTH = frozenset({204, 304})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FOREIGN_PAGE = "emulator: a web page from another machine asks; only pages from this one may. See docs/coverage.md"


class Edge:
    """``admin`` answers paths under /_boathouse/; ``count`` hears the number of requests under way change."""

    def __init__(self, chain: Chain, admin: ASGIApp) -> None:
        self._chain = chain
        self._admin = admin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        head = _head(scope)
        exchange = Exchange(str(uuid.uuid4()), head, Body(receive))
        if _is_of_a_foreign_page(head):
            reply = _refusal(exchange, AwsError("AccessForbidden", FOREIGN_PAGE, status=403))
        elif scope["path"].startswith("/_boathouse/"):
            await self._admin(scope, receive, send)
            return
        else:
            reply = await self._outcome(exchange)
        if not exchange.body.ended:
            await _leave_body(exchange, reply)
        await _send(reply, head.method, send)

    async def _outcome(self, exchange: Exchange) -> Reply:
        try:
            await self._chain.run(exchange)
            if exchange.reply is not None:
                return exchange.reply
            context, _ = exchange.known()
            _, target = exchange.asked()
            answer = wire.answer(
                context.service, context.operation, exchange.result, exchange.request_id, target.protocol
            )
            return _as_reply(answer)
        except AwsError as error:
            return _refusal(exchange, error)
        except ConnectionResetError as error:
            return _refusal(exchange, AwsError("RequestTimeout", str(error), status=400))
        except Exception as error:
            log.exception("request %s failed", exchange.request_id)
            message = f"emulator: {type(error).__name__}: {error}; the log has request {exchange.request_id}"
            return _refusal(exchange, AwsError("InternalFailure", message, status=500))


async def _leave_body(exchange: Exchange, reply: Reply) -> None:
    """A refusal before the body: a client that waits for 100-continue will not send it, so the connection cannot go
    on; any other is sending and would miss the answer if we hung up."""
    if exchange.head is not None and "expect" in exchange.head.headers:
        reply.headers.append(("connection", "close"))
    elif isinstance(reply.body, bytes):
        with contextlib.suppress(ConnectionResetError):
            await exchange.body.discard()


def _is_of_a_foreign_page(head: Head) -> bool:
    """Whether a browser says that a page from elsewhere asks: it could read what lies here, and reset it."""
    if "origin" not in head.headers:
        return False
    name = _host_of(head.headers["origin"])
    own = _host_of(f"//{head.host}")
    return name not in LOOPBACK and name != (own or None) and not name.endswith(".localhost")


def _host_of(url: str) -> str:
    """Empty where it has none, or none that can be read."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _head(scope: Scope) -> Head:
    headers = Headers.from_raw(scope["headers"])
    host = headers.get("host") or "{}:{}".format(*scope["server"])
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return Head(
        method=scope["method"],
        path=raw_path.split(b"?", 1)[0].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        scheme=scope["scheme"],
        host=host,
    )


def _refusal(exchange: Exchange, error: AwsError) -> Reply:
    target = exchange.target
    if target is None:  # XML is what S3's clients read, and S3 is what a request without credentials would be for
        return _as_reply(wire.refuse("s3", None, error, exchange.request_id))
    return _as_reply(wire.refuse(target.service, target.operation, error, exchange.request_id, target.protocol))


def _as_reply(answer: wire.Answer) -> Reply:
    return Reply(answer.status, [(name.lower(), value) for name, value in answer.headers], answer.body)


async def _send(reply: Reply, method: str, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    whole = reply.body if isinstance(reply.body, bytes) else None
    if (
        whole is not None
        and reply.status not in NO_LENGTH
        and not any(name == b"content-length" for name, _ in headers)
    ):
        headers.append((b"content-length", str(len(whole)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if method == "HEAD" or whole is not None:
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else whole or b""})
    if not isinstance(reply.body, bytes):
        async for chunk in reply.body:
            if method != "HEAD":
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if method != "HEAD":
            await send({"type": "http.response.body", "body": b""})
