"""Bad input in one folder and one run: every line has the fate it must have, and nothing is in a next run's way."""

import base64
import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from boathouse import launch
from boathouse.settings import Settings
from tests.conftest import environment_of
from tests.e2e import bad_lines, sources
from tests.e2e.bad_lines import DAY, HOSTILE, KEPT, OVERSIZE, Line
from tests.e2e.lakehouse import ROOT, Lakehouse

pytestmark = [pytest.mark.fire, pytest.mark.timeout(600)]
PROJECT = ("pipelines", "infra", "sql")
"""What of the project a run of it needs."""
ERRORS, TOO_LARGE = "raw-errors/processing-failed/", "raw-errors/oversize/"


def pipelines(lakehouse: Lakehouse, *arguments: object, project: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """``python -m pipelines`` of a project's folder."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines", *map(str, arguments)],
        cwd=project, env=lakehouse.environment, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip


@dataclass(frozen=True)
class BadRun:
    """A run over a folder in which the lines of ``by_ordinal`` are one file, ``source``."""

    lakehouse: Lakehouse
    folder: Path
    said: str
    record: dict[str, Any]
    source: str
    by_ordinal: dict[int, Line]

    def having(self, *fates: str) -> dict[int, Line]:
        return {ordinal: line for ordinal, line in self.by_ordinal.items() if line.fate in fates}

    @property
    def quarantined(self) -> dict[int, Line]:
        return {
            ordinal: line for ordinal, line in self.by_ordinal.items() if line.fate not in (KEPT, OVERSIZE)
        }  # fmt: skip

    @cached_property
    def silver(self) -> dict[int, tuple[str, ...]]:
        """(type, id, actor id, login, repo id, repo name, org, action, ref, ref_type, public, dt) of each line."""
        rows = self.lakehouse.rows(
            "SELECT _ordinal, type, id, actor.id, actor.login, repo.id, repo.name, org.login, action, ref, ref_type,"
            f" public, dt FROM silver_cleaned WHERE _source = '{self.source}'"
        )
        return {int(row[0]): row[1:] for row in rows}

    def named(self, name: str) -> tuple[str, ...]:
        (ordinal,) = (ordinal for ordinal, line in self.by_ordinal.items() if line.name == name)
        return self.silver[ordinal]


@pytest.fixture(scope="module")
def bad(lakehouse: Lakehouse, tmp_path_factory: pytest.TempPathFactory) -> BadRun:
    folder, lines = tmp_path_factory.mktemp("bad"), bad_lines.all_lines()
    packed = bad_lines.file_of(lines)
    (folder / "bad.ndjson.gz").write_bytes(packed)
    (folder / "empty.json").write_bytes(b"")
    (folder / "blank.json").write_bytes(b"\n\r\n \t\n")
    (folder / "nothing.json.gz").write_bytes(gzip.compress(b""))
    (good,) = sources.hours(folder, DAY, events=40)
    shutil.move(good, folder)
    (folder / ".hidden.json").write_bytes(b"not mine")
    (folder / "README.md").write_bytes(b"not mine")
    (folder / "half.json.part").write_bytes(b"half a l")
    done = pipelines(lakehouse, "run", "all", "--source", folder, "--json", "--deadline", 60)
    assert done.returncode == 0, done.stderr
    ordinals = [n for n, line in enumerate(gzip.decompress(packed).split(b"\n"), 1) if line.strip()]
    record = json.loads(done.stdout)
    (source,) = (source["source"] for source in record["sources"] if source["name"] == "bad.ndjson.gz")
    return BadRun(lakehouse, folder, done.stderr, record, source, dict(zip(ordinals, lines, strict=True)))


def test_every_line_is_accounted_for(bad: BadRun) -> None:
    equation = bad.record["equation"]
    of_the_hour = next(source["lines"] for source in bad.record["sources"] if source["name"].startswith(DAY))
    assert equation["closes"]
    assert equation["produced"] == len(bad.by_ordinal) + of_the_hour
    assert equation["refused"] == len(bad.having(OVERSIZE)) == 3
    assert equation["quarantined"] >= len(bad.quarantined) > 40
    assert sorted(source["lines"] for source in bad.record["sources"]) == [0, 0, of_the_hour, len(bad.by_ordinal)]


def test_says_which_files_it_left_out(bad: BadRun) -> None:
    text = "".join(bad.said.split())  # a console breaks lines where it likes
    for name in (f"{DAY}-1", "half.json.part"):
        assert f"plainor.gz:{bad.folder}/{name}" in text
    assert "README.md" not in text
    assert ".hidden" not in text


def test_silver_has_what_is_an_event_and_nothing_else(bad: BadRun) -> None:
    found = {bad.by_ordinal[ordinal].name for ordinal in bad.silver}
    assert found == {line.name for line in bad.having(KEPT).values()}


def test_the_quarantine_has_every_other_line_byte_for_byte(bad: BadRun) -> None:
    bucket, found = bad.lakehouse.bucket, dict[int, bytes]()
    for key in bucket.keys(ERRORS):
        for record in bucket.get(key).splitlines():
            envelope = json.loads(base64.b64decode(json.loads(record)["rawData"]))
            if envelope["source"] == bad.source:
                line = envelope["line"]
                found[envelope["ordinal"]] = base64.b64decode(line) if "encoding" in envelope else line.encode()
    assert found == {ordinal: line.text for ordinal, line in bad.quarantined.items()}


def test_the_functions_log_says_why(bad: BadRun, client: Callable[..., Any]) -> None:
    logs, reasons = client("logs"), dict[int, str]()
    (group,) = (
        group["logGroupName"]
        for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
        if "preprocess" in group["logGroupName"]
    )
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
        for entry in page["events"]:
            if bad.source in entry["message"]:
                said = json.loads(entry["message"])
                reasons[said["ordinal"]] = said["reason"]
    wrong = {
        line.name: (line.fate, reasons.get(ordinal))
        for ordinal, line in bad.quarantined.items()
        if line.fate not in reasons.get(ordinal, "")
    }
    assert wrong == {}


def test_what_is_too_large_is_kept_whole(bad: BadRun) -> None:
    bucket = bad.lakehouse.bucket
    for ordinal, line in bad.having(OVERSIZE).items():
        kept = json.loads(bucket.get(f"{TOO_LARGE}{bad.source}/{ordinal}.json"))
        text = base64.b64decode(kept["line"]) if "encoding" in kept else kept["line"].encode()
        assert text == line.text, line.name
        assert "larger" in kept["reason"]


@pytest.mark.parametrize("what", HOSTILE)
def test_a_name_is_a_name_whatever_it_would_break(bad: BadRun, what: str) -> None:
    text = HOSTILE[what]
    row = bad.named(f"names that would break {what}")
    assert row == (text, "", "9001", text, "9002", text, text, text, text, text, "", DAY)


def test_names_come_through_gold(bad: BadRun) -> None:
    facts = bad.lakehouse.rows(f"SELECT event_type, event_count FROM fact_events WHERE dt = '{DAY}' AND repo_id = 9002")
    assert sorted(facts) == sorted((text, "1") for text in HOSTILE.values())
    paged = bad.lakehouse.athena.rows("SELECT repo_name FROM dim_repo_names WHERE repo_id = 9002")
    assert sorted(row[0] or "" for row in paged) == sorted(HOSTILE.values())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("half a character", {1: "", 2: "9003", 3: "?"}),
        ("ids beyond bigint", {2: "", 4: "", 5: "a/b"}),
        ("ids of other types", {2: "", 4: ""}),
        ("the largest bigint", {2: str(2**63 - 1), 4: str(-(2**63) + 1)}),
        ("an id of 2^70", {1: str(2**70)}),
        ("an empty id", {1: ""}),
        ("a key twice", {1: "last", 7: "b"}),
        ("no object where one should be", {2: "", 3: "", 4: "", 5: "", 6: "", 10: ""}),
        ("a leap day", {11: "2024-02-29"}),
        ("the day before, in the west", {11: "2024-05-15"}),
        ("a byte order mark at the start of the file", {0: "PushEvent", 11: DAY}),
    ],
)
def test_what_silver_makes_of_it(bad: BadRun, name: str, expected: dict[int, str]) -> None:
    row = bad.named(name)
    assert {position: row[position] for position in expected} == expected


def test_bronze_can_be_read_by_its_table(bad: BadRun) -> None:
    sql = f"SELECT count(*), count(id), count(actor) FROM raw_events WHERE dt = '{DAY}' AND _source = '{bad.source}'"
    ((lines, ids, _),) = bad.lakehouse.rows(sql)
    of_the_day = [ordinal for ordinal, row in bad.silver.items() if row[11] == DAY]
    assert (int(lines), int(ids)) == (len(of_the_day), 4)  # two of them empty, which are no ids


def test_the_same_again_and_its_report(bad: BadRun) -> None:
    before = bad.lakehouse.tables()
    done = pipelines(bad.lakehouse, "run", "all", "--source", bad.folder, "--report", "--deadline", 60)
    assert done.returncode == 0, done.stderr
    assert "Every line is accounted for" in done.stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout), "a name that drives the terminal"
    assert bad.lakehouse.tables() == before


# -- what is refused before the first put


def cut_off(content: bytes) -> bytes:
    return gzip.compress(content)[:-20]


def corrupt(content: bytes) -> bytes:
    packed = bytearray(gzip.compress(content))
    packed[-5] ^= 1
    return bytes(packed)


@pytest.mark.parametrize(
    ("name", "spoil", "says"),
    [
        ("cut.json.gz", cut_off, "the gzip is cut off"),
        ("corrupt.json.gz", corrupt, "the gzip is corrupt"),
        ("zero.json.gz", lambda _: b"", "named .gz, but its header is not gzip's"),
        ("wide.json", lambda content: content.decode().encode("utf-16"), "it is UTF-16"),
    ],
)
def test_what_cannot_be_read_whole_stops_the_run_before_it_writes(
    bad: BadRun, tmp_path: Path, name: str, spoil: Callable[[bytes], bytes], says: str
) -> None:
    lakehouse, content = (
        bad.lakehouse,
        bad_lines.at('"2024-05-20T00:00:00Z"').replace(b"PushEvent", name.encode()) + b"\n",
    )
    (tmp_path / "good.json").write_bytes(content)
    (tmp_path / name).write_bytes(spoil(content * 3))
    before = sorted(lakehouse.bucket.keys(""))
    done = pipelines(lakehouse, "run", "ingest", "--source", tmp_path)
    assert done.returncode == 2
    assert f"{name}: {says}" in " ".join(done.stderr.split())
    assert "Fetch the file again, or leave it out" in " ".join(done.stderr.split())
    assert sorted(lakehouse.bucket.keys("")) == before
    (tmp_path / name).write_bytes(gzip.compress(content * 3))
    assert lakehouse.run("ingest", tmp_path)["equation"]["produced"] == 4


# -- what is wrong with the project, or with what it was deployed to


@pytest.fixture
def spoilt(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """``spoilt(file, right, wrong)``: a copy of the project with something wrong in one file."""

    def copy(file: str, right: str, wrong: str) -> Path:
        for name in PROJECT:
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        text = (tmp_path / file).read_text()
        assert right in text
        (tmp_path / file).write_text(text.replace(right, wrong))
        return tmp_path

    return copy


@pytest.mark.parametrize(
    ("step", "file", "right", "wrong", "code", "says"),
    [
        (
            "silver", "pipelines/glue/bronze_to_silver.py", "def main() -> None:", "def main() -> None", 4,
            (r"SyntaxError: expected ':' \(bronze_to_silver-\w+\.py, line \d+\).*nothing was published, run again"),
        ),
        (
            "gold", "sql/fact_events/query.sql", "FROM silver_cleaned", "FORM silver_cleaned", 1,
            r"line \d+:\d+: mismatched input 'silver_cleaned'.* in: CREATE TABLE staging_fact_events_.*below sql/",
        ),
        (
            "gold", "sql/dim_user/query.sql", "min(created_at)", "min(create_dat)", 1,
            r"COLUMN_NOT_FOUND: line \d+:\d+: Column 'create_dat'.* in: CREATE TABLE staging_dim_user_.*below sql/",
        ),
    ],
    ids=["a Glue script with a syntax error", "SQL with a typo", "SQL with a wrong name"],
)  # fmt: skip
def test_a_mistake_is_said_and_publishes_nothing(
    bad: BadRun,
    spoilt: Callable[[str, str, str], Path],
    step: str,
    file: str,
    right: str,
    wrong: str,
    code: int,
    says: str,
) -> None:
    lakehouse, before = bad.lakehouse, bad.lakehouse.tables()
    failed = pipelines(lakehouse, "run", step, "--source", bad.folder, project=spoilt(file, right, wrong))
    assert failed.returncode == code
    assert re.search(says, " ".join(failed.stderr.split()))
    assert lakehouse.tables() == before
    done = pipelines(lakehouse, "run", step, "--source", bad.folder, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["equation"] == bad.record["equation"]
    assert lakehouse.staging_tables() == []
    assert lakehouse.tables() == before


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lakehouse]:
    """A lakehouse on a platform of its own, which may be spoilt. It has no Glue worker."""
    folder = tmp_path_factory.mktemp("alone")
    started = launch.launch(
        Settings(ephemeral=True, port=launch.free_port(), aws_dir=folder / "aws", hurry=60, workers=0)
    )
    yield Lakehouse(environment_of(folder / "aws"))
    started.stop()


def test_a_bucket_that_is_gone_is_said_with_the_way_out(alone: Lakehouse, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(bad_lines.event() + b"\n")
    (tmp_path / "two.json").write_bytes(bad_lines.event(',"id":"2"') + b"\n")
    first = alone.run("ingest", tmp_path / "one.json")
    alone.bucket.delete(alone.bucket.keys(""))
    alone.bucket.s3.delete_bucket(Bucket=alone.bucket.name)
    failed = pipelines(alone, "run", "ingest", "--source", tmp_path, "--deadline", 20)
    assert failed.returncode == 1
    said = " ".join(failed.stderr.split())
    assert "The specified bucket does not exist" in said
    assert "aws cloudformation delete-stack --stack-name github-analytics" in said
    cloudformation = alone.profile.client("cloudformation")
    cloudformation.delete_stack(StackName="github-analytics")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="github-analytics", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    again = alone.run("ingest", tmp_path)
    assert first["equation"]["found"] == 1
    assert again["equation"]["found"] == again["equation"]["produced"] == 2
