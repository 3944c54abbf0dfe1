"""Silver to Gold: the star schema by Athena's CTAS into staging tables, checked, published, every event accounted for.

One run makes all days of all events of the asset ``silver`` that wait. Started by hand it takes the days from its
configuration: ``{"days": ["2025-10-08"]}``. A failed run is repaired by clearing it whole: what it had built is then
built again from the silver of that moment.
"""

from airflow.exceptions import AirflowSkipException
from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.sdk import Asset, Param, dag, task

from pipelines.orchestration import alerts, asked, gold, schedule

SILVER, GOLD = Asset("silver"), Asset("gold")


@dag(
    schedule=[SILVER],
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args=schedule.of_every_task(),
    params={"days": Param([], type="array", description="instead of the assets' events: 2025-10-08, ...")},
    user_defined_macros={"create_table_as": gold.create_table_as},
    doc_md=__doc__,
    tags=["github-analytics"],
)
def aggregate_gold():
    @task(inlets=[SILVER])
    def begin(params=None, triggering_asset_events=None, inlet_events=None):
        triggering = [event for events in triggering_asset_events.values() for event in events]
        work = asked.of_events(params, asked.waiting(triggering, lambda: inlet_events[SILVER]))
        if not work["days"]:
            raise AirflowSkipException("there is no day to make")
        return gold.begin(work)

    statements = task(gold.statement_settings, task_id="statements")
    check = task(gold.check, task_id="check")
    publish = task(gold.publish, task_id="publish")
    release = task(gold.release, task_id="release")

    @task(outlets=[GOLD], on_success_callback=alerts.succeeded)
    def account(begun, outlet_events=None):
        counted = gold.account(begun)
        outlet_events[GOLD].extra = {key: counted[key] for key in ("days", "sources")}
        return counted

    begun = begin()
    build = AthenaOperator.partial(
        task_id="build",
        query="{{ create_table_as(ti.xcom_pull(task_ids='begin'), ti.map_index, ti.try_number) }}",
        deferrable=True,
        sleep_time=2,
    ).expand_kwargs(statements(begun))
    published = publish(begun, check(begun, build.output))
    published >> account(begun)
    published >> release(begun).as_teardown(setups=begun)


aggregate_gold()
