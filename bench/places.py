"""What is measured: a Boathouse of the bench's own, and a ministack by itself as its own users start it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from boathouse import launch, profile
from boathouse.bases import ministack as default_base
from boathouse.context import DEFAULT_ACCOUNT, DEFAULT_REGION
from boathouse.settings import Settings

PAUSE = 0.02
READY_SECONDS = 120.0
UVICORN = (sys.executable, "-m", "uvicorn", "ministack.app:app", "--host", "127.0.0.1", "--log-level", "warning")


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere that AWS's clients can be pointed at; ``starting``: seconds until it could."""

    endpoint: str
    pid: int
    starting: float
    environment: Mapping[str, str]
    ca_file: Path | None = None

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=DEFAULT_REGION,
            aws_access_key_id=DEFAULT_ACCOUNT,
            aws_secret_access_key=profile.SECRET_KEY,
            verify=str(self.ca_file) if self.ca_file else None,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, proxies={}),
        )


@contextmanager
def boathouse(*, workers: int = 0, refill: bool = False) -> Iterator[Place]:
    """``workers`` warm Sparks, which begin to start with it; with ``refill``, one that was used is replaced."""
    with tempfile.TemporaryDirectory(prefix="boathouse-bench-") as folder:
        settings = Settings(
            ephemeral=True, port=launch.free_port(), aws_dir=Path(folder), workers=workers, refill_workers=refill
        )
        began = time.perf_counter()
        platform = launch.launch(settings)
        try:
            yield Place(
                platform.endpoint,
                platform.pid,
                time.perf_counter() - began,
                clean_environment() | profile.environment(settings.aws_dir) | profile.past_proxies(os.environ),
            )
        finally:
            platform.stop()


def await_worker(place: Place) -> None:
    """Until a Spark waits warm."""
    until = time.monotonic() + READY_SECONDS
    while not (health := launch.health(place.endpoint)) or health["workers"]["ready"] < 1:
        if time.monotonic() > until:
            raise TimeoutError(f"no warm worker within {READY_SECONDS:.0f} s")
        time.sleep(PAUSE)


@contextmanager
def ministack(port: int = 0, ca_file: Path | None = None) -> Iterator[Place]:
    """With the settings of the one beneath a Boathouse: what is compared lies in front.

    With ``ca_file``, which has the certificate and key of a server beside it, it speaks HTTPS itself.
    """
    with tempfile.TemporaryDirectory(prefix="boathouse-bench-") as folder:
        port = port or free_port()
        server = str(ca_file.with_name("server.pem")) if ca_file else ""
        secure = ["--ssl-certfile", server, "--ssl-keyfile", server] if ca_file else []
        began = time.perf_counter()
        process = subprocess.Popen(
            [*UVICORN, "--port", str(port), *secure],
            env=clean_environment() | default_base.settings(Path(folder), port),
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            await_port(port)
            endpoint = f"{'https' if ca_file else 'http'}://127.0.0.1:{port}"
            yield Place(endpoint, process.pid, time.perf_counter() - began, clean_environment(), ca_file)
        finally:
            process.terminate()
            process.wait()


def run(command: Sequence[str], place: Place) -> str:
    """What a program that works on ``place`` printed. Raises RuntimeError, with what it said, where it failed."""
    done = subprocess.run(command, env=place.environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


def await_port(port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(PAUSE)
        else:
            return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def clean_environment() -> dict[str, str]:
    """Nothing of the user's AWS settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
