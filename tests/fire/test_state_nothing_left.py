"""However a platform ends, five seconds later no process of it is left: no base, no Spark, no function."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from boathouse import launch
from boathouse.settings import Settings
from tests.conftest import ClientOf, clients_of
from tests.fire.processes import processes_of
from tests.fire.victim import until
from tests.services.lambda_.conftest import package

Start = Callable[[int], launch.Platform]
pytestmark = pytest.mark.fire
SECONDS = 5
ROLE = "arn:aws:iam::000000000000:role/any"
BUCKET = "seen"
ENDLESS = f"""
    import time, boto3

    def handler(event, context):
        boto3.client("s3").put_object(Bucket="{BUCKET}", Key="function")
        time.sleep(300)
"""
ENDLESS_JOB = f"""
import subprocess, time, boto3
boto3.client("s3").put_object(Bucket="{BUCKET}", Key="job")
subprocess.Popen(["sleep", "300"], start_new_session=True)
time.sleep(300)
"""


def settings_in(folder: Path, workers: int = 0) -> Settings:
    return Settings(
        state_dir=folder / "state", aws_dir=folder / "aws", port=launch.free_port(), workers=workers, hurry=60
    )


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Start]:
    """Starts a platform in the test's folder, with so many warm Spark workers."""
    platforms = list[launch.Platform]()

    def start(workers: int) -> launch.Platform:
        platforms.append(launch.launch(settings_in(tmp_path, workers)))
        return platforms[-1]

    yield start
    for platform in platforms:
        platform.stop()


def nothing_is_left(folder: Path) -> None:
    died = time.monotonic()
    while left := processes_of(folder):
        assert time.monotonic() - died < SECONDS, left
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_after_a_signal(tmp_path: Path, started: Start, number: signal.Signals) -> None:
    platform = started(1)
    client = clients_of(platform)
    start_function(client)
    client("s3").put_object(Bucket=BUCKET, Key="job.py", Body=ENDLESS_JOB)
    client("glue").create_job(
        Name="j", Role=ROLE, GlueVersion="5.1", Command={"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/job.py"}
    )
    client("glue").start_job_run(JobName="j")
    until(lambda: seen(client("s3")) == {"function", "job.py", "job"})
    assert any("java" in command for command in processes_of(tmp_path).values())
    os.kill(platform.pid, number)
    platform.wait()
    nothing_is_left(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_nothing_is_left_after_the_signals_of_a_terminal(
    tmp_path: Path, started: Start, number: signal.Signals
) -> None:
    """They take the way of SIGTERM: once without Spark will do."""
    before = signal.signal(number, signal.SIG_DFL)  # whoever runs these tests by nohup has them ignored
    platform = started(0)
    signal.signal(number, before)
    client = clients_of(platform)
    start_function(client)
    until(lambda: seen(client("s3")) == {"function"})
    os.kill(platform.pid, number)
    assert platform.wait() == 0
    nothing_is_left(tmp_path)


def start_function(client: ClientOf) -> None:
    client("s3").create_bucket(Bucket=BUCKET)
    client("lambda").create_function(
        FunctionName="f", Runtime="python3.11", Role=ROLE, Handler="app.handler", Timeout=600,
        Code={"ZipFile": package(ENDLESS)},
    )  # fmt: skip
    client("lambda").invoke(FunctionName="f", InvocationType="Event")


def seen(s3: Any) -> set[str]:
    return {entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])}


def test_nothing_is_left_of_a_base_that_hears_no_signal(tmp_path: Path, started: Start) -> None:
    """It stands still while the platform dies, and has to see to its own end afterwards."""
    platform = started(0)
    (base,) = _bases(tmp_path)
    os.kill(base, signal.SIGSTOP)
    os.kill(platform.pid, signal.SIGKILL)
    platform.wait()
    os.kill(base, signal.SIGCONT)
    nothing_is_left(tmp_path)


@pytest.mark.parametrize("moment", ["boathouse", "boathouse.bases.child", "java"])
def test_nothing_is_left_of_a_platform_that_is_killed_at_its_start(tmp_path: Path, moment: str) -> None:
    starting = subprocess.Popen(
        [sys.executable, "-m", "boathouse", settings_in(tmp_path, workers=1).to_json()], stdout=subprocess.DEVNULL
    )
    until(lambda: any(moment in command for command in processes_of(tmp_path).values()))
    starting.kill()
    starting.wait()
    nothing_is_left(tmp_path)


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="sees who waits for a lock in /proc/locks, on Linux alone")
def test_a_base_waits_for_the_end_of_the_one_before(tmp_path: Path, started: Start) -> None:
    """Else what a slow one saves at its end would undo what the next platform has acknowledged."""
    platform = started(0)
    clients_of(platform)("secretsmanager").create_secret(Name="first", SecretString="1")
    (before,) = _bases(tmp_path)
    os.kill(before, signal.SIGSTOP)
    platform.kill()
    with ThreadPoolExecutor() as pool:
        starting = pool.submit(started, 0)
        until(lambda: any(pid != before and _waits_for_a_lock(pid) for pid in _bases(tmp_path)))
        assert not starting.done()
        os.kill(before, signal.SIGCONT)
        secrets = clients_of(starting.result())("secretsmanager")
    assert before not in _bases(tmp_path)
    assert secrets.get_secret_value(SecretId="first")["SecretString"] == "1"


def _bases(folder: Path) -> list[int]:
    return [pid for pid, command in processes_of(folder).items() if "boathouse.bases.child" in command]


def _waits_for_a_lock(pid: int) -> bool:
    """documented(https://man7.org/linux/man-pages/man5/proc_locks.5.html): -> is a lock that is waited for."""
    return any("->" in line and str(pid) in line.split() for line in Path("/proc/locks").read_text().splitlines())
