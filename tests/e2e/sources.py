"""Source files for days that no other test uses."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.generator import archive

PAYLOAD = r'{ "x":1.10, "big":123456789012345678901234567890, "u":"\u00e9\/ é 🧭", "action":"opened" }'


def hours(folder: Path, day: str, *, events: int, seed: int = 1, count: int = 1, oversize: int = 0) -> list[Path]:
    """Files of made-up events, ``count`` hours of ``day`` from ten o'clock on."""
    first = datetime.fromisoformat(day).replace(hour=10, tzinfo=UTC)
    return archive.write(archive.Recipe(events, seed, first, count, oversize=oversize), folder / f"{day}-{seed}")


def one_payload(folder: Path, day: str) -> Path:
    """One event of midnight two hours east, with a payload that no JSON writer would write like this."""
    path = folder / "payload.json"
    text = f'{{"type":"IssuesEvent","created_at":"{day}T00:00:00+02:00","payload":{PAYLOAD}}}\n'
    path.write_text(text, encoding="utf-8")
    return path


def copies(folder: Path, month: str) -> list[Path]:
    """Two files: an id twice on a day, and once on another; lines without an id that are alike, in both files."""

    def line(event_id: str | None, day: int, user: int) -> str:
        event: dict[str, Any] = {"type": "WatchEvent", "created_at": f"{month}-0{day}T00:00:00Z"}
        event["actor"] = {"id": user, "login": "x"}
        return json.dumps(event if event_id is None else event | {"id": event_id}) + "\n"

    first, second = folder / "first.json", folder / "second.json"
    first.write_text(line("1", 1, 11) + line("1", 1, 12) + line("1", 2, 13) + line(None, 1, 14) + line(None, 1, 14))
    second.write_text(line("1", 1, 15) + line(None, 1, 14))
    return [first, second]
