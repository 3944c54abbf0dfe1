"""ministack as an ASGI application that answers only what it has saved.

A change is saved before its answer goes out, by whatever it touched; what passes through (messages, log events,
samples), once a second. A save that fails fails the call.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from boathouse.bases.child.asked import Asked, Kind, asked
from boathouse.bases.child.keeping import Keeping, Unsaved
from boathouse.bases.child.objects import failures
from boathouse.bases.child.refusal import refusal
from boathouse.bases.child.uploads import Uploads
from boathouse.clock import Clock
from boathouse.errors import INSUFFICIENT_STORAGE
from boathouse.tasks import Tasks

log = logging.getLogger(__name__)
RESET = "/_ministack/reset"
INTERNAL_FAILURE = 500
INTERVAL = 1.0
"""Seconds between the looks at everything."""
SHARE = 20
"""A look may take one part in so many of the time: one that takes long waits longer for the next."""
UNSAVED = (
    "emulator: the base could not save in {} what this call changed ({}). Free space there: it is tried again every"
    " second, an object of S3 when it is put again; what is not saved is lost when the platform ends"
)
UNDONE = "emulator: the base could not read this in {} ({}); ask again, or look there what has become of it"


class Saving:
    """``base`` is ministack's module ``app``."""

    def __init__(self, base: Any, keeping: Keeping, uploads: Uploads, clock: Clock) -> None:
        self._base = base
        self._keeping = keeping
        self._uploads = uploads
        self._clock = clock
        self._stale = False

    async def run(self, serving: Coroutine[Any, Any, None]) -> None:
        """Until the server has ended. The last word is saved, too."""
        tasks = Tasks()
        tasks.spawn(self._save_now_and_then(), "saving")
        await serving
        await tasks.cancel()
        await self._save_everything()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._base.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if "x-www-form-urlencoded" in headers.get("content-type", ""):
            receive, body = await _read(receive)
        else:
            body = b""
        detect = self._base.detect_service
        what = asked(detect, scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers, body)
        failures.set([])
        held_back = self._emptied(send) if scope["path"] == RESET else self._held_back(what, send)
        await self._base.app(scope, receive, held_back)

    def _emptied(self, send: Send) -> Send:
        """For a reset: when its answer goes out, nothing of before is in a file either."""

        async def send_emptied(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._keeping.forget()
                await self._save_everything()
            await send(message)

        return send_emptied

    def _held_back(self, what: Asked, send: Send) -> Send:
        refused = False

        async def send_saved(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and (why := self._unanswerable(what, message["status"])):
                refused = True
                log.error("%s: %s", what.service, why)
                status = INTERNAL_FAILURE if what.kind is Kind.READS else INSUFFICIENT_STORAGE
                for part in refusal(what.service, message, status, why):
                    await send(part)
            elif not refused:
                await send(message)

        return send_saved

    def _unanswerable(self, what: Asked, status: int) -> str | None:
        """Saves what was asked for; returns why it cannot be answered."""
        self._stale = True
        try:
            if what.upload:
                self._uploads.save()
            if what.kind is Kind.CHANGES and status < 400:
                self._keeping.save(named := self._keeping.files_of(what.service))
                self._save_beside(named)
        except (OSError, Unsaved) as error:
            return UNSAVED.format(self._keeping.folder, getattr(error, "strerror", None) or error)
        if not (failed := "; ".join(failures.get())):
            return None
        return (UNDONE if what.kind is Kind.READS else UNSAVED).format(self._keeping.folder, failed)

    def _save_beside(self, named: set[str]) -> None:
        """What the call may have touched besides. A service that cannot say what it knows fails its own calls alone."""
        for service in self._keeping.small():
            if service not in named:
                with contextlib.suppress(Unsaved):
                    self._keeping.save([service])

    async def _save_now_and_then(self) -> None:
        pause = INTERVAL
        while True:
            await self._clock.sleep(pause)
            if not self._stale:
                continue
            self._stale = False
            started = self._clock.time()
            await self._save_everything()
            pause = max(INTERVAL, SHARE * (self._clock.time() - started))

    async def _save_everything(self) -> None:
        """What cannot be saved is in the log, and is tried again."""
        saves: list[Callable[[], None]] = [
            partial(self._keeping.save, [service]) for service in self._keeping.services()
        ]
        for save in (self._uploads.save, *saves):
            try:
                save()
            except (OSError, Unsaved) as error:
                log.error("not saved: %s", error)
                self._stale = True
            await asyncio.sleep(0)  # others may have waited


async def _read(receive: Receive) -> tuple[Receive, bytes]:
    """The whole body, and what receives it once more."""
    messages, body, more = list[Message](), b"", True
    while more:
        messages.append(message := await receive())
        body += message.get("body", b"")
        more = message.get("more_body", False)

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again, body
