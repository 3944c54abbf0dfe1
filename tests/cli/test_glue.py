"""``boathouse glue run``: a script as a developer writes it, on the platform that runs, without a job."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from boathouse import launch
from boathouse.settings import Settings
from tests.clients import program

SCRIPT = """
import sys

import boto3
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

from rules import wanted

args = getResolvedOptions(sys.argv, ["JOB_NAME", "target"])
context = GlueContext(SparkContext())
job = Job(context)
job.init(args["JOB_NAME"], args)
lines = context.spark_session.createDataFrame([(1, "a"), (2, "b")], "n int, name string")
lines.where(wanted).write.parquet(args["target"])
keys = boto3.client("s3").list_objects_v2(Bucket="lake")["Contents"]
print(args["JOB_NAME"], context.spark_session.read.parquet(args["target"]).count(), len(keys) > 0)
job.commit()
"""

STOPPED = """
import sys

answer = [6 * 7, sys.argv[1:]]
breakpoint()
sys.exit(answer[0])
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a script, its module and a platform that runs."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "silver.py").write_text(SCRIPT)
    (folder / "rules.py").write_text('wanted = "n > 1"\n')
    (folder / "broken.py").write_text("def (:\n")
    (folder / "stopped.py").write_text(STOPPED)
    platform = launch.launch(
        Settings(ephemeral=True, port=launch.free_port(), aws_dir=folder / ".boathouse" / "aws", workers=0)
    )
    yield folder
    platform.stop()


def glue_run(project: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    hostile = os.environ | {
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    }
    return subprocess.run(
        [sys.executable, "-m", "boathouse.cli", "glue", "run", *arguments],
        cwd=project, env=hostile, input=typed, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_script_reads_and_writes_the_platform_with_its_own_modules_beside_it(project: Path) -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "boathouse.cli", "env"], cwd=project, capture_output=True, text=True, check=True
    )
    made = f"{asked.stdout}\n{program('aws')} s3 mb s3://lake"
    subprocess.run(["bash", "-c", made], cwd=project, check=True, capture_output=True)
    done = glue_run(project, "silver.py", "--target", "s3://lake/silver/")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "silver 1 True"


def test_a_breakpoint_stops_it_and_its_arguments_and_exit_code_are_its_own(project: Path) -> None:
    done = glue_run(project, "stopped.py", "--aws-dir", "mine", "--help", typed="print('seen', answer)\ncontinue\n")
    assert "seen [42, ['--JOB_NAME', 'stopped', '--aws-dir', 'mine', '--help']]" in done.stdout
    assert done.returncode == 42, done.stderr


def test_what_is_wrong_with_a_script_is_said_as_python_says_it(project: Path) -> None:
    done = glue_run(project, "broken.py")
    assert done.returncode == 1
    assert "SyntaxError" in done.stderr


def test_a_script_that_is_not_there_is_named(project: Path) -> None:
    done = glue_run(project, "missing.py")
    assert done.returncode == 1
    assert "missing.py: there is no such file" in done.stderr
