"""Statements run by Athena in the pipeline's workgroup, each with its own result location and key."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from string import Template
from typing import Any

from botocore.exceptions import ClientError

from pipelines.errors import Incomplete, PipelineError
from pipelines.settings import ROOT, Profile
from pipelines.stack import Stack

SQL = ROOT / "sql"
RESULTS = "athena-results/pipeline/"
FIRST_WAIT, LONGEST_WAIT = 0.03, 2.0
PLAIN = re.compile(r"[\w-]+")
Row = list[str | None]


class QueryFailed(PipelineError):
    """Athena's reason, with the statement's first line and what to do next."""


class QueryCutOff(Incomplete):
    """The same, where Athena says that the statement may succeed when it is run again."""


def statement(name: str, **values: str) -> str:
    """The text of ``sql/<name>.sql`` with ``$names`` filled in."""
    return Template((SQL / f"{name}.sql").read_text()).substitute(values)


def listed(values: Iterable[str]) -> str:
    """``'a', 'b'`` for an IN list: days, source ids and the like, never text from outside."""
    values = sorted(values)
    if wrong := [value for value in values if not PLAIN.fullmatch(value)]:
        raise ValueError(f"not for a statement: {wrong[0]!r}")
    return ", ".join(f"'{value}'" for value in values)


def result_configuration(stack: Stack) -> dict[str, Any]:
    """Where the pipeline's statements write, CTAS among them, and with which key."""
    return {
        "OutputLocation": f"s3://{stack.bucket}/{RESULTS}",
        "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": stack.key_arn},
    }


@dataclass(frozen=True, slots=True)
class Athena:
    client: Any
    stack: Stack

    @classmethod
    def of(cls, profile: Profile, stack: Stack) -> "Athena":
        return cls(profile.client("athena"), stack)

    def run(self, sql: str) -> str:
        """Runs a statement to its end; returns the execution's id. Raises QueryFailed or QueryCutOff."""
        execution = self._start(sql)
        wait = FIRST_WAIT
        while True:
            status = self.client.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]
            if status["State"] == "SUCCEEDED":
                return execution
            if status["State"] in ("FAILED", "CANCELLED"):
                reason = status.get("StateChangeReason", "no reason given")
                # documented(https://docs.aws.amazon.com/athena/latest/APIReference/API_AthenaError.html)
                kind = QueryCutOff if status.get("AthenaError", {}).get("Retryable") else QueryFailed
                raise kind(_complaint(reason, sql))
            time.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 1.4)

    def _start(self, sql: str) -> str:
        try:
            execution: str = self.client.start_query_execution(
                QueryString=sql,
                QueryExecutionContext={"Database": self.stack.database},
                WorkGroup=self.stack.work_group,
                ResultConfiguration=result_configuration(self.stack),
            )["QueryExecutionId"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidRequestException":
                raise
            raise QueryFailed(_complaint(error.response["Error"]["Message"], sql)) from error
        return execution

    def text(self, execution: str) -> str:
        """The statement that an execution was given."""
        query: str = self.client.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Query"]
        return query

    def status(self, execution: str) -> str:
        """``FAILED: why``, for a person."""
        status = self.client.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]
        return f"{status['State']}: {status.get('StateChangeReason', 'no reason given')}"

    def rows(self, sql: str) -> list[Row]:
        """The rows of a SELECT, as text; NULL is None."""
        pages = self.client.get_paginator("get_query_results").paginate(QueryExecutionId=self.run(sql))
        found = [row["Data"] for page in pages for row in page["ResultSet"]["Rows"]]
        # client(boto3): the first row of a SELECT's results is its header
        return [[value.get("VarCharValue") for value in row] for row in found[1:]]


def _complaint(reason: str, sql: str) -> str:
    first = sql.strip().splitlines()[0]
    return f"Athena: {reason}\n  in: {first}\n  Statements are made of the files below sql/. Run again when it is right"
