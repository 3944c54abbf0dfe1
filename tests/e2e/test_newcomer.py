"""The newcomer's version, as it stands: a plain Glue script and a plain CTAS, in an account without the template."""

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from boathouse import launch
from boathouse.settings import Settings
from tests.e2e import sources

ACCOUNT, BUCKET, DATABASE = "210987654321", "github-analytics-data", "github_analytics_db"
ENDED = {"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR", "CANCELLED"}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "DenyUnEncryptedObjectUploads",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::github-analytics-data/*",
            "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
        }
    ],
}
SCRIPT = """
import sys
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
glueContext = GlueContext(SparkContext())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
dyf = glueContext.create_dynamic_frame.from_options(
    format="json",
    connection_type="s3",
    connection_options={"paths": ["s3://github-analytics-data/raw/"]},
    transformation_ctx="raw_json"
)
glueContext.write_dynamic_frame.from_options(
    frame=dyf,
    connection_type="s3",
    format="parquet",
    connection_options={"path": "s3://github-analytics-data/cleaned/", "partitionKeys": ["dt"]},
    transformation_ctx="silver_parquet"
)
job.commit()
"""
TABLE = """
CREATE EXTERNAL TABLE github_analytics_db.silver_cleaned (
  id string,
  type string,
  created_at string,
  actor struct<id: bigint, login: string>,
  repo struct<id: bigint, name: string>
)
PARTITIONED BY (dt string)
STORED AS PARQUET
LOCATION 's3://github-analytics-data/cleaned/'
"""
PARTITIONS = """
ALTER TABLE github_analytics_db.silver_cleaned ADD
  PARTITION (dt = '2024-05-01') PARTITION (dt = '2024-05-02')
"""
AS_FIRST_WRITTEN = """
CREATE TABLE github_analytics_db.fact_events
WITH (
  format='PARQUET',
  external_location='s3://github-analytics-data/aggregated/fact_events/',
  partitioned_by = ARRAY['dt']
) AS
SELECT
  repo.id AS repo_id,
  actor.id AS user_id,
  type AS event_type,
  dt,
  COUNT(*) AS event_count
FROM github_analytics_db.silver_cleaned
GROUP BY repo.id, actor.id, type, dt;
"""
EXCHANGED = AS_FIRST_WRITTEN.replace("  dt,\n  COUNT(*) AS event_count\n", "  COUNT(*) AS event_count,\n  dt\n")


class Newcomer:
    def __init__(self, client_of: Callable[[str], Any]) -> None:
        self.s3, self.glue, self.athena, self.kms = map(client_of, ("s3", "glue", "athena", "kms"))
        self.key: str = self.kms.create_key()["KeyMetadata"]["Arn"]

    def encrypted(self) -> dict[str, str]:
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.key}

    def asks(self, sql: str) -> dict[str, Any]:
        encryption = {"EncryptionOption": "SSE_KMS", "KmsKey": self.key}
        started = self.athena.start_query_execution(
            QueryString=sql,
            ResultConfiguration={
                "OutputLocation": f"s3://{BUCKET}/results/",
                "EncryptionConfiguration": encryption,
            },
        )
        id_ = started["QueryExecutionId"]

        def look() -> dict[str, Any]:
            execution: dict[str, Any] = self.athena.get_query_execution(QueryExecutionId=id_)["QueryExecution"]
            return execution

        return until_ended(look, lambda execution: execution["Status"]["State"])

    def rows(self, sql: str) -> list[tuple[str | None, ...]]:
        execution = self.asks(sql)
        assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution["QueryExecutionId"])
        rows = [row["Data"] for page in pages for row in page["ResultSet"]["Rows"]]
        return [tuple(cell.get("VarCharValue") for cell in row) for row in rows[1:]]


def until_ended(look: Callable[[], dict[str, Any]], state: Callable[[dict[str, Any]], str]) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while state(found := look()) not in ENDED:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Readable events of one era, each once."""
    folder, found = tmp_path_factory.mktemp("newcomer"), dict[str, dict[str, Any]]()
    for day in ("2024-05-01", "2024-05-02"):
        for path in sources.hours(folder, day, events=300):
            found |= {event["id"]: event for event in readable(path)}
    return list(found.values())


def readable(path: Path) -> list[dict[str, Any]]:
    events = []
    for line in gzip.decompress(path.read_bytes()).splitlines():
        try:
            event = json.loads(line)
            day = datetime.fromisoformat(event["created_at"]).date().isoformat()
        except (ValueError, KeyError, TypeError):
            continue
        if isinstance(event.get("type"), str) and event["type"] and "id" in event:
            events.append(event | {"dt": day})
    return events


@pytest.fixture(scope="module")
def client_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Clients of the account, on a platform of its own: bucket names are everybody's, and the template takes this."""
    folder = tmp_path_factory.mktemp("newcomer-aws")
    own = launch.launch(Settings(ephemeral=True, port=launch.free_port(), aws_dir=folder, workers=0))
    session = boto3.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="x", region_name="us-east-1")
    yield lambda service: session.client(service, endpoint_url=own.endpoint)
    own.stop()


@pytest.fixture(scope="module")
def newcomer(client_of: Callable[[str], Any], events: list[dict[str, Any]]) -> Newcomer:
    """A bucket with the policy, a database, the lines under raw/, and a job with a security configuration."""
    new = Newcomer(client_of)
    new.s3.create_bucket(Bucket=BUCKET)
    new.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(POLICY))
    new.glue.create_database(DatabaseInput={"Name": DATABASE})
    lines = gzip.compress("".join(json.dumps(event) + "\n" for event in events).encode())
    new.s3.put_object(Bucket=BUCKET, Key="raw/events.json.gz", Body=lines, **new.encrypted())
    new.s3.put_object(Bucket=BUCKET, Key="scripts/plain.py", Body=SCRIPT.encode(), **new.encrypted())
    encryption = {"S3Encryption": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": new.key}]}
    new.glue.create_security_configuration(Name="encrypted", EncryptionConfiguration=encryption)
    new.glue.create_job(
        Name="plain",
        Role=f"arn:aws:iam::{ACCOUNT}:role/glue",
        Command={"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/scripts/plain.py"},
        SecurityConfiguration="encrypted",
        GlueVersion="5.1",
    )
    return new


@pytest.fixture(scope="module")
def silver(newcomer: Newcomer) -> Newcomer:
    """What the plain script wrote, declared by Athena DDL with its partitions."""
    run_id = newcomer.glue.start_job_run(JobName="plain")["JobRunId"]
    run = until_ended(
        lambda: newcomer.glue.get_job_run(JobName="plain", RunId=run_id)["JobRun"], lambda run: run["JobRunState"]
    )
    assert run["JobRunState"] == "SUCCEEDED", run
    for statement in (TABLE, PARTITIONS):
        assert newcomer.asks(statement)["Status"]["State"] == "SUCCEEDED"
    return newcomer


def test_the_script_wrote_every_line_encrypted(silver: Newcomer, events: list[dict[str, Any]]) -> None:
    assert silver.rows(f"SELECT count(*), count(DISTINCT id) FROM {DATABASE}.silver_cleaned") == [
        (str(len(events)), str(len(events)))
    ]
    listed = silver.s3.list_objects_v2(Bucket=BUCKET, Prefix="cleaned/")["Contents"]
    for entry in listed:
        head = silver.s3.head_object(Bucket=BUCKET, Key=entry["Key"])
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", silver.key), entry["Key"]


def test_the_statement_as_first_written_is_refused_in_athenas_words(silver: Newcomer) -> None:
    status = silver.asks(AS_FIRST_WRITTEN)["Status"]
    assert status["State"] == "FAILED"
    # documented(https://repost.aws/knowledge-center/athena-hive-column-order-mismatch): the error's name
    assert status["StateChangeReason"].startswith("HIVE_COLUMN_ORDER_MISMATCH")
    assert "Partition keys must be the last columns in the table" in status["StateChangeReason"]
    with pytest.raises(silver.glue.exceptions.EntityNotFoundException):
        silver.glue.get_table(DatabaseName=DATABASE, Name="fact_events")


def test_with_the_last_two_columns_exchanged_it_runs(silver: Newcomer, events: list[dict[str, Any]]) -> None:
    status = silver.asks(EXCHANGED)["Status"]
    assert status["State"] == "SUCCEEDED", status
    rows = silver.rows(f"SELECT repo_id, user_id, event_type, event_count, dt FROM {DATABASE}.fact_events")
    wanted = Counter((event["repo"]["id"], event["actor"]["id"], event["type"], event["dt"]) for event in events)
    assert {(int(r or 0), int(u or 0), t, dt): int(count or 0) for r, u, t, count, dt in rows} == wanted
    assert len(rows) == len(wanted)
    for prefix in ("aggregated/", "results/"):
        for entry in silver.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]:
            head = silver.s3.head_object(Bucket=BUCKET, Key=entry["Key"])
            assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", silver.key), entry["Key"]
