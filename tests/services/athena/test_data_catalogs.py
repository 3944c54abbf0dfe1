"""The catalog as Athena's API shows it, through boto3."""

from tests.services.athena.conftest import Refused, Workbench

CATALOG = "AwsDataCatalog"


def declare(workbench: Workbench, name: str) -> None:
    workbench.run(
        f"CREATE EXTERNAL TABLE {name} (id bigint COMMENT 'key', repo struct<id:bigint,name:string>)"
        f" PARTITIONED BY (dt string) STORED AS PARQUET LOCATION 's3://{workbench.bucket}/{name}/'"
    )


def test_the_one_catalog(workbench: Workbench, refused: Refused) -> None:
    assert workbench.athena.list_data_catalogs()["DataCatalogsSummary"] == [{"CatalogName": CATALOG, "Type": "GLUE"}]
    found = workbench.athena.get_data_catalog(Name="awsdatacatalog")["DataCatalog"]
    assert (found["Name"], found["Type"], found["Parameters"]) == (CATALOG, "GLUE", {"catalog-id": "000000000000"})
    assert refused("get_data_catalog", Name="mine")["athena"] == "DATACATALOG_NOT_FOUND"


def test_databases(workbench: Workbench, refused: Refused) -> None:
    names = [found["Name"] for found in workbench.athena.list_databases(CatalogName=CATALOG)["DatabaseList"]]
    assert workbench.database in names
    found = workbench.athena.get_database(CatalogName=CATALOG, DatabaseName=workbench.database)["Database"]
    assert found["Name"] == workbench.database
    missing = refused("get_database", CatalogName=CATALOG, DatabaseName="nowhere")
    assert missing["code"] == "MetadataException"
    assert "EntityNotFoundException" in missing["message"]


def test_tables(workbench: Workbench, refused: Refused) -> None:
    for name in ("fact_events", "dim_repo", "dim_user"):
        declare(workbench, name)
    where = {"CatalogName": CATALOG, "DatabaseName": workbench.database}
    found = workbench.athena.get_table_metadata(**where, TableName="dim_repo")["TableMetadata"]
    assert found["TableType"] == "EXTERNAL_TABLE"
    assert found["Columns"] == [
        {"Name": "id", "Type": "bigint", "Comment": "key"},
        {"Name": "repo", "Type": "struct<id:bigint,name:string>"},
    ]
    assert found["PartitionKeys"] == [{"Name": "dt", "Type": "string"}]
    # client(pyathena): reads the location and the SerDe from the parameters
    assert found["Parameters"]["location"] == f"s3://{workbench.bucket}/dim_repo/"
    assert found["Parameters"]["serde.serialization.lib"].endswith("ParquetHiveSerDe")
    names = [table["Name"] for table in workbench.athena.list_table_metadata(**where)["TableMetadataList"]]
    assert names == ["dim_repo", "dim_user", "fact_events"]
    some = workbench.athena.list_table_metadata(**where, Expression="dim.*")["TableMetadataList"]
    assert [table["Name"] for table in some] == ["dim_repo", "dim_user"]
    assert refused("get_table_metadata", **where, TableName="nowhere")["code"] == "MetadataException"
