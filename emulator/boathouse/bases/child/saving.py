"""ministack as an ASGI application that answers only what it has saved.

A change is saved before its answer goes out, by whatever it touched; what passes through (messages, log events,
samples), once a second. A save that fails fails the call.
"""

import logging
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from boathouse.bases.child.asked import Asked, Kind, asked
from boathouse.bases.child.keeping import Keeping
from boathouse.bases.child.refusal import refusal
from boathouse.bases.child.uploads import Uploads
from boathouse.clock import Clock
from boathouse.tasks import Tasks

log = logging.getLogger(__name__)
INTERVAL = 1.0
"""Seconds between the looks at everything."""
SHARE = 20
"""A look may take one part in so many of the time: one that takes long waits longer for the next."""
UNSAVED = (
    "emulator: the base could not save what this call changed ({}). Free space there; it is tried again every second,"
    " and what is not saved by then is lost when the platform ends"
)
failures: ContextVar[list[str]] = ContextVar("failures")


class Saving:
    """``base`` is ministack's module ``app``."""

    def __init__(self, base: Any, keeping: Keeping, uploads: Uploads, clock: Clock) -> None:
        self._base = base
        self._keeping = keeping
        self._uploads = uploads
        self._clock = clock
        self._stale = False
        logging.getLogger("s3").addHandler(_Failures())

    async def run(self, serving: Coroutine[Any, Any, None]) -> None:
        """Until the server has ended. The last word is saved, too."""
        tasks = Tasks()
        tasks.spawn(self._save_now_and_then(), "saving")
        await serving
        await tasks.cancel()
        self._keeping.save(self._keeping.services())

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
        await self._base.app(scope, receive, self._held_back(what, send))
        if scope["path"] == "/_ministack/reset":
            self._keeping.forget()
            self._uploads.save()

    def _held_back(self, what: Asked, send: Send) -> Send:
        refused = False

        async def send_saved(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and (why := self._unsaved(what, message["status"])) is not None:
                refused = True
                log.error("%s: %s", what.service, why)
                for part in refusal(what.service, message, UNSAVED.format(why)):
                    await send(part)
            elif not refused:
                await send(message)

        return send_saved

    def _unsaved(self, what: Asked, status: int) -> str | None:
        """Saves what was asked for; returns why it cannot be answered."""
        self._stale = True
        try:
            if what.upload:
                self._uploads.save()
            if what.kind is Kind.CHANGES and status < 400:
                self._keeping.save({*self._keeping.files_of(what.service), *self._keeping.small()})
        except OSError as error:
            return f"{error.strerror}: {error.filename}"
        return "; ".join(failures.get()) or None

    async def _save_now_and_then(self) -> None:
        pause = INTERVAL
        while True:
            await self._clock.sleep(pause)
            if not self._stale:
                continue
            self._stale = False
            started = self._clock.time()
            for service in self._keeping.services():
                try:
                    self._keeping.save([service])
                except OSError as error:
                    log.error("%s is not saved: %s", service, error)
                    self._stale = True
                await self._clock.sleep(0)
            pause = max(INTERVAL, SHARE * (self._clock.time() - started))


class _Failures(logging.Handler):
    """ministack tells of an object's file that it could not write, read or remove in its log alone."""

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith("Failed to"):
            failures.get([]).append(record.getMessage())


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
