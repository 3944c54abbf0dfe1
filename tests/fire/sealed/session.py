"""What somebody does in a shell after ``boathouse env``, with plain clients: a job with a UDF, a function, a query.

Each of the three tells whose credentials it found and what its environment says of AWS; it is asked for no endpoint.
Run in a sealed network; prints what was found as JSON.
"""

import io
import json
import os
import sys
import time
import zipfile
from collections.abc import Callable
from typing import Any

import boto3

ROLE = "arn:aws:iam::000000000000:role/any"
TELL = """
import json, os
import boto3

def found():
    session = boto3.Session()
    s3 = session.client("s3")
    return {
        "key": session.get_credentials().access_key,
        "endpoint": s3.meta.endpoint_url,
        "account": session.client("sts").get_caller_identity()["Account"],
        "buckets": [entry["Name"] for entry in s3.list_buckets()["Buckets"]],
        "secrets": [name for name, value in os.environ.items() if "REAL" in value or value == "real"],
    }

def tell(who):
    boto3.client("s3").put_object(Bucket="told", Key=who, Body=json.dumps(found()).encode())
"""
SCRIPT = (
    TELL
    + """
import sys
from awsglue.context import GlueContext
from pyspark.context import SparkContext
from pyspark.sql.functions import udf

tell("driver")
spark = GlueContext(SparkContext()).spark_session
spark.range(3).write.mode("overwrite").parquet("s3://told/numbers/")

@udf("string")
def told(number):
    tell("udf")
    return "told"

assert spark.read.parquet("s3://told/numbers/").select(told("id")).distinct().count() == 1
"""
)
FUNCTION = (
    TELL
    + """
def handler(event, context):
    tell("function")
"""
)


def main() -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="told")
    run_job(s3)
    run_function()
    run_query()
    told = {
        who: json.loads(s3.get_object(Bucket="told", Key=who)["Body"].read()) for who in ("driver", "udf", "function")
    }
    told["shell"] = in_this_shell()
    sys.stdout.write(json.dumps(told))


def in_this_shell() -> dict[str, Any]:
    told: dict[str, Any] = {}
    exec(f"{TELL}told.update(found())", {"told": told})
    return told


def run_job(s3: Any) -> None:
    glue = boto3.client("glue")
    s3.put_object(Bucket="told", Key="job.py", Body=SCRIPT.encode())
    command = {"Name": "glueetl", "ScriptLocation": "s3://told/job.py", "PythonVersion": "3"}
    glue.create_job(Name="telling", Role=ROLE, Command=command, GlueVersion="5.1")
    run = {"JobName": "telling", "RunId": glue.start_job_run(JobName="telling")["JobRunId"]}
    ended = until(
        lambda: glue.get_job_run(**run)["JobRun"], lambda found: found["JobRunState"] not in ("STARTING", "RUNNING")
    )
    assert ended["JobRunState"] == "SUCCEEDED", ended


def run_function() -> None:
    functions, package = boto3.client("lambda"), io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", FUNCTION)
    functions.create_function(
        FunctionName="telling", Runtime="python3.11", Role=ROLE, Handler="app.handler", Timeout=60,
        Code={"ZipFile": package.getvalue()},
    )  # fmt: skip
    answer = functions.invoke(FunctionName="telling")
    assert "FunctionError" not in answer, answer["Payload"].read()


def run_query() -> None:
    import awswrangler as wr

    boto3.client("glue").create_database(DatabaseInput={"Name": "lab"})
    found = wr.athena.read_sql_query("SELECT 7 / 2 AS half", database="lab", s3_output="s3://told/results/")
    assert found["half"].tolist() == [3]


def until(ask: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    ends = time.monotonic() + 120
    while not holds(found := ask()):
        assert time.monotonic() < ends, found
        time.sleep(0.2)
    return found


if __name__ == "__main__":
    assert "AWS_ACCESS_KEY_ID" not in os.environ
    main()
