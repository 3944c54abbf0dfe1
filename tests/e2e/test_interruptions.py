"""A run that is killed, wherever it was, and run again: the tables are those of a run that nobody disturbed."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.lock import KEY
from tests.e2e import expected, sources
from tests.e2e.lakehouse import ROOT, Lakehouse

pytestmark = pytest.mark.fire


def started(lakehouse: Lakehouse, source: Path) -> "subprocess.Popen[str]":
    """With a lock that expires soon after its death: a test does not wait half a minute."""
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines", "run", "all", "--source", str(source), "--lease", "3", "--deadline", "60"],
        cwd=ROOT, env=lakehouse.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
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


def test_killed_again_and_again_and_run_again(lakehouse: Lakehouse, tmp_path: Path) -> None:
    (source,) = sources.hours(tmp_path, "2024-04-01", events=60)
    wanted = expected.of_files([source])
    for moment in ("read the sources", "put into the stream", "Silver: the Glue job", "Gold: build and check"):
        process = started(lakehouse, source)
        follow(process, moment)
        process.kill()
        process.communicate()
    holder = lakehouse.bucket.get_json(KEY)
    assert holder is not None
    assert lakehouse.staging_tables(), "the last one died with its staging tables standing"
    lakehouse.bucket.put_json(KEY, holder | {"expires": holder["expires"] + 60})
    said = lakehouse.pipelines("run", "silver", "--source", str(source), "--wait", "0", expect=4)
    assert f"run {holder['run']} holds the lock" in said

    lakehouse.bucket.put_json(KEY, holder)
    record = lakehouse.run("all", source)
    equation = record["equation"]
    assert equation["closes"]
    assert (equation["silver"], equation["duplicates"]) == (len(wanted.kept), wanted.duplicates)
    assert lakehouse.facts(wanted.days) == wanted.facts
    assert lakehouse.staging_tables() == []
