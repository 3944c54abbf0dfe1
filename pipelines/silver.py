"""Bronze to Silver: a run of the Glue job over all raw lines of the touched days, then the days published."""

import time
from typing import Any

from pipelines.errors import DoesNotAddUp, Incomplete
from pipelines.lakebucket import LakeBucket
from pipelines.progress import Reporter
from pipelines.publishing import Publisher
from pipelines.settings import Profile
from pipelines.stack import Stack

TABLE = "silver_cleaned"
FIRST_WAIT, LONGEST_WAIT = 0.1, 10.0
ENDED = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED")


def build(profile: Profile, stack: Stack, publisher: Publisher, days: list[str], reporter: Reporter) -> None:
    """Rebuilds and publishes ``days``. A run of the same days again gives the same rows."""
    with reporter.step("Silver: the Glue job"):
        _run_job(profile.client("glue"), stack, publisher.run, days)
    with reporter.step("Silver: publish", len(days)):
        root = f"cleaned/run={publisher.run}/"
        locations = written_days(LakeBucket.of(profile, stack), root)
        if missing := sorted(set(days) - set(locations)):
            raise DoesNotAddUp(f"the Glue job wrote nothing for {', '.join(missing)}; nothing was published")
        publisher.publish_days(TABLE, locations)


def written_days(bucket: LakeBucket, root: str) -> dict[str, str]:
    """Day to location of what lies under ``root`` as ``dt=D/``."""
    folders = {folder.rstrip("/").rpartition("dt=")[2]: folder for folder in bucket.folders(root) if "/dt=" in folder}
    return {day: bucket.uri(folder) for day, folder in sorted(folders.items())}


def _run_job(glue: Any, stack: Stack, run: str, days: list[str]) -> None:
    arguments = {"--bucket": stack.bucket, "--days": ",".join(days), "--run": run}
    job_run = glue.start_job_run(JobName=stack.silver_job, Arguments=arguments)["JobRunId"]
    wait = FIRST_WAIT
    while (found := glue.get_job_run(JobName=stack.silver_job, RunId=job_run)["JobRun"])["JobRunState"] not in ENDED:
        time.sleep(wait)
        wait = min(LONGEST_WAIT, wait * 1.2)
    if found["JobRunState"] != "SUCCEEDED":
        raise Incomplete(
            f"the Glue job run {job_run} is {found['JobRunState']}: {found.get('ErrorMessage', 'no reason given')}."
            " Its logs are in /aws-glue/jobs/error; nothing was published, run again"
        )
