"""Made-up events of every era in one run: one Silver, one Gold, and an id that comes back years later is a new one."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import expected
from tests.e2e.lakehouse import Lakehouse

pytestmark = pytest.mark.fire
HOURS = (
    "2011-02-15-0",
    "2012-02-15-0",
    "2012-08-15-23",
    "2014-01-15-20",
    "2015-03-01-0",
    "2021-07-21-6",
    "2025-12-15-0",
)
"""Of each format one; in the timeline's summer the hour is Pacific time, and in UTC of the next day."""
EVENTS = 120


@dataclass(frozen=True)
class Eras:
    files: list[Path]
    record: dict[str, Any]


@pytest.fixture(scope="module")
def eras(lakehouse: Lakehouse, tmp_path_factory: pytest.TempPathFactory) -> Eras:
    folder = tmp_path_factory.mktemp("eras")
    for hour in HOURS:
        lakehouse.pipelines("generate", "--events", str(EVENTS), "--hours", "1", "--from", hour, "--out", str(folder))
    files = [folder / f"{hour}.json.gz" for hour in HOURS]
    first, last = (gzip.decompress(file.read_bytes()).splitlines() for file in (files[0], files[-1]))
    ids = [json.loads(line)["id"] for line in first[:3]]
    again = folder / "again.json"
    again.write_bytes(b"".join(_with_id(line, event_id) for line, event_id in zip(last[:3], ids, strict=True)))
    return Eras([*files, again], lakehouse.run("all", folder))


def _with_id(line: bytes, event_id: str) -> bytes:
    return json.dumps(json.loads(line) | {"id": event_id}).encode() + b"\n"


def test_every_era_is_accounted_for_in_one_gold(lakehouse: Lakehouse, eras: Eras) -> None:
    wanted, equation = expected.of_files(eras.files), eras.record["equation"]
    assert equation["closes"]
    assert (equation["produced"], equation["silver"]) == (wanted.lines, len(wanted.kept))
    assert (equation["duplicates"], equation["quarantined"]) == (wanted.duplicates, wanted.quarantined)
    assert eras.record["days"] == wanted.days
    assert {"2012-08-16", "2014-01-16"} <= set(wanted.days), "the day is UTC's"
    assert lakehouse.facts(wanted.days) == wanted.facts


def test_an_id_that_comes_again_is_another_event(lakehouse: Lakehouse, eras: Eras) -> None:
    ids = [json.loads(line)["id"] for line in eras.files[-1].read_bytes().splitlines()]
    rows = lakehouse.rows(f"SELECT id, dt FROM silver_cleaned WHERE id IN ({', '.join(map(repr, ids))})")
    assert sorted(rows) == sorted((event_id, day) for event_id in ids for day in ("2011-02-15", "2025-12-15"))


def test_one_question_is_answered_in_every_era(lakehouse: Lakehouse, eras: Eras) -> None:
    days = ", ".join(f"'{day}'" for day in eras.record["days"])
    rows = lakehouse.rows(
        "SELECT dt, count(actor.login), count(repo.name), count(DISTINCT ref_type), count(ref), count(payload)"
        f" FROM silver_cleaned WHERE dt IN ({days}) AND type IN ('CreateEvent', 'PushEvent') GROUP BY dt"
    )
    assert {row[0] for row in rows} == set(eras.record["days"])
    for dt, *counts in rows:
        logins, repos, kinds, refs, payloads = map(int, counts)
        assert min(logins, repos, refs) > 0.7 * payloads, dt
        assert 2 <= kinds <= 3, dt
