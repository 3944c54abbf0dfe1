"""``boathouse query`` and ``logs``: Athena and CloudWatch Logs from the shell, as a client of either would."""

import itertools
import time
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError
from rich.markup import escape
from rich.table import Table

from boathouse import launch
from boathouse.cli.common import DEFAULT_AWS_DIR, AwsDir, client, fail, out, running

RESULTS_BUCKET = "boathouse-query-results"
SHOWN_ROWS = 100
POLL_SECONDS = 0.02


def query(
    sql: Annotated[str, typer.Argument(help="One Athena statement.")],
    database: Annotated[str, typer.Option(help="The database that unqualified names mean.")] = "default",
    workgroup: Annotated[str, typer.Option(help="The Athena workgroup.")] = "primary",
    explain_translation: Annotated[bool, typer.Option(help="Show the engine's SQL instead of running it.")] = False,
    aws_dir: AwsDir = DEFAULT_AWS_DIR,
) -> None:
    """Run an Athena statement and print its rows, their types and the bytes scanned."""
    health = running(aws_dir)
    if explain_translation:
        translation = launch.translation(health["endpoint"], sql, database)
        if translation.startswith("refused: "):
            fail(translation)
        out.print(translation, markup=False)
        return
    athena = client("athena", health)
    execution = _run(athena, client("s3", health), sql, database, workgroup)
    if execution["Status"]["State"] != "SUCCEEDED":
        fail(execution["Status"].get("StateChangeReason", execution["Status"]["State"]))
    _print_rows(athena, execution)


def logs(
    job_run: Annotated[str, typer.Argument(help="The id of a Glue job run, as StartJobRun answered it.")],
    aws_dir: AwsDir = DEFAULT_AWS_DIR,
) -> None:
    """Print what a Glue job run wrote: its output, then its errors."""
    logs_client = client("logs", running(aws_dir))
    found = False
    for group in ("/aws-glue/jobs/output", "/aws-glue/jobs/error"):
        for event in _events(logs_client, group, job_run):
            found = True
            out.print(event["message"].rstrip("\n"), markup=False)
    if not found:
        fail(f"no log of a job run {job_run}; aws glue get-job-runs --job-name NAME lists the runs")


def _run(athena: Any, s3: Any, sql: str, database: str, workgroup: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    configuration = athena.get_work_group(WorkGroup=workgroup)["WorkGroup"].get("Configuration", {})
    if not configuration.get("ResultConfiguration", {}).get("OutputLocation"):
        s3.create_bucket(Bucket=RESULTS_BUCKET)
        options["ResultConfiguration"] = {"OutputLocation": f"s3://{RESULTS_BUCKET}/"}
    try:
        started = athena.start_query_execution(
            QueryString=sql, QueryExecutionContext={"Database": database}, WorkGroup=workgroup, **options
        )
    except ClientError as error:
        fail(error.response["Error"]["Message"])
    while True:
        execution: dict[str, Any] = athena.get_query_execution(QueryExecutionId=started["QueryExecutionId"])
        if execution["QueryExecution"]["Status"]["State"] not in ("QUEUED", "RUNNING"):
            found: dict[str, Any] = execution["QueryExecution"]
            return found
        time.sleep(POLL_SECONDS)


def _print_rows(athena: Any, execution: dict[str, Any]) -> None:
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution["QueryExecutionId"])
    first = next(iter(pages))
    columns = first["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(f"{column['Name']}\n[dim]{column['Type']}[/dim]")
    rows = _rows(itertools.chain([first], itertools.islice(pages, 1, None)))
    if execution.get("StatementType") == "DML":
        next(rows, None)  # the header row that Athena puts first
    shown = list(itertools.islice(rows, SHOWN_ROWS + 1))
    for row in shown[:SHOWN_ROWS]:
        table.add_row(*["[dim]NULL[/dim]" if value is None else escape(value) for value in row])
    out.print(table)
    more = f"the first {SHOWN_ROWS} rows; all are in {execution['ResultConfiguration']['OutputLocation']}"
    count = more if len(shown) > SHOWN_ROWS else f"{len(shown)} row{'' if len(shown) == 1 else 's'}"
    out.print(f"\n[dim]{count}, {execution['Statistics'].get('DataScannedInBytes', 0):,} bytes scanned[/dim]")


def _rows(pages: Any) -> Iterator[list[str | None]]:
    for page in pages:
        for row in page["ResultSet"]["Rows"]:
            yield [cell.get("VarCharValue") for cell in row["Data"]]


def _events(logs_client: Any, group: str, stream: str) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        try:
            page = logs_client.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True, **token)
        except logs_client.exceptions.ResourceNotFoundException:
            return
        yield from page["events"]
        if page["nextForwardToken"] == token.get("nextToken") or not page["events"]:
            return
        token = {"nextToken": page["nextForwardToken"]}
