"""Each DAG run by ``airflow dags test``: the tables that the command line makes, once, twice, backfilled; and messages.

No scheduler: what an asset's event starts is started by hand, with the days that the event names.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.lock import KEY
from pipelines.orchestration import alerts
from tests.dags.conftest import Airflow, dag_test
from tests.e2e import expected, sources
from tests.e2e.lakehouse import Lakehouse, Row

pytestmark = pytest.mark.timeout(600)
DAYS = ("2024-07-01", "2024-07-02", "2024-07-03")
DELIVERED = 40  # a day's events
BY_DAY = ("silver_cleaned", "fact_events")


@pytest.fixture(scope="module")
def files(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """Two hours of each day, as the archive has them."""
    made = tmp_path_factory.mktemp("made")
    found: dict[str, list[Path]] = {}
    for seed, day in enumerate(DAYS, 11):
        hours = sources.hours(made, day, events=DELIVERED, seed=seed, count=2)
        found[day] = [Path(shutil.copy(hour, archive)) for hour in hours]
    return found


@pytest.fixture(scope="module")
def heard(airflow: Airflow, lakehouse: Lakehouse) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What came to the stack's topic since the last look."""
    sns, sqs = lakehouse.profile.client("sns"), lakehouse.profile.client("sqs")
    queue = sqs.create_queue(QueueName="dags-heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    subscription = sns.subscribe(TopicArn=lakehouse.stack.alert_topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]

    def look() -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                messages.append(json.loads(json.loads(message["Body"])["Message"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return messages

    yield look
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=queue)


@dataclass
class Ran:
    """The days' tables after a run of all three DAGs, and what was said of it."""

    said: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def backfilled(
    airflow: Airflow, lakehouse: Lakehouse, files: dict[str, list[Path]], heard: Callable[[], list[dict[str, Any]]]
) -> Ran:
    """Three days one after the other into Bronze; then both that follow, each once for all three."""
    said = airflow.run(
        *(dag_test("ingest_github_events", day) for day in DAYS),
        dag_test("transform_silver", *DAYS),
        dag_test("aggregate_gold", *DAYS),
    )
    return Ran(said, heard(), of_days(lakehouse))


def of_days(lakehouse: Lakehouse) -> dict[str, list[Row]]:
    """The tables of these days, and all dimensions."""
    tables = lakehouse.tables()
    return tables | {name: [row for row in tables[name] if row[-1] in DAYS] for name in BY_DAY}


def test_gold_is_what_plain_python_counts_in_the_files(
    lakehouse: Lakehouse, backfilled: Ran, files: dict[str, list[Path]]
) -> None:
    wanted = expected.of_files(path for day in files.values() for path in day)
    assert wanted.days == list(DAYS)
    assert lakehouse.facts_of(backfilled.tables["fact_events"], wanted.days) == wanted.facts
    assert len(backfilled.tables["silver_cleaned"]) == len(wanted.kept)
    assert lakehouse.staging_tables() == []


def test_who_waits_for_aws_was_deferred(backfilled: Ran) -> None:
    """One Glue job, and a statement for each of Gold's five tables."""
    assert backfilled.said.count("Pausing task as DEFERRED") == 6


def test_each_assets_event_names_the_days_their_sources_and_the_hours_that_lack(
    airflow: Airflow, backfilled: Ran
) -> None:
    with sqlite3.connect(airflow.home / "airflow.db") as database:
        rows = database.execute(
            "SELECT asset.name, asset_event.extra FROM asset_event JOIN asset ON asset.id = asset_event.asset_id"
            " ORDER BY asset_event.id"
        ).fetchall()
    events = [(name, json.loads(extra)) for name, extra in rows]
    events = [(name, extra) for name, extra in events if set(extra["days"]) <= set(DAYS)][:5]
    assert [name for name, _ in events] == ["raw", "raw", "raw", "silver", "gold"]
    raw = [extra for name, extra in events if name == "raw"]
    assert [extra["days"] for extra in raw] == [[day] for day in DAYS]
    lacking = [hour for hour in range(24) if hour not in (10, 11)]
    assert [extra["missing"] for extra in raw] == [{day: lacking} for day in DAYS]
    everything = sorted(source for extra in raw for source in extra["sources"])
    assert len(everything) == 6
    for name, extra in events[3:]:
        assert extra["days"] == list(DAYS), name
        assert sorted(extra["sources"]) == everything, name


def test_a_run_that_succeeds_says_what_it_made(backfilled: Ran) -> None:
    assert [(message["dag"], message["outcome"]) for message in backfilled.messages] == [
        *[("ingest_github_events", "succeeded")] * 3,
        ("transform_silver", "succeeded"),
        ("aggregate_gold", "succeeded"),
    ]
    ingest, gold = backfilled.messages[0], backfilled.messages[-1]
    assert f"{DAYS[0]}: the archive lacks the hours [0, 1" in ingest["text"]
    assert f"{', '.join(DAYS)}: {len(backfilled.tables['fact_events'])} rows" in gold["said"]
    assert any(line.startswith("copies ") for line in gold["said"])
    assert (gold["task"], gold["try"], gold["error"]) == ("account", 1, None)


def test_every_run_measures_itself(lakehouse: Lakehouse, backfilled: Ran) -> None:
    cloudwatch = lakehouse.profile.client("cloudwatch")
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace="github-analytics")
    found = {
        (metric["Dimensions"][0]["Value"], metric["MetricName"])
        for page in pages for metric in page["Metrics"] if metric["Dimensions"][0]["Name"] == "DagId"
    }  # fmt: skip
    dags = ("ingest_github_events", "transform_silver", "aggregate_gold")
    assert found >= {(dag, name) for dag in dags for name in ("Duration", "Failures", "Rows")}


def test_a_day_by_itself_on_the_command_line_changes_nothing(
    lakehouse: Lakehouse, backfilled: Ran, files: dict[str, list[Path]]
) -> None:
    """Two of three daily runs; the day between is a DAG's, below."""
    for day in (DAYS[0], DAYS[2]):
        record = lakehouse.run("all", *files[day])
        assert record["equation"]["closes"]
        assert {source["run"] for source in record["sources"]} != {record["run"]}, "put by the DAG, and not again"
    assert of_days(lakehouse) == backfilled.tables


def test_a_day_that_the_source_does_not_have_is_skipped_and_nobody_hears_of_it(
    airflow: Airflow, lakehouse: Lakehouse, backfilled: Ran, heard: Callable[[], list[dict[str, Any]]]
) -> None:
    heard()
    airflow.run(dag_test("ingest_github_events", "2024-07-09"))
    with sqlite3.connect(airflow.home / "airflow.db") as database:
        states = database.execute(
            "SELECT task_instance.task_id, task_instance.state FROM task_instance JOIN dag_run USING (dag_id, run_id)"
            " WHERE dag_run.logical_date LIKE '2024-07-09%' ORDER BY 1"
        ).fetchall()
    assert states == [("account", "skipped"), ("bring", "skipped")]
    assert heard() == []


def test_a_run_that_fails_is_tried_three_times_and_then_says_where(
    airflow: Airflow, lakehouse: Lakehouse, backfilled: Ran, heard: Callable[[], list[dict[str, Any]]]
) -> None:
    heard()
    airflow.run(dag_test("transform_silver", "2024-07-09"), expect=1)  # nothing was ingested of that day
    (message,) = heard()
    assert {name: message[name] for name in ("outcome", "dag", "task", "try")} == {
        "outcome": "failed", "dag": "transform_silver", "task": "begin", "try": 3,
    }  # fmt: skip
    assert message["run"].startswith("manual__")
    assert "transform_silver failed at begin, try 3" in message["text"]
    assert of_days(lakehouse) == backfilled.tables


def test_a_source_that_cannot_be_is_not_tried_again(
    airflow: Airflow, lakehouse: Lakehouse, heard: Callable[[], list[dict[str, Any]]]
) -> None:
    heard()
    nowhere = {"AIRFLOW__SECRETS__BACKEND": "", "AIRFLOW_VAR_GITHUB_EVENTS_SOURCE": "/no/such/folder"}
    airflow.run(dag_test("ingest_github_events", DAYS[0]), expect=1, **nowhere)
    (message,) = heard()
    assert (message["dag"], message["task"], message["try"]) == ("ingest_github_events", "bring", 1)


class Ti:
    """A task instance as Airflow's task runner, or its DAG processor, hands it to a callback."""

    dag_id, run_id, task_id, map_index, try_number, max_tries = "transform_silver", "manual__1", "job", -1, 3, 2
    state: str | None = "failed"
    task = type("GlueJob", (), {"task_type": "GlueJobOperator"})
    log_url: str | None = "http://localhost:8080/dags/transform_silver/runs/manual__1/tasks/job?try_number=3"

    def __init__(self, glue_run: str | None = None, **different: Any) -> None:
        self.glue_run = glue_run
        vars(self).update(different)

    def xcom_pull(self, *, key: str, map_indexes: int) -> dict[str, str]:
        assert (key, map_indexes) == ("glue_job_run_details", -1)
        assert self.glue_run is not None
        return {"job_run_id": self.glue_run}


def called_back(ti: Ti, **context: Any) -> None:
    began = datetime.now(UTC)
    alerts.failed({"ti": ti, "dag_run": type("DagRun", (), {"start_date": began, "run_after": began})} | context)


@pytest.fixture
def dag_process(lakehouse: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process as one of Airflow's."""
    for name, value in lakehouse.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("PIPELINES_PROFILE", "local")
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://localhost:8080/")


@pytest.mark.usefixtures("dag_process")
def test_a_task_that_is_killed_is_spoken_of_when_its_tries_are_used_up(
    backfilled: Ran, heard: Callable[[], list[dict[str, Any]]]
) -> None:
    heard()
    called_back(Ti(try_number=2, state=None, log_url=None))
    assert heard() == []
    called_back(Ti(try_number=3, state=None, log_url=None))
    (message,) = heard()
    assert message["error"] == "the task's process was killed, or somebody failed it"
    assert message["link"] == "http://localhost:8080/dags/transform_silver/runs/manual__1"


@pytest.mark.usefixtures("dag_process")
def test_a_glue_job_that_fails_publishes_nothing_is_named_with_its_reason_and_a_run_after_it_repairs(
    airflow: Airflow, lakehouse: Lakehouse, backfilled: Ran, heard: Callable[[], list[dict[str, Any]]]
) -> None:
    poison = f"raw/dt={DAYS[1]}/hour=10/poison"
    lakehouse.bucket.put(poison, b"no event\n")
    # `dags test` runs a trigger in line and calls nobody back when that fails; Airflow's task runner does.
    airflow.run(dag_test("transform_silver", DAYS[1]), expect=1)
    assert of_days(lakehouse) == backfilled.tables
    (run,) = lakehouse.profile.client("glue").get_job_runs(JobName=lakehouse.stack.silver_job, MaxResults=1)["JobRuns"]
    assert run["JobRunState"] == "FAILED"
    heard()
    called_back(Ti(run["Id"]), exception=RuntimeError("Trigger failure"))
    (message,) = heard()
    assert message["error"].startswith(f"RuntimeError: Trigger failure\nGlue job run {run['Id']} FAILED: ")
    assert "is not Bronze" in message["error"]
    assert message["link"] == Ti.log_url
    assert message["text"].splitlines()[0] == "transform_silver failed at job, try 3, run manual__1"
    lakehouse.bucket.delete([poison])


def test_a_day_by_itself_by_the_dags_changes_nothing(airflow: Airflow, lakehouse: Lakehouse, backfilled: Ran) -> None:
    """The failure above is repaired by it, too."""
    before = list(lakehouse.bucket.keys("raw/"))
    airflow.run(
        dag_test("ingest_github_events", DAYS[1]),
        dag_test("transform_silver", DAYS[1]),
        dag_test("aggregate_gold", DAYS[1]),
    )
    assert of_days(lakehouse) == backfilled.tables
    assert list(lakehouse.bucket.keys("raw/")) == before
    assert lakehouse.staging_tables() == []
    assert (lakehouse.bucket.get_json(KEY) or {})["run"] == "", "the lock is given back"
