"""Tables and their versions, through boto3."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.services.glue.conftest import Table

Refused = Callable[..., tuple[str, str]]


def test_a_table_is_kept_as_given(glue: Any, database: str) -> None:
    accessed = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    given = Table.input(
        Name="Events", Owner="me", TableType="EXTERNAL_TABLE", Parameters={"classification": "json"},
        LastAccessTime=accessed, Description="d",
    )  # fmt: skip
    given["StorageDescriptor"]["SerdeInfo"] = {"SerializationLibrary": "x", "Parameters": {"a": "b"}}
    glue.create_table(DatabaseName=database.upper(), TableInput=given)
    found = glue.get_table(DatabaseName=database, Name="EVENTS")["Table"]
    assert found["Name"] == "events"
    for member in ("Owner", "TableType", "Parameters", "LastAccessTime", "Description", "PartitionKeys"):
        assert found[member] == given[member]
    assert found["StorageDescriptor"].items() >= given["StorageDescriptor"].items()
    assert (found["DatabaseName"], found["CatalogId"], found["VersionId"]) == (database, "000000000000", "0")
    assert found["CreatedBy"] == "arn:aws:iam::000000000000:root"
    assert found["CreateTime"] == found["UpdateTime"]
    # client(Terraform, which logs get-table's answer): members that are there whether given or not.
    assert (found["Retention"], found["IsRegisteredWithLakeFormation"], found["IsMultiDialectView"]) == (
        0,
        False,
        False,
    )
    assert found["StorageDescriptor"]["Compressed"] is False


def test_names_by_regular_expression(glue: Any, database: str) -> None:
    for name in ("fact_events", "fact_days", "dim_repo"):
        glue.create_table(DatabaseName=database, TableInput={"Name": name})

    def names(**params: Any) -> list[str]:
        return [table["Name"] for table in glue.get_tables(DatabaseName=database, **params)["TableList"]]

    assert names() == ["dim_repo", "fact_days", "fact_events"]
    # documented(https://docs.aws.amazon.com/glue/latest/webapi/API_GetTables.html): a regular expression
    assert names(Expression="fact.*") == ["fact_days", "fact_events"]
    assert names(Expression="(fact|dim)_[der].*") == ["dim_repo", "fact_days", "fact_events"]
    assert names(Expression="fact") == []  # assumed: the whole name must match
    # client(awswrangler, get_tables): what name_prefix, name_suffix and name_contains send
    assert names(Expression="fact*") == ["fact_days", "fact_events"]
    assert names(Expression="*repo") == ["dim_repo"]
    assert names(Expression="*_e*") == ["fact_events"]
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=database, PaginationConfig={"PageSize": 1})
    assert [[table["Name"] for table in page["TableList"]] for page in pages] == [
        ["dim_repo"], ["fact_days"], ["fact_events"],
    ]  # fmt: skip
    assert glue.get_tables(DatabaseName=database, AttributesToGet=["NAME"])["TableList"][0] == {"Name": "dim_repo"}


def test_refusals(glue: Any, database: str, table: Table, refused: Refused) -> None:
    # client(AWS CLI and boto3, as their users quote them)
    assert refused("create_table", DatabaseName=database, TableInput={"Name": "T"}) == (
        "AlreadyExistsException", "Table already exists.",
    )  # fmt: skip
    not_found = ("EntityNotFoundException", "Table nowhere not found.")
    for operation in ("get_table", "delete_table"):
        assert refused(operation, DatabaseName=database, Name="nowhere") == not_found
    assert refused("update_table", DatabaseName=database, TableInput={"Name": "nowhere"}) == not_found
    assert refused("get_table", DatabaseName="nowhere", Name="t") == (
        "EntityNotFoundException", "Database nowhere not found.",
    )  # fmt: skip
    assert refused("create_table", DatabaseName="nowhere", TableInput={"Name": "t"})[0] == "EntityNotFoundException"
    assert refused("get_tables", DatabaseName=database, Expression="(")[0] == "InvalidInputException"


@pytest.mark.parametrize(
    ("params", "what"),
    [
        ({"TransactionId": "t1"}, "TransactionId"),
        ({"PartitionIndexes": [{"Keys": ["dt"], "IndexName": "i"}]}, "a partition index"),
        ({"OpenTableFormatInput": {"IcebergInput": {"MetadataOperation": "CREATE"}}}, "OpenTableFormatInput"),
        ({"TableInput": {"Name": "x", "TargetTable": {"Name": "t"}}}, "a resource link"),
    ],
)
def test_what_is_not_supported_says_so(database: str, refused: Refused, params: dict[str, Any], what: str) -> None:
    code, message = refused("create_table", **({"DatabaseName": database, "TableInput": {"Name": "x"}} | params))
    assert (code, message[:10]) == ("NotImplemented", "emulator: ")
    assert what in message


class TestVersions:
    """documented(https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateTable.html)"""

    @staticmethod
    def versions(glue: Any, table: Table) -> list[tuple[str, str]]:
        pages = glue.get_paginator("get_table_versions").paginate(**table.at, PaginationConfig={"PageSize": 2})
        found = [version for page in pages for version in page["TableVersions"]]
        assert all(version["Table"]["VersionId"] == version["VersionId"] for version in found)
        return [(version["VersionId"], version["Table"].get("Description", "")) for version in found]

    @pytest.fixture
    def updated(self, glue: Any, database: str, table: Table) -> Table:
        for text in ("one", "two", "three"):
            glue.update_table(DatabaseName=database, TableInput=Table.input(Description=text))
        return table

    def test_every_update_archives_what_was(self, glue: Any, updated: Table) -> None:
        assert self.versions(glue, updated) == [("3", "three"), ("2", "two"), ("1", "one"), ("0", "")]
        first = glue.get_table_version(**updated.at, VersionId="1")["TableVersion"]
        assert (first["VersionId"], first["Table"]["Description"]) == ("1", "one")
        assert glue.get_table_version(**updated.at)["TableVersion"]["VersionId"] == "3"

    def test_skip_archive(self, glue: Any, database: str, updated: Table) -> None:
        glue.update_table(DatabaseName=database, TableInput=Table.input(Description="four"), SkipArchive=True)
        assert self.versions(glue, updated) == [("4", "four"), ("2", "two"), ("1", "one"), ("0", "")]

    def test_an_update_of_a_version_that_is_no_longer_current(
        self, glue: Any, database: str, updated: Table, refused: Refused
    ) -> None:
        # measured by others: https://github.com/floci-io/floci/issues/1205
        stale = {"DatabaseName": database, "TableInput": Table.input(Description="stale"), "VersionId": "2"}
        assert refused("update_table", **stale) == (
            "ConcurrentModificationException", "Update table failed due to concurrent modifications.",
        )  # fmt: skip
        glue.update_table(**stale | {"VersionId": "3"})
        assert self.versions(glue, updated)[0] == ("4", "stale")

    def test_deleting_versions(self, glue: Any, updated: Table, refused: Refused) -> None:
        glue.delete_table_version(**updated.at, VersionId="0")
        errors = glue.batch_delete_table_version(**updated.at, VersionIds=["1", "9", "3"])["Errors"]
        assert [(error["VersionId"], error["ErrorDetail"]["ErrorCode"]) for error in errors] == [
            ("9", "EntityNotFoundException"), ("3", "InvalidInputException"),
        ]  # fmt: skip
        assert self.versions(glue, updated) == [("3", "three"), ("2", "two")]
        assert refused("get_table_version", **updated.at, VersionId="1")[0] == "EntityNotFoundException"
        assert refused("get_table_version", **updated.at, VersionId="x")[0] == "InvalidInputException"

    def test_a_table_made_anew_has_no_past(self, glue: Any, database: str, updated: Table) -> None:
        glue.delete_table(DatabaseName=database, Name="t")
        glue.create_table(DatabaseName=database, TableInput=Table.input())
        assert self.versions(glue, updated) == [("0", "")]

    def test_an_update_keeps_who_made_it_and_when(self, glue: Any, database: str, table: Table) -> None:
        before = glue.get_table(DatabaseName=database, Name="t")["Table"]
        glue.update_table(
            DatabaseName=database, TableInput={"Name": "t", "Parameters": {"a": "b"}, "PartitionKeys": []}
        )
        after = glue.get_table(DatabaseName=database, Name="t")["Table"]
        assert (after["CreateTime"], after["CreatedBy"]) == (before["CreateTime"], before["CreatedBy"])
        assert "StorageDescriptor" not in after
        assert after["Parameters"] == {"a": "b"}


def test_batch_delete(glue: Any, database: str, table: Table) -> None:
    glue.create_table(DatabaseName=database, TableInput={"Name": "other"})
    errors = glue.batch_delete_table(DatabaseName=database, TablesToDelete=["t", "nowhere", "other"])["Errors"]
    assert errors == [
        {
            "TableName": "nowhere",
            "ErrorDetail": {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Table nowhere not found."},
        }
    ]
    assert glue.get_tables(DatabaseName=database)["TableList"] == []
