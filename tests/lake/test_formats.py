"""From Glue's shape of a table to what a statement and an engine see of it."""

from typing import Any

import pytest

from boathouse.datatypes import BIGINT, VARCHAR, array, decimal, row
from boathouse.errors import Unsupported
from boathouse.lake.formats import format_of, schema_of
from boathouse.relation import Column, TableName

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
OPENX = "org.openx.data.jsonserde.JsonSerDe"


def table(serde: str = PARQUET, **members: Any) -> dict[str, Any]:
    storage = {"Columns": [{"Name": "id", "Type": "bigint"}], "SerdeInfo": {"SerializationLibrary": serde}}
    return {"DatabaseName": "db", "Name": "t", "StorageDescriptor": storage, **members}


def test_columns_in_hives_and_trinos_spelling() -> None:
    given = table(PartitionKeys=[{"Name": "DT", "Type": "string", "Comment": "day"}])
    given["StorageDescriptor"]["Columns"] = [
        {"Name": "Actor", "Type": "struct<id:bigint,login:string>"},
        {"Name": "tags", "Type": "array(varchar)"},
        {"Name": "price", "Type": "decimal(10,2)"},
    ]
    found = schema_of(given)
    assert found.name == TableName("db", "t")
    assert found.columns == (
        Column("actor", row(id=BIGINT, login=VARCHAR)),
        Column("tags", array(VARCHAR)),
        Column("price", decimal(10, 2)),
    )
    assert found.partition_columns == (Column("dt", VARCHAR, "day"),)


# documented(https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html)
@pytest.mark.parametrize(
    ("serde", "name"),
    [
        (PARQUET, "PARQUET"),
        (OPENX, "JSON"),
        ("org.apache.hive.hcatalog.data.JsonSerDe", "JSON"),
        ("org.apache.hadoop.hive.serde2.OpenCSVSerde", "CSV"),
        ("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "TEXTFILE"),
    ],
)
def test_formats_by_serde(serde: str, name: str) -> None:
    assert format_of(table(serde)).name == name


def test_options_that_change_what_is_read() -> None:
    given = table(OPENX, Parameters={"skip.header.line.count": "1", "classification": "json"})
    given["StorageDescriptor"]["SerdeInfo"]["Parameters"] = {
        "ignore.malformed.json": "true",
        "serialization.format": "1",
        "paths": "a,b",
    }
    assert format_of(given).options == {
        "ignore.malformed.json": "true",
        "skip.header.line.count": "1",
        "serde": OPENX,
    }


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"serde": "org.apache.hadoop.hive.serde2.RegexSerDe"}, "RegexSerDe of table db.t"),
        ({"serde": ""}, r"the SerDe \(none\) of table db.t"),
        ({"TableType": "VIRTUAL_VIEW"}, "the view db.t"),
        ({"Parameters": {"table_type": "ICEBERG"}}, "the Iceberg table db.t"),
        ({"Parameters": {"spark.sql.sources.provider": "delta"}}, "the Delta table db.t"),
    ],
)
def test_refused_by_name(members: dict[str, Any], what: str) -> None:
    with pytest.raises(Unsupported, match=f"emulator: .*{what} is not supported"):
        format_of(table(**members))


def test_a_type_that_athena_has_not() -> None:
    given = table()
    given["StorageDescriptor"]["Columns"] = [{"Name": "u", "Type": "uniontype<int,string>"}]
    with pytest.raises(Unsupported, match=r"the type 'uniontype<int,string>' of column u of table db\.t"):
        schema_of(given)
