"""Each table is a folder: what it says of the table is what the template creates and the queries give."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.athena import SQL, listed, statement
from pipelines.glue import bronze_to_silver
from pipelines.publishing import BY_DAY, WHOLE
from tests.sql.template import Template

ROOT = Path(__file__).parents[2]
TABLES = sorted(path.parent.name for path in SQL.glob("*/schema.yaml"))
GOLD = sorted(path.parent.name for path in SQL.glob("*/query.sql"))


def schema(table: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((SQL / table / "schema.yaml").read_text())
    return content


def created(table: str) -> dict[str, Any]:
    """The table as infra/platform.yaml creates it."""
    resources = yaml.load((ROOT / "infra" / "platform.yaml").read_text(), Template)["Resources"]
    inputs = [one["Properties"]["TableInput"] for one in resources.values() if one["Type"] == "AWS::Glue::Table"]
    (found,) = [one for one in inputs if one["Name"] == table]
    return dict(found)


def pairs(columns: list[dict[str, str]], name: str, type_: str) -> list[tuple[str, str]]:
    return [(column[name], column[type_]) for column in columns]


def test_every_table_of_the_pipeline_is_here() -> None:
    assert {*BY_DAY, *WHOLE, "raw_events", "raw_errors"} == set(TABLES)
    assert {"fact_events", *WHOLE} == set(GOLD)


@pytest.mark.parametrize("table", TABLES)
def test_the_template_creates_what_the_schema_says(table: str) -> None:
    said, made = schema(table), created(table)
    assert pairs(made["StorageDescriptor"]["Columns"], "Name", "Type") == pairs(said["columns"], "name", "type")
    keys = pairs(made.get("PartitionKeys", []), "Name", "Type")
    assert keys == pairs(said.get("partition_columns", []), "name", "type")
    assert made["StorageDescriptor"]["Location"] == f"s3://${{DataBucket}}/{said['location']}"
    assert made["Parameters"]["classification"] == said["format"]
    projection = {
        f"projection.{column}.{key}": value
        for column, settings in said.get("projection", {}).items()
        for key, value in settings.items()
    }
    assert {key: value for key, value in made["Parameters"].items() if key.startswith("projection.")} == (
        projection | ({"projection.enabled": "true"} if projection else {})
    )


def test_the_job_writes_silvers_columns() -> None:
    said = schema("silver_cleaned")
    columns = said["columns"] + said["partition_columns"]
    assert ", ".join(f"{column['name']} {column['type']}" for column in columns) == bronze_to_silver.SCHEMA.replace(
        ": ", ":"
    ).replace(", login", ",login").replace(", name", ",name")


@pytest.mark.parametrize("table", TABLES)
def test_a_schema_says_what_its_columns_are_for(table: str) -> None:
    said = schema(table)
    assert said["description"]
    assert set(said) <= {"description", "location", "format", "columns", "partition_columns", "projection"}
    for column in said["columns"]:
        assert set(column) <= {"name", "type", "comment"}


@pytest.mark.parametrize("path", sorted(SQL.rglob("*.sql")), ids=lambda path: path.relative_to(SQL).as_posix())
def test_a_statement_names_nothing_but_what_it_is_given(path: Path) -> None:
    name = path.relative_to(SQL).as_posix().removesuffix(".sql")
    text = statement(name, days=listed(["2016-01-01"]), sources=listed(["a" * 64]), staged="staging_t_r_1")
    assert "$$" not in text
    assert text.rstrip()[-1] != ";"
