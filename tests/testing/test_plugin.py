"""The pytest plugin in a project that is not ours: a process of its own, in a folder of its own, told nothing."""

import os
import re
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

A_PROJECT = {
    "pytest.ini": """
        [pytest]
        boathouse_glue = true
    """,
    "jobs.py": """
        def pushes(glue_context, source, target):
            events = glue_context.create_dynamic_frame.from_options(
                connection_type="s3", connection_options={"paths": [source]}, format="json"
            )
            kept = events.toDF().where("type = 'PushEvent'")
            kept.write.parquet(target)
            return kept.count()
    """,
    "test_lake.py": """
        import awswrangler as wr
        import boto3
        import pytest

        from jobs import pushes

        @pytest.fixture(scope="module")
        def lake(boathouse):
            boto3.client("s3").create_bucket(Bucket="lake")
            boto3.client("glue").create_database(DatabaseInput={"Name": "lab"})

        def test_a_table(lake):
            sql = "CREATE TABLE lab.t WITH (external_location = 's3://lake/t/') AS SELECT 7 / 2 AS half"
            wr.athena.start_query_execution(sql, s3_output="s3://lake/results/", wait=True)
            found = wr.athena.read_sql_query("SELECT half FROM t", database="lab", s3_output="s3://lake/results/")
            assert found["half"].tolist() == [3]

        def test_a_glue_function(lake, boathouse, glue_context):
            lines = b'{"type": "PushEvent"}\\n{"type": "ForkEvent"}\\n'
            boathouse.client("s3").put_object(Bucket="lake", Key="raw/a.json", Body=lines)
            assert pushes(glue_context, "s3://lake/raw/", "s3://lake/pushes/") == 1

        @pytest.mark.parametrize("n", range(3))
        def test_it_again_warm(lake, glue_context, n):
            assert pushes(glue_context, "s3://lake/raw/", f"s3://lake/again-{n}/") == 1

        def test_empty_again(boathouse_reset):
            assert boto3.client("s3").list_buckets()["Buckets"] == []
            assert boto3.client("glue").get_databases()["DatabaseList"] == []
    """,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path, A_PROJECT)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(textwrap.dedent(text).lstrip())
    return folder


def run(project: Path, *arguments: str, **hostile: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=project, env=inherited | hostile, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def test_a_project_makes_a_table_queries_it_and_tests_its_glue_function(project: Path) -> None:
    done = run(project, "--durations=0", "--durations-min=0")
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout
    cold = re.findall(r"([0-9.]+)s (?:setup|call) +test_lake.py::test_a_glue_function", done.stdout)
    warm = re.findall(r"([0-9.]+)s call +test_lake.py::test_it_again_warm", done.stdout)
    assert min(map(float, warm)) * 3 < sum(map(float, cold))


def test_a_shell_that_points_elsewhere_is_of_no_account_and_is_left_as_it_was(tmp_path: Path) -> None:
    hostile = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_PROFILE": "production",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "NO_PROXY": "example.org",
    }
    write(
        tmp_path,
        {
            "conftest.py": """
                import os

                def aws():
                    names = [name for name in os.environ if name.startswith("AWS_") or name.lower() == "no_proxy"]
                    return {name: os.environ[name] for name in names}

                BEFORE = aws()

                def pytest_unconfigure():
                    assert aws() == BEFORE
                    print("as it was")
            """,
            "test_it.py": """
                import os

                import boto3

                def test_it(boathouse):
                    assert "example.org" in os.environ["NO_PROXY"]
                    s3 = boto3.client("s3")
                    assert s3.meta.endpoint_url == boathouse.endpoint
                    s3.create_bucket(Bucket="mine")
            """,
        },
    )
    done = run(tmp_path, "-s", **hostile)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "as it was" in done.stdout


def test_nothing_starts_unless_it_is_asked_for(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "test_it.py": """
                import subprocess
                import sys

                def test_it(monkeypatch):
                    assert not {"boto3", "botocore", "pyspark", "boathouse.launch"} & set(sys.modules)
            """
        },
    )
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout


def test_each_xdist_worker_has_its_own_and_one_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "test_it.py": """
                import os
                import signal
                import subprocess

                import boto3
                import pytest

                def beneath(pid):
                    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
                    pairs = [line.split() for line in listed.stdout.splitlines()]
                    children = [child for child, parent in pairs if parent == pid]
                    return [pid, *(found for child in children for found in beneath(child))]

                @pytest.mark.parametrize("n", range(2))
                def test_it(boathouse, n, tmp_path_factory, worker_id):
                    if n == 0:
                        boto3.client("s3").create_bucket(Bucket="the-same-name")
                        told = tmp_path_factory.getbasetemp().parent / f"{worker_id}.told"
                        told.write_text(" ".join([boathouse.endpoint, *beneath(str(boathouse.pid))]))
                    elif worker_id == "gw1":
                        os.kill(os.getpid(), signal.SIGKILL)
            """
        },
    )
    base = tmp_path / "base"
    done = run(tmp_path, "-n", "2", "--dist", "each", "--max-worker-restart", "0", f"--basetemp={base}")
    assert "worker 'gw1' crashed" in done.stdout
    told = [file.read_text().split() for file in base.glob("*.told")]
    assert len({endpoint for endpoint, *_ in told}) == 2
    assert all(len(processes) > 1 for _, *processes in told)
    for _, *processes in told:
        for process in processes:
            wait_until_gone(int(process))


def wait_until_gone(process: int) -> None:
    """Within 5 s; the operating system tells nobody but a parent of an end, so it is asked again and again."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError(f"process {process} is still there")
