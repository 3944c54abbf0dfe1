"""What Glue counts in CloudWatch of runs that ended."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

ROLE = "arn:aws:iam::000000000000:role/glue-job"
ON = {"--enable-observability-metrics": "true"}
ENDED = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR")
ClientOf = Callable[..., Any]


class Counted:
    """A job, and what CloudWatch knows of its runs."""

    def __init__(self, client: ClientOf, bucket: str) -> None:
        self.name = f"job-{uuid4().hex[:10]}"
        self.glue, self._s3, self._cloudwatch, self._bucket = client("glue"), client("s3"), client("cloudwatch"), bucket
        command = {"Name": "glueetl", "ScriptLocation": f"s3://{bucket}/script.py"}
        self.glue.create_job(Name=self.name, Role=ROLE, Command=command, DefaultArguments=ON)

    def run(self, **more: Any) -> tuple[str, str]:
        """A run's id and the state it ended in."""
        run_id: str = self.glue.start_job_run(JobName=self.name, **more)["JobRunId"]
        while (state := self._state(run_id)) not in ENDED:
            pass
        return run_id, state

    def succeed(self) -> str:
        self._s3.put_object(Bucket=self._bucket, Key="script.py", Body=b"print('done')")
        run_id, state = self.run()
        assert state == "SUCCEEDED"
        return run_id

    def _state(self, run_id: str) -> str:
        state: str = self.glue.get_job_run(JobName=self.name, RunId=run_id)["JobRun"]["JobRunState"]
        return state

    def sum(self, metric: str, run_id: str) -> float:
        """0 where there is nothing to add up."""
        now = datetime.now(UTC)
        dimensions = {"JobName": self.name, "JobRunId": run_id, "Type": "count", "ObservabilityGroup": "error"}
        points = self._cloudwatch.get_metric_statistics(
            Namespace="Glue", MetricName=metric, Period=3600, Statistics=["Sum"], Unit="Count",
            StartTime=now - timedelta(hours=1), EndTime=now + timedelta(hours=1),
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        )["Datapoints"]  # fmt: skip
        return float(sum(point["Sum"] for point in points))


@pytest.fixture
def counted(client: ClientOf, bucket: str) -> Iterator[Counted]:
    made = Counted(client, bucket)
    yield made
    made.glue.delete_job(JobName=made.name)


def test_failed_and_succeeded_runs_are_counted(counted: Counted) -> None:
    # its script is not there yet
    failed = {run_id for run_id, state in (counted.run(), counted.run()) if state == "FAILED"}
    assert len(failed) == 2
    # documented(https://docs.aws.amazon.com/glue/latest/dg/monitor-observability.html): by run, and of all runs
    while counted.sum("glue.error.ALL", "ALL") < 2:
        pass
    assert [counted.sum("glue.error.ALL", run_id) for run_id in failed] == [1, 1]
    succeeded = counted.succeed()
    while counted.sum("glue.succeed.ALL", "ALL") < 1:
        pass
    assert counted.sum("glue.succeed.ALL", succeeded) == 1
    assert counted.sum("glue.error.ALL", "ALL") == 2


def test_a_run_that_is_not_to_be_observed_is_not(counted: Counted) -> None:
    # documented(https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html)
    unseen, _ = counted.run(Arguments={"--enable-observability-metrics": "false"})
    seen, _ = counted.run()
    while not counted.sum("glue.error.ALL", seen):
        pass
    assert (counted.sum("glue.error.ALL", unseen), counted.sum("glue.error.ALL", "ALL")) == (0, 1)
