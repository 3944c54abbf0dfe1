"""Whether a base that a user brought is still the one that our state belongs to.

What we keep (tables, stacks, policies, positions in streams) refers to what a base keeps. A base that forgets, as
LocalStack does with each end of its process, would answer from nothing, and we from the past. So each base holds a
marker that names our state: it is looked for at the start, on each new connection, and when the base has hung up.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from boathouse.bases.marks import ACCOUNT, Kind, Step
from boathouse.clock import Clock
from boathouse.context import DEFAULT_REGION, Principal, Scope, root_of
from boathouse.errors import AwsError, StartError
from boathouse.settings import BaseUrl

EVERYWHERE: Scope = ("", "")
MISSING = frozenset({"404", "NotFound", "NotFoundException"})
REFUSED = (401, 403)
KEYS = (
    "the base at {} does not let us in ({}). If it checks signatures: its keys are taken from"
    " BOATHOUSE_BASE_S3_ACCESS_KEY and BOATHOUSE_BASE_S3_SECRET_KEY, without S3_ for the base of all services"
)
PAUSE = 0.5
EMPTY = (
    "emulator: the base at {} came back empty, and what is kept here refers to what it has lost. Empty this too and"
    " deploy again: docker compose run --rm deploy --from-empty (without compose: boathouse reset --yes, then python -m"
    " pipelines deploy). The sources must then be run again"
)
UNMARKED = "takes no marker ({}): nobody would notice that it came back empty"
Ask = Callable[[BaseUrl, str, str, Mapping[str, Any], Principal], Awaitable[dict[str, Any]]]


class Kept(Protocol):
    """A collection of the platform's state."""

    def get(self, scope: Scope, key: str) -> dict[str, Any] | None: ...

    def put(self, scope: Scope, key: str, document: dict[str, Any]) -> None: ...


class Markers:
    """``bases`` are those that the user brought, with the kind of their marker, by URL."""

    def __init__(self, bases: Mapping[str, tuple[BaseUrl, Kind]], kept: Kept, ask: Ask, clock: Clock) -> None:
        self._bases = bases
        self._kept = kept
        self._ask = ask
        self._clock = clock
        self._lost = dict[str, str]()
        self._unmarked = dict[str, str]()
        self._suspect = dict.fromkeys(bases, True)
        self._writing = asyncio.Lock()
        self._watching = list[asyncio.Task[None]]()

    async def start(self) -> None:
        """Raises StartError for a base that cannot be asked; one that came back empty only shuts the door."""
        for base, _ in self._bases.values():
            try:
                await self.verify(base)
            except AwsError as error:
                if not self._lost:
                    raise StartError(error.message) from error
        self._watching = [asyncio.create_task(self._watch(base)) for base, _ in self._bases.values()]

    async def stop(self) -> None:
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)

    async def remove(self) -> None:
        """Before our own state goes. What cannot be removed any more is left: it does no harm."""
        for base, kind in self._bases.values():
            if (known := self._kept.get(EVERYWHERE, base.url)) is not None:
                with contextlib.suppress(AwsError):
                    for step in kind.remove:
                        await self._take(base, kind, step, known["id"])

    async def reset(self) -> None:
        """After our own state was cleared: new markers. A base that is away gets its own when it is back."""
        self._lost.clear()
        self._unmarked.clear()
        for base, _ in self._bases.values():
            with contextlib.suppress(AwsError):
                await self.verify(base)

    def troubles(self) -> dict[str, str]:
        return {f"base {url}": message for url, message in (self._unmarked | self._lost).items()}

    async def check(self) -> None:
        """Raises AwsError while a base is not ours any more: nothing is to be asked of it, nor of us."""
        for url in [url for url, suspect in self._suspect.items() if suspect]:
            with contextlib.suppress(AwsError):  # a base that is away is told of by the calls that need it
                await self.verify(self._bases[url][0])
        self._refuse()

    async def verify(self, base: BaseUrl) -> None:
        """Writes the first marker. Raises AwsError where ours is gone, and where the base cannot say."""
        if base.url not in self._bases or base.url in self._unmarked:
            return
        self._refuse()
        base, kind = self._bases[base.url]
        async with self._writing:
            known = self._kept.get(EVERYWHERE, base.url)
            if known is None:
                await self._write(base, kind)
            elif not await self._holds(base, kind, known["id"]):
                self._lost[base.url] = EMPTY.format(base.url)
        self._suspect[base.url] = False
        self._refuse()

    def _refuse(self) -> None:
        for message in self._lost.values():
            raise AwsError("ServiceUnavailable", message, status=503)

    async def _write(self, base: BaseUrl, kind: Kind) -> None:
        """Kept last: a marker that nobody remembers does no harm."""
        marker = uuid.uuid4().hex
        try:
            for step in kind.make:
                await self._take(base, kind, step, marker)
        except AwsError as error:
            if error.code == "ServiceUnavailable":
                raise
            if error.status is not None and error.status < 500:
                raise AwsError(error.code, KEYS.format(base.url, error), status=503) from error
            self._unmarked[base.url] = UNMARKED.format(error.message)
            return
        self._kept.put(EVERYWHERE, base.url, {"id": marker})

    async def _holds(self, base: BaseUrl, kind: Kind, marker: str) -> bool:
        try:
            await self._take(base, kind, kind.find, marker)
        except AwsError as error:
            if error.status in REFUSED:
                raise AwsError(error.code, KEYS.format(base.url, error), status=503) from error
            if error.code not in MISSING:
                raise
            return False
        return True

    async def _take(self, base: BaseUrl, kind: Kind, step: Step, marker: str) -> None:
        operation, params = step
        given = {member: value.format(id=marker) for member, value in params.items()}
        await self._ask(base, kind.service, operation, given, root_of(ACCOUNT, DEFAULT_REGION))

    async def _watch(self, base: BaseUrl) -> None:
        """Holds a connection on which nothing is said: that it ends is the first sign that the base did."""
        address = urlsplit(base.url)
        port = address.port or (443 if address.scheme == "https" else 80)
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(address.hostname, port)
                with contextlib.closing(writer):
                    if await self._knows(base):
                        await reader.read(1)
                self._suspect[base.url] = True
            await self._clock.sleep(PAUSE)

    async def _knows(self, base: BaseUrl) -> bool:
        """Whether it is known how the base is. One that listens may not answer yet."""
        try:
            await self.verify(base)
        except AwsError:
            return bool(self._lost)
        return True
