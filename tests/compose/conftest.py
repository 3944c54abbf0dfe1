"""The platform of docker-compose.yml, brought up once for all tests here, and taken away whole."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from docker.client import DockerClient
from docker.errors import DockerException

from pipelines import settings
from pipelines.settings import Profile
from tests.compose.airflow import Airflow
from tests.compose.containers import Compose
from tests.e2e.lakehouse import Lakehouse

DAYS = ("2025-10-08", "2025-10-12")
"""The first and the last that the scheduler runs: the sample's two, and three that it has no files of."""


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.compose)
            item.add_marker(pytest.mark.timeout(900))


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
    compose = Compose("boathouse-test", {"PIPELINES_FIRST_DAY": DAYS[0], "PIPELINES_LAST_DAY": DAYS[1]})
    compose.run("down", "--volumes", "--remove-orphans")
    compose.run("build")
    before = time.monotonic()
    try:
        compose.run("up", "--detach", "--wait")
        seconds = time.monotonic() - before
        environment = dict(os.environ) | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{compose.port}"}
        yield Platform(compose, InContainers(environment), seconds)
    finally:
        compose.run("down", "--volumes", "--remove-orphans")
