"""Each client that people use returns all of a day's facts, pointed here by ``boathouse env`` and a workgroup alone.

Every client runs in a process of its own, as a user's script does, with the environment after ``eval``.
"""

import csv
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e import expected, sources
from tests.e2e.lakehouse import Lakehouse

DAY = "2024-01-05"  # before every other test's days: the last names of repositories are theirs
SQL = f"SELECT repo_id, user_id, event_type, event_count, dt FROM fact_events WHERE dt = '{DAY}'"
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
pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=started)
rows = [[cell.get("VarCharValue") for cell in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]][1:]
"""
PYATHENA = """
import pyathena
with pyathena.connect(work_group="analytics", schema_name=DATABASE) as connection:
    with connection.cursor() as cursor:
        rows = cursor.execute(SQL).fetchall()
assert all(type(row[0]) is int and type(row[3]) is int and type(row[4]) is str for row in rows)
"""
PYATHENA_PANDAS = """
import pyathena
from pyathena.pandas.cursor import PandasCursor
with pyathena.connect(work_group="analytics", schema_name=DATABASE, cursor_class=PandasCursor) as connection:
    with connection.cursor() as cursor:
        frame = cursor.execute(SQL).as_pandas()
assert str(frame.dtypes["event_count"]) == "Int64", frame.dtypes
rows = frame.values.tolist()
"""
AWSWRANGLER = """
import awswrangler as wr
frame = wr.athena.read_sql_query(SQL, database=DATABASE, workgroup="analytics")
assert str(frame.dtypes["repo_id"]) == "Int64", frame.dtypes
rows = frame.values.tolist()
"""
AWSWRANGLER_WITHOUT_CTAS = AWSWRANGLER.replace('"analytics")', '"analytics", ctas_approach=False)')
CLIENTS = {
    "boto3": BOTO3,
    "PyAthena": PYATHENA,
    "PyAthena with pandas": PYATHENA_PANDAS,
    "awswrangler": AWSWRANGLER,
    "awswrangler without CTAS": AWSWRANGLER_WITHOUT_CTAS,
}
Facts = Counter[expected.FactKey]


@pytest.fixture(scope="module")
def wanted(lakehouse: Lakehouse, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """The day's facts, in Gold and by plain Python; more than one page of results."""
    files = sources.hours(tmp_path_factory.mktemp("clients"), DAY, events=1400)
    lakehouse.run("all", *files)
    facts = expected.of_files(files).facts
    assert len(facts) > 1000
    return facts


def as_facts(rows: Sequence[Sequence[str | int | None]]) -> Facts:
    found: Facts = Counter()
    for repo, user, event_type, event_count, dt in rows:
        found[int(repo or 0), int(user or 0), str(event_type), str(dt)] += int(event_count or 0)
    assert len(found) == len(rows)
    return found


@pytest.mark.parametrize("name", CLIENTS)
def test_a_python_client(lakehouse: Lakehouse, wanted: Facts, tmp_path: Path, name: str) -> None:
    script = tmp_path / "script.py"
    head = f"import boto3, json\nSQL, DATABASE = {SQL!r}, {lakehouse.stack.database!r}\n"
    script.write_text(f"{head}{CLIENTS[name]}\nprint(json.dumps([list(row) for row in rows]))\n")
    done = subprocess.run(
        [sys.executable, str(script)],
        env=lakehouse.environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert as_facts(json.loads(done.stdout)) == wanted


def test_the_aws_cli(lakehouse: Lakehouse, wanted: Facts, tmp_path: Path) -> None:
    def aws(*arguments: str) -> str:
        command = [str(Path(sys.executable).with_name("aws")), *arguments]
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
    aws("s3", "cp", location, "result.csv")
    with (tmp_path / "result.csv").open(newline="") as file:
        assert as_facts(list(csv.reader(file))[1:]) == wanted
