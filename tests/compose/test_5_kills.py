"""Each container killed in the middle of a run: what heals, what says what to do, and that nothing is lost."""

import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.compose.airflow import Airflow, until
from tests.compose.conftest import DAGS, PATIENCE, SAMPLE, SAMPLE_DAYS, InContainers, Platform
from tests.e2e import expected, sources

DAY = "2025-10-20"
INGEST, SILVER, GOLD = DAGS


def test_a_run_survives_the_death_of_every_container_that_keeps_what_it_has(
    ran: Platform, elsewhere: dict[str, list[Path]], tmp_path: Path
) -> None:
    files = sources.hours(tmp_path, DAY, events=40, seed=9, count=2)
    for path in files:
        ran.compose.client("s3").upload_file(str(path), "github-events-source", path.name)
    ran.airflow.start(INGEST, days=[DAY])
    for dag, task, victim in (
        (INGEST, "bring", "emulator"),
        (SILVER, "bronze_to_silver", "airflow-scheduler"),
        (GOLD, "begin", "airflow"),
        (GOLD, "build", "postgres"),
    ):
        until(partial(under_way, ran.airflow, dag, task), f"{task} of {dag}", PATIENCE)
        ran.compose.kill(victim)
    until(ran.settled, "the end of all runs", PATIENCE)
    for dag in DAGS:
        for run in [run for run in ran.airflow.runs(dag) if run["state"] == "failed"]:
            ran.airflow.clear(dag, run["dag_run_id"])
            until(ran.settled, f"the second run of {dag}", PATIENCE)
    wanted = expected.of_files(files)
    assert ran.lakehouse.facts(wanted.days) == wanted.facts
    assert ran.lakehouse.rows(f"SELECT count(*) FROM silver_cleaned WHERE dt = '{DAY}'") == [(str(len(wanted.kept)),)]
    assert ran.lakehouse.staging_tables() == []


def under_way(airflow: Airflow, dag: str, task: str) -> bool:
    """Whether the DAG's last run is at this task, whatever its instances."""
    last = airflow.runs(dag)[-1]
    return airflow.tasks(dag, last["dag_run_id"]).get(task, {}).get("state") in {"running", "deferred"}


def test_localstacks_death_is_noticed_and_the_way_out_is_named(ran: Platform) -> None:
    ran.compose.kill("localstack")
    until(lambda: ran.compose.restarts("localstack") > 0, "LocalStack's second start", 60)
    until(lambda: ran.compose.states()["localstack"] == "healthy", "LocalStack again", 120)
    refusal = until(refused(ran), "a refusal", 60)
    assert "docker compose run --rm deploy --from-empty" in refusal
    with urllib.request.urlopen(f"http://127.0.0.1:{ran.compose.port}/_boathouse/health", timeout=10) as answer:
        assert answer.status == 200

    said = ran.compose.run("run", "--rm", "-T", "deploy", "--from-empty").stdout
    assert "airflow backfill create" in said
    asked = ran.airflow.backfill(INGEST, *SAMPLE_DAYS)
    until(lambda: ran.airflow.backfill_is_done(asked) and ran.settled(), "the sample's days once more", PATIENCE)
    wanted = expected.of_files(sorted(SAMPLE.glob("*.json.gz")))
    anew = InContainers(ran.lakehouse.environment)  # with the new stack's key
    assert anew.facts(wanted.days) == wanted.facts


def refused(platform: Platform) -> Callable[[], str | None]:
    request = urllib.request.Request(f"http://127.0.0.1:{platform.compose.port}/github-analytics-data")

    def ask() -> str | None:
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except urllib.error.HTTPError as error:
            with error:
                return error.read().decode() if error.code == 503 else None
        return None

    return ask
