"""The DAGs as Airflow reads them: no error, and shaped so that a run can be late, doubled, killed and repeated."""

import json
import re
from typing import Any

import pytest

from tests.dags.conftest import Airflow
from tests.e2e.lakehouse import ROOT

Described = dict[str, Any]
DAGS = ("ingest_github_events", "transform_silver", "aggregate_gold")


@pytest.fixture(scope="module")
def described(offline_airflow: Airflow) -> Described:
    said: Described = json.loads(offline_airflow.script("describe.py", str(ROOT / "dags")).splitlines()[-1])
    return said


@pytest.fixture(scope="module")
def dags(described: Described) -> Described:
    found: Described = described["dags"]
    return found


def test_they_import_without_an_error_and_there_are_three(described: Described) -> None:
    assert described["errors"] == {}
    assert sorted(described["dags"]) == sorted(DAGS)


def test_each_follows_the_one_before(dags: Described) -> None:
    assert dags["ingest_github_events"]["timetable"] == "0 0 * * *"
    assert [dags[dag]["follows"] for dag in DAGS] == [[], ["raw"], ["silver"]]
    outlets = [sorted({name for task in dags[dag]["tasks"].values() for name in task["outlets"]}) for dag in DAGS]
    assert outlets == [["raw"], ["silver"], ["gold"]]


def test_days_are_caught_up_one_at_a_time_and_only_when_somebody_wants_it(dags: Described) -> None:
    ingest = dags["ingest_github_events"]
    assert (ingest["catchup"], ingest["paused"]) == (True, True)
    assert (ingest["start"], ingest["end"]) == ("2025-10-08T00:00:00+00:00", None)
    # A paused DAG hears of no asset: the two that follow are ready before the first event is.
    assert [dags[dag]["paused"] for dag in DAGS[1:]] == [False, False]
    assert [dags[dag]["max_active_runs"] for dag in DAGS] == [1, 1, 1]


def test_the_days_on_offer_are_the_environments(offline_airflow: Airflow) -> None:
    told = {"PIPELINES_FIRST_DAY": "2025-10-09", "PIPELINES_LAST_DAY": "2025-10-10"}
    said = json.loads(offline_airflow.script("describe.py", str(ROOT / "dags"), **told).splitlines()[-1])
    ingest = said["dags"]["ingest_github_events"]
    assert (ingest["start"], ingest["end"]) == ("2025-10-09T00:00:00+00:00", "2025-10-10T00:00:00+00:00")


@pytest.mark.parametrize("dag", DAGS)
def test_every_task_is_tried_again_with_backoff_and_then_somebody_hears_of_it(dags: Described, dag: str) -> None:
    for name, task in dags[dag]["tasks"].items():
        assert task["retries"] >= 2, name
        assert task["backoff"] is True, name
        assert task["on_failure_callback"] == ["failed"], name


@pytest.mark.parametrize("dag", DAGS)
def test_a_run_that_succeeds_says_so_once(dags: Described, dag: str) -> None:
    telling = {name: task["on_success_callback"] for name, task in dags[dag]["tasks"].items()}
    assert {name for name, calls in telling.items() if calls} == {"publish" if dag == "transform_silver" else "account"}
    assert [calls for calls in telling.values() if calls] == [["succeeded"]]


def test_who_waits_for_aws_occupies_nobody(dags: Described) -> None:
    waiting = {"GlueJobOperator": "transform_silver", "AthenaOperator": "aggregate_gold"}
    for kind, dag in waiting.items():
        (task,) = [task for task in dags[dag]["tasks"].values() if task["kind"] == kind]
        assert task["deferrable"] is True
        assert task["mapped"] is (kind == "AthenaOperator")


def test_gold_gives_its_lock_back_whatever_happens(dags: Described) -> None:
    tasks = dags["aggregate_gold"]["tasks"]
    assert [name for name, task in tasks.items() if task["setup"]] == ["begin"]
    assert [name for name, task in tasks.items() if task["teardown"]] == ["release"]
    # Published, whoever accounts for it: only then is the lock free.
    assert tasks["publish"]["downstream"] == ["account", "release"]


def test_mwaa_gets_what_the_dags_are_tested_with() -> None:
    """documented(https://docs.aws.amazon.com/mwaa/latest/userguide/connections-packages.html): a constraint is a must,
    and a file of one's own lies in the folder of the DAGs."""
    lock = (ROOT / "requirements" / "airflow.txt").read_text()
    pinned = re.findall(r"^([a-z0-9._-]+==[^\\]*[^\\ ]) *\\?$", lock, re.MULTILINE)
    assert (ROOT / "dags" / "constraints.txt").read_text().split("\n")[:-1] == pinned
    assert len(pinned) > 100
    lines = (ROOT / "dags" / "requirements.txt").read_text().splitlines()
    constraint, *wanted = [line for line in lines if not line.startswith("#")]
    assert constraint == '--constraint "/usr/local/airflow/dags/constraints.txt"'
    names = {line.split("==")[0] for line in pinned}
    for line in wanted:
        name, _, version = re.sub(r"\[.*\]", "", line).partition("==")
        assert name in names
        assert not version or f"{name}=={version}" in pinned
