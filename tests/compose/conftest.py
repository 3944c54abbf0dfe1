"""The platform of docker-compose.yml, brought up once for all tests here, and taken away whole."""

import json
import os
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from docker.client import DockerClient
from docker.errors import DockerException

from pipelines import settings
from pipelines.settings import Profile
from tests.compose.airflow import Airflow, until
from tests.compose.containers import Compose
from tests.e2e import sources
from tests.e2e.lakehouse import ROOT, Lakehouse

DAGS = ("ingest_github_events", "transform_silver", "aggregate_gold")
SAMPLE = ROOT / "data" / "sample"
SAMPLE_DAYS = ("2025-10-08", "2025-10-09")
MORE_DAYS = ("2025-10-10", "2025-10-11", "2025-10-12")
"""On offer to the scheduler, too, but the sample has no files of them."""
PATIENCE = 900


class InContainers(Lakehouse):
    @cached_property
    def profile(self) -> Profile:
        return settings.profile("compose", self.environment)


@dataclass(frozen=True)
class Platform:
    compose: Compose
    lakehouse: InContainers
    seconds: float

    @cached_property
    def airflow(self) -> Airflow:
        passwords = json.loads(self.compose.execute("airflow", "cat", "/opt/airflow/secrets/passwords.json"))
        return Airflow(f"http://127.0.0.1:{self.compose.airflow_port}", passwords["admin"])

    def settled(self) -> bool:
        """No run is under way, and no asset's event waits for one; looked at twice, for what was on its way between."""
        return self._quiet() and self._quiet()

    def _quiet(self) -> bool:
        runs = [run for dag in DAGS for run in self.airflow.runs(dag)]
        if any(run["state"] in {"queued", "running"} for run in runs):
            return False
        return not any(self.airflow.waits_for_events(dag) for dag in DAGS[1:])

    def failed(self) -> list[str]:
        return [run["dag_run_id"] for dag in DAGS for run in self.airflow.runs(dag) if run["state"] == "failed"]

    def messages(self) -> list[dict[str, Any]]:
        """What Slack would have got."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.compose.slack_port}/messages", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return [each["message"] for each in found]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "engine" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.compose)
            item.add_marker(pytest.mark.timeout(2400))


@pytest.fixture(scope="session")
def engine() -> None:
    """Skips, with a word, where no Docker Engine answers; fails there in CI."""
    try:
        client = DockerClient.from_env()
    except DockerException as error:
        said = f"no Docker Engine answers ({error}): `make test-compose` starts one"
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    client.close()


@pytest.fixture(scope="session")
def started(engine: None) -> Iterator[Platform]:
    compose = Compose("boathouse-test", {"PIPELINES_FIRST_DAY": SAMPLE_DAYS[0], "PIPELINES_LAST_DAY": MORE_DAYS[-1]})
    compose.down()
    compose.run("build")
    before = time.monotonic()
    try:
        compose.run("up", "--detach", "--wait")
        seconds = time.monotonic() - before
        environment = dict(os.environ) | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{compose.port}"}
        yield Platform(compose, InContainers(environment), seconds)
    finally:
        compose.down()


@pytest.fixture(scope="session")
def embedded(aws_env: dict[str, str]) -> Lakehouse:
    """The platform as one process, as `boathouse up` starts it: what the containers are held to."""
    return Lakehouse(aws_env)


@pytest.fixture(scope="session")
def ran(started: Platform) -> Platform:
    """Every day on offer was ingested by the scheduler, and every asset's event followed."""
    started.airflow.unpause("ingest_github_events")

    def all_done() -> bool:
        days = len(SAMPLE_DAYS) + len(MORE_DAYS)
        return len(started.airflow.runs("ingest_github_events")) == days and started.settled()

    until(all_done, "a run of each day, and those that follow", PATIENCE)
    assert started.failed() == [], started.compose.run("logs", "--tail", "60", "airflow-scheduler").stdout
    return started


@pytest.fixture(scope="session")
def elsewhere(ran: Platform, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """Two hours of each further day in a bucket, from which the DAGs take their files from now on."""
    folder, s3 = tmp_path_factory.mktemp("made"), ran.compose.client("s3")
    s3.create_bucket(Bucket="github-events-source")
    files = {day: sources.hours(folder, day, events=40, seed=seed, count=2) for seed, day in enumerate(MORE_DAYS, 5)}
    for path in (path for found in files.values() for path in found):
        s3.upload_file(str(path), "github-events-source", path.name)
    ran.compose.client("secretsmanager").put_secret_value(
        SecretId="airflow/variables/github_events_source", SecretString="s3://github-events-source/"
    )
    return files
