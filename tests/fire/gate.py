"""A door between a client and the platform that a test can shut before a chosen request, to the request exactly.

The client is unmodified and finds it in its AWS profile. What is held never arrives: its connection breaks.
"""

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from boathouse import profile

OF_ONE_CONNECTION = frozenset({"connection", "content-length", "transfer-encoding", "keep-alive", "date", "server"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its operation (S3's are ``GET`` and the like), which of these it is and which of all, from 1."""

    operation: str
    of_its_kind: int
    of_all: int


Chosen = Callable[[Asked], bool]


def nothing(_: Asked) -> bool:
    """Chooses none."""
    return False


class Gate:
    """``aws_dir`` holds the profile that leads through it."""

    def __init__(self, upstream: str, aws_dir: Path) -> None:
        self.aws_dir = aws_dir
        self._changed = threading.Condition()
        self._chosen: Chosen | None = None
        self._asked: list[str] = []
        self._answered: list[str] = []
        self._held = 0
        self._server = _Server(self, urlsplit(upstream).netloc)
        self._thread = threading.Thread(target=self._server.serve_forever, name="gate")
        self._thread.start()
        profile.write(aws_dir, f"http://127.0.0.1:{self._server.server_port}")

    def stop(self) -> None:
        self.open()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def shut_before(self, chosen: Chosen) -> None:
        """Counts anew, and holds what is ``chosen``."""
        with self._changed:
            self._chosen, self._asked, self._answered, self._held = chosen, [], [], 0

    def open(self) -> int:
        """Breaks what is held and passes everything from now on. Returns how many requests there were."""
        with self._changed:
            self._chosen = None
            self._changed.notify_all()
            return len(self._asked)

    @property
    def holds(self) -> bool:
        return self._held > 0

    def answered(self, operation: str) -> int:
        return self._answered.count(operation)

    def admit(self, operation: str) -> bool:
        """Whether a request may pass; one that is chosen waits here, and then may not."""
        with self._changed:
            self._asked.append(operation)
            chosen = self._chosen
            if chosen is None or not chosen(Asked(operation, self._asked.count(operation), len(self._asked))):
                return True
            self._held += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._chosen is not chosen)
            return False

    def note(self, operation: str) -> None:
        with self._changed:
            self._answered.append(operation)
            self._changed.notify_all()


class _Server(ThreadingHTTPServer):
    def __init__(self, gate: Gate, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.gate = gate
        self.upstream = upstream


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True  # the client was killed

    def _pass(self) -> None:
        server = cast(_Server, self.server)
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2] or self.command
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not server.gate.admit(operation):
            self.close_connection = True
            return
        connection = http.client.HTTPConnection(server.upstream)
        try:
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # to the client it is as if the platform itself were gone
            return
        finally:
            connection.close()
        self._answer(answer, content)
        server.gate.note(operation)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass  # noqa: N815 - the library's names

    def _answer(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in OF_ONE_CONNECTION:
                self.send_header(name, value)
        size = answer.headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(content))
        self.send_header("Content-Length", size)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: a test's output is pytest's."""
