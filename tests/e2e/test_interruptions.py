"""A run that is killed, wherever it was, and run again: the tables are those of a run that nobody disturbed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.lock import KEY
from tests.e2e import expected
from tests.e2e.lakehouse import ROOT, Lakehouse

# The command line's own run, but that its lock expires soon after its death: a test does not wait half a minute.
RUN = """
import sys
from pathlib import Path
from pipelines import runs, settings
from pipelines.progress import Reporter
runs.run(settings.profile("local"), "all", [Path(sys.argv[1])], Reporter(), runs.Limits(patience=60, lease=3))
"""


def started(lakehouse: Lakehouse, source: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(source)],
        cwd=ROOT, env=lakehouse.environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def follow(process: "subprocess.Popen[str]", until: str) -> None:
    """Reads what it says until it has finished the step ``until``."""
    assert process.stderr is not None
    heard: list[str] = []
    for line in process.stderr:
        heard.append(line)
        if until in line:
            return
    raise AssertionError(f"the run ended before '{until}': {''.join(heard)}")


@pytest.mark.parametrize(
    ("day", "until"),
    [
        ("2024-04-01", "deploy"),
        ("2024-04-02", "put into the stream"),
        ("2024-04-03", "wait until all is in Bronze"),
        ("2024-04-04", "Silver: the Glue job"),
        ("2024-04-05", "Gold: build and check"),
    ],
)
def test_killed_and_run_again(lakehouse: Lakehouse, hours: Callable[..., list[Path]], day: str, until: str) -> None:
    (source,) = hours(day, events=60, count=1)
    process = started(lakehouse, source)
    follow(process, until)
    process.kill()
    process.communicate()
    record = lakehouse.run("all", source)
    assert record["equation"]["closes"]
    assert lakehouse.facts([day]) == expected.of_files([source]).facts
    names = {
        table["Name"]
        for table in lakehouse.profile.client("glue").get_tables(DatabaseName=lakehouse.stack.database)["TableList"]
    }
    assert not any(name.startswith("staging_") for name in names), "a dead run's staging tables are dropped"


def test_a_second_run_says_which_run_holds_the_lock(lakehouse: Lakehouse, hours: Callable[..., list[Path]]) -> None:
    (source,) = hours("2024-04-07", events=40, count=1)
    lakehouse.run("ingest", source)
    process = started(lakehouse, source)
    follow(process, "Silver: the Glue job")
    process.kill()
    process.communicate()
    holder = lakehouse.bucket.get_json(KEY)
    assert holder is not None
    lakehouse.bucket.put_json(KEY, holder | {"expires": holder["expires"] + 60})
    said = lakehouse.pipelines("run", "silver", "--source", str(source), "--wait", "0", expect=4)
    assert f"run {holder['run']} holds the lock" in said
    lakehouse.bucket.put_json(KEY, holder | {"expires": 0})
    lakehouse.run("all", source)
    assert lakehouse.facts(["2024-04-07"]) == expected.of_files([source]).facts
