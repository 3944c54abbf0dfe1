"""The three DAGs on the sample, by the scheduler: what the embedded platform makes of the same files."""

from tests.compose.conftest import SAMPLE, Platform
from tests.e2e import expected
from tests.e2e.lakehouse import Lakehouse


def test_gold_is_what_plain_python_counts_in_the_files(ran: Platform) -> None:
    wanted = expected.of_files(sorted(SAMPLE.glob("*.json.gz")))
    assert ran.lakehouse.facts(wanted.days) == wanted.facts


def test_every_table_counts_as_after_the_embedded_run(ran: Platform, embedded: Lakehouse) -> None:
    assert embedded.run("all", SAMPLE)["equation"]["closes"]
    assert counts(ran.lakehouse) == counts(embedded)


def counts(lakehouse: Lakehouse) -> dict[str, str]:
    tables = ("silver_cleaned", "fact_events", "dim_date", "dim_repo", "dim_repo_names", "dim_user")
    found = {table: lakehouse.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}
    return found | {"events": lakehouse.rows("SELECT sum(event_count) FROM fact_events")[0][0]}


def test_a_day_of_which_the_source_has_no_file_is_skipped(ran: Platform) -> None:
    last = ran.airflow.runs("ingest_github_events")[-1]
    assert {task["state"] for task in ran.airflow.tasks("ingest_github_events", last["dag_run_id"]).values()} == {
        "skipped"
    }


def test_the_log_of_a_task_is_on_its_page(ran: Platform) -> None:
    first = ran.airflow.runs("ingest_github_events")[0]
    assert "put into the stream" in ran.airflow.log("ingest_github_events", first["dag_run_id"], "bring", 1)
