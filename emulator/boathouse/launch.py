"""Starting the platform as a process of its own, and finding the one that runs. For the command line and tests."""

import http.client
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from boathouse.errors import StartError
from boathouse.settings import Settings

Health = dict[str, Any]


class Platform:
    """A running platform that this process started; it ends with this process, or at ``stop``."""

    def __init__(self, process: subprocess.Popen[bytes], health: Health) -> None:
        self._process = process
        self.health = health
        self.endpoint: str = health["endpoint"]

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self) -> int:
        return self._process.wait()

    def stop(self, timeout: float = 30) -> None:
        """Ends it in good order; after ``timeout`` seconds, at once."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def kill(self) -> None:
        """kill -9, for those who want to see what survives it."""
        self._process.kill()
        self.stop()


def launch(settings: Settings, log: int | None = None) -> Platform:
    """Starts the platform and returns when it is ready; StartError says why it is not."""
    process = subprocess.Popen(
        [sys.executable, "-m", "boathouse", settings.replace(end_with_starter=True).to_json()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
        env=os.environ | settings.base_keys(),
    )  # fmt: skip
    if process.stdout is None:
        raise RuntimeError("the platform's output was not piped")
    line = process.stdout.readline()
    answer = json.loads(line) if line.startswith(b"{") else {}
    if "ready" in answer:
        return Platform(process, answer["ready"])
    Platform(process, {"endpoint": ""}).stop()
    raise StartError(answer.get("refused") or "the platform ended before it was ready; its log above says why")


def settings_of(health: Health) -> Settings:
    """What of a running platform's settings says where it is and where its files lie."""
    address = urlsplit(health["endpoint"])
    return Settings(host=address.hostname or "", port=address.port or 80, state_dir=Path(health["state_dir"]))


def free_port() -> int:
    """A port of which the next is free too, for HTTPS."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def health(endpoint: str) -> Health | None:
    """What runs at ``endpoint`` says of itself; None where no Boathouse answers."""
    return _asked(endpoint, "GET", "/_boathouse/health")


def is_localstack(endpoint: str) -> bool:
    return _asked(endpoint, "GET", "/_localstack/health") is not None


def reset(endpoint: str) -> list[str]:
    """Empties the platform at ``endpoint``; returns, when it is empty, the bases that were left as they are."""
    answer = _asked(endpoint, "POST", "/_boathouse/reset", timeout=60)
    if answer is None:
        raise ConnectionError(f"{endpoint} did not say that it is empty")
    left: list[str] = answer["left"]
    return left


def translation(endpoint: str, sql: str, database: str) -> str:
    """What the platform's engine would run for an Athena statement, or why it is refused."""
    answer = _asked(endpoint, "POST", "/_boathouse/translation", {"sql": sql, "database": database})
    if answer is None:
        raise ConnectionError(f"{endpoint} did not translate the statement")
    text: str = answer["translation"]
    return text


def _asked(
    endpoint: str, method: str, path: str, body: dict[str, str] | None = None, timeout: float = 5
) -> dict[str, Any] | None:
    """A JSON answer, past any proxy that the environment names; None where there is none."""
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=timeout)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        response = connection.getresponse()
        found: dict[str, Any] | None = json.loads(response.read()) if response.status == 200 else None
        return found
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def running(aws_dir: Path) -> Health | None:
    """The platform that the profile in ``aws_dir`` points at, if it runs."""
    try:
        lines = (aws_dir / "config").read_text().splitlines()
    except FileNotFoundError:
        return None
    found = [line.partition("=")[2].strip() for line in lines if line.startswith("endpoint_url")]
    return health(found[0]) if found else None
