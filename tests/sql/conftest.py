"""A lake of a test's own, in a database and a bucket of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipelines.athena import Athena
from pipelines.lakebucket import LakeBucket
from pipelines.stack import Stack
from tests.sql.small_lake import SmallLake


@pytest.fixture
def small_lake(client: Callable[..., Any], bucket: str) -> Iterator[SmallLake]:
    database = bucket.replace("-", "_")
    glue, key_arn = client("glue"), client("kms").create_key()["KeyMetadata"]["Arn"]
    glue.create_database(DatabaseInput={"Name": database})
    stack = Stack(bucket, key_arn, "none", "none", database, "primary", "none")
    yield SmallLake(Athena(client("athena"), stack), glue, LakeBucket(client("s3"), bucket, key_arn))
    for table in glue.get_tables(DatabaseName=database)["TableList"]:
        glue.delete_table(DatabaseName=database, Name=table["Name"])
    glue.delete_database(Name=database)
