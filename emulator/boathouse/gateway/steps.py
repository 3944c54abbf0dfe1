"""The chain's small handlers: identify, authenticate, guard, parse, authorise, audit.

They know services only as what app.py hands them: passages by name, and who a key belongs to.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping

from boathouse import wire
from boathouse.context import DEFAULT_ACCOUNT, SESSION_KEY_PREFIX, Context, Principal, root_of
from boathouse.errors import AwsError
from boathouse.gateway.exchange import Exchange
from boathouse.service import Passage

audit_log = logging.getLogger("boathouse.audit")

FindPrincipal = Callable[[str, str], Principal | None]
"""Whose an access key is, acting in a region."""


async def identify(exchange: Exchange) -> None:
    """Which service and operation: from the signing scope, target header, host and path; a form's Action."""
    if exchange.head is None:
        return
    target = wire.identify(exchange.head)
    if target is None:
        raise AwsError(
            "MissingAuthenticationToken",
            "emulator: this request names no AWS service: it has no signature, no X-Amz-Target and no known host."
            " Send it with an AWS client; GET /_boathouse/health says what runs here",
            status=403,
        )
    exchange.target = target
    body = await exchange.body.read() if wire.names_operation_in_body(target) else b""
    exchange.target = wire.resolve(target, exchange.head, body)


class Authenticate:
    """Who asks. A 12-digit access key is an account, a session's key acts as its role, a user's as the user; any
    other is the default account's root. Signatures are not checked: a key that finds its way here is a stand-in."""

    def __init__(self, find_session: FindPrincipal, find_user: FindPrincipal) -> None:
        self._find_session = find_session
        self._find_user = find_user

    async def __call__(self, exchange: Exchange) -> None:
        head, target = exchange.asked()
        principal = self._principal(target.access_key or "", target.region)
        exchange.context = Context(
            exchange.request_id, target.service, target.operation or "", principal, head.endpoint
        )
        exchange.params = {}

    def _principal(self, access_key: str, region: str) -> Principal:
        if access_key.isdigit() and len(access_key) == 12:
            return root_of(access_key, region)
        if (session := self._find_session(access_key, region)) is not None:
            return session
        if access_key.startswith(SESSION_KEY_PREFIX):
            raise AwsError("ExpiredToken", "The security token included in the request is expired", status=403)
        return self._find_user(access_key, region) or root_of(DEFAULT_ACCOUNT, region)


class Parse:
    """The request's parameters. Bodies that the model streams are left to stream; of what passes to the base
    unread, only what path, query and headers say is known."""

    def __init__(self, ours: Callable[[str, str], bool], passages: Mapping[str, Passage]) -> None:
        self._ours = ours
        self._passages = passages

    async def __call__(self, exchange: Exchange) -> None:
        head, target = exchange.asked()
        context, _ = exchange.known()
        ours = self._ours(context.service, context.operation)
        passage = self._passages.get(context.service)
        if not ours and (passage is None or not passage.concerns(context.operation)):
            return
        streams = not ours and wire.streams_input(context.service, context.operation)
        exchange.params = wire.parse(target, head, b"" if streams else await exchange.body.read())


class Authorise:
    """Resource policies, whoever asks. Identity policies and Lake Formation come here with governance."""

    def __init__(self, passages: Mapping[str, Passage]) -> None:
        self._passages = passages

    async def __call__(self, exchange: Exchange) -> None:
        context, params = exchange.known()
        if (passage := self._passages.get(context.service)) is not None:
            await passage.authorise(context, params)


class Guard:
    """Lets nothing pass while ``check`` raises AwsError, whatever is asked for."""

    def __init__(self, check: Callable[[], Awaitable[None]]) -> None:
        self._check = check

    async def __call__(self, exchange: Exchange) -> None:
        await self._check()


async def audit(exchange: Exchange) -> None:
    """Who asked for what, before it is done: a line of the platform's own log."""
    context, _ = exchange.known()
    audit_log.info("%s %s %s.%s", context.request_id, context.principal.arn, context.service, context.operation)
