"""Other people's emulators as child processes of a test: on loopback, in folders of their own, gone with the test."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from pathlib import Path
from typing import Self

import pytest

from boathouse import launch
from boathouse.bases import ministack as default_base
from boathouse.settings import BaseUrl
from tests.conftest import ROOT

LOCALSTACK = ROOT / ".venv-localstack"
MINIO = ROOT / ".minio" / "minio"
PATIENCE = 60


def needed(path: Path, target: str) -> None:
    """Skips, and says so, where ``path`` was not installed; fails in CI, which must not pass without it."""
    if path.exists():
        return
    missing = f"{path.relative_to(ROOT)} is missing: make {target}"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


class Child:
    """A server on ``port``; ``start`` returns when it answers ``health``."""

    def __init__(self, name: str, folder: Path, command: list[str], environ: dict[str, str], port: int, health: str):
        self.url = f"http://127.0.0.1:{port}"
        self._health = health
        self._log = folder / f"{name}.log"
        self._command = command
        self._environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)} | environ
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environ, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + PATIENCE
        while not answers(self.url + self._health):
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise AssertionError(f"{self._command[0]} did not start:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Nothing that it keeps is of use to the next test: its whole process group ends at once."""
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def localstack(folder: Path) -> Child:
    """LocalStack 4.14.0, as its image runs it but for what is said in localstack_server.py."""
    needed(LOCALSTACK / ".ready", "setup-localstack")
    port = launch.free_port()
    programs = folder / "usr" / "lib" / "localstack"
    programs.parent.mkdir(parents=True)
    programs.symlink_to(LOCALSTACK / "node")
    environ = {
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "FILESYSTEM_ROOT": str(folder),
        "OVERRIDE_IN_DOCKER": "0",
        "DNS_ADDRESS": "0",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "SQS_ENDPOINT_STRATEGY": "dynamic",
        "KINESIS_LATENCY": "0",
        "KINESIS_PERSISTENCE": "0",  # else it stands still for seconds at a time, writing down what nobody reads
    }
    command = [str(LOCALSTACK / "bin" / "python"), str(Path(__file__).with_name("localstack_server.py"))]
    return Child("localstack", folder, command, environ, port, "/_localstack/health")


class Minio(Child):
    """MinIO with keys of its own and one KMS key, keeping its objects under ``folder``."""

    def __init__(self, folder: Path) -> None:
        needed(MINIO, "setup-minio")
        port = launch.free_port()
        self.access_key, self.secret_key = "boathouse-test", secrets.token_urlsafe(16)
        environ = {
            "MINIO_ROOT_USER": self.access_key,
            "MINIO_ROOT_PASSWORD": self.secret_key,
            "MINIO_KMS_SECRET_KEY": f"boathouse:{b64encode(secrets.token_bytes(32)).decode()}",
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
            "MINIO_CALLHOME_ENABLE": "off",
        }
        command = [str(MINIO), "server", str(folder / "objects"), "--address", f"127.0.0.1:{port}", "--quiet"]
        super().__init__("minio", folder, command, environ, port, "/minio/health/ready")

    @property
    def base(self) -> BaseUrl:
        return BaseUrl(self.url, self.access_key, self.secret_key)


def ministack(folder: Path) -> Child:
    """The default base as somebody's own, keeping its objects under ``folder``."""
    port = launch.free_port()
    command = [sys.executable, "-m", "uvicorn", "ministack.app:app", "--host", "127.0.0.1", "--port", str(port)]
    return Child("ministack", folder, command, default_base.settings(folder, port), port, "/_ministack/health")
