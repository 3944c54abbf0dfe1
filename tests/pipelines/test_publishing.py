"""Publishing: one switch a day, nothing registered ever deleted, what is nobody's gone after its grace."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipelines.errors import Incomplete
from pipelines.lakebucket import LakeBucket
from pipelines.lock import LockLost, PublishLock
from pipelines.publishing import BY_DAY, WHOLE, Publisher

DAY = "2016-01-01"
ClientOf = Callable[..., Any]


def storage(location: str) -> dict[str, Any]:
    return {
        "Columns": [{"Name": "id", "Type": "string"}],
        "Location": location,
        "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
    }


@pytest.fixture
def publisher(client: ClientOf, lake: LakeBucket) -> Iterator[Callable[[str], Publisher]]:
    """``publisher(run)`` publishes into a database with every table of the platform's, all empty."""
    glue, database = client("glue"), lake.name.replace("-", "_")
    glue.create_database(DatabaseInput={"Name": database})
    for name in (*BY_DAY, *WHOLE):
        table: dict[str, Any] = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": "parquet"},
        }
        table["StorageDescriptor"] = storage(lake.uri(f"aggregated/{name}/run=none/"))
        table["PartitionKeys"] = [{"Name": "dt", "Type": "string"}] if name in BY_DAY else []
        glue.create_table(DatabaseName=database, TableInput=table)
    lock = PublishLock(lake, "test", patience=0)
    with lock.held(lambda _: None):
        yield lambda run: Publisher(glue, lake, database, run, lock)
    glue.delete_database(Name=database)


def write(lake: LakeBucket, folder: str) -> str:
    lake.put(f"{folder}part-0.parquet", b"rows")
    return lake.uri(folder)


def location_of(publisher: Publisher, table: str) -> str:
    answer = publisher.glue.get_partition(DatabaseName=publisher.database, TableName=table, PartitionValues=[DAY])
    location: str = answer["Partition"]["StorageDescriptor"]["Location"]
    return location


def test_a_day_is_created_and_then_switched(publisher: Callable[[str], Publisher], lake: LakeBucket) -> None:
    for run in ("r1", "r2"):
        place = write(lake, f"cleaned/run={run}/dt={DAY}/")
        publisher(run).publish_days("silver_cleaned", {DAY: place})
        assert location_of(publisher(run), "silver_cleaned") == place
    pages = publisher("r2").glue.get_partitions(DatabaseName=publisher("r2").database, TableName="silver_cleaned")
    assert [partition["Values"] for partition in pages["Partitions"]] == [[DAY]]
    assert pages["Partitions"][0]["StorageDescriptor"]["Columns"] == [{"Name": "id", "Type": "string"}]


def test_a_table_is_switched_and_keeps_all_else(publisher: Callable[[str], Publisher], lake: LakeBucket) -> None:
    one = publisher("r1")
    one.publish_table("dim_repo", lake.uri("aggregated/dim_repo/run=r1/"))
    table = one.glue.get_table(DatabaseName=one.database, Name="dim_repo")["Table"]
    assert table["StorageDescriptor"]["Location"] == lake.uri("aggregated/dim_repo/run=r1/")
    assert table["Parameters"]["classification"] == "parquet"
    assert table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].endswith("ParquetHiveSerDe")


def test_nothing_is_published_without_the_lock(publisher: Callable[[str], Publisher], lake: LakeBucket) -> None:
    one = publisher("r1")
    late = Publisher(one.glue, lake, one.database, "late", PublishLock(lake, "late", patience=0))
    with pytest.raises(LockLost):
        late.publish_days("silver_cleaned", {DAY: lake.uri("cleaned/run=late/")})
    with pytest.raises(LockLost):
        late.publish_table("dim_repo", lake.uri("aggregated/dim_repo/run=late/"))
    partitions = one.glue.get_partitions(DatabaseName=one.database, TableName="silver_cleaned")["Partitions"]
    assert partitions == []


def test_drops_staging_tables_and_no_others(publisher: Callable[[str], Publisher], lake: LakeBucket) -> None:
    one = publisher("r2")
    for name in ("staging_fact_events_r1_1", "staging_dim_repo_r1_1", "not_staging_x"):
        one.glue.create_table(
            DatabaseName=one.database, TableInput={"Name": name, "StorageDescriptor": storage(lake.uri(f"{name}/"))}
        )
    assert one.drop_staging() == ["staging_dim_repo_r1_1", "staging_fact_events_r1_1"]
    names = {table["Name"] for table in one.glue.get_tables(DatabaseName=one.database)["TableList"]}
    assert names == {*BY_DAY, *WHOLE, "not_staging_x"}


def test_what_is_superseded_goes_after_its_grace(publisher: Callable[[str], Publisher], lake: LakeBucket) -> None:
    for run in ("r1", "r2"):
        write(lake, f"cleaned/run={run}/")  # Spark's _SUCCESS lies there
        place = write(lake, f"cleaned/run={run}/dt={DAY}/")
        publisher(run).publish_days("silver_cleaned", {DAY: place})
        publisher(run).publish_table("dim_repo", write(lake, f"aggregated/dim_repo/run={run}/"))
    dead = write(lake, f"aggregated/fact_events/run=dead/part=1/dt={DAY}/")
    raw = write(lake, "raw/dt=2016-01-01/hour=00/")

    assert publisher("r2").sweep(grace=3600) == 0
    assert publisher("r2").sweep(grace=0) == 5
    left = {lake.uri(key) for prefix in ("cleaned/", "aggregated/", "raw/") for key in lake.keys(prefix)}
    assert left == {
        lake.uri(f"cleaned/run=r2/dt={DAY}/part-0.parquet"),
        lake.uri("aggregated/dim_repo/run=r2/part-0.parquet"),
        f"{raw}part-0.parquet",
    }
    assert f"{dead}part-0.parquet" not in left
    assert [key for key in lake.keys("runs/superseded/") if "r2" in key] == []


def test_a_day_that_another_run_published_meanwhile_is_left_alone(
    publisher: Callable[[str], Publisher], lake: LakeBucket
) -> None:
    old, mine, others = (write(lake, f"cleaned/run={run}/dt={DAY}/") for run in ("r1", "r2", "r3"))
    publisher("r1").publish_days("silver_cleaned", {DAY: old}, {DAY: None})
    began = publisher("r2").published("silver_cleaned", [DAY])
    assert began == {DAY: old}
    publisher("r3").publish_days("silver_cleaned", {DAY: others})
    with pytest.raises(Incomplete, match="published by another run meanwhile"):
        publisher("r2").publish_days("silver_cleaned", {DAY: mine}, began)
    assert publisher("r2").published("silver_cleaned", [DAY]) == {DAY: others}


def test_to_publish_again_changes_nothing_and_forgets_no_note(
    publisher: Callable[[str], Publisher], lake: LakeBucket
) -> None:
    old, new = (write(lake, f"cleaned/run={run}/dt={DAY}/") for run in ("r1", "r2"))
    publisher("r1").publish_days("silver_cleaned", {DAY: old})
    for _ in range(2):
        publisher("r2").publish_days("silver_cleaned", {DAY: new}, {DAY: old})
        publisher("r2").publish_table("dim_date", lake.uri("aggregated/dim_date/run=r2/"))
    notes = [lake.get_json(key) for key in lake.keys("runs/superseded/") if "/r2-" in key]
    places = [place for note in notes if note is not None for place in note["locations"]]
    assert sorted(places) == [lake.uri("aggregated/dim_date/run=none/"), old]
