"""transform_silver: before and after the Glue job. No lock is held while it runs, so that it may take its time.

What was published when the run began is compared when it publishes: a day that another run has published meanwhile is
left alone, since this one may not have read what that one did.
"""

from typing import TypedDict

from pipelines import silver
from pipelines.orchestration import accounts
from pipelines.orchestration.accounts import Counted
from pipelines.orchestration.asked import Asked
from pipelines.orchestration.here import Here
from pipelines.publishing import Published
from pipelines.runs import new_run


class Begun(TypedDict):
    """``arguments`` are the Glue job's; each try adds its number to ``--run``, for a location of its own."""

    job: str
    arguments: dict[str, str]
    days: list[str]
    sources: list[str]
    published: Published


def begin(asked: Asked) -> Begun:
    here, run, days = Here.now(), new_run(), asked["days"]
    return Begun(
        job=here.stack.silver_job,
        arguments=silver.job_arguments(here.stack, run, days),
        days=days,
        sources=accounts.sources_of(here, asked),
        published=here.publisher(run, here.lock(run)).published(silver.TABLE, days),
    )


def publish(begun: Begun, job_run_id: str) -> Counted:
    """Publishes what the Glue job's run wrote, at the location that its own arguments name."""
    here, days = Here.now(), begun["days"]
    written_by = silver.job_run(here.glue, here.stack, job_run_id)["Arguments"]["--run"]
    lock = here.lock(written_by)
    with lock.held(here.say):
        publisher = here.publisher(written_by, lock)
        silver.publish(publisher, written_by, days, here.reporter, begun["published"])
    return Counted(days=days, sources=begun["sources"], rows=accounts.rows(here, silver.TABLE, days), said=[])
