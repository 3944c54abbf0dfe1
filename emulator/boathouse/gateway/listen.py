"""The two listeners, HTTP and HTTPS, with one application behind them."""

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from boathouse.clock import Clock
from boathouse.errors import StartError


class _Server(uvicorn.Server):
    """uvicorn's server without its signal handlers: the platform's owner decides when it ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Listener:
    def __init__(self, app: ASGIApp, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._socket = _bound(host, port, "" if tls is None else ", of HTTPS,")
        config = uvicorn.Config(
            app, lifespan="off", log_config=None, access_log=False, server_header=False, timeout_keep_alive=75
        )
        config.load()
        config.ssl = tls
        self._server = _Server(config)
        self._serving: asyncio.Task[None] | None = None

    async def start(self, clock: Clock) -> None:
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            await clock.sleep(0.005)

    async def stop(self) -> None:
        """Waits at most five seconds for answers under way."""
        if self._serving is None:
            self._socket.close()
            return
        self._server.should_exit = True
        try:
            await asyncio.wait_for(asyncio.shield(self._serving), 5)
        except TimeoutError:
            self._server.force_exit = True
            await self._serving


def _bound(host: str, port: int, what: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off for sockets that say TCP; else each answer waits 40 ms for an acknowledgement
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise StartError(
                f"port {port} on {host}{what} is taken; end what listens there, or choose others with --port N:"
                " N is for HTTP, the next for HTTPS"
            ) from error
        raise StartError(f"cannot listen on {host}:{port}: {error.strerror}; choose with --port N") from error
    return listening
