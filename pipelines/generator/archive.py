"""Hours of made-up events as GH Archive would publish them, with duplicates and unreadable lines planted."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.generator import payloads
from pipelines.generator.dice import Dice
from pipelines.generator.payloads import Scene
from pipelines.generator.population import Population, User

TRIMMED_SINCE = datetime(2025, 10, 9, tzinfo=UTC)
FIRST_ID, FIRST_TRIMMED_ID = 54_900_000_000, 4_800_000_000  # ids began again, lower, with the trimmed format
OVERSIZE_BODY = "bail the bilge, " * 66_000


@dataclass(frozen=True, slots=True)
class Recipe:
    """The shares are of ``events``; ``oversize`` lines are too large for a record, one in each of the first hours."""

    events: int
    seed: int
    first_hour: datetime
    hours: int
    duplicates: float = 0.006
    malformed: float = 0.004
    oversize: int = 0


def write(recipe: Recipe, folder: Path) -> list[Path]:
    """Writes ``2025-10-08-18.json.gz`` and so on; returns them in order."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for hour, lines in generate(recipe):
        path = folder / f"{hour:%Y-%m-%d}-{hour.hour}.json.gz"
        with path.open("wb") as plain, gzip.GzipFile("", "wb", 9, plain, mtime=0) as packed:
            packed.write(b"".join(line + b"\n" for line in lines))
        written.append(path)
    return written


def generate(recipe: Recipe) -> Iterator[tuple[datetime, list[bytes]]]:
    """Each hour with its lines, in time order."""
    maker = _Maker(Dice(recipe.seed), recipe)
    for position in range(recipe.hours):
        share = recipe.events * (position + 1) // recipe.hours - recipe.events * position // recipe.hours
        hour = recipe.first_hour + timedelta(hours=position)
        yield hour, maker.lines(hour, share, oversize=position < recipe.oversize)


class _Maker:
    def __init__(self, dice: Dice, recipe: Recipe) -> None:
        self._dice = dice
        self._recipe = recipe
        self._people = Population(dice)
        self._ids = {False: FIRST_ID, True: FIRST_TRIMMED_ID}

    def lines(self, hour: datetime, count: int, *, oversize: bool) -> list[bytes]:
        dice, recipe = self._dice, self._recipe
        seconds = sorted(dice.below(3600) for _ in range(count))
        events = [self._event(hour + timedelta(seconds=second)) for second in seconds]
        if oversize:
            events[len(events) // 2]["payload"]["body"] = OVERSIZE_BODY
        lines: list[bytes] = []
        for event in events:
            lines.append(_line(event))
            if dice.chance(recipe.duplicates):
                lines.append(_line(self._again(dice.pick(events[: len(lines)]))))
            if dice.chance(recipe.malformed):
                lines.append(self._unreadable(_line(event)))
        return lines

    def _event(self, at: datetime) -> dict[str, Any]:
        dice, trimmed = self._dice, at >= TRIMMED_SINCE
        user, repo = self._people.next()
        types = payloads.SINCE_OCTOBER_2025 if trimmed else payloads.SINCE_2015
        event_type = types.roll(dice) if user is not self._people.bot else "PushEvent"
        self._ids[trimmed] += 1 + dice.below(4)
        org = {"org": _org(repo.org)} if repo.org is not None else {}
        return {
            "id": str(self._ids[trimmed]),
            "type": event_type,
            "actor": _actor(user),
            "repo": {"id": repo.id, "name": repo.name, "url": f"https://api.github.com/repos/{repo.name}"},
            "payload": payloads.make(event_type, Scene(dice, user, repo, trimmed)),
            "public": True,
            "created_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        } | org

    def _again(self, event: dict[str, Any]) -> dict[str, Any]:
        """The same event once more: as it was, or restated by GitHub with another payload."""
        if self._dice.chance(0.5) or "body" in event["payload"]:
            return event
        return event | {"payload": event["payload"] | {"restated": True}}

    def _unreadable(self, line: bytes) -> bytes:
        """One of the ways in which a line is no event."""
        event = json.loads(line)
        return self._dice.pick(
            (
                line[: len(line) // 2],
                b"<html><h1>502 Bad Gateway</h1></html>",
                _line(event | {"type": ""}),
                _line({key: value for key, value in event.items() if key != "type"}),
                _line(event | {"created_at": "a while ago"}),
                _line(event | {"created_at": None}),
                b"[" + line + b"]",
                line.replace(b'"actor"', b'"act\xff\xfer"', 1),
            )
        )


def _line(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _actor(user: User) -> dict[str, Any]:
    return {
        "id": user.id, "login": user.login, "display_login": user.display_login, "gravatar_id": "",
        "url": f"https://api.github.com/users/{user.login}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{user.id}?",
    }  # fmt: skip


def _org(org: User) -> dict[str, Any]:
    return {
        "id": org.id, "login": org.login, "gravatar_id": "", "url": f"https://api.github.com/orgs/{org.login}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{org.id}?",
    }  # fmt: skip
