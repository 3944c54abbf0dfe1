"""Bronze to Silver: a run of the Glue job over all days of all events of the asset ``raw`` that wait, then published.

Started by hand it takes the days from its configuration: ``{"days": ["2025-10-08"]}``.
"""

from airflow.exceptions import AirflowSkipException
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.sdk import Asset, Param, dag, task

from pipelines.orchestration import alerts, asked, schedule, silver

RAW, SILVER = Asset("raw"), Asset("silver")
BEGUN = "ti.xcom_pull(task_ids='begin')"


@dag(
    schedule=[RAW],
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args=schedule.of_every_task(),
    params={"days": Param([], type="array", description="instead of the assets' events: 2025-10-08, ...")},
    doc_md=__doc__,
    tags=["github-analytics"],
)
def transform_silver():
    @task(inlets=[RAW])
    def begin(params=None, triggering_asset_events=None, inlet_events=None):
        triggering = [event for events in triggering_asset_events.values() for event in events]
        work = asked.of_events(params, asked.waiting(triggering, lambda: inlet_events[RAW]))
        if not work["days"]:
            raise AirflowSkipException("no event of these sources could be read: there is no day to make")
        return silver.begin(work)

    job = GlueJobOperator(
        task_id="bronze_to_silver",
        job_name=f"{{{{ {BEGUN}['job'] }}}}",
        script_args={
            "--bucket": f"{{{{ {BEGUN}['arguments']['--bucket'] }}}}",
            "--days": f"{{{{ {BEGUN}['arguments']['--days'] }}}}",
            "--run": f"{{{{ {BEGUN}['arguments']['--run'] }}}}_{{{{ ti.try_number }}}}",
        },
        deferrable=True,
        waiter_delay=3,
        waiter_max_attempts=2400,
    )

    @task(outlets=[SILVER], on_success_callback=alerts.succeeded)
    def publish(begun, job_run_id, outlet_events=None):
        counted = silver.publish(begun, job_run_id)
        outlet_events[SILVER].extra = {key: counted[key] for key in ("days", "sources")}
        return counted

    begun = begin()
    begun >> job
    publish(begun, job.output)


transform_silver()
