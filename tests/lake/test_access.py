"""From a read to its files: unpartitioned tables, registered partitions and their pruning."""

import asyncio
from typing import Any

import pytest

from boathouse.context import Scope, root_of
from boathouse.errors import AwsError, Unsupported
from boathouse.lake.access import Access
from boathouse.lake.catalog import Catalog
from boathouse.relation import Condition, File, Read, Relation, TableName
from tests.lake.conftest import Bucket

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
JSON = "org.openx.data.jsonserde.JsonSerDe"


def storage(location: str, serde: str = PARQUET) -> dict[str, Any]:
    return {
        "Columns": [{"Name": "id", "Type": "bigint"}],
        "Location": location,
        "SerdeInfo": {"SerializationLibrary": serde},
    }


def create(catalog: Catalog, scope: Scope, keys: dict[str, str], **members: Any) -> dict[str, Any]:
    partition_keys = [{"Name": name, "Type": type_} for name, type_ in keys.items()]
    table_input = {"Name": "t", "PartitionKeys": partition_keys, "StorageDescriptor": storage("s3://lake/t"), **members}
    catalog.tables.create(scope, "db", table_input, "arn")
    return catalog.tables.get(scope, "db", "t")


def cut(access: Access, *conditions: Condition) -> Relation:
    read = Read("r0", TableName("db", "t"), ("id",), conditions)
    return asyncio.run(access.cut(root_of(), [read]))["r0"]


def keys_of(relation: Relation) -> list[str]:
    return [file.uri.removeprefix("s3://lake/") for file in relation.files]


def test_an_unpartitioned_table_is_all_that_lies_in_its_folder(
    catalog: Catalog, scope: Scope, access: Access, lake: Bucket
) -> None:
    create(catalog, scope, {})
    lake.add("t/a.parquet", "t/sub/b.parquet", "t2/c.parquet", "t/_SUCCESS", "t/.x/d.parquet", "t/_tmp/e.parquet")
    lake.add("t/", "t/sub/", size=0)
    lake.add("t/frozen.parquet")
    lake.archived = {"t/frozen.parquet"}
    relation = cut(access)
    assert relation.files == (File("s3://lake/t/a.parquet", 10), File("s3://lake/t/sub/b.parquet", 10))
    assert relation.format.name == "PARQUET"
    assert [column.name for column in relation.columns] == ["id"]


def test_only_the_columns_asked_for(catalog: Catalog, scope: Scope, access: Access) -> None:
    wide = storage("s3://lake/t") | {"Columns": [{"Name": name, "Type": "string"} for name in ("A", "b", "c")]}
    create(catalog, scope, {"dt": "string"}, StorageDescriptor=wide)
    reads = [Read(alias, TableName("db", "t"), columns) for alias, columns in (("x", ("a", "c")), ("y", ("dt",)))]
    relations = asyncio.run(access.cut(root_of(), reads))
    assert {alias: [column.name for column in relation.columns] for alias, relation in relations.items()} == {
        "x": ["a", "c"], "y": [],
    }  # fmt: skip
    assert all([column.name for column in relation.partition_columns] == ["dt"] for relation in relations.values())


def test_a_table_that_is_not_there(access: Access) -> None:
    assert access.schema(root_of(), TableName("db", "t")) is None
    with pytest.raises(AwsError, match=r"Table t not found\."):
        cut(access)


@pytest.fixture
def by_day(catalog: Catalog, scope: Scope, lake: Bucket) -> dict[str, Any]:
    """Registered partitions by day and number, one object each, at locations that do not follow from the values."""
    table = create(catalog, scope, {"dt": "string", "n": "int"})
    for day in range(1, 29):
        for number in (2, 10):
            folder = f"runs/run={day % 3}/dt=2024-01-{day:02}/{number}"
            values = [f"2024-01-{day:02}", str(number)]
            catalog.partitions.create(
                scope, table, {"Values": values, "StorageDescriptor": storage(f"s3://lake/{folder}")}
            )
            lake.add(f"{folder}/a.parquet")
    lake.add("t/dt=2024-01-01/2/unregistered.parquet", "runs/run=9/dt=2024-01-01/2/old.parquet")
    return table


@pytest.mark.usefixtures("by_day")
@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        ((), 56),
        ((Condition("dt", "=", ("2024-01-05",)),), 2),
        ((Condition("dt", "IN", ("2024-01-05", "2024-01-06", "x")), Condition("n", "=", ("2",))), 2),
        ((Condition("dt", "BETWEEN", ("2024-01-05", "2024-01-07")),), 6),
        ((Condition("dt", ">", ("2024-01-26",)),), 4),
        ((Condition("dt", "<>", ("2024-01-26",)),), 54),
        ((Condition("n", "<", ("10",)),), 28),  # as numbers
        ((Condition("n", ">=", ("10",)),), 28),
        ((Condition("n", "=", ("no number",)),), 56),  # left to the engine
        ((Condition("dt", "=", ("2024-02-01",)),), 0),
    ],
)
def test_conditions_prune_partitions(access: Access, conditions: tuple[Condition, ...], count: int) -> None:
    files = cut(access, *conditions).files
    assert len(files) == count
    assert all(
        len(file.partition) == 2 and f"dt={file.partition[0]}/{file.partition[1]}/" in file.uri for file in files
    )


@pytest.mark.usefixtures("by_day")
def test_few_locations_are_listed_each_by_itself_and_many_together(access: Access, lake: Bucket) -> None:
    cut(access, Condition("dt", "=", ("2024-01-05",)))
    assert lake.listed == ["runs/run=2/dt=2024-01-05/10/", "runs/run=2/dt=2024-01-05/2/"]
    lake.listed.clear()
    cut(access)
    assert len(lake.listed) <= 32


def test_a_thousand_partitions_take_few_listings(catalog: Catalog, scope: Scope, access: Access, lake: Bucket) -> None:
    table = create(catalog, scope, {"n": "int"})
    for number in range(1000):
        folder = f"t/n={number}"
        catalog.partitions.create(
            scope, table, {"Values": [str(number)], "StorageDescriptor": storage(f"s3://lake/{folder}")}
        )
        lake.add(f"{folder}/a.parquet", f"{folder}/b.parquet")
    assert len(cut(access).files) == 2000
    assert lake.pages <= 32


def test_locations_within_and_beside_each_other(catalog: Catalog, scope: Scope, access: Access, lake: Bucket) -> None:
    table = create(catalog, scope, {"p": "string"})
    for value, location in {"outer": "t", "inner": "t/in/", "same": "t/in", "sibling": "t/inner"}.items():
        catalog.partitions.create(
            scope, table, {"Values": [value], "StorageDescriptor": storage(f"s3://lake/{location}")}
        )
    lake.add("t/a", "t/in/b", "t/inner/c")
    found = {(file.uri.removeprefix("s3://lake/"), file.partition[0]) for file in cut(access).files}
    # client(Trino): each partition lists its own location, recursively.
    assert found == {
        ("t/a", "outer"), ("t/in/b", "outer"), ("t/inner/c", "outer"),
        ("t/in/b", "inner"), ("t/in/b", "same"), ("t/inner/c", "sibling"),
    }  # fmt: skip


def test_hives_null_partition(catalog: Catalog, scope: Scope, access: Access, lake: Bucket) -> None:
    table = create(catalog, scope, {"n": "int"})
    for value in ("1", "__HIVE_DEFAULT_PARTITION__"):
        location = f"s3://lake/t/n={value}"
        catalog.partitions.create(scope, table, {"Values": [value], "StorageDescriptor": storage(location)})
        lake.add(f"t/n={value}/a")
    assert [file.partition for file in cut(access).files] == [("1",), (None,)]
    assert keys_of(cut(access, Condition("n", "<>", ("7",)))) == ["t/n=1/a"]


def test_a_value_of_another_type_than_its_key(catalog: Catalog, scope: Scope, access: Access) -> None:
    table = create(catalog, scope, {"dt": "date"})
    catalog.partitions.create(scope, table, {"Values": ["x"], "StorageDescriptor": storage("s3://lake/t/dt=x")})
    # client(Trino): TestHiveSparkCompatibility has the sentence.
    with pytest.raises(
        AwsError, match="HIVE_INVALID_PARTITION_VALUE: Invalid partition value 'x' for DATE partition key"
    ):
        cut(access, Condition("dt", "=", ("2024-01-01",)))


def test_a_partition_of_another_format_is_refused(catalog: Catalog, scope: Scope, access: Access, lake: Bucket) -> None:
    table = create(catalog, scope, {"p": "string"})
    catalog.partitions.create(scope, table, {"Values": ["a"], "StorageDescriptor": storage("s3://lake/t/a", JSON)})
    with pytest.raises(Unsupported, match=r"the SerDe org\.openx.* of partition a"):
        cut(access)
    assert lake.listed == []


def test_a_location_outside_of_s3(catalog: Catalog, scope: Scope, access: Access) -> None:
    create(catalog, scope, {}, StorageDescriptor=storage("hdfs://x/y"))
    with pytest.raises(AwsError, match=r"HIVE_METASTORE_ERROR: Table db\.t has a location that is not in S3"):
        cut(access)


def test_s3s_own_refusals_come_through(catalog: Catalog, scope: Scope, access: Access, lake: Bucket) -> None:
    create(catalog, scope, {})
    lake.refusal = AwsError("NoSuchBucket", "The specified bucket does not exist")
    with pytest.raises(AwsError, match="NoSuchBucket"):
        cut(access)
