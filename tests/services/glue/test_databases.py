"""Databases, through boto3."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

Refused = Callable[..., tuple[str, str]]


def test_a_database_is_kept_as_given(glue: Any) -> None:
    name = f"Mixed_{uuid4().hex[:8]}"
    glue.create_database(
        DatabaseInput={"Name": name, "Description": "d", "LocationUri": "s3://lake/", "Parameters": {"k": "v"}}
    )
    found = glue.get_database(Name=name.upper())["Database"]
    # documented(https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-databases.html): folded to lower case.
    assert found["Name"] == name.lower()
    assert (found["Description"], found["LocationUri"], found["Parameters"]) == ("d", "s3://lake/", {"k": "v"})
    assert found["CatalogId"] == "000000000000"
    assert abs(found["CreateTime"] - datetime.now(UTC)) < timedelta(minutes=1)
    # client(AWS CLI, get-database's answer): the default where Lake Formation is not used.
    assert found["CreateTableDefaultPermissions"] == [
        {"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}
    ]
    glue.delete_database(Name=name)


def test_update_replaces_the_definition(glue: Any, database: str) -> None:
    glue.update_database(Name=database, DatabaseInput={"Name": database, "Description": "first"})
    created = glue.get_database(Name=database)["Database"]["CreateTime"]
    glue.update_database(Name=database, DatabaseInput={"Name": database, "LocationUri": "s3://lake/x"})
    found = glue.get_database(Name=database)["Database"]
    assert "Description" not in found
    assert (found["LocationUri"], found["CreateTime"]) == ("s3://lake/x", created)


def test_pages(glue: Any) -> None:
    names = [f"page_{uuid4().hex[:8]}" for _ in range(5)]
    for name in names:
        glue.create_database(DatabaseInput={"Name": name})
    pages = list(glue.get_paginator("get_databases").paginate(PaginationConfig={"PageSize": 2}))
    assert max(len(page["DatabaseList"]) for page in pages) == 2
    found = [database["Name"] for page in pages for database in page["DatabaseList"]]
    assert found == sorted(set(found))
    assert set(names) <= set(found)
    assert glue.get_databases(ResourceShareType="ALL")["DatabaseList"] == glue.get_databases()["DatabaseList"]
    assert {tuple(page) for page in glue.get_databases(AttributesToGet=["NAME"])["DatabaseList"]} == {("Name",)}
    for name in names:
        glue.delete_database(Name=name)


def test_refusals(database: str, refused: Refused) -> None:
    # client(AWS CLI and boto3, as their users quote them)
    assert refused("create_database", DatabaseInput={"Name": database.upper()}) == (
        "AlreadyExistsException", "Database already exists.",
    )  # fmt: skip
    for operation in ("get_database", "delete_database"):
        assert refused(operation, Name="nowhere") == ("EntityNotFoundException", "Database nowhere not found.")
    assert refused("update_database", Name="nowhere", DatabaseInput={"Name": "nowhere"})[0] == "EntityNotFoundException"
    assert refused("get_databases", NextToken="made up") == ("InvalidInputException", "Invalid NextToken")


@pytest.mark.parametrize(
    ("operation", "params", "what"),
    [
        ("get_database", {"Name": "d", "CatalogId": "123456789012"}, "the catalog 123456789012"),
        (
            "create_database",
            {"DatabaseInput": {"Name": "d", "TargetDatabase": {"DatabaseName": "x"}}},
            "TargetDatabase",
        ),
    ],
)
def test_what_is_not_supported_says_so(refused: Refused, operation: str, params: dict[str, Any], what: str) -> None:
    code, message = refused(operation, **params)
    assert code == "NotImplemented"
    assert message.startswith("emulator: ")
    assert what in message


def test_the_accounts_own_catalog_may_be_named(glue: Any, database: str) -> None:
    assert glue.get_database(Name=database, CatalogId="000000000000")["Database"]["Name"] == database


def test_deleting_takes_tables_along(glue: Any, refused: Refused) -> None:
    name = f"gone_{uuid4().hex[:8]}"
    glue.create_database(DatabaseInput={"Name": name})
    glue.create_table(DatabaseName=name, TableInput={"Name": "t"})
    glue.delete_database(Name=name)
    assert refused("get_tables", DatabaseName=name) == ("EntityNotFoundException", f"Database {name} not found.")
    glue.create_database(DatabaseInput={"Name": name})
    assert glue.get_tables(DatabaseName=name)["TableList"] == []
    glue.delete_database(Name=name)


def test_tags(glue: Any, refused: Refused) -> None:
    name = f"tagged_{uuid4().hex[:8]}"
    arn = f"arn:aws:glue:us-east-1:000000000000:database/{name}"
    glue.create_database(DatabaseInput={"Name": name}, Tags={"team": "lake"})
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"cost": "1", "team": "sea"})
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"team": "sea", "cost": "1"}
    glue.untag_resource(ResourceArn=arn, TagsToRemove=["team"])
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"cost": "1"}
    glue.delete_database(Name=name)
    not_found = ("EntityNotFoundException", f"Database {name} not found.")
    assert refused("get_tags", ResourceArn=arn) == not_found
    assert refused("tag_resource", ResourceArn=arn, TagsToAdd={"a": "b"}) == not_found
    glue.create_database(DatabaseInput={"Name": name})
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {}
    glue.delete_database(Name=name)
    elsewhere = arn.replace("000000000000", "123456789012")
    assert refused("get_tags", ResourceArn=elsewhere)[0] == "InvalidInputException"
    code, message = refused("get_tags", ResourceArn=arn.replace("database", "crawler"))
    assert (code, "a tag on a Glue crawler" in message) == ("NotImplemented", True)
