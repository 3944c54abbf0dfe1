"""A Glue job that fails: who hears of it, and how the day is repaired."""

from tests.compose.airflow import until
from tests.compose.conftest import PATIENCE, SAMPLE_DAYS, Platform

POISON = f"raw/dt={SAMPLE_DAYS[0]}/hour=18/poison"
DAG = "transform_silver"


def test_a_job_that_fails_is_heard_of_and_repaired_by_a_run(ran: Platform) -> None:
    lakehouse, airflow = ran.lakehouse, ran.airflow
    before = lakehouse.rows(f"SELECT count(*) FROM fact_events WHERE dt = '{SAMPLE_DAYS[0]}'")
    lakehouse.bucket.put(POISON, b"no event\n")
    run = airflow.start(DAG, days=[SAMPLE_DAYS[0]])
    until(lambda: airflow.run(DAG, run)["state"] == "failed", "the run's failure", PATIENCE)
    task = airflow.tasks(DAG, run)["bronze_to_silver"]
    assert (task["state"], task["try_number"]) == ("failed", 3)

    def alert() -> str | None:
        return next((str(each) for each in ran.messages() if run in str(each) and "failed" in str(each)), None)

    said = until(alert, "a message in Slack", 60)
    for part in (DAG, "bronze_to_silver", "is not Bronze", f"http://127.0.0.1:{ran.compose.airflow_port}/dags/{DAG}/"):
        assert part in said
    alarmed = until(
        lambda: [each for each in ran.messages() if "silver-job-failed" in str(each)], "the alarm in Slack", 180
    )
    assert len(alarmed) >= 1

    assert lakehouse.rows(f"SELECT count(*) FROM fact_events WHERE dt = '{SAMPLE_DAYS[0]}'") == before
    lakehouse.bucket.delete([POISON])
    airflow.clear(DAG, run)
    until(lambda: airflow.run(DAG, run)["state"] == "success" and ran.settled(), "the repaired run", PATIENCE)
    assert lakehouse.rows(f"SELECT count(*) FROM fact_events WHERE dt = '{SAMPLE_DAYS[0]}'") == before
