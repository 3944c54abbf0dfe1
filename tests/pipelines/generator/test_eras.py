"""Every era's format: the keys that were measured in real files of the time, and Silver's reading of them."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import Refused
from pipelines.generator import archive
from pipelines.generator.eras import ERAS, era_of
from pipelines.glue import bronze_to_silver as job
from pipelines.lambdas.preprocess import handler
from pipelines.sources import files

FIRST_HOURS = {
    "2011": "2011-02-15-0", "2012 back-filled": "2012-02-15-0", "timeline": "2013-02-15-0",
    "timeline 2014": "2014-07-01-0", "2015": "2015-01-01-0", "2021": "2021-07-21-6", "2024": "2024-08-01-0",
    "trimmed": "2025-12-15-0",
}  # fmt: skip


def made(first: str, events: int = 3000) -> list[dict[str, Any]]:
    recipe = archive.Recipe(events, 7, files.asked_hour(first), 1, malformed=0)
    return [json.loads(line) for _, lines in archive.generate(recipe) for line in lines]


@pytest.mark.parametrize("first", FIRST_HOURS.values(), ids=FIRST_HOURS)
def test_every_event_is_one_to_the_handler_and_to_silver(first: str) -> None:
    hour, lines = next(iter(archive.generate(archive.Recipe(2000, 3, files.asked_hour(first), 1, malformed=0))))
    texts = [handler.read({"source": "5f" * 32, "ordinal": n, "line": line.decode()}) for n, line in enumerate(lines)]
    rows = list(job.silver_rows([(found.text,) for found in texts]))
    types = era_of(hour).types
    assert len(rows) >= 2000
    assert {row[1] for row in rows} <= set(types._values)
    assert sum(row[1] == "PushEvent" for row in rows) > 0.4 * len(rows)


def test_the_same_seed_gives_the_same_bytes_in_every_era(tmp_path: Path) -> None:
    for name, first in FIRST_HOURS.items():
        recipe = archive.Recipe(60, 3, files.asked_hour(first), 1)
        one, two = (archive.write(recipe, tmp_path / name / turn)[0] for turn in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
        assert one.name == f"{first}.json.gz"


def test_2011_has_ids_and_knows_not_every_repository() -> None:
    events = made(FIRST_HOURS["2011"])
    assert all(event["id"].isdigit() and event["created_at"].endswith("Z") for event in events)
    unknown = [event for event in events if event["repo"]["name"] == "/"]
    assert all("id" not in event["repo"] for event in unknown)
    assert 0.02 < len(unknown) / len(events) < 0.2
    assert any("login" not in event["actor"] for event in events)
    (push, *_) = (event["payload"] for event in events if event["type"] == "PushEvent")
    assert all(len(commit) == 4 for commit in push["shas"])


def test_the_timeline_has_no_ids_and_actors_by_name() -> None:
    events = made(FIRST_HOURS["timeline"])
    assert not any("id" in event or "repo" in event or "org" in event for event in events)
    assert {type(event["actor"]) for event in events} == {str, type(None)}
    assert {event["created_at"][-6:] for event in events} == {"-08:00"}
    assert {event["created_at"][-6:] for event in made(FIRST_HOURS["timeline 2014"], 100)} == {"-07:00"}
    assert {event["type"] for event in events if "repository" not in event} == {"FollowEvent", "GistEvent"}
    assert any("organization" in event.get("repository", {}) for event in events)
    moments = [datetime.fromisoformat(event["created_at"]) for event in events]
    assert 0.1 < sum(a > b for a, b in pairwise(moments)) / len(moments) < 0.5
    assert max(moments).hour == 1, "a file of the timeline began some minutes late"


def test_ids_begin_again_where_they_had_been() -> None:
    ids = {
        name: [int(event["id"]) for event in made(first, 50)] for name, first in FIRST_HOURS.items() if name[:2] == "20"
    }
    assert ids["2011"] < ids["2012 back-filled"] < ids["2015"] < ids["2021"]
    assert max(int(event["id"]) for event in made(FIRST_HOURS["trimmed"], 50)) < min(ids["2021"])


def test_no_bot_before_there_were_apps() -> None:
    assert not any("[bot]" in json.dumps(event) for event in made(FIRST_HOURS["2015"]))
    assert any("[bot]" in event["actor"]["login"] for event in made(FIRST_HOURS["2021"], 200))


def test_a_format_is_that_of_its_day() -> None:
    hours = list(archive.generate(archive.Recipe(40, 1, datetime(2014, 12, 31, 23, tzinfo=UTC), 2, malformed=0)))
    timeline, events_api = ([json.loads(line) for line in lines] for _, lines in hours)
    assert "repository" in timeline[0]
    assert {"id", "actor", "repo"} <= events_api[0].keys()
    with pytest.raises(Refused, match="begin on 2011-02-12 or later"):
        list(archive.generate(archive.Recipe(1, 1, datetime(2011, 2, 11, tzinfo=UTC), 1)))


@pytest.mark.parametrize("era", ERAS, ids=lambda era: f"{era.since:%Y}")
def test_every_type_of_a_mix_can_be_made(era: Any) -> None:
    events = made(f"{era.since:%Y-%m-%d}-0", 12_000)
    assert Counter(event["type"] for event in events).keys() == set(era.types._values)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("gharchive-2011-02-15-0", "2011-02-15-0"),
        ("gharchive-2013-02-15-0", "2013-02-15-0"),
        ("gharchive-2016-01-01-1", "2016-01-01-1"),
        ("pinot-2021-07-21-sample800", "2021-07-21-6"),
    ],
)
def test_keys_and_their_order_are_those_of_the_real_file(
    real_lines: Callable[[str], list[str]], name: str, first: str
) -> None:
    """Nothing is made up that the real events of its type do not have; around the payload, keys in their order."""
    real, around = dict[str, set[str]](), set[tuple[str, ...]]()
    for line in real_lines(f"{name}*"):
        event = json.loads(line)
        real.setdefault(event["type"], set()).update(event.get("payload") or {})
        around.add(tuple(event))
    for event in made(first):
        if event["type"] in real:
            assert set(event.get("payload", {})) - {"restated"} <= real[event["type"]], event["type"]
            assert tuple(event) in around, event["type"]
