"""The Slack stand-in of compose/ as a process of a test's own, and what arrived there."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

STAND_IN = Path(__file__).parents[1] / "compose" / "slack" / "stand_in.py"
WITHIN = 60


class Slack:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, STAND_IN, "--port", "0"], stdout=subprocess.PIPE, text=True, env={}
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        self._seen = 0

    @property
    def webhook(self) -> str:
        return f"{self.url}/services/T000/B000/stand-in"

    def ask(self, path: str, method: str = "GET", body: bytes | None = None) -> bytes:
        request = urllib.request.Request(f"{self.url}{path}", body, method=method)
        with urllib.request.urlopen(request, timeout=WITHIN + 10) as answer:
            content: bytes = answer.read()
        return content

    def next(self) -> dict[str, Any]:
        """The next message that a test has not seen yet, as it was posted."""
        found = json.loads(self.ask(f"/messages?after={self._seen}&wait={WITHIN}"))
        assert found, f"nothing arrived within {WITHIN} s"
        self._seen = found[0]["number"]
        message: dict[str, Any] = found[0]["message"]
        return message

    def fail(self, times: int) -> None:
        """Answers the next ``times`` messages with 500."""
        self.ask(f"/failures?times={times}", "POST", b"")

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate()


def texts(message: dict[str, Any]) -> str:
    """Everything that a message says, for a test to look into."""
    found = list[str]()
    for block in message["blocks"]:
        found += [block["text"]["text"]] if "text" in block else []
        found += [field["text"] for field in block.get("fields", [])]
    return "\n".join(found)
