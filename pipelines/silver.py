"""Bronze to Silver: a run of the Glue job over all raw lines of the touched days, then the days published."""

import time
from typing import Any

from pipelines.errors import DoesNotAddUp, Incomplete
from pipelines.lakebucket import LakeBucket
from pipelines.progress import Reporter
from pipelines.publishing import Published, Publisher
from pipelines.settings import Profile
from pipelines.stack import Stack

TABLE = "silver_cleaned"
FIRST_WAIT, LONGEST_WAIT = 0.1, 10.0
ENDED = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED")


def build(profile: Profile, stack: Stack, publisher: Publisher, days: list[str], reporter: Reporter) -> None:
    """Rebuilds and publishes ``days``. A run of the same days again gives the same rows."""
    with reporter.step("Silver: the Glue job"):
        _run_job(profile.client("glue"), stack, publisher.run, days)
    publish(publisher, publisher.run, days, reporter)


def publish(
    publisher: Publisher, written_by: str, days: list[str], reporter: Reporter, expected: Published | None = None
) -> None:
    """Publishes the days that the job wrote as ``--run written_by``; ``expected`` as for Publisher.publish_days."""
    with reporter.step("Silver: publish", len(days)):
        locations = written_days(publisher.bucket, f"cleaned/run={written_by}/")
        if missing := sorted(set(days) - set(locations)):
            raise DoesNotAddUp(f"the Glue job wrote nothing for {', '.join(missing)}; nothing was published")
        publisher.publish_days(TABLE, locations, expected)


def job_arguments(stack: Stack, run: str, days: list[str]) -> dict[str, str]:
    """What the Glue job is started with: it rebuilds ``days`` under a location named by ``run``."""
    return {"--bucket": stack.bucket, "--days": ",".join(days), "--run": run}


def job_run(glue: Any, stack: Stack, run_id: str) -> dict[str, Any]:
    found: dict[str, Any] = glue.get_job_run(JobName=stack.silver_job, RunId=run_id)["JobRun"]
    return found


def written_days(bucket: LakeBucket, root: str) -> dict[str, str]:
    """Day to location of what lies under ``root`` as ``dt=D/``."""
    folders = {folder.rstrip("/").rpartition("dt=")[2]: folder for folder in bucket.folders(root) if "/dt=" in folder}
    return {day: bucket.uri(folder) for day, folder in sorted(folders.items())}


def _run_job(glue: Any, stack: Stack, run: str, days: list[str]) -> None:
    arguments = job_arguments(stack, run, days)
    run_id = glue.start_job_run(JobName=stack.silver_job, Arguments=arguments)["JobRunId"]
    wait = FIRST_WAIT
    while (found := job_run(glue, stack, run_id))["JobRunState"] not in ENDED:
        time.sleep(wait)
        wait = min(LONGEST_WAIT, wait * 1.2)
    if found["JobRunState"] != "SUCCEEDED":
        raise Incomplete(
            f"the Glue job run {run_id} is {found['JobRunState']}: {found.get('ErrorMessage', 'no reason given')}."
            " Its logs are in /aws-glue/jobs/error; nothing was published, run again"
        )
