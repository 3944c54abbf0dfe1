"""CREATE TABLE AS through boto3: files, table, partitions, manifest, and what fails in Athena's words."""

import io
from typing import Any

import pyarrow.parquet as pq

from tests.services.athena.conftest import Refused, Workbench, endless, numbers

SELECT = (
    "SELECT * FROM (VALUES (1, 'a', '2016-01-01'), (2, 'b', '2016-01-01'), (3, 'c', '2016-01-02')) AS t(id, name, dt)"
)


def table_of(workbench: Workbench, name: str) -> dict[str, Any]:
    found: dict[str, Any] = workbench.glue.get_table(DatabaseName=workbench.database, Name=name)["Table"]
    return found


def test_a_table_where_it_was_told_to_be(workbench: Workbench) -> None:
    location = f"s3://{workbench.bucket}/tables/facts/"
    execution = workbench.run(
        f"CREATE TABLE facts WITH (format = 'PARQUET', external_location = '{location}', partitioned_by = ARRAY['dt'])"
        f" AS {SELECT}"
    )
    # measured on Athena by others
    assert (execution["StatementType"], execution["SubstatementType"]) == ("DDL", "CREATE_TABLE_AS_SELECT")
    base = f"{workbench.output}tables/{execution['QueryExecutionId']}"
    assert execution["ResultConfiguration"]["OutputLocation"] == base
    results = workbench.results(execution)
    assert results["UpdateCount"] == 3
    assert results["ResultSet"]["Rows"] == []
    assert [(c["Name"], c["Type"]) for c in results["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]] == [
        ("rows", "bigint")
    ]
    # client(awswrangler): the manifest names every file
    manifest = execution["Statistics"]["DataManifestLocation"]
    assert manifest == f"{base}-manifest.csv"
    files = workbench.text(manifest).splitlines()
    assert sorted(files) == sorted(f"s3://{workbench.bucket}/{key}" for key in workbench.keys("tables/facts/"))
    assert {uri.removeprefix(location).partition("/")[0] for uri in files} == {"dt=2016-01-01", "dt=2016-01-02"}
    assert workbench.rows("SELECT * FROM facts ORDER BY id") == [
        ["1", "a", "2016-01-01"], ["2", "b", "2016-01-01"], ["3", "c", "2016-01-02"],
    ]  # fmt: skip


def test_the_table_in_the_catalog(workbench: Workbench) -> None:
    workbench.run(f"CREATE TABLE facts WITH (partitioned_by = ARRAY['dt']) AS {SELECT}")
    table = table_of(workbench, "facts")
    assert table["TableType"] == "EXTERNAL_TABLE"
    assert [(c["Name"], c["Type"]) for c in table["StorageDescriptor"]["Columns"]] == [
        ("id", "int"),
        ("name", "varchar(1)"),
    ]
    assert [c["Name"] for c in table["PartitionKeys"]] == ["dt"]
    assert table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].endswith("ParquetHiveSerDe")
    partitions = workbench.glue.get_partitions(DatabaseName=workbench.database, TableName="facts")["Partitions"]
    assert sorted((p["Values"], p["StorageDescriptor"]["Location"].rpartition("dt=")[2]) for p in partitions) == [
        (["2016-01-01"], "2016-01-01/"), (["2016-01-02"], "2016-01-02/"),
    ]  # fmt: skip
    # documented: GZIP unless told otherwise, https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html
    assert table["Parameters"]["parquet.compression"] == "GZIP"


def test_the_default_location_is_under_the_results(workbench: Workbench) -> None:
    execution = workbench.run("CREATE TABLE one AS SELECT 1 AS a")
    # documented: https://docs.aws.amazon.com/athena/latest/ug/considerations-ctas.html
    assert table_of(workbench, "one")["StorageDescriptor"]["Location"] == (
        f"{workbench.output}tables/{execution['QueryExecutionId']}/"
    )


def test_compression(workbench: Workbench) -> None:
    for name in ("SNAPPY", "ZSTD", "NONE"):
        table = f"t_{name.lower()}"
        execution = workbench.run(f"CREATE TABLE {table} WITH (write_compression = '{name}') AS SELECT 1 AS a")
        (file,) = workbench.text(execution["Statistics"]["DataManifestLocation"]).splitlines()
        codec = pq.ParquetFile(io.BytesIO(workbench.body(file))).metadata.row_group(0).column(0).compression
        assert codec == {"NONE": "UNCOMPRESSED"}.get(name, name)


def test_everything_written_is_encrypted(workbench: Workbench) -> None:
    where = {
        "OutputLocation": workbench.output,
        "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": "alias/aws/s3"},
    }
    location = f"s3://{workbench.bucket}/data/"
    sql = f"CREATE TABLE facts WITH (external_location = '{location}', partitioned_by = ARRAY['dt']) AS {SELECT}"
    workbench.run(sql, ResultConfiguration=where)
    keys = workbench.keys()
    assert len(keys) == 4  # two files, manifest, metadata
    for key in keys:
        head = workbench.s3.head_object(Bucket=workbench.bucket, Key=key)
        assert head["ServerSideEncryption"] == "aws:kms"
        assert head["SSEKMSKeyId"].startswith("arn:aws:kms:")
    assert table_of(workbench, "facts")["Parameters"]["has_encrypted_data"] == "true"


def test_no_rows_no_files_but_a_table(workbench: Workbench) -> None:
    for name, sql in {"empty": f"{SELECT} WHERE id = 9", "no_data": f"{SELECT} WITH NO DATA"}.items():
        execution = workbench.run(f"CREATE TABLE {name} WITH (partitioned_by = ARRAY['dt']) AS {sql}")
        assert workbench.results(execution)["UpdateCount"] == 0
        assert workbench.text(execution["Statistics"]["DataManifestLocation"]) == ""
        assert workbench.rows(f"SELECT * FROM {name}") == []


def test_what_is_there_already(workbench: Workbench) -> None:
    location = f"s3://{workbench.bucket}/taken/"
    workbench.run(f"CREATE TABLE one WITH (external_location = '{location}') AS SELECT 1 AS a")
    status = workbench.failed("CREATE TABLE one AS SELECT 1 AS a")
    assert "already exists" in status["StateChangeReason"]
    assert workbench.results(workbench.run("CREATE TABLE IF NOT EXISTS one AS SELECT 1 AS a"))["UpdateCount"] == 0
    execution = workbench.execute(f"CREATE TABLE two WITH (external_location = '{location}') AS SELECT 1 AS a")
    # client(dbt-athena): https://github.com/dbt-labs/dbt-athena/issues/58
    assert execution["Status"]["StateChangeReason"] == (
        f"HIVE_PATH_ALREADY_EXISTS: Target directory for table '{workbench.database}.two' already exists:"
        f" {location.rstrip('/')}. You may need to manually clean the data at location"
        f" '{execution['ResultConfiguration']['OutputLocation']}' before retrying. Athena will not delete data in your"
        " account."
    )


def test_too_many_partitions_leave_no_table(workbench: Workbench) -> None:
    sql = f"CREATE TABLE many WITH (partitioned_by = ARRAY['p']) AS {numbers(3)} SELECT x, x AS p FROM n WHERE x < 101"
    status = workbench.failed(sql)
    # client(aws-sdk-pandas): https://github.com/aws/aws-sdk-pandas/issues/3222
    assert status["StateChangeReason"].startswith(
        "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets. If a data manifest"
    )
    assert status["StateChangeReason"].endswith("Athena will not delete data in your account.")
    assert workbench.rows("SHOW TABLES") == []


def test_a_query_that_fails_leaves_no_table(workbench: Workbench) -> None:
    status = workbench.failed("CREATE TABLE t AS SELECT 1 / (a - a) AS x FROM (VALUES 1) AS v(a)")
    assert status["StateChangeReason"].startswith("DIVISION_BY_ZERO: Division by zero. You may need to manually clean")
    assert status["AthenaError"]["ErrorType"] == 1001
    assert workbench.rows("SHOW TABLES") == []


def test_a_stopped_one_leaves_no_table(workbench: Workbench) -> None:
    id_ = workbench.start(f"CREATE TABLE t AS {endless()}".replace("count(*)", "count(*) AS n"))
    workbench.athena.stop_query_execution(QueryExecutionId=id_)
    assert workbench.wait(id_)["Status"]["State"] == "CANCELLED"
    assert workbench.rows("SHOW TABLES") == []
    assert workbench.keys("results/tables/") == []


def test_an_enforcing_workgroup_takes_no_location(workbench: Workbench, refused: Refused) -> None:
    name = workbench.database[:40]
    configuration = {"ResultConfiguration": {"OutputLocation": workbench.output}}
    workbench.athena.create_work_group(Name=name, Configuration=configuration)
    sql = f"CREATE TABLE t WITH (external_location = 's3://{workbench.bucket}/t/') AS SELECT 1 AS a"
    found = refused("start_query_execution", QueryString=sql, WorkGroup=name)
    # documented: https://docs.aws.amazon.com/athena/latest/ug/workgroups-troubleshooting.html
    assert found["code"] == "InvalidRequestException"
    assert found["message"] == (
        "The Create Table As Select query failed because it was submitted with an 'external_location' property to an"
        " Athena Workgroup that enforces a centralized output location for all queries. Please remove the"
        " 'external_location' property and resubmit the query."
    )
    workbench.athena.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)


def test_partition_columns_come_last(workbench: Workbench) -> None:
    status = workbench.failed("CREATE TABLE t WITH (partitioned_by = ARRAY['dt']) AS SELECT '2016-01-01' AS dt, 1 AS n")
    # client: as its users quote Athena
    assert status["StateChangeReason"].startswith(
        "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and in the same order as the"
        " table properties: [dt]"
    )


def test_what_is_not_supported(workbench: Workbench) -> None:
    for properties in ("format = 'ORC'", "write_compression = 'LZ4'"):
        status = workbench.failed(f"CREATE TABLE t WITH ({properties}) AS SELECT 1 AS a")
        assert "emulator: line 1:22: " in status["StateChangeReason"], status
