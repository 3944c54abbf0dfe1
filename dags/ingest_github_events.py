"""GitHub's events of a day into Bronze, through Kinesis, Lambda and Firehose; the asset ``raw`` says they are there.

A run is of one day: its logical date, which is the first of its data interval. It is made to be caught up and
backfilled by date, and to be run again, which puts nothing twice. The source is the Variable ``github_events_source``:
a folder, or an address that begins with https:// or s3://, of files named as gharchive.org's.

The DAG is paused when it is made: unpaused, it runs every day from PIPELINES_FIRST_DAY to PIPELINES_LAST_DAY, or to
yesterday, one at a time. A day of which the source has no file is skipped. An hour that it lacks is said, in the run's
message and in the asset's event, and holds nobody up: the archive lacks some for ever. One of the last six hours may
still come, and is tried for again.
"""

from airflow.exceptions import AirflowFailException, AirflowSkipException
from airflow.sdk import Asset, Param, dag, task
from airflow.timetables.interval import CronDataIntervalTimetable

from pipelines.errors import Refused
from pipelines.orchestration import alerts, asked, raw, schedule

RAW = Asset("raw")


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    **schedule.days_on_offer(),
    catchup=True,
    max_active_runs=1,
    is_paused_upon_creation=True,
    default_args=schedule.of_every_task(),
    params={"days": Param([], type="array", description="instead of the run's date: 2025-10-08, ...")},
    doc_md=__doc__,
    tags=["github-analytics"],
)
def ingest_github_events():
    @task(retries=6)  # about an hour, for an hour file that is late
    def bring(source, params=None, dag_run=None):
        try:
            brought = raw.bring(source, asked.of_date(params, dag_run.logical_date))
        except Refused as error:  # which no later try would change
            raise AirflowFailException(str(error)) from error
        if not brought["sources"]:
            raise AirflowSkipException("the source has no file of this day")
        return brought

    @task(outlets=[RAW], on_success_callback=alerts.succeeded)
    def account(brought, outlet_events=None):
        counted = raw.account(brought)
        outlet_events[RAW].extra = {key: counted[key] for key in ("days", "sources")} | {"missing": brought["missing"]}
        return counted

    account(bring("{{ var.value.github_events_source }}"))


ingest_github_events()
