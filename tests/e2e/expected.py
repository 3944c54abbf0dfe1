"""What Silver and Gold must hold, computed from the source files by plain Python, with no code of the pipeline's."""

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FactKey = tuple[int | None, int | None, str, str]
MOST_BYTES = 1000 * 1024


@dataclass
class Expected:
    """``kept`` maps (source, ordinal) to its event; ``facts`` counts (repo_id, user_id, event_type, dt)."""

    lines: int = 0
    quarantined: int = 0
    oversize: int = 0
    duplicates: int = 0
    kept: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    facts: Counter[FactKey] = field(default_factory=Counter)

    @property
    def days(self) -> list[str]:
        return sorted({key[3] for key in self.facts})


def of_files(paths: Iterable[Path]) -> Expected:
    expected, by_id = Expected(), dict[tuple[str, str], tuple[str, int]]()
    events: dict[tuple[str, int], tuple[dict[str, Any], str]] = {}
    for source, ordinal, raw in _distinct_lines(paths):
        expected.lines += 1
        if len(json.dumps({"source": source, "ordinal": ordinal, "line": raw.decode(errors="replace")})) > MOST_BYTES:
            expected.oversize += 1
            continue
        event = _event(raw)
        if event is None:
            expected.quarantined += 1
            continue
        pair, dt = (source, ordinal), _utc_date(event["created_at"])
        events[pair] = event, dt
        if event.get("id"):
            same = (event["id"], dt)
            expected.duplicates += same in by_id
            by_id[same] = min(pair, by_id.get(same, pair))
    for pair, (event, dt) in events.items():
        if not event.get("id") or by_id[event["id"], dt] == pair:
            expected.kept[pair] = event
            expected.facts[_repo(event).get("id"), _actor(event).get("id"), event["type"], dt] += 1
    return expected


def _distinct_lines(paths: Iterable[Path]) -> Iterator[tuple[str, int, bytes]]:
    """Files of the same content are one source."""
    contents = {}
    for path in paths:
        content = path.read_bytes()
        content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
        contents[hashlib.sha256(content).hexdigest()] = content
    for source, content in contents.items():
        for ordinal, raw in enumerate(content.split(b"\n"), 1):
            if raw.strip():
                yield source, ordinal, raw


def _event(raw: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(event, dict) or not isinstance(event.get("type"), str) or not event["type"]:
        return None
    try:
        _utc_date(event["created_at"])
    except (KeyError, TypeError, ValueError):
        return None
    return event


def _utc_date(created_at: str) -> str:
    return datetime.fromisoformat(created_at).astimezone(UTC).date().isoformat()


def _repo(event: dict[str, Any]) -> dict[str, Any]:
    return event.get("repo") or event.get("repository") or {}


def _actor(event: dict[str, Any]) -> dict[str, Any]:
    actor = event.get("actor")
    return actor if isinstance(actor, dict) else {}


def dimension_keys(expected: Expected) -> tuple[set[int], set[int]]:
    """The repositories and the users that have events, by id."""
    repos = {key[0] for key in expected.facts if key[0] is not None}
    users = {key[1] for key in expected.facts if key[1] is not None}
    return repos, users


def last_names(expected: Expected) -> dict[int, str]:
    """Repository id to the name it was last seen with; where that is in doubt, the larger (source, ordinal) decides."""
    seen: dict[int, tuple[datetime, tuple[str, int], str]] = {}
    for pair, event in expected.kept.items():
        repo = _repo(event)
        owner = f"{repo['owner']}/" if "repo" not in event and repo.get("owner") else ""  # some timeline owners are ""
        name = owner + repo.get("name", "")
        if repo.get("id") is not None and name not in ("", "/"):
            when = (datetime.fromisoformat(event["created_at"]), pair, name)
            seen[repo["id"]] = max(when, seen.get(repo["id"], when))
    return {repo_id: name for repo_id, (_, _, name) in seen.items()}
