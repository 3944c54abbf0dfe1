"""The pytest plugin in a project that is not ours: a process of its own, in a folder of its own, told nothing."""

import re
from pathlib import Path

import pytest

from tests.testing.project import TELLING, Project, told, wait_until_gone

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
        import pyathena
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
            athena = pyathena.connect(schema_name="lab", s3_staging_dir="s3://lake/results/", poll_interval=0.05)
            assert athena.cursor().execute("SELECT half FROM t").fetchall() == [(3,)]

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
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


def test_a_project_makes_a_table_queries_it_and_tests_its_glue_function(project: Project) -> None:
    printed = project.write(A_PROJECT).pytest("--durations=0", "--durations-min=0")
    assert "6 passed" in printed
    cold = re.findall(r"([0-9.]+)s (?:setup|call) +test_lake.py::test_a_glue_function", printed)
    warm = re.findall(r"([0-9.]+)s call +test_lake.py::test_it_again_warm", printed)
    assert min(map(float, warm)) * 3 < sum(map(float, cold))


def test_a_shell_that_points_elsewhere_is_of_no_account_and_is_left_as_it_was(project: Project) -> None:
    hostile = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_PROFILE": "production",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "NO_PROXY": "example.org",
    }
    project.write(
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
        }
    )
    assert "as it was" in project.pytest("-s", environment=hostile)


def test_nothing_starts_unless_it_is_asked_for(project: Project) -> None:
    project.write(
        {
            "test_it.py": """
                import sys

                def test_it():
                    assert not {"boto3", "botocore", "pyspark", "boathouse.launch"} & set(sys.modules)
            """
        }
    )
    project.pytest()


def test_each_xdist_worker_has_its_own_and_one_that_is_killed_leaves_no_process(
    project: Project, tmp_path: Path
) -> None:
    project.write(
        {
            "conftest.py": TELLING,
            "test_it.py": """
                import boto3

                def test_it(boathouse):
                    boto3.client("s3").create_bucket(Bucket="the-same-name")
            """,
        }
    )
    base = tmp_path / "base"
    arguments = ("-n", "2", "--dist", "each", "--max-worker-restart", "0", f"--basetemp={base}")
    printed = project.pytest(*arguments, expect=1, environment={"TO_BE_KILLED": "gw1 test_it"})
    assert "worker 'gw1' crashed" in printed
    found = told(base)
    assert len({endpoint for endpoint, _ in found.values()}) == 2
    for _, processes in found.values():
        assert len(processes) > 1
        wait_until_gone(processes)
