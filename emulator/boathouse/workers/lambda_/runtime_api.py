"""Lambda's Runtime API on loopback, a port a worker: AWS's client takes no path in AWS_LAMBDA_RUNTIME_API.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import asyncio
import base64
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web

from boathouse.workers.lambda_.function import Answer, Function, Invocation, failure

PREFIX = "/2018-06-01/runtime"
MOST_RESPONSE_BYTES = 6_291_556


class Session:
    """One worker's conversation with its runtime client: it asks for the next invocation, and answers it."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.ready = asyncio.Event()
        self.init_error: Answer | None = None
        self.broken = False
        self._next: asyncio.Queue[tuple[Invocation, int] | None] = asyncio.Queue(1)
        self._current: Invocation | None = None
        self._answer: asyncio.Future[Answer] | None = None

    def give(self, invocation: Invocation, deadline: int) -> asyncio.Future[Answer]:
        """``deadline`` in milliseconds since the epoch, as the worker's process tells time."""
        self._answer = asyncio.get_running_loop().create_future()
        self._next.put_nowait((invocation, deadline))
        return self._answer

    def end(self) -> None:
        """Lets go of a client that waits for its next invocation."""
        if self._next.empty():
            self._next.put_nowait(None)

    async def next(self) -> web.Response:
        self.ready.set()
        following = await self._next.get()
        if following is None:
            return web.Response(status=410)
        invocation, deadline = following
        self._current = invocation
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": self.function.arn,
        }
        if invocation.client_context is not None:
            headers["Lambda-Runtime-Client-Context"] = base64.b64decode(invocation.client_context).decode()
        return web.Response(body=invocation.payload, content_type="application/json", headers=headers)

    def answered(self, request_id: str, answer: Answer) -> web.Response:
        if self._current is None or self._current.request_id != request_id or self._answer is None:
            return _refused(400, "InvalidRequestID", "Invalid request ID")
        self._current = None
        if not self._answer.done():
            self._answer.set_result(answer)
        return web.json_response({"status": "OK"}, status=202)


class RuntimeApi:
    """``open`` a session before its worker starts, ``close`` it when the worker has ended."""

    def __init__(self) -> None:
        self._sessions: dict[int, tuple[Session, web.BaseSite]] = {}
        app = web.Application(client_max_size=MOST_RESPONSE_BYTES)
        app.add_routes(
            [
                web.get(f"{PREFIX}/invocation/next", self._of_session(_next)),
                web.post(f"{PREFIX}/invocation/{{id}}/response", self._of_session(_response)),
                web.post(f"{PREFIX}/invocation/{{id}}/error", self._of_session(_error)),
                web.post(f"{PREFIX}/init/error", self._of_session(_init_error)),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)

    async def start(self) -> None:
        await self._runner.setup()

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def open(self, function: Function) -> tuple[Session, int]:
        """A new session and the port on which its client finds it."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        site = web.SockSite(self._runner, listener)
        await site.start()
        session = Session(function)
        self._sessions[port] = session, site
        return session, port

    async def close(self, port: int) -> None:
        session, site = self._sessions.pop(port)
        session.end()
        await site.stop()

    def _of_session(
        self, handler: Callable[[Session, web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            if request.transport is None:
                return web.Response(status=410)
            _, port = request.transport.get_extra_info("sockname")
            found = self._sessions.get(port)
            return web.Response(status=410) if found is None else await handler(found[0], request)

        return handle


async def _next(session: Session, _: web.Request) -> web.Response:
    return await session.next()


async def _response(session: Session, request: web.Request) -> web.Response:
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        session.broken = True  # AWS's client gives up when it is refused
        message = f"Response payload size exceeded maximum allowed payload size ({MOST_RESPONSE_BYTES} bytes)."
        session.answered(request.match_info["id"], failure("Function.ResponseSizeTooLarge", message))
        return _refused(413, "RequestEntityTooLarge", message)
    return session.answered(request.match_info["id"], Answer(body))


async def _error(session: Session, request: web.Request) -> web.Response:
    return session.answered(request.match_info["id"], Answer(await request.read(), failed=True))


async def _init_error(session: Session, request: web.Request) -> web.Response:
    session.init_error = Answer(await request.read(), failed=True)
    return web.json_response({"status": "OK"}, status=202)


def _refused(status: int, error_type: str, message: str) -> web.Response:
    return web.json_response({"errorType": error_type, "errorMessage": message}, status=status)
