"""Each client that people use returns all of a day's facts, pointed here by ``boathouse env`` and a workgroup alone.

Every client runs in a process of its own, as a user's script does, with the environment after ``eval``.
"""

import csv
import json
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.clients import program
from tests.e2e import expected, sources
from tests.e2e.lakehouse import Lakehouse

DAY = "2024-01-05"  # before every other test's days: the last names of repositories are theirs
SQL = f"SELECT repo_id, user_id, event_type, event_count, dt FROM fact_events WHERE dt = '{DAY}'"
NOBODY = {"id": "1", "type": "PublicEvent", "created_at": f"{DAY}T12:00:00Z", "repo": {"id": 7, "name": "a/b"}}
BOTO3 = """
athena = boto3.client("athena")
started = athena.start_query_execution(
    QueryString=SQL, QueryExecutionContext={"Database": DATABASE}, WorkGroup="analytics"
)["QueryExecutionId"]
while True:
    status = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]["Status"]
    if status["State"] not in ("QUEUED", "RUNNING"):
        break
assert status["State"] == "SUCCEEDED", status
pages = list(athena.get_paginator("get_query_results").paginate(QueryExecutionId=started))
# documented(https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html): 1,000 rows a page
assert [len(page["ResultSet"]["Rows"]) for page in pages[:-1]] == [1000] * (len(pages) - 1), "whole pages but the last"
assert len(pages) > 1
# client(boto3): the first row of a SELECT's results is its header
rows = [[cell.get("VarCharValue") for cell in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]][1:]
"""
PYATHENA = """
import pyathena
with pyathena.connect(work_group="analytics", schema_name=DATABASE) as connection:
    with connection.cursor() as cursor:
        rows = cursor.execute(SQL).fetchall()
assert all(type(row[0]) is int and type(row[3]) is int and type(row[4]) is str for row in rows)
"""
PYATHENA_DICT = """
import pyathena
from pyathena.cursor import DictCursor
with pyathena.connect(work_group="analytics", schema_name=DATABASE, cursor_class=DictCursor) as connection:
    found = connection.cursor().execute(SQL).fetchall()
rows = [[row[name] for name in ("repo_id", "user_id", "event_type", "event_count", "dt")] for row in found]
"""
PYATHENA_ASYNC = """
import pyathena
from pyathena.async_cursor import AsyncCursor
with pyathena.connect(work_group="analytics", schema_name=DATABASE, cursor_class=AsyncCursor) as connection:
    with connection.cursor() as cursor:
        query_id, future = cursor.execute(SQL)
        rows = future.result().fetchall()
"""
PYATHENA_PANDAS = """
import pyathena
from pyathena.pandas.cursor import PandasCursor
with pyathena.connect(work_group="analytics", schema_name=DATABASE, cursor_class=PandasCursor) as connection:
    with connection.cursor() as cursor:
        frame = cursor.execute(SQL).as_pandas()
assert str(frame.dtypes["event_count"]) == "Int64", frame.dtypes
rows = frame.astype(object).where(frame.notna(), None).values.tolist()
"""
AWSWRANGLER = """
import awswrangler as wr
frame = wr.athena.read_sql_query(SQL, database=DATABASE, workgroup="analytics")
assert str(frame.dtypes["repo_id"]) == "Int64", frame.dtypes
rows = frame.astype(object).where(frame.notna(), None).values.tolist()
"""
AWSWRANGLER_WITHOUT_CTAS = AWSWRANGLER.replace('"analytics")', '"analytics", ctas_approach=False)')
AWSWRANGLER_CHUNKS = """
import awswrangler as wr, pandas
chunks = list(wr.athena.read_sql_query(SQL, database=DATABASE, workgroup="analytics", chunksize=1000))
assert len(chunks[0]) == 1000, [len(chunk) for chunk in chunks]
frame = pandas.concat(chunks)
rows = frame.astype(object).where(frame.notna(), None).values.tolist()
"""
AWSWRANGLER_TABLE = """
import awswrangler as wr
frame = wr.athena.read_sql_table("fact_events", database=DATABASE, workgroup="analytics")
frame = frame[frame["dt"] == DAY]
rows = frame.astype(object).where(frame.notna(), None).values.tolist()
"""
CLIENTS = {
    "boto3": BOTO3,
    "PyAthena": PYATHENA,
    "PyAthena with dicts": PYATHENA_DICT,
    "PyAthena without waiting": PYATHENA_ASYNC,
    "PyAthena with pandas": PYATHENA_PANDAS,
    "awswrangler": AWSWRANGLER,
    "awswrangler without CTAS": AWSWRANGLER_WITHOUT_CTAS,
    "awswrangler in chunks": AWSWRANGLER_CHUNKS,
    "awswrangler of the table": AWSWRANGLER_TABLE,
}
Facts = Counter[expected.FactKey]


@pytest.fixture(scope="module")
def wanted(lakehouse: Lakehouse, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """The day's facts, in Gold and by plain Python: more than a page of results, and a NULL among them."""
    folder = tmp_path_factory.mktemp("clients")
    by_nobody = folder / "by-nobody.json"
    by_nobody.write_text(json.dumps(NOBODY) + "\n")
    files = [*sources.hours(folder, DAY, events=1400), by_nobody]
    lakehouse.run("all", *files)
    facts = expected.of_files(files).facts
    assert len(facts) > 1000
    assert facts[7, None, "PublicEvent", DAY] == 1
    return facts


def as_facts(rows: Sequence[Sequence[Any]]) -> Facts:
    """NULL is None, or in a CSV nothing at all."""
    found: Facts = Counter()
    for repo, user, event_type, event_count, dt in rows:
        found[int(repo), None if user in (None, "") else int(user), event_type, dt] += int(event_count)
    assert len(found) == len(rows)
    return found


@pytest.mark.parametrize("name", CLIENTS)
def test_a_python_client(lakehouse: Lakehouse, wanted: Facts, tmp_path: Path, name: str) -> None:
    script = tmp_path / "script.py"
    head = f"import boto3, json\nSQL, DATABASE, DAY = {SQL!r}, {lakehouse.stack.database!r}, {DAY!r}\n"
    script.write_text(f"{head}{CLIENTS[name]}\nprint(json.dumps([list(row) for row in rows]))\n")
    done = subprocess.run(
        [program("python"), str(script)],
        env=lakehouse.environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert as_facts(json.loads(done.stdout)) == wanted


def test_the_aws_cli(lakehouse: Lakehouse, wanted: Facts, tmp_path: Path) -> None:
    def aws(*arguments: str) -> str:
        command = [program("aws"), *arguments]
        done = subprocess.run(
            command, env=lakehouse.environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    context = f"Database={lakehouse.stack.database}"
    started = aws(
        "athena", "start-query-execution", "--query-string", SQL, "--query-execution-context", context,
        "--work-group", "analytics", "--query", "QueryExecutionId", "--output", "text",
    )  # fmt: skip
    state = ""
    while state in ("", "QUEUED", "RUNNING"):
        look = ("get-query-execution", "--query-execution-id", started)
        state = aws("athena", *look, "--query", "QueryExecution.Status.State", "--output", "text")
    assert state == "SUCCEEDED"
    answer = json.loads(aws("athena", "get-query-results", "--query-execution-id", started))
    rows = [[cell.get("VarCharValue") for cell in row["Data"]] for row in answer["ResultSet"]["Rows"]][1:]
    assert as_facts(rows) == wanted

    location = aws(
        "athena", "get-query-execution", "--query-execution-id", started,
        "--query", "QueryExecution.ResultConfiguration.OutputLocation", "--output", "text",
    )  # fmt: skip
    # documented(https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html): the workgroup decides
    folder = f"s3://{lakehouse.bucket.name}/"
    assert location.startswith(folder + "athena-results/")
    head = json.loads(
        aws("s3api", "head-object", "--bucket", lakehouse.bucket.name, "--key", location.removeprefix(folder))
    )
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", lakehouse.bucket.key_arn)
    aws("s3", "cp", location, "result.csv")
    with (tmp_path / "result.csv").open(newline="") as file:
        assert as_facts(list(csv.reader(file))[1:]) == wanted
