"""Hive's DDL, read into what it means (https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html)."""

import pytest

from boathouse.datatypes import parse as parse_type
from boathouse.dialects.athena import SqlRefused, Statement
from boathouse.dialects.athena import statements as said
from boathouse.relation import Column, TableName
from tests.dialects.athena.tables import meaning

T, DB_T = TableName("lake", "t"), TableName("db", "t")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE DATABASE d", said.CreateDatabase("d")),
        (
            (
                "create schema if not exists `D` comment 'it\\'s' location 's3://b/d/'\n"
                "with dbproperties ('a'='b', \"c\"='d');"
            ),
            said.CreateDatabase("d", True, "it's", "s3://b/d/", {"a": "b", "c": "d"}),
        ),
        ("DROP DATABASE d", said.DropDatabase("d")),
        ("DROP SCHEMA IF EXISTS d CASCADE", said.DropDatabase("d", if_exists=True, cascade=True)),
        ("DROP DATABASE d RESTRICT", said.DropDatabase("d")),
        ("DROP TABLE IF EXISTS db.t", said.DropTable(DB_T, if_exists=True)),
        ("DROP TABLE `db`.`T`", said.DropTable(DB_T)),
        ("DROP TABLE awsdatacatalog.db.t", said.DropTable(DB_T)),
        (
            (
                "ALTER TABLE t ADD IF NOT EXISTS PARTITION (dt='2020-01-01', hour=7) LOCATION 's3://b/x/'"
                " PARTITION (dt='b')"
            ),
            said.AddPartitions(
                T,
                (said.Partition({"dt": "2020-01-01", "hour": "7"}, "s3://b/x/"), said.Partition({"dt": "b"})),
                if_not_exists=True,
            ),
        ),
        (
            "ALTER TABLE db.t DROP IF EXISTS PARTITION (dt='a'), PARTITION (dt = 'b')",
            said.DropPartitions(DB_T, ({"dt": "a"}, {"dt": "b"}), if_exists=True),
        ),
        ("ALTER TABLE t SET LOCATION 's3://b/new/'", said.SetLocation(T, "s3://b/new/")),
        (
            "ALTER TABLE t PARTITION (dt='a') SET LOCATION 's3://b/new/'",
            said.SetLocation(T, "s3://b/new/", {"dt": "a"}),
        ),
        ("ALTER TABLE t SET TBLPROPERTIES ('a'='b')", said.SetTableProperties(T, {"a": "b"})),
        ("SHOW DATABASES", said.ShowDatabases()),
        ("SHOW SCHEMAS LIKE 'gh*'", said.ShowDatabases("gh*")),
        ("SHOW TABLES", said.ShowTables("lake")),
        ("SHOW TABLES IN `db` 'fact*|dim*'", said.ShowTables("db", "fact*|dim*")),
        ("SHOW PARTITIONS db.t", said.ShowPartitions(DB_T)),
        ("SHOW COLUMNS IN t", said.ShowColumns(T)),
        ("SHOW COLUMNS FROM t IN db", said.ShowColumns(DB_T)),
        ("SHOW CREATE TABLE `t`;", said.ShowCreateTable(T)),
        ("SHOW TBLPROPERTIES t", said.ShowTableProperties(T)),
        ("SHOW TBLPROPERTIES t('a')", said.ShowTableProperties(T, "a")),
        ("DESCRIBE t", said.Describe(T)),
        ("DESCRIBE FORMATTED db.t", said.Describe(DB_T, "FORMATTED")),
        ("DESC EXTENDED t PARTITION (dt='a')", said.Describe(T, "EXTENDED", {"dt": "a"})),
        ("DESCRIBE t actor", said.Describe(T, column="actor")),
        ("-- first\n/* second */ show tables -- third", said.ShowTables("lake")),
    ],
)
def test_statement(sql: str, expected: Statement) -> None:
    assert meaning(sql) == expected


def columns(**types: str) -> tuple[Column, ...]:
    return tuple(Column(name, parse_type(given)) for name, given in types.items())


PARQUET = said.Storage(
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
)
TEXT = ("org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat")


def test_create_external_table() -> None:
    found = meaning(
        """CREATE EXTERNAL TABLE IF NOT EXISTS db.t (
             `id` string COMMENT 'the id', n INT, `_source` string, price decimal(10, 2),
             repo struct<id:bigint,names:array<string>>, tags map<string,array<int>>
           )
           COMMENT 'events'
           PARTITIONED BY (dt string COMMENT 'UTC', `hour` int)
           ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
           WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
           LOCATION 's3://bucket/raw/'
           TBLPROPERTIES ('projection.enabled' = 'true')"""
    )
    assert found == said.CreateExternalTable(
        DB_T,
        (
            Column("id", parse_type("varchar"), "the id"),
            *columns(
                n="int",
                _source="string",
                price="decimal(10,2)",
                repo="struct<id:bigint,names:array<string>>",
                tags="map<string,array<int>>",
            ),
        ),
        (Column("dt", parse_type("string"), "UTC"), *columns(hour="int")),
        said.Storage("org.openx.data.jsonserde.JsonSerDe", *TEXT, {"ignore.malformed.json": "true"}),
        "s3://bucket/raw/",
        True,
        "events",
        {"projection.enabled": "true"},
    )


@pytest.mark.parametrize(
    ("clauses", "storage"),
    [
        ("STORED AS PARQUET", PARQUET),
        (f"ROW FORMAT SERDE '{PARQUET.serde}'", PARQUET),
        (f"ROW FORMAT SERDE '{PARQUET.serde}' STORED AS PARQUET", PARQUET),
        (
            (
                f"STORED AS INPUTFORMAT '{PARQUET.input_format}' OUTPUTFORMAT '{PARQUET.output_format}'"
                f" ROW FORMAT SERDE '{PARQUET.serde}'"
            ),
            PARQUET,
        ),
        (
            "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe' STORED AS TEXTFILE",
            said.Storage("org.apache.hive.hcatalog.data.JsonSerDe", *TEXT),
        ),
    ],
)
def test_storage(clauses: str, storage: said.Storage) -> None:
    found = meaning(f"CREATE EXTERNAL TABLE t (a int) {clauses} LOCATION 's3://b/'")
    assert isinstance(found, said.CreateExternalTable)
    assert found.storage == storage


@pytest.mark.parametrize(
    ("sql", "kind", "message"),
    [
        ("MSCK REPAIR TABLE t", "unsupported", "emulator: line 1:1: MSCK REPAIR is not supported"),
        ("CREATE VIEW v AS SELECT 1", "unsupported", "emulator: line 1:8: CREATE VIEW is not supported"),
        (
            "CREATE TABLE t (a int) LOCATION 's3://b/'",
            "unsupported",
            "emulator: line 1:8: CREATE TABLE without EXTERNAL",
        ),
        ("ALTER TABLE t RENAME TO u", "unsupported", "emulator: line 1:15: ALTER TABLE RENAME is not supported"),
        ("ALTER TABLE t ADD COLUMNS (a int)", "unsupported", "emulator: line 1:15: ALTER TABLE ADD COLUMNS"),
        ("ALTER TABLE t DROP PARTITION (dt < 'a')", "unsupported", "emulator: line 1:34: a partition by <"),
        ("SHOW VIEWS", "unsupported", "emulator: line 1:6: SHOW VIEWS is not supported"),
        (
            "CREATE EXTERNAL TABLE t (a int) STORED AS ORC LOCATION 's3://b/'",
            "unsupported",
            "emulator: line 1:33: STORED AS ORC",
        ),
        (
            "CREATE EXTERNAL TABLE t (a int) ROW FORMAT DELIMITED LOCATION 's3://b/'",
            "unsupported",
            "emulator: line 1:33: ROW FORMAT DELIMITED is not supported",
        ),
        (
            "CREATE EXTERNAL TABLE t (a int)\n  ROW FORMAT SERDE 'x.y.Z' LOCATION 's3://b/'",
            "unsupported",
            "emulator: line 2:20: the SerDe x.y.Z is not supported",
        ),
        (
            "CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b/'",
            "unsupported",
            "emulator: line 1:23: a table of delimited text",
        ),
        (
            "CREATE EXTERNAL TABLE t (a int) STORED AS PARQUET",
            "semantic",
            "FAILED: SemanticException LOCATION is required",
        ),
        (
            "CREATE EXTERNAL TABLE t (a int, A int) STORED AS PARQUET LOCATION 's3://b/'",
            "semantic",
            "FAILED: SemanticException Column repeated in table definition: a",
        ),
        (
            "CREATE EXTERNAL TABLE t (a foo) STORED AS PARQUET LOCATION 's3://b/'",
            "syntax",
            "line 1:28: 'foo' in 'foo' is no type",
        ),
        # documented: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
        ("CREATE EXTERNAL TABLE t (_a int) LOCATION 's3://b/'", "syntax", "line 1:26: mismatched input '_a'"),
        # documented: https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html
        ("CREATE EXTERNAL TABLE t (date date) LOCATION 's3://b/'", "syntax", "line 1:26: mismatched input 'date'"),
        ('DROP TABLE "t"', "syntax", "line 1:12: mismatched input '\"t\"'"),
        ("DROP TABLE", "syntax", "line 1:11: mismatched input '<EOF>'. Expecting: <identifier>"),
        ("DROP TABLE t u", "syntax", "line 1:14: mismatched input 'u'. Expecting: <EOF>"),
        ("SHOW\n  FOO", "syntax", "line 2:3: mismatched input 'FOO'. Expecting: 'COLUMNS'"),
        ("ALTER TABLE other.db.t SET LOCATION 'x'", "unsupported", "emulator: line 1:13: the catalog other"),
    ],
)
def test_refused(sql: str, kind: str, message: str) -> None:
    with pytest.raises(SqlRefused) as refused:
        meaning(sql)
    assert refused.value.kind == kind
    assert refused.value.message.startswith(message)


@pytest.mark.parametrize(
    ("sql", "types"),
    [
        ("SELECT 1", ("DML", "SELECT")),
        ("CREATE TABLE t AS SELECT 1 AS a", ("DDL", "CREATE_TABLE_AS_SELECT")),
        ("CREATE DATABASE d", ("DDL", "CREATE_DATABASE")),
        ("DROP TABLE t", ("DDL", "DROP_TABLE")),
        ("SHOW TABLES", ("UTILITY", "SHOW_TABLES")),
        ("DESCRIBE t", ("UTILITY", "DESCRIBE_TABLE")),
    ],
)
def test_types_of_statements(sql: str, types: tuple[str, str]) -> None:
    found = meaning(sql)
    assert (found.statement_type, found.substatement_type) == types
