"""A database and a bucket of a test's own, and queries that are waited for by their state."""

import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

ClientOf = Callable[..., Any]
Refused = Callable[..., dict[str, Any]]
DIGITS = "WITH d AS (SELECT * FROM (VALUES 0, 1, 2, 3, 4, 5, 6, 7, 8, 9) AS t(x))"
FINAL = ("SUCCEEDED", "FAILED", "CANCELLED")
DEADLINE = 60


@dataclass
class Workbench:
    """``output`` is where results go; it and all tables lie in ``bucket``."""

    athena: Any
    s3: Any
    glue: Any
    bucket: str
    database: str

    @property
    def output(self) -> str:
        return f"s3://{self.bucket}/results/"

    def start(self, sql: str, **options: Any) -> str:
        given: dict[str, Any] = {
            "QueryExecutionContext": {"Database": self.database},
            "ResultConfiguration": {"OutputLocation": self.output},
        }
        started: str = self.athena.start_query_execution(QueryString=sql, **given | options)["QueryExecutionId"]
        return started

    def state(self, id_: str) -> str:
        execution = self.athena.get_query_execution(QueryExecutionId=id_)["QueryExecution"]
        return str(execution["Status"]["State"])

    def wait(self, id_: str) -> dict[str, Any]:
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            execution: dict[str, Any] = self.athena.get_query_execution(QueryExecutionId=id_)["QueryExecution"]
            if execution["Status"]["State"] in FINAL:
                return execution
        raise AssertionError(f"query {id_} did not end")

    def execute(self, sql: str, **options: Any) -> dict[str, Any]:
        return self.wait(self.start(sql, **options))

    def run(self, sql: str, **options: Any) -> dict[str, Any]:
        execution = self.execute(sql, **options)
        assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
        return execution

    def failed(self, sql: str, **options: Any) -> dict[str, Any]:
        """The status of a query that must fail."""
        status: dict[str, Any] = self.execute(sql, **options)["Status"]
        assert status["State"] == "FAILED", status
        return status

    def results(self, execution: dict[str, Any], **options: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"], **options)
        return found

    def rows(self, sql: str, **options: Any) -> list[list[str | None]]:
        """What the statement answers, without a SELECT's header."""
        execution = self.run(sql, **options)
        found = [values(row) for row in self.results(execution)["ResultSet"]["Rows"]]
        return found[1:] if execution["StatementType"] == "DML" else found

    def text(self, uri: str) -> str:
        return self.body(uri).decode()

    def body(self, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        found: bytes = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return found

    def keys(self, prefix: str = "") -> list[str]:
        return [
            found["Key"] for found in self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", ())
        ]


def numbers(digits: int) -> str:
    """SQL of a CTE ``n`` with the numbers below 10 to the ``digits`` in a column ``x``."""
    names = [f"d{position}" for position in range(digits)]
    value = " + ".join(f"{name}.x * {10**position}" for position, name in enumerate(names))
    return f"{DIGITS}, n AS (SELECT {value} AS x FROM {' CROSS JOIN '.join(f'd {name}' for name in names)})"


def endless() -> str:
    """A statement that takes longer than any test."""
    joined = " CROSS JOIN ".join(f"d d{position}" for position in range(14))
    return f"{DIGITS} SELECT count(*) FROM {joined} WHERE d0.x + d13.x = 19"


def values(row: dict[str, Any]) -> list[str | None]:
    return [datum.get("VarCharValue") for datum in row["Data"]]


@pytest.fixture(scope="session")
def clients(client: ClientOf) -> dict[str, Any]:
    """Made once: making one takes longer than most queries."""
    return {name: client(name) for name in ("athena", "s3", "glue")}


@pytest.fixture
def workbench(clients: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[Workbench]:
    """The bucket stays: emptying it takes longer than most tests."""
    database = re.sub(r"\W", "_", request.node.name).lower()[:60]
    made = Workbench(clients["athena"], clients["s3"], clients["glue"], f"athena-{uuid.uuid4().hex[:12]}", database)
    made.s3.create_bucket(Bucket=made.bucket)
    made.glue.create_database(DatabaseInput={"Name": database})
    yield made
    made.glue.delete_database(Name=database)


@pytest.fixture
def refused(workbench: Workbench) -> Refused:
    """The error that an Athena operation answers: code, message and AthenaErrorCode."""

    def ask(operation: str, **request: Any) -> dict[str, Any]:
        with pytest.raises(ClientError) as error:
            getattr(workbench.athena, operation)(**request)
        response = error.value.response
        found = {"code": response["Error"]["Code"], "message": response["Error"]["Message"]}
        return found | {"athena": response.get("AthenaErrorCode")}

    return ask
