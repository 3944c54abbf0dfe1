"""The Data Catalog through clients other than boto3 itself: awswrangler.catalog and the AWS CLI."""

import json
import subprocess
from typing import Any

import awswrangler as wr
import boto3
import pytest

from boathouse import launch
from tests.clients import program
from tests.services.glue.conftest import Table


@pytest.fixture
def session(platform: launch.Platform, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    monkeypatch.setenv("AWS_ENDPOINT_URL", platform.endpoint)
    return boto3.Session("000000000000", "local", region_name="us-east-1")


def test_awswrangler_creates_and_reads_tables(session: boto3.Session, database: str) -> None:
    wr.catalog.create_parquet_table(
        database=database,
        table="t",
        path="s3://lake/t/",
        columns_types={"id": "bigint", "name": "string"},
        partitions_types={"dt": "string", "n": "int"},
        description="events",
        parameters={"source": "test"},
        columns_comments={"id": "the number"},
        boto3_session=session,
    )
    assert wr.catalog.does_table_exist(database=database, table="t", boto3_session=session)
    assert not wr.catalog.does_table_exist(database=database, table="nowhere", boto3_session=session)
    assert wr.catalog.get_table_types(database, "t", boto3_session=session) == {
        "id": "bigint", "name": "string", "dt": "string", "n": "int",
    }  # fmt: skip
    assert wr.catalog.get_table_location(database, "t", boto3_session=session) == "s3://lake/t/"
    assert wr.catalog.get_table_parameters(database, "t", boto3_session=session)["source"] == "test"
    assert wr.catalog.get_table_description(database, "t", boto3_session=session) == "events"
    comments = wr.catalog.get_columns_comments(database, "t", boto3_session=session)
    assert comments is not None
    assert comments["id"] == "the number"
    for versioning, versions in ((False, 1), (True, 2)):
        wr.catalog.upsert_table_parameters(
            {"more": str(versions)}, database, "t", catalog_versioning=versioning, boto3_session=session
        )
        assert wr.catalog.get_table_number_of_versions(database, "t", boto3_session=session) == versions
    assert wr.catalog.get_table_parameters(database, "t", boto3_session=session)["more"] == "2"
    wr.catalog.add_column(database, "t", "extra", "double", "more", boto3_session=session)
    types = wr.catalog.get_table_types(database, "t", boto3_session=session)
    assert types is not None
    assert types["extra"] == "double"
    assert [
        found["Name"] for found in wr.catalog.get_tables(database=database, name_contains="t", boto3_session=session)
    ] == ["t"]
    assert database in set(wr.catalog.databases(limit=1000, boto3_session=session)["Database"])
    assert wr.catalog.delete_table_if_exists(database, "t", boto3_session=session)
    assert not wr.catalog.delete_table_if_exists(database, "t", boto3_session=session)


def test_awswrangler_adds_and_filters_partitions(session: boto3.Session, database: str) -> None:
    wr.catalog.create_parquet_table(
        database, "t", "s3://lake/t/", {"id": "bigint"}, partitions_types={"dt": "string", "n": "int"},
        boto3_session=session,
    )  # fmt: skip
    values = {f"s3://lake/t/dt=2024-01-{day:02}/n=1/": [f"2024-01-{day:02}", "1"] for day in range(1, 31)}
    wr.catalog.add_parquet_partitions(database, "t", values, boto3_session=session)
    wr.catalog.add_parquet_partitions(database, "t", values, boto3_session=session)  # those there are no error
    assert wr.catalog.get_parquet_partitions(database, "t", boto3_session=session) == values
    found = wr.catalog.get_partitions(database, "t", expression="dt='2024-01-02' AND n=1", boto3_session=session)
    assert found == {"s3://lake/t/dt=2024-01-02/n=1/": ["2024-01-02", "1"]}
    wr.catalog.delete_partitions("t", database, [["2024-01-01", "1"]], boto3_session=session)
    assert len(wr.catalog.get_partitions(database, "t", boto3_session=session)) == 29
    wr.catalog.delete_all_partitions("t", database, boto3_session=session)
    assert wr.catalog.get_partitions(database, "t", boto3_session=session) == {}


def test_awswrangler_writes_a_projected_table(session: boto3.Session, glue: Any, database: str) -> None:
    wr.catalog.create_json_table(
        database, "raw", "s3://lake/raw/", {"id": "bigint"}, partitions_types={"dt": "string"},
        athena_partition_projection_settings={
            "projection_types": {"dt": "date"}, "projection_ranges": {"dt": "2024-01-01,NOW"},
            "projection_formats": {"dt": "yyyy-MM-dd"},
        },
        boto3_session=session,
    )  # fmt: skip
    parameters = glue.get_table(DatabaseName=database, Name="raw")["Table"]["Parameters"]
    assert (parameters["projection.enabled"], parameters["projection.dt.range"]) == ("true", "2024-01-01,NOW")


def test_the_aws_cli_pages_by_itself(aws_env: dict[str, str], table: Table) -> None:
    table.add(*(Table.partition("2024-01-01", str(number)) for number in range(30)))
    aws = [program("aws"), "glue", "get-partitions", "--page-size", "7"]
    named = ["--database-name", table.at["DatabaseName"], "--table-name", "t", "--expression", "n < 20"]
    done = subprocess.run([*aws, *named], env=aws_env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["Partitions"]) == 20
    refused = subprocess.run(
        [*aws, *named[:4], "--expression", "m < 20"],
        env=aws_env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (
        "(InvalidInputException) when calling the GetPartitions operation: Invalid partition expression!"
        in refused.stderr
    )
