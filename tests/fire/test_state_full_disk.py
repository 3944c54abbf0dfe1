"""A disk that takes no more: each write is refused with the next step, and once there is room the same call works."""

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from boathouse.errors import StartError
from tests.conftest import ClientOf, clients_of
from tests.fire.victim import Victim, until

pytestmark = pytest.mark.fire
ROLE = "arn:aws:iam::000000000000:role/any"
SIZE = 48 * 1024 * 1024
LARGE = b"x" * 400_000
BUCKET = "kept"
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("small-disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        if os.environ.get("CI"):
            pytest.fail(f"CI must mount a small disk: {mounted.stderr}")
        pytest.skip(f"a small disk needs root on Linux: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def victim(disk: Path) -> Iterator[Victim]:
    one = Victim(disk)
    one.up()
    client = one.client
    client("s3").create_bucket(Bucket=BUCKET)
    client("s3").put_object(Bucket=BUCKET, Key="before", Body=b"acknowledged")
    client("s3").put_object(Bucket=BUCKET, Key="job.py", Body=b"print('done')")
    client("secretsmanager").create_secret(Name="a", SecretString="b")
    client("kinesis").create_stream(StreamName="s", ShardCount=1)
    client("kinesis").get_waiter("stream_exists").wait(StreamName="s", WaiterConfig={"Delay": 0.05})
    client("glue").create_job(
        Name="j", Role=ROLE, GlueVersion="5.1", Command={"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/job.py"}
    )
    yield one
    one.stop()


@contextlib.contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte more fits."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1024 * 1024, 4096):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"0" * size)
    try:
        yield
    finally:
        filler.unlink()


def put_object(client: ClientOf) -> None:
    client("s3", config=ONCE).put_object(Bucket=BUCKET, Key="large", Body=LARGE)


def upload_a_part(client: ClientOf) -> None:
    s3 = client("s3", config=ONCE)
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="parts")["UploadId"]
    s3.upload_part(Bucket=BUCKET, Key="parts", UploadId=upload, PartNumber=1, Body=LARGE)


def put_records(client: ClientOf) -> None:
    client("kinesis", config=ONCE).put_records(StreamName="s", Records=[{"Data": LARGE, "PartitionKey": "a"}])


def create_secret(client: ClientOf) -> None:
    client("secretsmanager", config=ONCE).put_secret_value(SecretId="a", SecretString="b" * 60_000)


WRITES: list[Callable[[ClientOf], None]] = [put_object, upload_a_part, put_records, create_secret]


@pytest.mark.parametrize("write", WRITES)
def test_a_write_is_refused_and_then_works(victim: Victim, disk: Path, write: Callable[[ClientOf], None]) -> None:
    client = clients_of(victim.running)
    with filled(disk):
        with pytest.raises(ClientError, match="Free space") as refused:
            write(client)
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 507
        assert str(disk) in str(refused.value)
        assert client("s3").get_object(Bucket=BUCKET, Key="before")["Body"].read() == b"acknowledged"
    write(client)


def test_a_query_says_why_and_then_succeeds(victim: Victim, disk: Path) -> None:
    client = clients_of(victim.running)
    with filled(disk):
        why = query(client)
    assert "Free space" in why
    assert query(client) == "SUCCEEDED"


def query(client: ClientOf) -> str:
    """How it ended: SUCCEEDED, or why not."""
    athena = client("athena", config=ONCE)
    place = {"OutputLocation": f"s3://{BUCKET}/results/"}
    try:
        started = athena.start_query_execution(
            QueryString="SELECT x FROM UNNEST(sequence(1, 9000)) AS t(x)", ResultConfiguration=place
        )
    except ClientError as error:
        return str(error)
    execution: dict[str, Any] = {}

    def ended() -> bool:
        nonlocal execution
        execution = athena.get_query_execution(QueryExecutionId=started["QueryExecutionId"])["QueryExecution"]
        return execution["Status"]["State"] in ("SUCCEEDED", "FAILED")

    until(ended)
    status = execution["Status"]
    return str(status.get("StateChangeReason", status["State"]))


def test_a_job_says_why_and_then_succeeds(victim: Victim, disk: Path) -> None:
    client = clients_of(victim.running)
    with filled(disk):
        why = job_run(client)
    assert "Free space" in why or "No space left" in why
    assert job_run(client) == "SUCCEEDED"


def job_run(client: ClientOf) -> str:
    glue = client("glue", config=ONCE)
    try:
        run = glue.start_job_run(JobName="j")["JobRunId"]
    except ClientError as error:
        return str(error)
    found: dict[str, Any] = {}

    def ended() -> bool:
        nonlocal found
        found = glue.get_job_run(JobName="j", RunId=run)["JobRun"]
        return found["JobRunState"] in ("SUCCEEDED", "FAILED", "ERROR", "TIMEOUT")

    until(ended)
    return str(found.get("ErrorMessage") or found["JobRunState"])


def test_a_platform_killed_on_a_full_disk_has_what_it_acknowledged(victim: Victim, disk: Path) -> None:
    client = clients_of(victim.running)
    with filled(disk):
        with pytest.raises(ClientError):
            put_object(client)
        victim.kill()
        with pytest.raises(StartError, match="Free space there"):
            victim.up()
    victim.up()
    client = clients_of(victim.running)
    assert client("s3").get_object(Bucket=BUCKET, Key="before")["Body"].read() == b"acknowledged"
    assert client("secretsmanager").get_secret_value(SecretId="a")["SecretString"].startswith("b")
    for write in WRITES:
        write(client)
