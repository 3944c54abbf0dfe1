"""Glue jobs that run: scripts on a real Spark, through the gateway, as their role.

Starting Spark takes seconds, so each test's script looks at as much as it can.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

ROLE = "arn:aws:iam::000000000000:role/glue-job"
ENDED = {"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR"}
Client = Callable[..., Any]


class Workbench:
    """Creates jobs around scripts, runs them, and waits for what becomes of them."""

    def __init__(self, client: Client, bucket: str) -> None:
        self.client = client
        self.bucket = bucket
        self.glue = client("glue")
        self.s3 = client("s3")
        self.jobs = list[str]()

    def put(self, key: str, text: str) -> str:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=text.encode())
        return f"s3://{self.bucket}/{key}"

    def job(self, script: str, **more: Any) -> str:
        name = f"job-{self.bucket}-{len(self.jobs)}"
        command = {"Name": "glueetl", "ScriptLocation": self.put(f"scripts/{name}.py", script)}
        self.glue.create_job(Name=name, Role=ROLE, Command=command, **more)
        self.jobs.append(name)
        return name

    def start(self, name: str, **more: Any) -> str:
        return str(self.glue.start_job_run(JobName=name, **more)["JobRunId"])

    def until(self, name: str, run_id: str, states: set[str], seconds: float = 120) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while (run := self.glue.get_job_run(JobName=name, RunId=run_id)["JobRun"])["JobRunState"] not in states:
            assert run["JobRunState"] not in ENDED, run
            assert time.monotonic() < deadline, f"still {run['JobRunState']}"
            time.sleep(0.05)
        return dict(run)

    def run(self, script: str, arguments: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        name = self.job(script, **more)
        return self.until(name, self.start(name, Arguments=arguments or {}), ENDED)

    def log(self, run: dict[str, Any], kind: str) -> list[str]:
        events = self.client("logs").get_log_events(
            logGroupName=f"{run['LogGroupName']}/{kind}", logStreamName=run["Id"], startFromHead=True
        )
        return [event["message"].rstrip("\n") for event in events["events"]]

    def keys(self, prefix: str) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return [entry["Key"] for entry in found]


@pytest.fixture
def bench(client: Client, bucket: str) -> Iterator[Workbench]:
    bench = Workbench(client, bucket)
    yield bench
    for name in bench.jobs:
        bench.glue.delete_job(JobName=name)


@pytest.fixture
def key_arn(client: Client) -> str:
    return str(client("kms").create_key()["KeyMetadata"]["Arn"])


DENY_UNENCRYPTED = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "DenyUnEncryptedObjectUploads",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::{bucket}/*",
            "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
        }
    ],
}

PLAIN = """
import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job

args = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket"])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
dyf = glueContext.create_dynamic_frame.from_options(
    format="json",
    connection_type="s3",
    connection_options={"paths": [f"s3://{args['bucket']}/raw/"]},
    transformation_ctx="raw_json"
)
glueContext.write_dynamic_frame.from_options(
    frame=dyf,
    connection_type="s3",
    format="parquet",
    connection_options={"path": f"s3://{args['bucket']}/cleaned/", "partitionKeys": ["dt"]},
    transformation_ctx="silver_parquet"
)
print("rows", spark.read.parquet(f"s3://{args['bucket']}/cleaned/").count())
glueContext.get_logger().info("done by the logger")
job.commit()
"""


def test_the_plain_script_writes_encrypted_parquet_by_day(bench: Workbench, key_arn: str) -> None:
    lines = [{"id": str(n), "repo": {"id": n, "name": f"r/{n}"}, "dt": f"2015-01-0{n % 2 + 1}"} for n in range(50)]
    bench.put("raw/lines.json", "\n".join(map(json.dumps, lines)))
    name = f"kms-{bench.bucket}"
    bench.glue.create_security_configuration(
        Name=name,
        EncryptionConfiguration={"S3Encryption": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": key_arn}]},
    )
    job = bench.job(PLAIN, SecurityConfiguration=name)
    policy = json.dumps(DENY_UNENCRYPTED).replace("{bucket}", bench.bucket)
    bench.s3.put_bucket_policy(Bucket=bench.bucket, Policy=policy)
    run = bench.until(job, bench.start(job, Arguments={"--bucket": bench.bucket}), ENDED)
    assert run["JobRunState"] == "SUCCEEDED", run
    assert bench.log(run, "output") == ["rows 50"]
    assert any("done by the logger" in line for line in bench.log(run, "error"))
    written = [key for key in bench.keys("cleaned/") if key.endswith(".parquet")]
    assert {key.split("/")[1] for key in written} == {"dt=2015-01-01", "dt=2015-01-02"}
    head = bench.s3.head_object(Bucket=bench.bucket, Key=written[0])
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key_arn)

    unencrypted = bench.until(
        job, bench.start(job, Arguments={"--bucket": bench.bucket}, SecurityConfiguration=_without(bench)), ENDED
    )
    assert unencrypted["JobRunState"] == "FAILED"
    assert "explicit deny in a resource-based policy" in unencrypted["ErrorMessage"]
    bench.s3.delete_bucket_policy(Bucket=bench.bucket)


def _without(bench: Workbench) -> str:
    name = f"none-{bench.bucket}"
    bench.glue.create_security_configuration(Name=name, EncryptionConfiguration={})
    return name
