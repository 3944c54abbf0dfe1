"""The generator: the same seed, the same bytes; and the mix that it promises."""

import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.generator import archive
from pipelines.generator.dice import Dice
from pipelines.lambdas.preprocess import handler
from pipelines.sources import envelopes

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
FIRST_HOUR = datetime(2025, 10, 8, 18, tzinfo=UTC)
RECIPE = archive.Recipe(events=10_000, seed=2025, first_hour=FIRST_HOUR, hours=12, oversize=1)  # data/sample/README.md


@pytest.fixture(scope="module")
def hours() -> list[tuple[datetime, list[bytes]]]:
    return list(archive.generate(RECIPE))


@pytest.fixture(scope="module")
def events(hours: list[tuple[datetime, list[bytes]]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _, lines in hours:
        for line in lines:
            try:
                event = handler.parse(line.decode())
                handler.day_and_hour(event)
            except (handler.Unreadable, UnicodeDecodeError):
                continue
            found.append(json.loads(line))
    return found


def test_the_sample_in_the_repository_is_what_its_readme_says(hours: list[tuple[datetime, list[bytes]]]) -> None:
    files = {path.name: gzip.decompress(path.read_bytes()) for path in SAMPLE.glob("*.json.gz")}
    assert files == {
        f"{hour:%Y-%m-%d}-{hour.hour}.json.gz": b"".join(line + b"\n" for line in lines) for hour, lines in hours
    }
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 3_000_000


def test_another_seed_gives_other_events() -> None:
    one, other = (
        next(iter(archive.generate(archive.Recipe(50, seed, FIRST_HOUR, 1))))[1] for seed in (1, 2)
    )  # fmt: skip
    assert one != other


def test_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    recipe = archive.Recipe(200, 3, FIRST_HOUR, 2)
    one, two = archive.write(recipe, tmp_path / "one"), archive.write(recipe, tmp_path / "two")
    assert [path.name for path in one] == ["2025-10-08-18.json.gz", "2025-10-08-19.json.gz"]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_chance_draws_on_random_alone() -> None:
    # The first numbers of CPython's Random(1).random(), which the library promises to keep.
    dice = Dice(1)
    assert [dice.below(1_000_000) for _ in range(3)] == [134364, 847433, 763774]


def test_hours_are_in_time_order_and_of_their_hour(hours: list[tuple[datetime, list[bytes]]]) -> None:
    assert [hour.hour for hour, _ in hours] == [18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5]
    for hour, lines in hours[:2]:
        times = [json.loads(line)["created_at"] for line in lines if line.endswith(b'Z"}')]
        assert times
        assert all(time.startswith(f"{hour:%Y-%m-%dT%H}") for time in times)


def test_duplicates_are_planted(events: list[dict[str, Any]]) -> None:
    copies = Counter((event["id"], event["created_at"][:10]) for event in events)
    repeated = [key for key, count in copies.items() if count > 1]
    assert 40 <= len(repeated) <= 90
    lines = Counter(json.dumps(event) for event in events if (event["id"], event["created_at"][:10]) in repeated)
    assert max(lines.values()) > 1, "the same line again"
    assert len(lines) > len(repeated), "the same id restated"


def test_unreadable_lines_are_planted(hours: list[tuple[datetime, list[bytes]]], events: list[dict[str, Any]]) -> None:
    lines = sum(len(lines) for _, lines in hours)
    assert 20 <= lines - len(events) <= 70
    assert sum(len(envelopes.seal("0" * 64, 1, line)) > envelopes.LIMIT for _, lines in hours for line in lines) == 1


def test_a_few_do_very_much_and_most_do_little(events: list[dict[str, Any]]) -> None:
    actors = Counter(event["actor"]["login"] for event in events)
    repos = Counter(event["repo"]["id"] for event in events)
    assert actors.most_common(1)[0][0] == "shipshape[bot]"
    assert 0.08 <= actors["shipshape[bot]"] / len(events) <= 0.10
    for counts in (actors, repos):
        assert sum(count == 1 for count in counts.values()) > len(counts) / 2
    names: dict[int, set[str]] = {}
    for event in events:
        names.setdefault(event["repo"]["id"], set()).add(event["repo"]["name"])
    assert any(len(known) > 1 for known in names.values()), "a renamed repository"


def test_the_format_changes_on_2025_10_09(events: list[dict[str, Any]]) -> None:
    pushes = [event for event in events if event["type"] == "PushEvent" and "restated" not in event["payload"]]
    for event in pushes:
        trimmed = event["created_at"] >= "2025-10-09"
        assert ("commits" in event["payload"]) is not trimmed
        assert (int(event["id"]) < 54_900_000_000) is trimmed
