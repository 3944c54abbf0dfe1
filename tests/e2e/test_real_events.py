"""Real GH Archive hours of every era: the equation closes, and gold is what plain Python counts in the files."""

from pathlib import Path

import pytest

from tests.e2e import expected
from tests.e2e.lakehouse import Lakehouse

pytestmark = [pytest.mark.data, pytest.mark.timeout(600)]
ALONE = (
    "gharchive-2011-02-15-0.ndjson.gz",
    "gharchive-2013-02-15-0.ndjson.gz",
    "gharchive-2015-01-01-0.ndjson.gz",
    "gharchive-2015-01-01-1.ndjson.gz",
    "gharchive-2016-01-01-1.ndjson.gz",
    "gharchive-2016-01-01-2.ndjson.gz",
    "gharchive-2016-01-01-3.ndjson.gz",
    "gharchive-2016-01-01-4.ndjson.gz",
    "pinot-2021-07-21-sample800.ndjson.gz",
    "singles-2024-2026.ndjson.gz",
    "messy-real-cases.ndjson.gz",
)


@pytest.fixture(scope="module")
def so_far() -> list[Path]:
    """The files that were run before: hours of one day share it."""
    return []


@pytest.mark.parametrize("name", ALONE)
def test_one_file_alone(lakehouse: Lakehouse, real_events: Path, name: str, so_far: list[Path]) -> None:
    so_far.append(real_events / name)
    record = lakehouse.run("all", real_events / name)
    wanted = expected.of_files([real_events / name])
    assert record["equation"]["produced"] == wanted.lines
    assert record["equation"]["closes"]
    assert record["days"] == wanted.days
    together, own = expected.of_files(so_far), {source for source, _ in wanted.kept}
    # An event that an hour before holds too is one event, and which of its lines stays is theirs together.
    assert record["equation"]["silver"] == sum(source in own for source, _ in together.kept)
    all_wanted = {key: count for key, count in together.facts.items() if key[3] in wanted.days}
    assert lakehouse.facts(wanted.days) == all_wanted


def test_all_of_them_in_one_go(lakehouse: Lakehouse, real_events: Path) -> None:
    files = [path for path in sorted(real_events.iterdir()) if path.name.endswith(".ndjson.gz")]
    record = lakehouse.run("all", real_events)
    wanted = expected.of_files(files)
    equation = record["equation"]
    assert equation["closes"]
    assert (equation["produced"], equation["found"]) == (wanted.lines, wanted.lines)
    assert (equation["silver"], equation["duplicates"]) == (len(wanted.kept), wanted.duplicates)
    assert lakehouse.facts(wanted.days) == wanted.facts
    names = {int(row[0]): row[1] for row in lakehouse.rows("SELECT repo_id, repo_name FROM dim_repo")}
    last = expected.last_names(wanted)
    assert {repo: names.get(repo) for repo in last} == last
    tables = lakehouse.tables("fact_events", "dim_repo", "dim_repo_names", "dim_user", "dim_date")
    again = lakehouse.run("all", real_events)
    assert again["equation"] == equation
    assert lakehouse.tables(*tables) == tables
