"""DDL and SHOW on the Glue Data Catalog, through boto3. Layouts as measured on Athena by others where not said else."""

from tests.services.athena.conftest import Refused, Workbench


def declare(workbench: Workbench, name: str = "t") -> str:
    location = f"s3://{workbench.bucket}/data/{name}/"
    workbench.run(
        f"CREATE EXTERNAL TABLE {name} (id bigint COMMENT 'the key', name string) COMMENT 'things'"
        f" PARTITIONED BY (dt string, hour int) STORED AS PARQUET LOCATION '{location}'"
        " TBLPROPERTIES ('parquet.compression'='SNAPPY')"
    )
    return location


def test_a_table_is_declared(workbench: Workbench) -> None:
    location = declare(workbench)
    table = workbench.glue.get_table(DatabaseName=workbench.database, Name="t")["Table"]
    storage = table["StorageDescriptor"]
    assert (table["TableType"], storage["Location"]) == ("EXTERNAL_TABLE", location)
    assert [(c["Name"], c["Type"], c.get("Comment")) for c in storage["Columns"]] == [
        ("id", "bigint", "the key"), ("name", "string", None),
    ]  # fmt: skip
    assert [(c["Name"], c["Type"]) for c in table["PartitionKeys"]] == [("dt", "string"), ("hour", "int")]
    assert table["Parameters"].items() >= {"EXTERNAL": "TRUE", "parquet.compression": "SNAPPY"}.items()
    status = workbench.failed(f"CREATE EXTERNAL TABLE t (id int) STORED AS PARQUET LOCATION '{location}'")
    assert status["StateChangeReason"].endswith("AlreadyExistsException(message:Table t already exists)")
    workbench.run(f"CREATE EXTERNAL TABLE IF NOT EXISTS t (id int) STORED AS PARQUET LOCATION '{location}'")


def test_partitions_come_move_and_go(workbench: Workbench) -> None:
    location = declare(workbench)
    workbench.run("ALTER TABLE t ADD PARTITION (dt = '2016-01-01', hour = 7) PARTITION (dt = '2016-01-01', hour = 8)")
    workbench.run("ALTER TABLE t ADD IF NOT EXISTS PARTITION (dt = '2016-01-01', hour = 7)")
    status = workbench.failed("ALTER TABLE t ADD PARTITION (dt = '2016-01-01', hour = 7)")
    assert "Partition already exists" in status["StateChangeReason"]
    assert workbench.rows("SHOW PARTITIONS t") == [["dt=2016-01-01/hour=7"], ["dt=2016-01-01/hour=8"]]
    found = workbench.glue.get_partition(
        DatabaseName=workbench.database, TableName="t", PartitionValues=["2016-01-01", "7"]
    )["Partition"]["StorageDescriptor"]
    assert found["Location"] == f"{location}dt=2016-01-01/hour=7"
    moved = f"s3://{workbench.bucket}/run=2/"
    workbench.run(f"ALTER TABLE t PARTITION (dt = '2016-01-01', hour = 7) SET LOCATION '{moved}'")
    found = workbench.glue.get_partition(
        DatabaseName=workbench.database, TableName="t", PartitionValues=["2016-01-01", "7"]
    )["Partition"]["StorageDescriptor"]
    assert found["Location"] == moved
    workbench.run("ALTER TABLE t DROP PARTITION (dt = '2016-01-01', hour = 7)")
    assert workbench.rows("SHOW PARTITIONS t") == [["dt=2016-01-01/hour=8"]]
    workbench.run("ALTER TABLE t DROP IF EXISTS PARTITION (dt = '2030-01-01', hour = 1)")
    status = workbench.failed("ALTER TABLE t DROP PARTITION (dt = '2030-01-01', hour = 1)")
    assert "Partition not found" in status["StateChangeReason"]


def test_a_moved_partition_is_what_is_read(workbench: Workbench) -> None:
    for run in (1, 2):
        workbench.run(
            f"CREATE TABLE stage_{run} WITH (external_location = 's3://{workbench.bucket}/run={run}/',"
            f" partitioned_by = ARRAY['dt']) AS SELECT {run} AS n, '2016-01-01' AS dt"
        )
    workbench.run(
        "CREATE EXTERNAL TABLE t (n int) PARTITIONED BY (dt string) STORED AS PARQUET"
        f" LOCATION 's3://{workbench.bucket}/nothing/'"
    )
    workbench.run(
        f"ALTER TABLE t ADD PARTITION (dt = '2016-01-01') LOCATION 's3://{workbench.bucket}/run=1/dt=2016-01-01/'"
    )
    assert workbench.rows("SELECT n FROM t") == [["1"]]
    workbench.run(
        f"ALTER TABLE t PARTITION (dt = '2016-01-01') SET LOCATION 's3://{workbench.bucket}/run=2/dt=2016-01-01/'"
    )
    assert workbench.rows("SELECT n FROM t WHERE dt = '2016-01-01'") == [["2"]]


def test_describe_and_show_columns(workbench: Workbench) -> None:
    declare(workbench)
    blank = " " * 20
    assert workbench.rows("DESCRIBE t") == [
        ["id                  \tbigint              \tthe key             "],
        [f"name                \tstring              \t{blank}"],
        [f"dt                  \tstring              \t{blank}"],
        [f"hour                \tint                 \t{blank}"],
        ["\t \t "],
        ["# Partition Information\t \t "],
        ["# col_name          \tdata_type           \tcomment             "],
        ["\t \t "],
        [f"dt                  \tstring              \t{blank}"],
        [f"hour                \tint                 \t{blank}"],
    ]
    assert [row[0].rstrip() for row in workbench.rows("SHOW COLUMNS IN t") if row[0]] == ["id", "name", "dt", "hour"]


def test_what_is_shown_is_a_text_file(workbench: Workbench) -> None:
    declare(workbench)
    execution = workbench.run("DESCRIBE t")
    assert (execution["StatementType"], execution["SubstatementType"]) == ("UTILITY", "DESCRIBE_TABLE")
    location = execution["ResultConfiguration"]["OutputLocation"]
    assert location.endswith(f"{execution['QueryExecutionId']}.txt")
    text = workbench.text(location)
    assert text.startswith("id                  \tbigint")
    assert not text.endswith("\n")
    results = workbench.results(execution)
    assert [c["Name"] for c in results["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]] == [
        "col_name", "data_type", "comment",
    ]  # fmt: skip
    assert workbench.text(workbench.run("DROP TABLE t")["ResultConfiguration"]["OutputLocation"]) == ""


def test_show_tables_and_databases(workbench: Workbench) -> None:
    for name in ("fact_events", "dim_repo", "dim_user"):
        declare(workbench, name)
    assert workbench.rows("SHOW TABLES") == [["dim_repo"], ["dim_user"], ["fact_events"]]
    assert workbench.rows("SHOW TABLES 'dim*'") == [["dim_repo"], ["dim_user"]]
    assert workbench.rows("SHOW TABLES 'fact*|*user'") == [["dim_user"], ["fact_events"]]
    assert [workbench.database] in workbench.rows("SHOW DATABASES")
    status = workbench.failed("SHOW TABLES IN nowhere")
    assert status["StateChangeReason"] == "FAILED: SemanticException [Error 10072]: Database does not exist: nowhere"


def test_show_create_table_can_be_run_again(workbench: Workbench) -> None:
    declare(workbench)
    shown = "\n".join(str(row[0]) for row in workbench.rows("SHOW CREATE TABLE t"))
    assert shown.startswith("CREATE EXTERNAL TABLE `t`(\n  `id` bigint COMMENT 'the key', \n  `name` string)\n")
    before = workbench.glue.get_table(DatabaseName=workbench.database, Name="t")["Table"]
    workbench.run("DROP TABLE t")
    workbench.run(shown)
    after = workbench.glue.get_table(DatabaseName=workbench.database, Name="t")["Table"]
    for member in ("StorageDescriptor", "PartitionKeys", "Parameters", "TableType"):
        assert after[member] == before[member]


def test_properties(workbench: Workbench) -> None:
    declare(workbench)
    workbench.run("ALTER TABLE t SET TBLPROPERTIES ('owner'='me')")
    assert ["owner\tme"] in workbench.rows("SHOW TBLPROPERTIES t")
    assert workbench.rows("SHOW TBLPROPERTIES t('owner')") == [["owner\tme"]]
    moved = f"s3://{workbench.bucket}/elsewhere/"
    workbench.run(f"ALTER TABLE t SET LOCATION '{moved}'")
    table = workbench.glue.get_table(DatabaseName=workbench.database, Name="t")["Table"]
    assert table["StorageDescriptor"]["Location"] == moved


def test_databases(workbench: Workbench) -> None:
    name = f"{workbench.database[:40]}_x"
    workbench.run(f"CREATE DATABASE {name} COMMENT 'mine'")
    assert workbench.glue.get_database(Name=name)["Database"]["Description"] == "mine"
    workbench.run(f"CREATE DATABASE IF NOT EXISTS {name}")
    assert "already exists" in workbench.failed(f"CREATE DATABASE {name}")["StateChangeReason"]
    workbench.run(f"CREATE EXTERNAL TABLE {name}.t (id int) STORED AS PARQUET LOCATION 's3://{workbench.bucket}/x/'")
    assert "is not empty" in workbench.failed(f"DROP DATABASE {name}")["StateChangeReason"]
    workbench.run(f"DROP DATABASE {name} CASCADE")
    workbench.run(f"DROP DATABASE IF EXISTS {name}")
    assert "does not exist" in workbench.failed(f"DROP DATABASE {name}")["StateChangeReason"]


def test_what_is_missing(workbench: Workbench, refused: Refused) -> None:
    status = workbench.failed("DROP TABLE nowhere")
    assert status["StateChangeReason"] == (
        f"FAILED: SemanticException [Error 10001]: Table not found {workbench.database}.nowhere"
    )
    assert status["AthenaError"]["ErrorType"] == 1003
    workbench.run("DROP TABLE IF EXISTS nowhere")
    # measured on Athena by others: refused before there is a query
    where = {"ResultConfiguration": {"OutputLocation": workbench.output}}
    assert refused("start_query_execution", QueryString="DESCRIBE nowhere", **where)["message"].startswith(
        "Entity Not Found"
    )


def test_a_failed_statement_leaves_its_reason(workbench: Workbench) -> None:
    execution = workbench.execute("DROP TABLE nowhere")
    text = workbench.text(execution["ResultConfiguration"]["OutputLocation"])
    assert text == execution["Status"]["StateChangeReason"]
