"""The pipeline's own Glue job, run by Boathouse and by PySpark alone, from nothing and with a Spark that is warm.

Alone, S3A goes to a ministack that speaks HTTPS itself: S3A sends SSE-KMS over HTTPS only, and a proxy in front would
cost what Boathouse's gateway costs. Jars, Java, Spark's settings, script, input and encryption are the same.
"""

import gzip
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import places, sample
from bench.figures import Figure
from bench.places import Place
from boathouse.clock import Clock
from boathouse.context import DEFAULT_ACCOUNT, DEFAULT_REGION
from boathouse.gateway.tls import Authority
from boathouse.settings import Settings
from boathouse.workers import jars
from boathouse.workers.java import PAYLOAD, java_home
from boathouse.workers.spark import Encryption, Keys, driver_settings, job_properties
from pipelines.deploy import SILVER_SCRIPT

EVENTS = 40_000
OBJECTS = 12
BUCKET, JOB = "bench-glue", "bronze-to-silver"
PLAIN = Path(__file__).with_name("plain_spark.py")
ROLE = f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/bench"
UNFINISHED = ("STARTING", "RUNNING", "WAITING")
PAUSE = 0.02


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="boathouse-bench-") as folder:
        settings = Settings(port=places.free_port() - 1, state_dir=Path(folder))
        Authority(settings.ca_file.parent, (), Clock()).server_context()
        with places.ministack(settings.tls_port, settings.ca_file) as place:
            key = fill(place)
            from_nothing = alone(place, settings, key, warm=False)
            yield Figure("Glue job from nothing", cold(), "s", "PySpark alone, from nothing", from_nothing)
            in_session = alone(place, settings, key, warm=True)
            yield Figure("Glue job on a warm Spark", warm(), "s", "PySpark alone, in a warm session", in_session)


def cold() -> float:
    with places.boathouse() as place:
        return job_run(place, fill(place))


def warm() -> float:
    with places.boathouse(workers=1) as place:
        key = fill(place)
        places.await_worker(place)
        return job_run(place, key)


def fill(place: Place) -> str:
    """Bronze, the script, and a key whose ARN is returned."""
    s3 = place.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    lines = list(sample.bronze(EVENTS))
    for number in range(OBJECTS):
        days = dict[str, list[str]]()
        for day, text in lines[number::OBJECTS]:
            days.setdefault(day, []).append(text)
        for day, texts in days.items():
            body = gzip.compress("".join(texts).encode(), 4)
            s3.put_object(Bucket=BUCKET, Key=f"raw/dt={day}/hour=00/{number}.gz", Body=body)
    s3.upload_file(str(SILVER_SCRIPT), BUCKET, SILVER_SCRIPT.name)
    arn: str = place.client("kms").create_key()["KeyMetadata"]["Arn"]
    return arn


def arguments(run: str) -> dict[str, str]:
    return {"--bucket": BUCKET, "--days": "2025-10-08,2025-10-09", "--run": run}


def job_run(place: Place, key: str) -> float:
    """Seconds from StartJobRun until GetJobRun says that it is over."""
    glue = place.client("glue")
    kms = {"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": key}
    glue.create_security_configuration(Name="kms", EncryptionConfiguration={"S3Encryption": [kms]})
    command = {"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/{SILVER_SCRIPT.name}"}
    glue.create_job(Name=JOB, Role=ROLE, Command=command, SecurityConfiguration="kms")
    began = time.perf_counter()
    of = {"JobName": JOB, "RunId": glue.start_job_run(JobName=JOB, Arguments=arguments("ours"))["JobRunId"]}
    while (run := glue.get_job_run(**of)["JobRun"])["JobRunState"] in UNFINISHED:
        time.sleep(PAUSE)
    taken = time.perf_counter() - began
    if run["JobRunState"] != "SUCCEEDED":
        raise RuntimeError(f"the job failed: {run}")
    expect_encrypted(place)
    return taken


def alone(place: Place, settings: Settings, key: str, *, warm: bool) -> float:
    """Seconds of a process from its start to its end, or of the script alone in a session that is there."""
    run = "warm" if warm else "cold"
    keys = Keys(DEFAULT_ACCOUNT, "none", "none", DEFAULT_REGION)
    properties = job_properties(settings, JOB, keys, Encryption("SSE-KMS", key), {})
    given = ["--JOB_NAME", JOB, *(part for pair in arguments(run).items() for part in pair)]
    command = [sys.executable, str(PLAIN), "warm" if warm else "cold", str(SILVER_SCRIPT), *given]
    environment = {
        **place.environment,
        "JAVA_HOME": str(java_home()),
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(PAYLOAD),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "BENCH_SPARK": json.dumps(spark_settings(properties)),
    }
    began = time.perf_counter()
    printed = places.run(command, replace(place, environment=environment))
    taken = time.perf_counter() - began
    expect_encrypted(place)
    return float(printed.splitlines()[-1]) if warm else taken


def spark_settings(properties: dict[str, str]) -> dict[str, str]:
    """As whoever runs PySpark against S3 sets it up: the JVM's properties among Spark's."""
    java = [f"-D{name}={value}" for name, value in properties.items() if not name.startswith("spark.")]
    return {
        **driver_settings(),
        **{name: value for name, value in properties.items() if name.startswith("spark.")},
        "spark.driver.memory": "2g",
        "spark.driver.extraClassPath": f"{jars.require()}/*",
        "spark.driver.extraJavaOptions": " ".join(java),
    }


def expect_encrypted(place: Place) -> None:
    s3: Any = place.client("s3")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix="cleaned/")["Contents"]
    parquet = [entry["Key"] for entry in found if entry["Key"].endswith(".parquet")]
    if s3.head_object(Bucket=BUCKET, Key=parquet[0])["ServerSideEncryption"] != "aws:kms":
        raise RuntimeError("what was written is not encrypted with the key")
