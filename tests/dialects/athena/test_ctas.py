"""CREATE TABLE AS: what Athena takes, in the shapes that clients send, and what it refuses in its words."""

import pytest

from boathouse.dialects.athena import SqlRefused
from boathouse.relation import TableName
from tests.dialects.athena.tables import creation

GOLD = """CREATE TABLE lake.fact_events
WITH (
  format='PARQUET',
  external_location='s3://github-analytics-data/aggregated/fact_events/',
  partitioned_by = ARRAY['dt']
) AS
SELECT
  repo.id AS repo_id,
  actor.id AS user_id,
  type AS event_type,
  {last}
FROM lake.silver
GROUP BY repo.id, actor.id, type, dt;"""


def test_the_gold_table() -> None:
    found = creation(GOLD.format(last="COUNT(*) AS event_count,\n  dt"))
    assert found.target == TableName("lake", "fact_events")
    assert (found.format, found.compression, found.with_data) == ("PARQUET", None, True)
    assert found.external_location == "s3://github-analytics-data/aggregated/fact_events/"
    assert found.partitioned_by == ("dt",)
    assert [(column.name, column.type.trino) for column in found.query.columns] == [
        ("repo_id", "bigint"),
        ("user_id", "bigint"),
        ("event_type", "varchar"),
        ("event_count", "bigint"),
        ("dt", "varchar"),
    ]
    assert (found.statement_type, found.substatement_type) == ("DDL", "CREATE_TABLE_AS_SELECT")


def test_partition_columns_come_last() -> None:
    # documented: https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html; the sentence is Trino's Hive
    # connector's, as users of Athena quote it
    with pytest.raises(SqlRefused) as refused:
        creation(GOLD.format(last="dt,\n  COUNT(*) AS event_count"))
    assert refused.value.kind == "semantic"
    assert refused.value.message == (
        "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and in the same order as the"
        " table properties: [dt]"
    )


def test_as_awswrangler_sends_it() -> None:
    # client: awswrangler 3.17.1, athena/_utils.py
    found = creation(
        'CREATE TABLE "lake"."temp_table_5669340090094"\n'
        "WITH(\n    external_location = 's3://bucket/temp_table_5669340090094',\n"
        "    partitioned_by = ARRAY['dt'],\n    write_compression = 'snappy',\n    format = 'parquet')\n"
        "AS SELECT id, dt FROM silver WHERE dt = '2020-01-01'\nWITH NO DATA"
    )
    assert found.target == TableName("lake", "temp_table_5669340090094")
    assert (found.format, found.compression, found.with_data) == ("PARQUET", "SNAPPY", False)
    assert found.query.reads[0].conditions[0].values == ("2020-01-01",)


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        (
            "bad = 'x'",
            "INVALID_TABLE_PROPERTY: line 1:22: Catalog 'awsdatacatalog' table property 'bad' does not exist",
        ),
        ("format = 'PARQUET', format = 'ORC'", "DUPLICATE_PROPERTY: line 1:42: Duplicate property: format"),
        ("table_type = 'ICEBERG'", "emulator: line 1:22: a table of the type ICEBERG is not supported"),
        ("partitioning = ARRAY['day(x)']", "emulator: line 1:22: the table property partitioning is not supported"),
        ("bucketed_by = ARRAY['a'], bucket_count = 2", "emulator: line 1:22: the table property bucketed_by"),
        ("format = 'XML'", "INVALID_TABLE_PROPERTY: line 1:22: Invalid value for catalog 'awsdatacatalog'"),
        ("format = PARQUET", "INVALID_TABLE_PROPERTY: line 1:22: Invalid value for catalog 'awsdatacatalog'"),
        ("partitioned_by = ARRAY['z']", "INVALID_TABLE_PROPERTY: Partition columns [z] not present in schema"),
        ("partitioned_by = ARRAY['a', 'b']", "INVALID_TABLE_PROPERTY: Table contains only partition columns"),
        ("partitioned_by = ARRAY['a']", "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns"),
    ],
)
def test_refused_properties(properties: str, message: str) -> None:
    with pytest.raises(SqlRefused) as refused:
        creation(f"CREATE TABLE t WITH ({properties}) AS SELECT 1 AS a, 2 AS b")
    assert refused.value.message.startswith(message)


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ("SELECT 1", "MISSING_COLUMN_NAME: line 1:1: Column name not specified at position 1"),
        ("SELECT 1 AS a, 2 AS A", "DUPLICATE_COLUMN_NAME: line 1:1: Column name 'A' specified more than once"),
        ("SELECT null AS a", "COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown at position 1"),
        ("SELECT nope FROM silver", "COLUMN_NOT_FOUND: line 1:26: Column 'nope' cannot be resolved"),
    ],
)
def test_refused_columns(select: str, message: str) -> None:
    with pytest.raises(SqlRefused) as refused:
        creation(f"CREATE TABLE t AS {select}")
    assert refused.value.message == message


def test_the_plainest() -> None:
    found = creation("create table if not exists t comment 'c' as select 1 as a")
    assert (found.target, found.if_not_exists, found.comment) == (TableName("lake", "t"), True, "c")
    assert (found.format, found.partitioned_by, found.external_location) == ("PARQUET", (), None)
