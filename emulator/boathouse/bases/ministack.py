"""ministack as a child process: the default base. Everything about how it is started is here."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import aiohttp

from boathouse.clock import Clock
from boathouse.errors import StartError

START_TIMEOUT = 20.0
"""Seconds. It takes 0.2 to 0.4 s; a loaded machine may take longer."""
FOREIGN = ("AWS_", "BOATHOUSE_", "LOCALSTACK_", "MINISTACK_")
"""How the names of variables begin that it must not find in the user's environment."""


class Ministack:
    """ministack on a port of its own on loopback, keeping its state under ``folder``."""

    def __init__(self, folder: Path, gateway_port: int, clock: Clock) -> None:
        self._clock = clock
        self._folder = folder
        self._port = _free_port()
        self._gateway_port = gateway_port
        self._process: asyncio.subprocess.Process | None = None
        self._log_before = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def log_file(self) -> Path:
        return self._folder / "ministack.log"

    async def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._log_before = self.log_file.stat().st_size if self.log_file.exists() else 0
        with self.log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "boathouse.bases.child", str(self._port),
                env=self._environment(), stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            await asyncio.wait_for(self._answers(), START_TIMEOUT)
        except TimeoutError:
            await self.stop()
            raise StartError(
                f"ministack did not answer within {START_TIMEOUT:.0f} s; its log: {self.log_file}"
            ) from None

    async def stop(self) -> None:
        """SIGTERM lets it save what it keeps in memory."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def reset(self) -> None:
        """Its own way to forget everything; it answers when it has."""
        async with aiohttp.ClientSession() as session, session.post(f"{self.url}/_ministack/reset") as answer:
            answer.raise_for_status()

    async def _answers(self) -> None:
        """Waits until it listens. Until then every attempt is refused at once, so the pause is the only wait."""
        while True:
            if self._process is not None and self._process.returncode is not None:
                raise StartError(f"{self._last_words()}; ministack's log: {self.log_file}")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                await self._clock.sleep(0.02)
            else:
                writer.close()
                return

    def _last_words(self) -> str:
        """What ended its start: the last line that it wrote."""
        with self.log_file.open("rb") as log:
            log.seek(self._log_before)
            lines = log.read().decode(errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "ministack ended at its start")

    def _environment(self) -> dict[str, str]:
        """Its settings are environment variables, and its defaults are folders shared under /tmp and open ports.

        Nothing of the user's AWS environment reaches it, nor a proxy, which would be handed its messages to us. Without
        a MINISTACK_HOST the URLs in its answers follow the request's host. DOCKER_HOST names no socket: at start and
        stop it would remove containers that carry its label.
        """
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(FOREIGN) and not name.upper().endswith("_PROXY")
        }
        return kept | settings(self._folder, self._gateway_port)


def settings(folder: Path, gateway_port: int) -> dict[str, str]:
    """ministack's variables: on loopback, with no Docker and no port but its own, keeping everything in ``folder``."""
    return {
        "GATEWAY_PORT": str(gateway_port),
        "BIND_HOST": "127.0.0.1",
        "S3_PERSIST": "1",
        "PERSIST_STATE": "1",
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AUTH": "false",
        "LOG_LEVEL": "WARNING",
        "DOCKER_HOST": "unix:///nonexistent/boathouse-uses-no-docker.sock",
        "TMPDIR": str(folder),
    }


def _free_port() -> int:
    """Nobody else holds it now; a moment later somebody might, and then the start fails and says so."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
