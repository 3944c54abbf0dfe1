"""A database of a test's own in the running platform's Data Catalog, and what its tables look like."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest


@pytest.fixture
def glue(client: Callable[..., Any]) -> Any:
    return client("glue")


@pytest.fixture
def database(glue: Any) -> Iterator[str]:
    name = f"db_{uuid4().hex[:12]}"
    glue.create_database(DatabaseInput={"Name": name})
    yield name
    glue.delete_database(Name=name)


class Table:
    """A table ``t`` with partition keys dt and n; ``at`` are the arguments that name it."""

    def __init__(self, glue: Any, database: str) -> None:
        self.at = {"DatabaseName": database, "TableName": "t"}
        self._glue = glue
        glue.create_table(DatabaseName=database, TableInput=self.input())

    @staticmethod
    def input(**members: Any) -> dict[str, Any]:
        keys = [{"Name": "dt", "Type": "string"}, {"Name": "n", "Type": "int"}]
        return {
            "Name": "t",
            "PartitionKeys": keys,
            "StorageDescriptor": {"Columns": [{"Name": "id", "Type": "bigint"}], "Location": "s3://lake/t/"},
            **members,
        }

    @staticmethod
    def partition(dt: str, n: str, **members: Any) -> dict[str, Any]:
        storage = {"Columns": [{"Name": "id", "Type": "bigint"}], "Location": f"s3://lake/t/dt={dt}/n={n}/"}
        return {"Values": [dt, n], "StorageDescriptor": storage, **members}

    def add(self, *partitions: dict[str, Any]) -> list[dict[str, Any]]:
        """The errors of BatchCreatePartition, over as many calls as it takes."""
        errors: list[dict[str, Any]] = []
        for start in range(0, len(partitions), 100):
            inputs = list(partitions[start : start + 100])
            errors += self._glue.batch_create_partition(**self.at, PartitionInputList=inputs)["Errors"]
        return errors

    def values(self, **options: Any) -> list[list[str]]:
        """Every page of GetPartitions."""
        pages = self._glue.get_paginator("get_partitions").paginate(**self.at, **options)
        return [partition["Values"] for page in pages for partition in page["Partitions"]]


@pytest.fixture
def table(glue: Any, database: str) -> Table:
    return Table(glue, database)


@pytest.fixture
def refused(glue: Any) -> Callable[..., tuple[str, str]]:
    """Calls an operation that must fail; gives code and message."""

    def call(operation: str, **params: Any) -> tuple[str, str]:
        with pytest.raises(glue.exceptions.ClientError) as error:
            getattr(glue, operation)(**params)
        said = error.value.response["Error"]
        return said["Code"], said["Message"]

    return call
