"""The clients that people use, unmodified: PyAthena, awswrangler, the AWS CLI."""

import datetime
import json
import subprocess
import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import awswrangler
import boto3
import pyathena
import pytest
from pyathena.pandas.cursor import PandasCursor

from boathouse.launch import Platform
from tests.clients import program
from tests.services.athena.conftest import Workbench

ROWS = [(1, "Push", 5, "2016-01-01"), (2, "Watch", 1, "2016-01-01"), (None, "Fork", 2, "2016-01-02")]
VALUES = "(1, 'Push', 5, '2016-01-01'), (2, 'Watch', 1, '2016-01-01'), (NULL, 'Fork', 2, '2016-01-02')"
TYPED = (
    "SELECT CAST(1 AS bigint) AS b, CAST(1.5 AS double) AS d, CAST('2.50' AS decimal(10, 2)) AS dec, DATE '2016-01-01'"
    " AS day, TIMESTAMP '2016-01-01 12:34:56.789' AS ts, true AS yes, CAST(NULL AS varchar) AS nothing,"
    " ARRAY[1, 2] AS a"
)


@pytest.fixture
def facts(workbench: Workbench) -> Workbench:
    sql = f"SELECT * FROM (VALUES {VALUES}) AS t(repo_id, event_type, event_count, dt)"
    workbench.run(f"CREATE TABLE facts WITH (partitioned_by = ARRAY['dt']) AS {sql}")
    return workbench


@pytest.fixture
def session(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    """awswrangler makes its own clients: they find the platform as any client does."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", platform.endpoint)
    session = boto3.Session(aws_access_key_id="000000000000", aws_secret_access_key="local", region_name="us-east-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield session


@pytest.fixture
def connect(facts: Workbench, session: boto3.Session) -> Any:
    def make(**options: Any) -> Any:
        return pyathena.connect(
            session=session, schema_name=facts.database, s3_staging_dir=facts.output, **options
        ).cursor()

    return make


def test_pyathena(connect: Any) -> None:
    cursor = connect(work_group="primary")
    assert cursor.execute("SELECT * FROM facts ORDER BY dt, event_type").fetchall() == ROWS
    assert [column[:2] for column in cursor.description] == [
        ("repo_id", "integer"), ("event_type", "varchar"), ("event_count", "integer"), ("dt", "varchar"),
    ]  # fmt: skip
    assert cursor.execute("SELECT event_count FROM facts WHERE event_type = %(t)s", {"t": "Push"}).fetchone() == (5,)
    (row,) = cursor.execute(TYPED).fetchall()
    moment = datetime.datetime.fromisoformat("2016-01-01 12:34:56.789")
    assert row == (1, 1.5, Decimal("2.50"), moment.date(), moment, True, None, [1, 2])
    with pytest.raises(pyathena.OperationalError, match="DIVISION_BY_ZERO"):
        cursor.execute("SELECT 1 / 0")
    assert "facts" in [table.name for table in cursor.list_table_metadata()]
    assert [column.name for column in cursor.get_table_metadata("facts").columns] == [
        "repo_id", "event_type", "event_count",
    ]  # fmt: skip


def test_pyathena_with_pandas(connect: Any) -> None:
    frame = connect(cursor_class=PandasCursor).execute("SELECT * FROM facts ORDER BY dt, event_type").as_pandas()
    assert [tuple(None if value is frame.repo_id.dtype.na_value else value for value in row)
            for row in frame.itertuples(index=False)] == ROWS  # fmt: skip
    typed = connect(cursor_class=PandasCursor).execute(TYPED).as_pandas()
    assert (int(typed.b[0]), float(typed.d[0]), typed.dec[0]) == (1, 1.5, Decimal("2.50"))
    assert typed.ts[0].isoformat() == "2016-01-01T12:34:56.789000"


@pytest.mark.parametrize("ctas", [True, False])
def test_awswrangler(facts: Workbench, session: boto3.Session, ctas: bool) -> None:
    frame = awswrangler.athena.read_sql_query(
        "SELECT * FROM facts ORDER BY dt, event_type",
        database=facts.database,
        s3_output=facts.output,
        ctas_approach=ctas,
        boto3_session=session,
    )
    assert frame.astype(object).where(frame.notna(), None).values.tolist() == [list(row) for row in ROWS]
    # the temporary table is gone
    assert facts.rows("SHOW TABLES") == [["facts"]]
    empty = awswrangler.athena.read_sql_query(
        "SELECT * FROM facts WHERE dt = 'never'",
        database=facts.database,
        s3_output=facts.output,
        ctas_approach=ctas,
        boto3_session=session,
    )
    assert (list(empty.columns), len(empty)) == (["repo_id", "event_type", "event_count", "dt"], 0)


def test_awswrangler_in_an_enforcing_workgroup(facts: Workbench, session: boto3.Session) -> None:
    name = facts.database[:40]
    own = {
        "OutputLocation": f"s3://{facts.bucket}/enforced/",
        "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": "alias/aws/s3"},
    }
    facts.athena.create_work_group(Name=name, Configuration={"ResultConfiguration": own})
    frame = awswrangler.athena.read_sql_table("facts", database=facts.database, workgroup=name, boto3_session=session)
    assert sorted(frame.event_type) == ["Fork", "Push", "Watch"]
    facts.athena.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)


def test_awswrangler_describes(facts: Workbench, session: boto3.Session) -> None:
    where = {"database": facts.database, "s3_output": facts.output, "boto3_session": session}
    described = awswrangler.athena.describe_table("facts", **where)
    assert described["Column Name"].tolist() == ["repo_id", "event_type", "event_count", "dt"]
    assert described["Partition"].tolist() == [False, False, False, True]
    assert awswrangler.athena.show_create_table("facts", **where).startswith("CREATE EXTERNAL TABLE `facts`(")


def test_the_aws_cli(facts: Workbench, aws_env: dict[str, str]) -> None:
    def aws(*arguments: str) -> dict[str, Any]:
        command = [program("aws"), "athena", *arguments]
        done = subprocess.run(command, env=aws_env, capture_output=True, text=True, check=True)
        answer: dict[str, Any] = json.loads(done.stdout or "{}")
        return answer

    started = aws(
        "start-query-execution", "--query-string", "SELECT sum(event_count) AS n FROM facts",
        "--query-execution-context", f"Database={facts.database}",
        "--result-configuration", f"OutputLocation={facts.output}",
    )  # fmt: skip
    facts.wait(started["QueryExecutionId"])
    rows = aws("get-query-results", "--query-execution-id", started["QueryExecutionId"])["ResultSet"]["Rows"]
    assert rows == [{"Data": [{"VarCharValue": "n"}]}, {"Data": [{"VarCharValue": "8"}]}]


def test_pyathena_with_question_marks(connect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyathena, "paramstyle", "qmark")
    cursor = connect()
    sql = "SELECT repo_id FROM facts WHERE event_type = ? AND event_count > ?"
    assert cursor.execute(sql, ["'Push'", "4"]).fetchall() == [(1,)]
