"""Glue jobs that run: scripts on a real Spark, through the gateway, as their role.

Starting Spark takes seconds, so each test's script looks at as much as it can.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from boathouse import launch

ROLE = "arn:aws:iam::000000000000:role/glue-job"
ENDED = {"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR"}
Client = Callable[..., Any]
Ready = Callable[[], None]


class Workbench:
    """Creates jobs around scripts, runs them, and waits for what becomes of them."""

    def __init__(self, client: Client, bucket: str) -> None:
        self.bucket = bucket
        self.glue = client("glue")
        self.s3 = client("s3")
        self.logs = client("logs")
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
        events = self.logs.get_log_events(
            logGroupName=f"{run['LogGroupName']}/{kind}", logStreamName=run["Id"], startFromHead=True
        )
        return [event["message"].rstrip("\n") for event in events["events"]]

    def log_so_far(self, run: dict[str, Any], kind: str) -> list[str]:
        try:
            return self.log(run, kind)
        except self.logs.exceptions.ResourceNotFoundException:
            return []

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
def ready(platform: launch.Platform) -> Ready:
    """Waits until health says that a worker is ready."""

    def wait(seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not (health := launch.health(platform.endpoint)) or not health["workers"]["ready"]:
            assert time.monotonic() < deadline, health
            time.sleep(0.05)

    return wait


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
    job, unconfigured = bench.job(PLAIN, SecurityConfiguration=name), bench.job(PLAIN)
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

    unencrypted = bench.until(unconfigured, bench.start(unconfigured, Arguments={"--bucket": bench.bucket}), ENDED)
    assert unencrypted["JobRunState"] == "FAILED"
    assert "explicit deny in a resource-based policy" in unencrypted["ErrorMessage"]
    bench.s3.delete_bucket_policy(Bucket=bench.bucket)


LOOKS_AROUND = """
import time
first_line = time.time()
import json, os, sys
import boto3
from pyspark.context import SparkContext
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

secret = "MARK"
sc = SparkContext()
spark = SparkSession(sc)

@udf("string")
def who_am_i(_):
    import tools
    arn = boto3.client("sts").get_caller_identity()["Arn"]
    return json.dumps([tools.NAME, arn, os.environ["AWS_ACCESS_KEY_ID"], boto3.client("s3").meta.endpoint_url])

print(json.dumps({
    "first_line": first_line,
    "argv": sys.argv,
    "cwd": os.getcwd(),
    "key": os.environ["AWS_ACCESS_KEY_ID"],
    "endpoint": os.environ["AWS_ENDPOINT_URL"],
    "left": [name for name in os.environ if name.startswith("LEFT_BY")] + [m for m in sys.modules if m == "left_by"],
    "conf": sc.getConf().get("spark.left.by"),
    "s3a_key": sc._jvm.java.lang.System.getProperty("aws.accessKeyId"),
    "views": [table.name for table in spark.catalog.listTables()],
    "udf": json.loads(spark.range(1).select(who_am_i("id")).first()[0]),
    "main": who_am_i.func.__module__,
}))
os.environ["LEFT_BY_MARK"] = "yes"
sys.modules["left_by"] = sys
sc._jvm.java.lang.System.setProperty("spark.left.by", "MARK")
spark.range(1).createOrReplaceTempView("left_by_MARK")
"""


def test_two_runs_one_after_the_other_see_nothing_of_each_other(bench: Workbench, ready: Ready) -> None:
    seen = []
    for mark in ("one", "two"):
        tools = bench.put(f"{mark}/tools.py", f"NAME = {mark!r}")
        job = bench.job(LOOKS_AROUND.replace("MARK", mark), DefaultArguments={"--extra-py-files": tools})
        ready()
        asked = time.time()
        run = bench.until(job, bench.start(job, Arguments={f"--{mark}": mark}), ENDED)
        assert run["JobRunState"] == "SUCCEEDED", run
        found = json.loads(bench.log(run, "output")[-1])
        assert found["first_line"] - asked < 1, "a warm worker reaches the script's first line within a second"
        seen.append(found)
    for mark, found in zip(("one", "two"), seen, strict=True):
        assert (found["left"], found["conf"], found["views"]) == ([], None, [])
        assert found["main"] == "__main__"
        assert found["s3a_key"] == found["key"]
        # A UDF's process has the job's modules, credentials and endpoint: without the last it would talk to AWS.
        assert found["udf"] == [mark, found["udf"][1], found["key"], found["endpoint"]]
        assert f"--{mark}" in found["argv"]
    assert seen[0]["key"] != seen[1]["key"]
    assert "--one" not in seen[1]["argv"]


def test_a_python_error_is_the_runs_error_message(bench: Workbench) -> None:
    run = bench.run("import os\nprint('before')\n\ndef broken():\n    return {}['dt']\n\nbroken()\n")
    # assumed: Glue shows the error's type and text
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", "KeyError: 'dt'")
    assert bench.log(run, "output") == ["before"]
    trace = bench.log(run, "error")
    assert trace[0] == "Traceback (most recent call last):"
    assert trace[-1] == "KeyError: 'dt'"
    assert "glue_bootstrap" not in "".join(trace)


HANGS = """
import os, subprocess, sys, time
from pyspark.context import SparkContext
sc = SparkContext()
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
jvm = sc._jvm.java.lang.ProcessHandle.current().pid()
print(os.getpid(), other.pid, jvm, flush=True)
time.sleep(600)
"""


def test_a_run_that_hangs_is_stopped_with_all_that_it_started(bench: Workbench) -> None:
    job = bench.job(HANGS)
    run_id = bench.start(job)
    run = bench.until(job, run_id, {"RUNNING"})
    deadline = time.monotonic() + 60
    while not (printed := bench.log_so_far(run, "output")):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    pids = [int(pid) for pid in printed[0].split()]
    assert all(map(alive, pids))
    assert bench.glue.batch_stop_job_run(JobName=job, JobRunIds=[run_id])["Errors"] == []
    assert bench.until(job, run_id, ENDED)["JobRunState"] == "STOPPED"
    assert not any(map(alive, pids))


def alive(pid: int) -> bool:
    """A zombie counts as dead: in a container nobody may be there to reap it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] not in "ZX"
