"""Events through every station: what comes out at the end is what plain Python counts in the files.

One story in three runs, since each starts a Spark: a first, the same again, a second file of a day already published.
"""

import gzip
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.lock import PublishLock
from pipelines.publishing import Publisher
from tests.e2e import expected, sources
from tests.e2e.lakehouse import Lakehouse, Row

DAY, OTHER_DAY = "2024-03-12", "2024-03-13"
PAYLOAD_DAY, COPIES_MONTH = "2024-03-05", "2024-02"
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Run:
    """A run's record, the sources of all runs so far, and the tables after it."""

    record: dict[str, Any]
    files: list[Path]
    tables: Tables

    @property
    def expected(self) -> expected.Expected:
        return expected.of_files(self.files)


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return sources.copies(tmp_path_factory.mktemp("copies"), COPIES_MONTH)


@pytest.fixture(scope="module")
def first(lakehouse: Lakehouse, tmp_path_factory: pytest.TempPathFactory, copies: list[Path]) -> Run:
    folder = tmp_path_factory.mktemp("first")
    files = sources.hours(folder, DAY, events=1000, oversize=1) + sources.hours(folder, OTHER_DAY, events=60)
    files += [sources.one_payload(folder, PAYLOAD_DAY), *copies]
    return Run(lakehouse.run("all", *files), files, lakehouse.tables())


@pytest.fixture(scope="module")
def again(lakehouse: Lakehouse, first: Run, copies: list[Path]) -> Run:
    """The same sources, some of which the first run seems to have died over: it did not write down what it put."""
    for source in first.record["sources"]:
        if source["name"] in {path.name for path in copies}:
            lakehouse.bucket.delete([f"runs/sources/{source['source']}.json"])
    return Run(lakehouse.run("all", *first.files), first.files, lakehouse.tables())


@pytest.fixture(scope="module")
def second(lakehouse: Lakehouse, again: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Further events of a published day, and 40 lines of it again; each step by itself."""
    folder = tmp_path_factory.mktemp("second")
    (more,) = sources.hours(folder, DAY, events=200, seed=2)
    new = gzip.decompress(more.read_bytes()).replace(b'"id":"549', b'"id":"777')
    old = gzip.decompress(again.files[0].read_bytes()).splitlines(keepends=True)[:40]
    source = folder / f"{DAY}-11.json"
    source.write_bytes(new + b"".join(old))
    ingested = lakehouse.run("ingest", source)
    assert ingested["equation"]["silver"] is None
    assert lakehouse.tables("silver_cleaned", "fact_events") == {
        name: again.tables[name] for name in ("silver_cleaned", "fact_events")
    }, "an ingest publishes nothing"
    lakehouse.run("silver", source)
    return Run(lakehouse.run("gold", source), [*again.files, source], lakehouse.tables())


def test_every_line_is_accounted_for(lakehouse: Lakehouse, first: Run) -> None:
    wanted = first.expected
    assert wanted.duplicates > 2
    assert wanted.quarantined
    assert first.record["outcome"] == "succeeded"
    assert first.record["equation"] == {
        "produced": wanted.lines,
        "found": wanted.lines - 1,
        "refused": 1,
        "copies": wanted.lines - 1,
        "silver": len(wanted.kept),
        "duplicates": wanted.duplicates,
        "quarantined": wanted.quarantined,
        "redelivered": 0,
        "closes": True,
    }
    assert lakehouse.bucket.get_json(f"runs/{first.record['run']}.json") == first.record


def test_gold_is_what_plain_python_counts(lakehouse: Lakehouse, first: Run) -> None:
    wanted = first.expected
    assert first.record["days"] == wanted.days
    assert lakehouse.facts_of(first.tables["fact_events"], wanted.days) == wanted.facts
    repos, users = expected.dimension_keys(wanted)
    names = {int(row[0]): row[1] for row in first.tables["dim_repo"]}
    assert repos <= set(names)
    # The platform is the whole session's, and made-up repositories of other tests' days may have the same ids.
    last_day = {int(row[0]): row[4][:10] for row in first.tables["dim_repo"]}
    ours = {repo for repo in repos if last_day[repo] in wanted.days}
    assert len(ours) > 0.9 * len(repos)
    last_names = expected.last_names(wanted)
    assert {repo: names[repo] for repo in ours} == {repo: last_names[repo] for repo in ours}
    assert users <= {int(row[0]) for row in first.tables["dim_user"]}
    assert set(wanted.days) <= {row[0] for row in first.tables["dim_date"]}
    assert lakehouse.staging_tables() == []


def test_a_payload_is_the_text_that_came(lakehouse: Lakehouse, first: Run) -> None:
    sql = "SELECT payload, action, created_at, dt, actor, id FROM silver_cleaned WHERE dt = '2024-03-04'"
    assert lakehouse.rows(sql) == [
        (sources.PAYLOAD, "opened", "2024-03-04 22:00:00.000", "2024-03-04", "", ""),
    ]


def test_everything_written_is_encrypted_with_the_stacks_key(lakehouse: Lakehouse, first: Run) -> None:
    bucket, stations = lakehouse.bucket, Counter[str]()
    for key in bucket.keys(""):
        head = bucket.s3.head_object(Bucket=bucket.name, Key=key)
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", bucket.key_arn), key
        stations[key.partition("/")[0]] += 1
    assert set(stations) == {"raw", "raw-errors", "cleaned", "aggregated", "athena-results", "runs", "locks"}


def test_the_same_again_gives_the_same_tables(first: Run, again: Run) -> None:
    assert again.record["run"] != first.record["run"]
    assert again.tables == first.tables


def test_lines_delivered_again_are_redelivered_and_no_duplicates(first: Run, again: Run) -> None:
    before = first.record["equation"]
    assert again.record["equation"] == before | {"copies": before["copies"] + 7, "redelivered": 7}


def test_a_second_file_changes_its_day_by_its_new_events_only(lakehouse: Lakehouse, again: Run, second: Run) -> None:
    assert second.record["days"] == [DAY]
    assert second.record["equation"]["duplicates"] >= 1
    assert second.record["equation"]["closes"]
    wanted = second.expected
    assert lakehouse.facts_of(second.tables["fact_events"], wanted.days) == wanted.facts
    for name in ("silver_cleaned", "fact_events"):
        changed = Counter(second.tables[name])
        changed.subtract(Counter(again.tables[name]))
        assert {row[-1] for row, count in changed.items() if count} == {DAY}
    grown = len(second.tables["silver_cleaned"]) - len(again.tables["silver_cleaned"])
    assert grown == len(wanted.kept) - len(again.expected.kept) > 0


def test_a_cut_off_file_stops_the_run_with_nothing_written(lakehouse: Lakehouse, first: Run, tmp_path: Path) -> None:
    good, other = sources.hours(tmp_path, "2024-03-15", events=40, count=2)
    broken = tmp_path / "2024-03-15-12.json.gz"
    broken.write_bytes(other.read_bytes()[:-20])
    before = sorted(lakehouse.bucket.keys(""))
    said = lakehouse.pipelines("run", "all", "--source", str(good), str(broken), expect=2)
    assert "cut off" in said
    assert sorted(lakehouse.bucket.keys("")) == before


def test_silver_wants_its_sources_ingested(lakehouse: Lakehouse, first: Run, tmp_path: Path) -> None:
    (source,) = sources.hours(tmp_path, "2024-03-17", events=40)
    said = lakehouse.pipelines("run", "silver", "--source", str(source), expect=2)
    assert "not ingested yet" in said


@pytest.mark.parametrize("table", ["silver_cleaned", "fact_events"])
def test_a_reader_sees_the_old_or_the_new_day_and_never_half(
    lakehouse: Lakehouse, first: Run, second: Run, table: str
) -> None:
    """Through 20 publications of the day as the first run and as the second file left it."""
    run_of = {"silver_cleaned": "cleaned/run={}/", "fact_events": "aggregated/fact_events/run={}/part=1/"}[table]
    silver_runs = [folder.split("=")[1].rstrip("/") for folder in lakehouse.bucket.folders("cleaned/")]
    runs = [first.record["run"], max(silver_runs) if table == "silver_cleaned" else second.record["run"]]
    places = [lakehouse.bucket.uri(f"{run_of.format(run)}dt={DAY}/") for run in runs]
    seen, ended = list[int](), threading.Event()

    def read() -> None:
        while not ended.is_set():
            ((found,),) = lakehouse.rows(f"SELECT count(*) FROM {table} WHERE dt = '{DAY}'")
            seen.append(int(found))

    readers = [threading.Thread(target=read) for _ in range(2)]
    lock = PublishLock(lakehouse.bucket, "reader_test", patience=30)
    publisher = Publisher.of(lakehouse.profile, lakehouse.stack, "reader_test", lock)
    with lock.held(lambda _: None):
        for reader in readers:
            reader.start()
        for turn in range(20):
            looked = len(seen)
            publisher.publish_days(table, {DAY: places[turn % 2]})
            while len(seen) < looked + 2 and any(reader.is_alive() for reader in readers):
                ended.wait(0.005)
        ended.set()
        for reader in readers:
            reader.join()
    sizes = [sum(row[-1] == DAY for row in run.tables[table]) for run in (first, second)]
    assert sizes[0] < sizes[1]
    assert set(seen) == set(sizes)
    assert len(seen) >= 40
