"""Every Python that we name: Boathouse is installed and used without Spark, then with it. 3.11 is test_wheel.py's."""

import os
from pathlib import Path

import pytest

from tests.testing.project import Project
from tests.wheel.conftest import EXAMPLE
from tests.wheel.environments import PYTHONS, TOOLS, Environment, interpreter

pytestmark = [pytest.mark.fire, pytest.mark.timeout(600)]  # it installs, which a busy machine does slowly

A_JOB = """
    import boto3

    def test_a_job_says_what_to_install(boathouse):
        s3, glue = boto3.client("s3"), boto3.client("glue")
        s3.create_bucket(Bucket="scripts")
        s3.put_object(Bucket="scripts", Key="job.py", Body=b"print(1)")
        boto3.client("iam").create_role(RoleName="glue", AssumeRolePolicyDocument="{}")
        command = {"Name": "glueetl", "ScriptLocation": "s3://scripts/job.py", "PythonVersion": "3"}
        glue.create_job(Name="job", Role="glue", GlueVersion="5.1", Command=command)
        asked = {"JobName": "job", "RunId": glue.start_job_run(JobName="job")["JobRunId"]}
        while (run := glue.get_job_run(**asked)["JobRun"])["JobRunState"] in ("STARTING", "RUNNING"):
            pass
        assert run["JobRunState"] == "FAILED"
        assert "Glue jobs need PySpark" in run["ErrorMessage"]
        assert "pip install 'boathouse[glue]'" in run["ErrorMessage"]

    def test_a_context_says_it_too(glue_context):
        raise AssertionError("there is no Spark")
"""


@pytest.mark.parametrize("version", PYTHONS[1:])
def test_everything_but_glue_and_with_the_extra_that_too(version: str, wheel: Path, tmp_path: Path) -> None:
    if (python := interpreter(version)) is None:
        if os.environ.get("CI"):
            pytest.fail(f"no Python {version}: CI must not pass without it")
        pytest.skip(f"no Python {version} on this machine")
    environment = Environment(tmp_path / "env", tmp_path / "constraints.txt").make(python)
    environment.install_quickly(str(wheel), *TOOLS)

    bare = Project(tmp_path / "bare", environment.python).copy(EXAMPLE).write({"test_missing.py": A_JOB})
    printed = bare.pytest("test_lake.py", "test_missing.py", expect=1)
    assert "2 passed, 1 error" in printed
    assert "\nGlue jobs need PySpark, which is not installed: pip install 'boathouse[glue]'" in printed

    environment.install_quickly(f"{wheel}[glue]")
    assert "3 passed" in Project(tmp_path / "whole", environment.python).copy(EXAMPLE).pytest()
