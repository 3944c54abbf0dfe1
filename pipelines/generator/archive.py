"""Hours of made-up events as GH Archive would publish them then, with duplicates and unreadable lines planted."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.generator.dice import Dice
from pipelines.generator.eras import ERAS, era_of
from pipelines.generator.population import Population
from pipelines.generator.scene import Scene

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
        self._ids = {era: era.first_id for era in ERAS}

    def lines(self, hour: datetime, count: int, *, oversize: bool) -> list[bytes]:
        dice, recipe = self._dice, self._recipe
        events = [self._event(at) for at in self._moments(hour, count)]
        if oversize:
            events[len(events) // 2].setdefault("payload", {})["body"] = OVERSIZE_BODY
        lines: list[bytes] = []
        for event in events:
            lines.append(_line(event))
            if dice.chance(recipe.duplicates) and "id" in event:
                lines.append(_line(self._again(dice.pick(events[: len(lines)]))))
            if dice.chance(recipe.malformed):
                lines.append(self._unreadable(_line(event)))
        return lines

    def _moments(self, hour: datetime, count: int) -> list[datetime]:
        """When the events of a file happened, in the order in which they stand there."""
        dice, era = self._dice, era_of(hour)
        seconds = sorted(dice.below(3600) for _ in range(count))
        if era.disorder:
            seconds.sort(key=lambda second: second + dice.below(era.disorder))
        return [hour + timedelta(seconds=era.begins + second) for second in seconds]

    def _event(self, at: datetime) -> dict[str, Any]:
        dice, era = self._dice, era_of(at)
        user, repo = self._people.next()
        event_type = era.types.roll(dice) if user is not self._people.bot else "PushEvent"
        self._ids[era] += 1 + dice.below(4)
        return era.event(event_type, str(self._ids[era]), Scene(dice, user, repo, at))

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
