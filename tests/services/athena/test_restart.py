"""What a kill -9 leaves of queries: those that ran have failed and say so, those that had ended are as they were."""

from pathlib import Path
from typing import Any

import boto3

from boathouse import launch
from boathouse.settings import Settings
from tests.services.athena.conftest import Workbench, endless


def workbench_of(platform: launch.Platform) -> Workbench:
    session = boto3.Session(aws_access_key_id="000000000000", aws_secret_access_key="local", region_name="us-east-1")

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=platform.endpoint)

    return Workbench(client("athena"), client("s3"), client("glue"), "kept", "default")


def test_a_killed_platform(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path / "state", aws_dir=tmp_path / "aws", port=launch.free_port(), workers=0)
    platform = launch.launch(settings)
    workbench = workbench_of(platform)
    workbench.s3.create_bucket(Bucket="kept")
    workbench.glue.create_database(DatabaseInput={"Name": "default"})
    done = workbench.run("SELECT 'x' AS a")["QueryExecutionId"]
    running = workbench.start(endless())
    while (
        workbench.athena.get_query_execution(QueryExecutionId=running)["QueryExecution"]["Status"]["State"] == "QUEUED"
    ):
        pass
    platform.kill()

    platform = launch.launch(settings)
    workbench = workbench_of(platform)
    status = workbench.wait(running)["Status"]
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"].startswith("emulator: the platform stopped while the query was under way")
    assert status["AthenaError"]["Retryable"] is True
    assert workbench.rows("SELECT 1") == [["1"]]
    kept = workbench.athena.get_query_results(QueryExecutionId=done)["ResultSet"]["Rows"]
    assert kept[1] == {"Data": [{"VarCharValue": "x"}]}
    assert set(workbench.athena.list_query_executions()["QueryExecutionIds"]) >= {done, running}
    platform.stop()
