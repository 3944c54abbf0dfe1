"""Events through every station: what comes out at the end is what plain Python counts in the files."""

import gzip
import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.lock import PublishLock
from pipelines.publishing import Publisher
from tests.e2e import expected
from tests.e2e.lakehouse import Lakehouse

Hours = Callable[..., list[Path]]


def test_a_thousand_events_reach_gold(lakehouse: Lakehouse, hours: Hours) -> None:
    files = hours("2024-03-01", events=1000, oversize=1)
    wanted = expected.of_files(files)
    assert wanted.duplicates
    assert wanted.quarantined
    record = lakehouse.run("all", *files)
    assert record["outcome"] == "succeeded"
    assert record["equation"] == {
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
    assert lakehouse.bucket.get_json(f"runs/{record['run']}.json") == record
    assert lakehouse.facts(wanted.days) == wanted.facts
    repos, users = expected.dimension_keys(wanted)
    names = {int(row[0]): row[1] for row in lakehouse.rows("SELECT repo_id, repo_name FROM dim_repo")}
    assert repos <= set(names)
    assert {repo: names[repo] for repo in repos} == expected.last_names(wanted)
    assert users <= {int(row[0]) for row in lakehouse.rows("SELECT user_id FROM dim_user")}
    assert set(wanted.days) <= {row[0] for row in lakehouse.rows("SELECT dt FROM dim_date")}
    glue = lakehouse.profile.client("glue")
    tables = {table["Name"] for table in glue.get_tables(DatabaseName=lakehouse.stack.database)["TableList"]}
    assert not any(name.startswith("staging_") for name in tables)


def test_silver_keeps_each_payload_as_it_came(lakehouse: Lakehouse, tmp_path: Path) -> None:
    payload = r'{ "x":1.10, "big":123456789012345678901234567890, "u":"\u00e9\/ é 🧭", "action":"opened" }'
    path = tmp_path / "one.json"
    path.write_text(f'{{"type":"IssuesEvent","created_at":"2024-03-05T00:00:00+02:00","payload":{payload}}}\n')
    lakehouse.run("all", path)
    sql = "SELECT payload, action, created_at, dt, actor, id FROM silver_cleaned WHERE dt = '2024-03-04'"
    assert lakehouse.rows(sql) == [(payload, "opened", "2024-03-04 22:00:00.000", "2024-03-04", "", "")]


def test_the_same_again_gives_the_same_tables(lakehouse: Lakehouse, hours: Hours) -> None:
    files = hours("2024-03-10", events=300)
    first = lakehouse.run("all", *files)
    tables = lakehouse.tables()
    again = lakehouse.run("all", *files)
    assert again["run"] != first["run"]
    assert again["equation"] == first["equation"]
    assert lakehouse.tables() == tables


def test_a_second_file_changes_its_day_by_its_new_events_only(
    lakehouse: Lakehouse, hours: Hours, tmp_path: Path
) -> None:
    files = hours("2024-03-12", events=300, count=1) + hours("2024-03-13", events=300, count=1)
    lakehouse.run("all", *files)
    before = lakehouse.tables("silver_cleaned", "fact_events")
    old = gzip.decompress(files[0].read_bytes()).splitlines(keepends=True)[:40]
    (more,) = hours("2024-03-12", events=200, seed=2, count=1, first=11)
    second = tmp_path / "2024-03-12-11.json"
    second.write_bytes(gzip.decompress(more.read_bytes()).replace(b'"id":"549', b'"id":"777') + b"".join(old))
    record = lakehouse.run("all", second)
    assert record["days"] == ["2024-03-12"]
    assert record["equation"]["duplicates"] >= 1
    wanted = expected.of_files([*files, second])
    assert lakehouse.facts(["2024-03-12", "2024-03-13"]) == wanted.facts
    after = lakehouse.tables("silver_cleaned", "fact_events")
    for name, rows in after.items():
        changed = Counter(rows)
        changed.subtract(Counter(before[name]))
        days = {row[-1] for row, count in changed.items() if count}
        assert days == {"2024-03-12"}
    grown = len(after["silver_cleaned"]) - len(before["silver_cleaned"])
    assert grown == len(wanted.kept) - len(expected.of_files(files).kept)


def test_a_cut_off_file_stops_the_run_with_nothing_written(lakehouse: Lakehouse, hours: Hours, tmp_path: Path) -> None:
    good, other = hours("2024-03-15", events=40)
    broken = tmp_path / "2024-03-15-12.json.gz"
    broken.write_bytes(other.read_bytes()[:-20])
    lakehouse.pipelines("deploy")
    before = sorted(lakehouse.bucket.keys(""))
    said = lakehouse.pipelines("run", "all", "--source", str(good), str(broken), expect=2)
    assert "cut off" in said
    assert sorted(lakehouse.bucket.keys("")) == before


def test_each_step_can_be_run_alone(lakehouse: Lakehouse, hours: Hours) -> None:
    files = hours("2024-03-17", events=60)
    said = lakehouse.pipelines("run", "silver", "--source", *map(str, files), expect=2)
    assert "not ingested yet" in said
    ingested = lakehouse.run("ingest", *files)
    assert ingested["equation"]["silver"] is None
    assert ingested["equation"]["closes"]
    assert lakehouse.facts(["2024-03-17"]) == Counter()
    lakehouse.run("silver", *files)
    lakehouse.run("gold", *files)
    assert lakehouse.facts(["2024-03-17"]) == expected.of_files(files).facts


def test_of_copies_one_stays_and_redelivered_lines_are_no_copies(lakehouse: Lakehouse, tmp_path: Path) -> None:
    def line(event_id: str | None, day: int, user: int) -> str:
        event = {"type": "WatchEvent", "created_at": f"2024-02-0{day}T00:00:00Z", "actor": {"id": user, "login": "x"}}
        return json.dumps(event if event_id is None else event | {"id": event_id}) + "\n"

    first, second = tmp_path / "first.json", tmp_path / "second.json"
    # The same id twice on a day, and once on another; two lines without an id, and the same again in another file.
    first.write_text(line("1", 1, 11) + line("1", 1, 12) + line("1", 2, 13) + line(None, 1, 14) + line(None, 1, 14))
    second.write_text(line("1", 1, 15) + line(None, 1, 14))
    wanted = expected.of_files([first, second])
    assert (wanted.duplicates, len(wanted.kept)) == (2, 5)
    record = lakehouse.run("all", first, second)
    assert record["equation"]["duplicates"] == 2
    assert lakehouse.facts(wanted.days) == wanted.facts
    for source in record["sources"]:  # as if that run had died before it wrote down what it had put
        lakehouse.bucket.delete([f"runs/sources/{source['source']}.json"])
    tables = lakehouse.tables("silver_cleaned", "fact_events")
    again = lakehouse.run("all", first, second)
    assert again["equation"] == record["equation"] | {"copies": 14, "redelivered": 7}
    assert lakehouse.tables("silver_cleaned", "fact_events") == tables


def test_everything_written_is_encrypted_with_the_stacks_key(lakehouse: Lakehouse, hours: Hours) -> None:
    record = lakehouse.run("all", *hours("2024-03-21", events=40))
    lakehouse.rows("SELECT count(*) FROM dim_repo")
    bucket, stations = lakehouse.bucket, Counter[str]()
    for key in bucket.keys(""):
        head = bucket.s3.head_object(Bucket=bucket.name, Key=key)
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", bucket.key_arn), key
        stations[key.partition("/")[0]] += 1
    assert set(stations) == {"raw", "raw-errors", "cleaned", "aggregated", "athena-results", "runs", "locks"}
    assert record["outcome"] == "succeeded"


@pytest.mark.timeout(120)
def test_a_reader_sees_the_old_or_the_new_day_and_never_half(lakehouse: Lakehouse, tmp_path: Path) -> None:
    day = "2024-03-23"
    rows = [{"type": "WatchEvent", "created_at": f"{day}T00:00:{n:02}Z", "id": str(n)} for n in range(40)]
    path = tmp_path / "a.json"
    places: dict[int, str] = {}
    glue, database = lakehouse.profile.client("glue"), lakehouse.stack.database
    for size in (10, 40):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows[:size]))
        lakehouse.run("all", path)
        partition = glue.get_partition(DatabaseName=database, TableName="silver_cleaned", PartitionValues=[day])
        places[size] = partition["Partition"]["StorageDescriptor"]["Location"]
    seen, ended = list[int](), threading.Event()

    def read() -> None:
        while not ended.is_set():
            ((found,),) = lakehouse.rows(f"SELECT count(*) FROM silver_cleaned WHERE dt = '{day}'")
            seen.append(int(found))

    readers = [threading.Thread(target=read) for _ in range(2)]
    lock = PublishLock(lakehouse.bucket, "reader_test", patience=30)
    publisher = Publisher.of(lakehouse.profile, lakehouse.stack, "reader_test", lock)
    with lock.held(lambda _: None):
        for reader in readers:
            reader.start()
        for turn in range(20):
            looked = len(seen)
            publisher.publish_days("silver_cleaned", {day: places[(10, 40)[turn % 2]]})
            while len(seen) < looked + 2 and any(reader.is_alive() for reader in readers):
                ended.wait(0.01)
        ended.set()
        for reader in readers:
            reader.join()
    assert set(seen) == {10, 40}
    assert len(seen) >= 40
