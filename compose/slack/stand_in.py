"""A stand-in for Slack's incoming webhooks: takes what is posted, and shows it on a page. Keeps nothing but in memory.

    POST   /services/...            a message, as to a webhook of Slack's
    GET    /                        what arrived, for people
    GET    /messages                the same as JSON; ?after=N&wait=S waits S seconds for an N+1st
    DELETE /messages                forget them
    POST   /failures?times=N        answer the next N messages with 500, to see what becomes of them

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

import argparse
import json
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = Path(__file__).with_name("page.html")
MOST_MESSAGES, MOST_BYTES, LONGEST_WAIT = 1000, 1_000_000, 60.0

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'"


class Channel:
    """The messages that arrived, each numbered, and how many more are to be refused."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._messages: list[dict[str, Any]] = []
        self._count = 0
        self._failures = 0

    def post(self, message: dict[str, Any]) -> bool:
        """False where this one is to fail."""
        with self._changed:
            if self._failures:
                self._failures -= 1
                return False
            self._count += 1
            received = datetime.now(UTC).isoformat(timespec="milliseconds")
            self._messages.append({"number": self._count, "received": received, "message": message})
            del self._messages[:-MOST_MESSAGES]
            self._changed.notify_all()
            return True

    def messages(self, after: int, wait: float) -> list[dict[str, Any]]:
        """Those with a greater number than ``after``, the oldest first; waits for one for ``wait`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._count > after, min(wait, LONGEST_WAIT))
            return [message for message in self._messages if message["number"] > after]

    def clear(self) -> None:
        with self._changed:
            self._messages.clear()

    def fail(self, times: int) -> None:
        with self._changed:
            self._failures = times


class Handler(BaseHTTPRequestHandler):
    server: "Server"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        where, asked = self._asked()
        match where:
            case "/":
                self._answer(200, PAGE.read_bytes(), "text/html; charset=utf-8")
            case "/health":
                self._answer(200, b"ok")
            case "/messages":
                found = self.server.channel.messages(int(asked.get("after", 0)), float(asked.get("wait", 0)))
                self._answer(200, json.dumps(found, ensure_ascii=False).encode(), "application/json")
            case _:
                self._answer(404, b"not_found")

    def do_DELETE(self) -> None:
        if self._asked()[0] != "/messages":
            return self._answer(404, b"not_found")
        self.server.channel.clear()
        return self._answer(204, b"")

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        if size > MOST_BYTES:
            self.close_connection = True
            return self._answer(413, b"too_large")
        body = self.rfile.read(size)
        where, asked = self._asked()
        if where == "/failures":
            self.server.channel.fail(int(asked.get("times", 1)))
            return self._answer(204, b"")
        if not where.startswith("/services/"):
            return self._answer(404, b"no_service")
        return self._take(body)

    def _take(self, body: bytes) -> None:
        """Answers in Slack's words."""
        try:
            message = json.loads(body)
        except ValueError:
            return self._answer(400, b"invalid_payload")
        if not isinstance(message, dict) or not (message.get("text") or message.get("blocks")):
            return self._answer(400, b"no_text")
        if not self.server.channel.post(message):
            return self._answer(500, b"server_error")
        return self._answer(200, b"ok")

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        return parts.path, {name: values[-1] for name, values in parse_qs(parts.query).items()}

    def _answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 the base class's name
        """Nothing: the page shows what arrived, and a health check asks every few seconds."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int) -> None:
        super().__init__((host, port), Handler)
        self.server_name = host  # and not what a name server calls it
        self.channel = Channel()

    @property
    def url(self) -> str:
        return f"http://{self.server_name}:{self.server_port}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Takes what is posted to a Slack webhook, and shows it on a page.")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    parser.add_argument("--port", type=int, default=8090, help="0 for any that is free (%(default)s)")
    asked = parser.parse_args()
    with Server(asked.host, asked.port) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        server.serve_forever(0.1)


if __name__ == "__main__":
    main()
